/** Whether a field that something belongs to is open to whoever asks about it. */
import { type Decision, openLevels } from '../../authz/index.ts';
import type { Doctype, Governance } from '../../doctype/definition.ts';
import { fieldsByLevel } from '../../doctype/fields-by-level.ts';
import type { StoredValues } from '../../store/read-documents.ts';

/** True where it names no field of what it belongs to, or one of a level that is open there. */
export function isFieldOpen(
  { field_field }: Governance,
  values: StoredValues,
  parent: Doctype,
  decision: Decision,
): boolean {
  const field = field_field === undefined ? null : (values[field_field] ?? null);
  if (field === null) return true;
  const levels = openLevels(decision);
  return [...fieldsByLevel(parent)].some(
    ([level, names]) => levels.has(level) && names.includes(String(field)),
  );
}
