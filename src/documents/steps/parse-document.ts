/** Reads the body of a create or update: known fields only, each value strictly by its type. */
import { type FieldError, Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { type Field, isTable } from '../../doctype/definition.ts';
import { ValueError } from '../../doctype/value-error.ts';
import { parseValue } from '../../doctype/values.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';

export type ParsedDocument = {
  readonly values: StoredValues;
  /** Child rows by table field; a row's `name` is there where the caller gave one. */
  readonly tables: Readonly<Record<string, readonly StoredValues[]>>;
};

/** Keys that clients send along and that the pipeline keeps itself. */
const ECHOED = new Set(['doctype', 'idx', 'parent', 'parenttype', 'parentfield']);

/**
 * Parses a body. Throws `unknown_field` for a key the doctype does not have and `bad_value` for a
 * value that does not fit, with all of them in `errors`. `readable` says which fields exist for
 * the caller: others are unknown.
 */
export function parseDocument(
  table: Table,
  body: unknown,
  isKnown: (field: Field) => boolean,
): ParsedDocument {
  const values: Record<string, StoredValues[string]> = {};
  const tables: Record<string, StoredValues[]> = {};
  const errors: FieldError[] = [];
  for (const [key, input] of Object.entries(objectOf(body, 'The document'))) {
    if (ECHOED.has(key)) continue;
    const child = table.children.find(({ field }) => field.fieldname === key);
    if (child && isKnown(child.field)) {
      tables[key] = parseRows(child.table, key, input, isKnown, errors);
      continue;
    }
    const column = table.columns.get(key);
    if (!column || (column.field && !isKnown(column.field))) {
      errors.push({ field: key, code: 'unknown_field', detail: `There is no field \`${key}\`.` });
    } else if (column.field) parseInto(values, column.field, input, key, errors);
    else if (typeof input === 'string' || typeof input === 'number') values[key] = input;
    else if (input !== null) errors.push(bad(key, 'takes text.'));
  }
  refuse(errors);
  return { values, tables };
}

function parseRows(
  table: Table,
  field: string,
  input: unknown,
  isKnown: (field: Field) => boolean,
  errors: FieldError[],
): StoredValues[] {
  if (!Array.isArray(input)) {
    errors.push(bad(field, 'takes a list of rows.'));
    return [];
  }
  if (input.length > LIMITS.childRowsMax) {
    errors.push(bad(field, `takes at most ${LIMITS.childRowsMax} rows.`));
    return [];
  }
  return input.map((row, index) => {
    const values: Record<string, StoredValues[string]> = {};
    for (const [key, value] of Object.entries(objectOf(row, `Row ${index + 1} of ${field}`))) {
      if (ECHOED.has(key) || key === 'docstatus') continue;
      const path = `${field}.${key}`;
      const column = table.columns.get(key);
      if (key === 'name' && typeof value === 'string') values['name'] = value;
      else if (!column?.field || isTable(column.field) || !isKnown(column.field)) {
        errors.push({
          field: path,
          code: 'unknown_field',
          detail: `There is no field \`${path}\`.`,
        });
      } else parseInto(values, column.field, value, path, errors);
    }
    return values;
  });
}

function parseInto(
  values: Record<string, StoredValues[string]>,
  field: Field,
  input: unknown,
  path: string,
  errors: FieldError[],
): void {
  try {
    values[field.fieldname] = parseValue(field, input);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    errors.push(bad(path, error.message));
  }
}

function objectOf(body: unknown, what: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal('malformed', `${what} must be an object of fields and values.`);
  }
  return body as Record<string, unknown>;
}

function bad(field: string, detail: string): FieldError {
  return { field, code: 'bad_value', detail };
}

function refuse(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (!first) return;
  const detail = first.detail.includes(first.field)
    ? first.detail
    : `\`${first.field}\` ${first.detail}`;
  throw new Refusal(first.code, detail, { errors });
}
