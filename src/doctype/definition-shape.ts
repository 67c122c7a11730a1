/**
 * The keys of a definition and the plain shape of each. Whether the values make sense together
 * is for `field-rules.ts` and `doctype-rules.ts`, which run only once the shape is right.
 */
import {
  COLUMN_TYPES,
  type Doctype,
  type Field,
  type Governance,
  LAYOUT_TYPES,
  TABLE_TYPES,
} from './definition.ts';
import type { Problem } from './definition-error.ts';
import { isPlainObject, type Plain, type PlainObject } from './plain-data.ts';

type Shape =
  | { readonly is: 'text'; readonly max: number }
  | { readonly is: 'flag' }
  | { readonly is: 'number'; readonly min: number; readonly max: number }
  | { readonly is: 'word'; readonly of: readonly string[] }
  | { readonly is: 'texts' }
  | { readonly is: 'paths' }
  | { readonly is: 'governance' }
  | { readonly is: 'fields' };

const FLAG: Shape = { is: 'flag' };
const LINE: Shape = { is: 'text', max: 200 };
const CONDITION: Shape = { is: 'text', max: 2000 };
const DESCRIPTION: Shape = { is: 'text', max: 4000 };
const FIELDS_MAX = 800;

const FIELD_SHAPES: Readonly<Record<keyof Field, Shape>> = {
  fieldname: LINE,
  fieldtype: { is: 'word', of: [...COLUMN_TYPES, ...TABLE_TYPES, ...LAYOUT_TYPES] },
  renamed_from: LINE,
  label: LINE,
  options: { is: 'text', max: 16_384 },
  reqd: FLAG,
  unique: FLAG,
  read_only: FLAG,
  hidden: FLAG,
  default: { is: 'text', max: 16_384 },
  fetch_from: LINE,
  fetch_if_empty: FLAG,
  level: { is: 'number', min: 0, max: 9 },
  sensitivity: { is: 'word', of: ['none', 'personal', 'secret'] },
  set_only_once: FLAG,
  no_copy: FLAG,
  after_submit: FLAG,
  in_list_view: FLAG,
  in_standard_filter: FLAG,
  search_index: FLAG,
  precision: { is: 'number', min: 0, max: 9 },
  length: { is: 'number', min: 1, max: 65_536 },
  non_negative: FLAG,
  depends_on: CONDITION,
  mandatory_depends_on: CONDITION,
  read_only_depends_on: CONDITION,
  description: DESCRIPTION,
};

const DOCTYPE_SHAPES: Readonly<Record<keyof Doctype, Shape>> = {
  name: LINE,
  app: LINE,
  module: LINE,
  description: DESCRIPTION,
  istable: FLAG,
  issingle: FLAG,
  is_tree: FLAG,
  parent_field: LINE,
  is_submittable: FLAG,
  autoname: LINE,
  title_field: LINE,
  search_fields: { is: 'texts' },
  sort_field: LINE,
  sort_order: { is: 'word', of: ['asc', 'desc'] },
  is_dimension: FLAG,
  dimension_paths: { is: 'paths' },
  audit_reads: FLAG,
  append_only: FLAG,
  allow_rename: FLAG,
  is_permission_record: FLAG,
  governed_by: { is: 'governance' },
  fields: { is: 'fields' },
};

const GOVERNANCE_SHAPES: Readonly<Record<keyof Governance, Shape>> = {
  doctype_field: LINE,
  name_field: LINE,
  add: { is: 'word', of: ['read', 'write'] },
  changed_by: { is: 'texts' },
  field_field: LINE,
};

const PATH_SHAPES: Readonly<Record<string, Shape>> = { dimension: LINE, path: LINE };

/** What is wrong with the shape of a definition. None: it has the type `Doctype`. */
export function shapeProblems(source: Plain): readonly Problem[] {
  if (!isPlainObject(source)) return [problem('malformed', '', null, '', 'not an object.')];
  return objectProblems(source, DOCTYPE_SHAPES, ['name', 'app', 'fields'], '', null);
}

function objectProblems(
  object: PlainObject,
  shapes: Readonly<Record<string, Shape>>,
  needed: readonly string[],
  at: string,
  field: number | null,
): Problem[] {
  const problems = needed
    .filter((key) => !Object.hasOwn(object, key))
    .map((key) => problem('missing', at + key, field, key, 'has to be there.'));
  for (const [key, value] of Object.entries(object)) {
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    if (shape === undefined) {
      const known = Object.keys(shapes).join(', ');
      problems.push(
        problem('unknown_key', at + key, field, key, `is not a key here. Keys are: ${known}.`),
      );
    } else {
      problems.push(...valueProblems(value, shape, at + key, field, key));
    }
  }
  return problems;
}

function valueProblems(
  value: Plain,
  shape: Shape,
  path: string,
  field: number | null,
  key: string,
): Problem[] {
  if (shape.is === 'fields' || shape.is === 'paths')
    return listProblems(value, shape.is, path, key);
  if (shape.is === 'governance') return governanceProblems(value, path, key);
  const why = wrongWith(value, shape);
  return why === null ? [] : [problem('bad_value', path, field, key, why)];
}

function governanceProblems(value: Plain, path: string, key: string): Problem[] {
  if (!isPlainObject(value)) return [problem('bad_value', path, null, key, 'not an object.')];
  const needed = ['doctype_field', 'name_field', 'add'];
  return objectProblems(value, GOVERNANCE_SHAPES, needed, `${path}.`, null).map((found) => ({
    ...found,
    key,
  }));
}

function wrongWith(value: Plain, shape: Shape): string | null {
  if (shape.is === 'flag') return typeof value === 'boolean' ? null : 'has to be true or false.';
  if (shape.is === 'word') {
    const isKnown = typeof value === 'string' && shape.of.includes(value);
    return isKnown ? null : `has to be one of: ${shape.of.join(', ')}.`;
  }
  if (shape.is === 'number') {
    const fits =
      Number.isInteger(value) && Number(value) >= shape.min && Number(value) <= shape.max;
    return fits ? null : `has to be a whole number from ${shape.min} to ${shape.max}.`;
  }
  if (shape.is === 'texts') {
    const fits = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return fits ? null : 'has to be a list of text.';
  }
  if (shape.is !== 'text') return null;
  const fits = typeof value === 'string' && value !== '' && value.length <= shape.max;
  return fits ? null : `has to be text of 1 to ${shape.max} characters; leave it out for none.`;
}

function listProblems(value: Plain, of: 'fields' | 'paths', path: string, key: string): Problem[] {
  if (!Array.isArray(value)) return [problem('bad_value', path, null, key, 'has to be a list.')];
  if (value.length > FIELDS_MAX) {
    return [problem('too_large', path, null, key, `has to have at most ${FIELDS_MAX} entries.`)];
  }
  return (value as readonly Plain[]).flatMap((entry, index) => {
    const at = `${path}[${index}]`;
    const field = of === 'fields' ? index : null;
    if (!isPlainObject(entry)) return [problem('bad_value', at, field, key, 'not an object.')];
    return of === 'fields'
      ? objectProblems(entry, FIELD_SHAPES, ['fieldname', 'fieldtype'], `${at}.`, field)
      : objectProblems(entry, PATH_SHAPES, ['dimension', 'path'], `${at}.`, null).map((found) => ({
          ...found,
          key,
        }));
  });
}

function problem(
  code: Problem['code'],
  path: string,
  field: number | null,
  key: string,
  message: string,
): Problem {
  return { code, path, field, key, message };
}
