/** Fields of a doctype by their level, those that are ever shown. */
import { type Doctype, isColumn, isTable } from './definition.ts';
import { sensitivityOf } from './table-name.ts';

/** INVARIANT (secrets-stay): a secret field is at no level. */
export function fieldsByLevel({ fields }: Doctype): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const field of fields) {
    if (!(isColumn(field) || isTable(field)) || sensitivityOf(field) === 'secret') continue;
    const level = field.level ?? 0;
    found.set(level, [...(found.get(level) ?? []), field.fieldname]);
  }
  return found;
}
