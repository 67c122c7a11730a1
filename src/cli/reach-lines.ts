/** Who can, of a whole doctype, told to people. */
import type { WhoAnywhereAnswer, WhoAnywhereQuestion } from '../access/access.ts';

type Entry = WhoAnywhereAnswer['principals'][number];
type Reason = Entry['because'][number];
type Cover = NonNullable<Reason['within']>[number];

/** Everybody who can, how many documents, why, and of whom. */
export function reachLines(
  { documents, principals, total, note }: WhoAnywhereAnswer,
  { action, doctype, field, user }: WhoAnywhereQuestion,
): string[] {
  const what = `${action} ${field === undefined ? '' : `${field} of `}any ${doctype}`;
  const who = user ?? (total === 0 ? 'Nobody' : String(total));
  const can = user !== undefined && total === 0 ? 'cannot' : 'can';
  return [
    `${who} ${can} ${what}, of ${documents} that you may ask about`,
    ...principals.flatMap(entryLines),
    ...(note === undefined ? [] : [note]),
  ];
}

function entryLines({ name, documents, because, of, by }: Entry): string[] {
  const places = of.map(
    ({ path, total, values }) => `${path}: ${values ? values.join(', ') : `${total} values`}`,
  );
  const counts = by?.values.map(({ value, documents: own }) => `    ${value}: ${own}`) ?? [];
  const left = by ? by.total - by.values.length : 0;
  return [
    `  ${name}: ${documents} documents${places.length > 0 ? `, ${places.join('; ')}` : ''}`,
    ...because.map((reason) => `    by ${reasonWords(reason)}`),
    ...counts,
    ...(left > 0 ? [`    and ${left} more of ${by?.total} values`] : []),
  ];
}

function reasonWords({ kind, name, role, rule, documents, within = [] }: Reason): string {
  const by = role === undefined ? '' : `: role ${role}, rule ${rule ?? ''}`;
  const places = within.map((cover) => `${cover.path} ${coverWords(cover)}`);
  const where = places.length > 0 ? `, where ${places.join(', ')}` : '';
  return `${kind} ${name}${by}${where} (${documents})`;
}

function coverWords({ covers, total, except = [] }: Cover): string {
  if (covers === 'everything') return 'is anything';
  const named = covers.map(
    ({ value, descendants }) => `${value}${descendants === 1 ? ' and below' : ''}`,
  );
  if (total !== undefined) return `is one of ${total} values`;
  const without = except.length > 0 ? ` but ${except.map(({ value }) => value).join(', ')}` : '';
  return `is ${named.join(' or ')}${without}`;
}
