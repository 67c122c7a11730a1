/** Fields that go on under another name, as their definition says by `renamed_from`. */
import type { Doctype, Field } from './definition.ts';

export type Rename = { readonly from: string; readonly to: string };

/** What is renamed on the way from one definition to another; nothing that was renamed before. */
export function renamesOf(before: Doctype, after: Doctype): Rename[] {
  const had = new Map(before.fields.map((field) => [field.fieldname, field]));
  const has = new Set(after.fields.map(({ fieldname }) => fieldname));
  return after.fields.flatMap(({ fieldname, renamed_from: from }) => {
    const isRenamed = from !== undefined && had.has(from) && !has.has(from) && !had.has(fieldname);
    return isRenamed ? [{ from, to: fieldname }] : [];
  });
}

/**
 * The earlier definition under the new names, so that what is left to compare is what else
 * changed. Paths through rows keep their old name: what documents say of their rows goes by it.
 */
export function renamed(before: Doctype, renames: readonly Rename[]): Doctype {
  if (renames.length === 0) return before;
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  const now = (name: string): string => names.get(name) ?? name;
  const { parent_field, title_field, sort_field, dimension_paths } = before;
  return {
    ...before,
    fields: before.fields.map((field): Field => ({ ...field, fieldname: now(field.fieldname) })),
    ...(parent_field === undefined ? {} : { parent_field: now(parent_field) }),
    ...(title_field === undefined ? {} : { title_field: now(title_field) }),
    ...(sort_field === undefined ? {} : { sort_field: now(sort_field) }),
    ...(dimension_paths === undefined
      ? {}
      : { dimension_paths: dimension_paths.map((one) => ({ ...one, path: now(one.path) })) }),
  };
}
