/** Quotes a name that comes from metadata for use in SQL. User input never becomes a name. */
export function identifier(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`not a name for SQL: ${name}`);
  return `"${name}"`;
}

/** Quotes a text that comes from metadata as a constant, where SQL takes no parameter. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
