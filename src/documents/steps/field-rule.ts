/**
 * Fields: writing one whose level is not open for this action is an error that names it. Levels
 * must be open before and after the change.
 */
import { type Decision, decide, openLevels } from '../../authz/index.ts';
import { type FieldError, Refusal } from '../../base/errors.ts';
import type { Field } from '../../doctype/definition.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { OPEN_LEVELS } from '../governed/reach.ts';
import { type Echo, factsOf, type WriteWork } from '../work.ts';
import { changedFields } from './guards.ts';

/** Checks every field whose value changes, and rows that would take hidden values with them. */
export function checkFieldLevels(work: WriteWork, decisions: readonly Decision[]): void {
  const levels = decisions.map(openLevels);
  const isOpen = (field: Field): boolean => levels.every((set) => set.has(field.level ?? 0));
  const seen = readableLevels(work);
  const isSeen = (field: Field): boolean => seen === null || seen.has(field.level ?? 0);
  const rule: FieldRule = { work, isOpen, isSeen };
  const errors = [...closedChanges(rule), ...falseEchoes(rule)];
  for (const child of work.table.children) errors.push(...closedRows(rule, child));
  if (errors[0]) throw new Refusal('forbidden', errors[0].detail, { errors });
}

/** The levels of all fields whose values the caller gave, rows included. */
export function givenLevels({ given, table }: WriteWork): ReadonlySet<number> {
  const levels = new Set<number>();
  const add = (fields: readonly Field[], prefix: string): void => {
    for (const { fieldname, level = 0 } of fields) {
      if (given.has(prefix + fieldname)) levels.add(level);
    }
  };
  add(table.doctype.fields, '');
  for (const { field, table: child } of table.children) {
    add(child.doctype.fields, `${field.fieldname}.`);
  }
  return levels;
}

type FieldRule = {
  readonly work: WriteWork;
  /** May be written, before and after. */
  readonly isOpen: (field: Field) => boolean;
  /**
   * May be read as it is stored. Where it may not, even a value equal to the stored one is
   * refused: else a row of guesses would find it out.
   */
  readonly isSeen: (field: Field) => boolean;
};

/** Levels that are readable on the stored document; null for a new one, which has no secrets. */
function readableLevels(work: WriteWork): ReadonlySet<number> | null {
  if (work.before === null) return null;
  if (work.doctype.governed_by) return OPEN_LEVELS;
  return openLevels(
    decide(work.moment.policy.world, {
      principal: work.caller.principal,
      action: 'read',
      doctype: work.doctype.name,
      document: factsOf(work.table, work.before),
      now: work.moment.now,
    }),
  );
}

function closedChanges({ work, isOpen, isSeen }: FieldRule): FieldError[] {
  const { before, after, given, table } = work;
  return table.doctype.fields
    .filter((field) => given.has(field.fieldname) && table.columns.has(field.fieldname))
    .filter((field) => !isOpen(field) && !field.read_only)
    .filter((field) => !isSeen(field) || differs(field, before?.values ?? null, after.values))
    .map((field) => closed(field.fieldname));
}

/** What was given for a read-only field has to be what it was, or what it becomes by itself. */
function falseEchoes({ work, isSeen }: FieldRule): FieldError[] {
  const isTrue = ({ field, value, row }: Echo): boolean => {
    const find = (rows: readonly StoredValues[] = []) =>
      rows.find((one) => one['name'] === row?.name);
    const after = row ? find(work.after.tables[row.table]) : work.after.values;
    const before = row ? find(work.before?.tables[row.table]) : work.before?.values;
    const isBlank = !before && (value === null || value === 0);
    return (
      isBlank || [before, after].some((one) => one && (one[field.fieldname] ?? null) === value)
    );
  };
  return work.echoes
    .filter((echo) => !isSeen(echo.field) || !isTrue(echo))
    .map(({ field, row }) => closed(row ? `${row.table}.${field.fieldname}` : field.fieldname));
}

function closedRows(
  { work, isOpen, isSeen }: FieldRule,
  { field: tableField, table }: Table['children'][number],
): FieldError[] {
  const name = tableField.fieldname;
  if (!work.given.has(name)) return [];
  const stored = work.before?.tables[name] ?? [];
  const rows = work.after.tables[name] ?? [];
  const isClosed = !isOpen(tableField) || tableField.read_only === true;
  if (isClosed && (!isSeen(tableField) || changedFields(work).includes(name)))
    return [closed(name)];
  const before = new Map(stored.map((row) => [row['name'], row]));
  const errors: FieldError[] = [];
  for (const row of rows) {
    const old = before.get(row['name'] ?? null) ?? null;
    before.delete(row['name'] ?? null);
    for (const field of table.doctype.fields) {
      if (!work.given.has(`${name}.${field.fieldname}`) || isOpen(field) || field.read_only)
        continue;
      if (differs(field, old, row) || (old !== null && !isSeen(field))) {
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

/** A new document or row has no value yet: a blank one, or 0, changes nothing. */
function differs(field: Field, before: StoredValues | null, after: StoredValues): boolean {
  const value = after[field.fieldname] ?? null;
  if (before === null) return value !== null && value !== 0;
  return value !== (before[field.fieldname] ?? null);
}

function holdsValue(row: StoredValues, field: Field): boolean {
  const value = row[field.fieldname] ?? null;
  return value !== null && value !== 0;
}

function closed(field: string): FieldError {
  return { field, code: 'forbidden', detail: `You may not write \`${field}\`.` };
}
