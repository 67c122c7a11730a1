/**
 * Fields: writing one whose level is not open for this action is an error that names it. Levels
 * must be open before and after the change.
 */
import { type Decision, openLevels } from '../../authz/index.ts';
import { type FieldError, Refusal } from '../../base/errors.ts';
import type { Field } from '../../doctype/definition.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import type { WriteWork } from '../work.ts';

/** Checks every field whose value changes, and rows that would take hidden values with them. */
export function checkFieldLevels(work: WriteWork, decisions: readonly Decision[]): void {
  const levels = decisions.map(openLevels);
  const isOpen = (field: Field): boolean => levels.every((set) => set.has(field.level ?? 0));
  const errors = closedChanges(work.table, work, isOpen);
  for (const { field, table } of work.table.children) {
    errors.push(...closedRows(table, field, work, isOpen));
  }
  if (errors[0]) throw new Refusal('forbidden', errors[0].detail, { errors });
}

function closedChanges(
  table: Table,
  work: WriteWork,
  isOpen: (field: Field) => boolean,
): FieldError[] {
  const before = work.before?.values ?? {};
  return table.doctype.fields
    .filter((field) => work.given.has(field.fieldname) && table.columns.has(field.fieldname))
    .filter((field) => differs(field, before, work.after.values, work.before === null))
    .filter((field) => !isOpen(field) || (field.read_only && work.operation !== 'import'))
    .map((field) => closed(field.fieldname));
}

function closedRows(
  table: Table,
  tableField: Field,
  work: WriteWork,
  isOpen: (field: Field) => boolean,
): FieldError[] {
  const name = tableField.fieldname;
  const before = new Map((work.before?.tables[name] ?? []).map((row) => [row['name'], row]));
  const errors: FieldError[] = [];
  for (const row of work.after.tables[name] ?? []) {
    const stored = before.get(row['name'] ?? null);
    before.delete(row['name'] ?? null);
    for (const field of table.doctype.fields) {
      const given = work.given.has(`${name}.${field.fieldname}`);
      if (given && !isOpen(field) && differs(field, stored ?? {}, row, !stored)) {
        errors.push(closed(`${name}.${field.fieldname}`));
      }
    }
  }
  // Nobody loses what they could not see.
  for (const removed of before.values()) {
    const hidden = table.doctype.fields.find(
      (field) => !isOpen(field) && holdsValue(removed, field),
    );
    if (hidden) errors.push(closed(name));
  }
  return errors;
}

function differs(field: Field, before: StoredValues, after: StoredValues, isNew: boolean): boolean {
  const value = after[field.fieldname] ?? null;
  if (isNew && (value === null || value === 0)) return false;
  return value !== (before[field.fieldname] ?? null);
}

function holdsValue(row: StoredValues, field: Field): boolean {
  const value = row[field.fieldname] ?? null;
  return value !== null && value !== 0;
}

function closed(field: string): FieldError {
  return { field, code: 'forbidden', detail: `You may not write \`${field}\`.` };
}
