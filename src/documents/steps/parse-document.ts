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

/**
 * Parses a body. Throws `unknown_field` for a key the doctype does not have and `bad_value` for a
 * value that does not fit, with all of them in `errors`. `isKnown` says which fields exist for
 * the caller: others are unknown. What only says where the document or a row belongs is not taken
 * over, but has to be true.
 */
export function parseDocument(
  table: Table,
  body: unknown,
  isKnown: (field: Field) => boolean,
): ParsedDocument {
  const values: Record<string, StoredValues[string]> = {};
  const tables: Record<string, StoredValues[]> = {};
  const errors: FieldError[] = [];
  const document = objectOf(body, 'The document');
  const place: Place = { doctype: table.doctype.name };
  for (const [key, input] of Object.entries(document)) {
    if (PLACE_KEYS.has(key)) {
      errors.push(...placeErrors(place, key, input, key));
      continue;
    }
    const child = table.children.find(({ field }) => field.fieldname === key);
    if (child && isKnown(child.field)) {
      const rowPlace = {
        doctype: child.table.doctype.name,
        ...{ parent: document['name'], parenttype: table.doctype.name, parentfield: key },
        docstatus: document['docstatus'],
      };
      tables[key] = parseRows(child.table, rowPlace, input, isKnown, errors);
      continue;
    }
    const column = table.columns.get(key);
    if (!column || (column.field && !isKnown(column.field))) {
      errors.push(unknown(key));
    } else if (column.field) parseInto(values, column.field, input, key, errors);
    else if (typeof input === 'string' || typeof input === 'number') values[key] = input;
    else if (input !== null) errors.push(bad(key, 'takes text.'));
  }
  refuse(errors);
  return { values, tables };
}

/** Keys that say where a document or a row belongs, and what has to stand there. */
type Place = {
  readonly doctype: string;
  /** Rows only: the document they are rows of, as far as the body names it. */
  readonly parent?: unknown;
  readonly parenttype?: string;
  readonly parentfield?: string;
  readonly docstatus?: unknown;
};

const PLACE_KEYS: ReadonlySet<string> = new Set([
  'doctype',
  'idx',
  'parent',
  'parenttype',
  'parentfield',
]);

/** Blank says nothing. `idx` is any whole number: the order in which rows come is their order. */
function placeErrors(place: Place, key: string, input: unknown, path: string): FieldError[] {
  if (input === null || input === undefined || input === '') return [];
  if (key === 'idx') {
    const isWhole = typeof input === 'number' && Number.isSafeInteger(input) && input >= 0;
    return isWhole ? [] : [bad(path, 'takes a whole number.')];
  }
  if (key === 'docstatus' && (place.docstatus === undefined || place.docstatus === null)) {
    return [0, 1, 2].some((status) => status === input) ? [] : [bad(path, 'takes 0, 1 or 2.')];
  }
  if (key !== 'doctype' && place.parenttype === undefined) return [unknown(path)];
  return input === place[key as keyof Place] ? [] : [bad(path, 'names something else.')];
}

function parseRows(
  table: Table,
  place: Place & { readonly parentfield: string },
  input: unknown,
  isKnown: (field: Field) => boolean,
  errors: FieldError[],
): StoredValues[] {
  const field = place.parentfield;
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
      const path = `${field}.${key}`;
      if (PLACE_KEYS.has(key) || key === 'docstatus') {
        errors.push(...placeErrors(place, key, value, path));
        continue;
      }
      const column = table.columns.get(key);
      if (key === 'name' && typeof value === 'string') values['name'] = value;
      else if (!column?.field || isTable(column.field) || !isKnown(column.field)) {
        errors.push(unknown(path));
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

function unknown(field: string): FieldError {
  return { field, code: 'unknown_field', detail: `There is no field \`${field}\`.` };
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
