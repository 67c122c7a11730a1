/** Results on the terminal: JSON where asked for, lines for people. */

/** Prints a result in one of its two forms. */
export function print(
  asJson: boolean | undefined,
  value: unknown,
  lines: () => readonly string[],
): void {
  const text = asJson ? JSON.stringify(value) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}
