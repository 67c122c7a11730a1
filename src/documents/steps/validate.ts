/** Whether the document as it will be is complete and obeys its definition. */
import { type FieldError, Refusal } from '../../base/errors.ts';
import { type Field, isColumn, isTable } from '../../doctype/definition.ts';
import { evaluate, parseExpression } from '../../doctype/expression.ts';
import { renderValue } from '../../doctype/values.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import type { WriteWork } from '../work.ts';

/** Throws `invalid_document` with every missing or frozen field in `errors`. */
export function validate(work: WriteWork): void {
  const errors = missingIn(work.table, work.after.values, work.after.tables, '');
  for (const { field, table } of work.table.children) {
    for (const [index, row] of (work.after.tables[field.fieldname] ?? []).entries()) {
      errors.push(...missingIn(table, row, {}, `${field.fieldname}[${index}].`));
    }
  }
  errors.push(...changedOnce(work));
  if (errors[0]) throw new Refusal('invalid_document', errors[0].detail, { errors });
}

function missingIn(
  table: Table,
  values: StoredValues,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
  prefix: string,
): FieldError[] {
  let known: Record<string, unknown> | null = null;
  const facts = () => {
    known ??= conditionFacts(table, values, tables);
    return known;
  };
  return table.doctype.fields
    .filter((field) => (field.reqd || field.mandatory_depends_on) && holdsSomething(field))
    .filter((field) => isRequired(field, facts) && isBlank(field, values, tables))
    .map((field) => ({
      field: prefix + field.fieldname,
      code: 'invalid_document',
      detail: `\`${prefix}${field.fieldname}\` is required.`,
    }));
}

function holdsSomething(field: Field): boolean {
  return isColumn(field) || isTable(field);
}

function isRequired(field: Field, facts: () => Record<string, unknown>): boolean {
  if (field.reqd) return true;
  const condition = field.mandatory_depends_on;
  if (!condition) return false;
  const parsed = parseExpression(condition);
  return parsed.ok && Boolean(evaluate(parsed.expression, facts()));
}

function isBlank(
  field: Field,
  values: StoredValues,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
): boolean {
  if (isTable(field)) return (tables[field.fieldname] ?? []).length === 0;
  return (values[field.fieldname] ?? null) === null;
}

function changedOnce(work: WriteWork): FieldError[] {
  const before = work.before?.values;
  if (!before || work.operation === 'amend') return [];
  return work.doctype.fields
    .filter((field) => field.set_only_once && isColumn(field))
    .filter(
      ({ fieldname }) =>
        before[fieldname] !== null && before[fieldname] !== work.after.values[fieldname],
    )
    .map(({ fieldname }) => ({
      field: fieldname,
      code: 'invalid_document',
      detail: `\`${fieldname}\` cannot be changed once it is set.`,
    }));
}

function conditionFacts(
  table: Table,
  values: StoredValues,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
): Record<string, unknown> {
  const facts: Record<string, unknown> = { ...tables };
  for (const column of table.columns.values()) {
    const value = values[column.name] ?? null;
    facts[column.name] = column.field ? renderValue(column.field, value) : value;
  }
  return facts;
}
