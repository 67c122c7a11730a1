/**
 * A document that a client sends along with an operation that saves no fields. What it says has
 * to be what is stored: a change in it would be lost otherwise, and nobody told.
 */
import { isDeepStrictEqual } from 'node:util';
import { type FieldError, Refusal } from '../base/errors.ts';
import { type Doctype, isTable } from '../doctype/definition.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a row, or the document itself, may say of where it belongs. */
type Place = { readonly path: string; readonly belongs: Values };

/**
 * Throws `bad_value` for fields that differ from the stored document and `unknown_field` for
 * those that it does not show, all of them in `errors`. Fields that are not sent do not differ.
 */
export function requireUnchanged(sent: Values, stored: Values, doctype: Doctype): void {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(sent)) {
    const rows = stored[key];
    const field = doctype.fields.find(({ fieldname }) => fieldname === key);
    if (!field || !isTable(field) || !Array.isArray(rows)) {
      const error = compare(key, value, stored, { path: '', belongs: {} });
      if (error) errors.push(error);
    } else errors.push(...compareRows(key, value, rows, stored, doctype));
  }
  const [first] = errors;
  if (first) throw new Refusal(first.code, first.detail, { errors });
}

function compareRows(
  key: string,
  sent: unknown,
  rows: readonly Values[],
  { name, docstatus }: Values,
  doctype: Doctype,
): FieldError[] {
  if (!Array.isArray(sent) || sent.length !== rows.length) return [differs(key)];
  const belongs = {
    doctype: doctype.fields.find(({ fieldname }) => fieldname === key)?.options,
    ...{ parent: name, parenttype: doctype.name, parentfield: key, docstatus },
  };
  const place = { path: `${key}.`, belongs };
  return sent.flatMap((row: unknown, index) => {
    if (typeof row !== 'object' || row === null) return [differs(key)];
    const errors = Object.entries(row).map(([one, value]) =>
      compare(one, value, rows[index] ?? {}, place),
    );
    return errors.filter((error) => error !== null);
  });
}

function compare(
  key: string,
  value: unknown,
  stored: Values,
  { path, belongs }: Place,
): FieldError | null {
  const isShown = Object.hasOwn(stored, key);
  if (!isShown && !Object.hasOwn(belongs, key)) {
    const field = `${path}${key}`;
    return { field, code: 'unknown_field', detail: `There is no field \`${field}\`.` };
  }
  const known = isShown ? stored[key] : belongs[key];
  if (isDeepStrictEqual(value, known) || (isBlank(value) && (!isShown || isBlank(known)))) {
    return null;
  }
  return differs(`${path}${key}`);
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function differs(field: string): FieldError {
  const detail = `\`${field}\` differs from what is stored. Save it first.`;
  return { field, code: 'bad_value', detail };
}
