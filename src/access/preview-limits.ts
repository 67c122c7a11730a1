/** What a preview would tell of documents beyond numbers, and to whom it tells nothing. */
import {
  fieldsOf,
  listFilter,
  type Principal,
  type Rule,
  type WorldChange,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Doctype } from '../doctype/definition.ts';
import { sensitivityOf } from '../doctype/table-name.ts';
import type { Caller } from '../identity/caller.ts';
import type { Moment } from '../store/store.ts';

/**
 * Counts are of all documents there are. INVARIANT (ceiling-narrows): a token that is limited to
 * some of them is told of none.
 * @throws Refusal `forbidden`
 */
export function requireWholeSight({ ceilings }: Principal): void {
  if (ceilings.some(({ doctypes, scope = [] }) => doctypes !== undefined || scope.length > 0)) {
    throw new Refusal(
      'forbidden',
      'This counts all documents, and is not for a token that is limited to some of them.',
    );
  }
}

/**
 * Whether a condition holds of any document says something of its value: asked often enough, all of
 * it. So a condition on a name, a field above level 0 or a personal one is previewed only for
 * whoever may read that field of every document.
 * @throws Refusal `forbidden`
 */
export function requireReadableConditions(
  { policy, now }: Pick<Moment, 'policy' | 'now'>,
  { principal }: Caller,
  { rules }: WorldChange,
): void {
  for (const { doctype, when } of (rules?.added ?? []) as readonly Rule[]) {
    const definition = policy.doctypes.get(doctype);
    if (when === null || !definition) continue;
    const ask = { principal, action: 'read' as const, doctype, now };
    const reads = (level: number) => listFilter(policy.world, ask, level).kind === 'always';
    const closed = [...fieldsOf(when)].find((field) => {
      const level = closedLevelOf(field, definition, policy.doctypes);
      return level !== null && !reads(level);
    });
    if (closed === undefined) continue;
    throw new Refusal(
      'forbidden',
      `A condition on \`${closed}\` is previewed only for those who may read it of every ` +
        `${doctype}: the numbers would tell you its values.`,
    );
  }
}

/** The level that has to be open; null where anybody may ask. */
function closedLevelOf(
  path: string,
  definition: Doctype,
  doctypes: ReadonlyMap<string, Doctype>,
): number | null {
  if (path === 'name') return 0;
  const [table = '', column] = path.split('.');
  const field = definition.fields.find(({ fieldname }) => fieldname === table);
  if (!field) return null;
  const level = field.level ?? 0;
  if (column !== undefined) {
    const rows = doctypes.get(field.options ?? '');
    const inner = rows && closedLevelOf(column, rows, doctypes);
    return inner === null || inner === undefined ? null : Math.max(level, inner);
  }
  return level > 0 || sensitivityOf(field) !== 'none' ? level : null;
}
