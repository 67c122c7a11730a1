/** The names of doctypes. */

const DOCTYPE_NAME = /^[A-Za-z][A-Za-z0-9 \-_&/]{0,60}$/;

/**
 * True for a name that a doctype may have: up to 61 letters (A to Z), digits, spaces and
 * `- _ & /`, a letter first, no space last and no two in a row.
 */
export function isDoctypeName(name: string): boolean {
  return DOCTYPE_NAME.test(name) && !name.endsWith(' ') && !name.includes('  ');
}
