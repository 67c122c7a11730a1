/** What a list asks the API for: columns, filter, order and page of a view. */
import type { ListFilter, ListView } from '../place.ts';
import { kindOf } from './field-kind.ts';
import type { Doctype, Field } from './shapes.ts';

/** Rows of one page. */
export const PAGE_ROWS = 25;

export type Triple = readonly [string, string, unknown];

/** The columns a list shows after the name, and the fields it needs besides to show them. */
export function listColumns(doctype: Doctype): readonly Field[] {
  const shown = doctype.fields.filter(
    (field) =>
      kindOf(field) !== null &&
      !field.hidden &&
      (field.in_list_view || field.fieldname === doctype.title_field),
  );
  return doctype.is_submittable ? [...shown, DOCSTATUS] : shown;
}

/** `docstatus` is no field of any doctype, but every submittable one has it. */
export const DOCSTATUS: Field = {
  fieldname: 'docstatus',
  fieldtype: 'Docstatus',
  label: 'Document status',
};

/** The field that names the currency of a doctype's amounts, where it has one. */
export function currencyField(doctype: Pick<Doctype, 'fields'>): string | null {
  const field = doctype.fields.find(
    ({ fieldtype, options }) => fieldtype === 'Link' && options === 'Currency',
  );
  return field?.fieldname ?? null;
}

/** The query of `GET /api/resource/:doctype` for a view. */
export function listQuery(doctype: Doctype, view: ListView): string {
  const columns = listColumns(doctype);
  const fields = new Set(['name', ...columns.map(({ fieldname }) => fieldname)]);
  const currency = currencyField(doctype);
  if (currency !== null) fields.add(currency);
  const query = new URLSearchParams({
    fields: JSON.stringify([...fields]),
    limit_start: String((view.page - 1) * PAGE_ROWS),
    limit_page_length: String(PAGE_ROWS),
  });
  if (view.filter) query.set('filters', JSON.stringify([tripleOf(doctype, view.filter)]));
  if (view.sort) {
    query.set('order_by', `${view.sort.field} ${view.sort.descending ? 'desc' : 'asc'}`);
  }
  return query.toString();
}

/** The query of `GET /api/count/:doctype` for a view. */
export function countQuery(doctype: Doctype, view: ListView): string {
  if (!view.filter) return '';
  return new URLSearchParams({
    filters: JSON.stringify([tripleOf(doctype, view.filter)]),
  }).toString();
}

/** A filter in the API's words. Values are sent in the field's own type: numbers as numbers. */
export function tripleOf(doctype: Pick<Doctype, 'fields'>, filter: ListFilter): Triple {
  const field = filterField(doctype, filter.field);
  const value = wireValue(field, filter.value);
  switch (filter.op) {
    case 'blank':
      return [filter.field, 'is', 'not set'];
    case 'not-blank':
      return [filter.field, 'is', 'set'];
    case 'contains':
      // `%`, `_` and `\` mean themselves to whoever types them.
      return [filter.field, 'like', `%${filter.value.replace(/[\\%_]/g, '\\$&')}%`];
    case 'is':
      return [filter.field, '=', value];
    case 'is-not':
      return [filter.field, '!=', value];
    case 'at-least':
      return [filter.field, '>=', value];
    case 'at-most':
      return [filter.field, '<=', value];
  }
}

/** A field by its name, the standard ones included; unknown ones are sent for the API to refuse. */
export function filterField(doctype: Pick<Doctype, 'fields'>, fieldname: string): Field {
  const found = doctype.fields.find((field) => field.fieldname === fieldname);
  if (found) return found;
  return fieldname === 'docstatus' ? DOCSTATUS : { fieldname, fieldtype: 'Data' };
}

function wireValue(field: Field, text: string): string | number {
  const kind = kindOf(field);
  const isNumber = kind === 'number' || kind === 'money' || kind === 'percent';
  if (!isNumber && kind !== 'check' && kind !== 'docstatus') return text;
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}
