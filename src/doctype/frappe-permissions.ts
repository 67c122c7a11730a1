/** Reads the permission rows of a Frappe DocType as rules that are not in force. */
import { checkName } from './document-name.ts';
import { ROW_KEYS_NOT_TAKEN } from './frappe-keys.ts';
import { asFlag, asWhole, reportKeys } from './frappe-value.ts';
import type { DraftRule, NotTaken } from './import-reading.ts';
import { isPlainObject, type Plain, type PlainObject } from './plain-data.ts';
import { ValueError } from './value-error.ts';

/** Frappe's rights, all of which are actions of the same name here. */
const RIGHTS = [
  ...(['select', 'read', 'write', 'create', 'delete', 'submit', 'cancel', 'amend'] as const),
  ...(['report', 'export', 'import', 'share', 'print', 'email'] as const),
] as const;

const HANDLED: ReadonlySet<string> = new Set([...RIGHTS, 'role', 'permlevel', 'if_owner']);

/** Roles that Frappe gives to people by itself. */
const AUTOMATIC_ROLES: ReadonlySet<string> = new Set([
  'Administrator',
  'All',
  'Desk User',
  'Guest',
]);

/** One draft for each row that grants anything, in order; and what was not taken. */
export function readFrappePermissions(
  rows: Plain,
  doctype: string,
): { readonly draftRules: readonly DraftRule[]; readonly notTaken: readonly NotTaken[] } {
  if (!Array.isArray(rows)) {
    return { draftRules: [], notTaken: [{ field: null, key: 'permissions', why: 'not a list' }] };
  }
  const draftRules: DraftRule[] = [];
  const notTaken: NotTaken[] = [];
  for (const [index, row] of (rows as readonly Plain[]).entries()) {
    const read = readRow(row, doctype, `permissions[${index}]`);
    if (read.rule !== null) draftRules.push(read.rule);
    notTaken.push(...read.notTaken);
  }
  return { draftRules, notTaken };
}

function readRow(row: Plain, doctype: string, at: string) {
  const refused = (why: string) => ({ rule: null, notTaken: [{ field: null, key: at, why }] });
  if (!isPlainObject(row)) return refused('not an object');
  const role = roleOf(row);
  if (role === null) return refused('names no role');
  const level = asWhole(row['permlevel'] ?? 0);
  if (level === null || level < 0 || level > 9) return refused('has a permlevel outside 0 to 9');
  const notTaken = [...reportKeys(row, HANDLED, ROW_KEYS_NOT_TAKEN, null, `${at}.`)];
  const flags = [...RIGHTS, 'if_owner'].map((key) => [key, asFlag(row[key] ?? 0)] as const);
  const unclear = flags.find(([, flag]) => flag === null);
  // A right that cannot be read might be a condition that cannot be read: the row is left out.
  if (unclear !== undefined) return refused(`\`${unclear[0]}\` is neither 0 nor 1`);
  const set = new Set(flags.flatMap(([key, flag]) => (flag === true ? [key] : [])));
  const actions = RIGHTS.filter((right) => set.has(right));
  if (actions.length === 0) return refused('gives no right');
  if (AUTOMATIC_ROLES.has(role)) {
    const why = 'the role is taken, but nobody holds it until it is granted';
    notTaken.push({ field: null, key: `${at}.role`, why });
  }
  const rule: DraftRule = {
    role,
    document_type: doctype,
    actions,
    levels: [level],
    reach: null,
    when: set.has('if_owner') ? [['owner', '=', '$me']] : [],
  };
  return { rule, notTaken };
}

function roleOf(row: PlainObject): string | null {
  try {
    return checkName(row['role']);
  } catch (error) {
    if (error instanceof ValueError) return null;
    throw error;
  }
}
