/** Documents in groups as the store makes them: alike in what is named, and nothing else known. */
import type * as authz from '../../src/authz/index.ts';
import type { RandomDocument } from '../model/random-schema.ts';

/** The groups of one doctype's documents. */
export function groupsOf(
  documents: readonly RandomDocument[],
  doctype: string,
  grouping: authz.Grouping | undefined,
): authz.DocumentGroup[] {
  if (!grouping) throw new Error(`${doctype} is counted, and was not said to be needed`);
  const groups = new Map<string, { facts: Record<string, unknown>; count: number }>();
  for (const { values } of documents.filter((one) => one.doctype === doctype)) {
    const isNamed = grouping.names.includes(String(values['name']));
    const own = grouping.fields.map((field) => field.replace(/\..*/, ''));
    const fields = isNamed ? [...own, 'name'] : own;
    const facts = Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
    const key = JSON.stringify([isNamed, facts]);
    const group = groups.get(key) ?? { facts, count: 0 };
    groups.set(key, group);
    group.count += 1;
  }
  return [...groups.values()];
}
