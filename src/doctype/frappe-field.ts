/** Reads one field of a Frappe DocType. */
import type { Field } from './definition.ts';
import { FIELD_KEYS_NOT_TAKEN } from './frappe-keys.ts';
import { asFlag, asText, asWhole, isZero, reportKeys } from './frappe-value.ts';
import type { NotTaken } from './import-reading.ts';
import type { Plain, PlainObject } from './plain-data.ts';

/** A field under way. `mend-definition.ts` takes out whatever a definition cannot hold. */
export type FieldDraft = Record<string, Plain>;

type Taken = readonly [to: keyof Field, as: 'text' | 'flag' | 'whole'];

const KEYS_TAKEN: Readonly<Record<string, Taken>> = {
  fieldname: ['fieldname', 'text'],
  fieldtype: ['fieldtype', 'text'],
  label: ['label', 'text'],
  options: ['options', 'text'],
  default: ['default', 'text'],
  reqd: ['reqd', 'flag'],
  unique: ['unique', 'flag'],
  read_only: ['read_only', 'flag'],
  hidden: ['hidden', 'flag'],
  fetch_from: ['fetch_from', 'text'],
  fetch_if_empty: ['fetch_if_empty', 'flag'],
  permlevel: ['level', 'whole'],
  set_only_once: ['set_only_once', 'flag'],
  no_copy: ['no_copy', 'flag'],
  allow_on_submit: ['after_submit', 'flag'],
  in_list_view: ['in_list_view', 'flag'],
  in_standard_filter: ['in_standard_filter', 'flag'],
  search_index: ['search_index', 'flag'],
  precision: ['precision', 'whole'],
  length: ['length', 'whole'],
  non_negative: ['non_negative', 'flag'],
  depends_on: ['depends_on', 'text'],
  mandatory_depends_on: ['mandatory_depends_on', 'text'],
  read_only_depends_on: ['read_only_depends_on', 'text'],
  description: ['description', 'text'],
};

/** A level that cannot be read must not open the field to more people than it was open to. */
const LEVEL_MAX = 9;

const HANDLED: ReadonlySet<string> = new Set([...Object.keys(KEYS_TAKEN), 'is_virtual']);

/** The source's key for a key of ours, which is what a report has to name. */
export function sourceKeyOfField(key: string): string {
  return Object.entries(KEYS_TAKEN).find(([, [to]]) => to === key)?.[0] ?? key;
}

/** The field's draft, or null for a field that cannot be stored, and what was not taken. */
export function readFrappeField(source: PlainObject): {
  readonly field: FieldDraft | null;
  readonly notTaken: readonly NotTaken[];
} {
  const name = typeof source['fieldname'] === 'string' ? source['fieldname'] : '(unnamed)';
  const virtual = source['is_virtual'] ?? null;
  if (!isZero(virtual)) {
    const why = 'computed by code of the source system';
    return { field: null, notTaken: [{ field: name, key: 'is_virtual', why }] };
  }
  const notTaken = [...reportKeys(source, HANDLED, FIELD_KEYS_NOT_TAKEN, name)];
  const field: FieldDraft = {};
  for (const [key, [to, as]] of Object.entries(KEYS_TAKEN)) {
    const value = Object.hasOwn(source, key) ? (source[key] ?? null) : null;
    if (isAbsent(value, key)) continue;
    const read = as === 'text' ? asText(value) : as === 'flag' ? asFlag(value) : asWhole(value);
    if (to === 'level' && !(typeof read === 'number' && read >= 0 && read <= LEVEL_MAX)) {
      field[to] = LEVEL_MAX;
      notTaken.push({ field: name, key, why: `not a level: kept at ${LEVEL_MAX}, the narrowest` });
    } else if (read === null) {
      notTaken.push({ field: name, key, why: `not a value for a ${as} key` });
    } else if (read !== false) {
      field[to] = read;
    }
  }
  notTaken.push(...adaptType(field, name));
  return { field, notTaken };
}

/** A default of `0` is a value; everywhere else, zero means that nothing is set. */
function isAbsent(value: Plain, key: string): boolean {
  return key === 'default' ? value === null || value === '' : isZero(value);
}

function adaptType(field: FieldDraft, name: string): readonly NotTaken[] {
  if (field['fieldtype'] === 'Password') field['sensitivity'] = 'secret';
  if (field['fieldtype'] !== 'Select') return [];
  const lines = String(field['options'] ?? '').split('\n');
  if (lines.every((line) => line.trim() === '')) {
    field['fieldtype'] = 'Data';
    delete field['options'];
    const why = 'a Select whose options come from code: kept as plain text (Data)';
    return [{ field: name, key: 'options', why }];
  }
  field['options'] = withoutRepeats(lines);
  return [];
}

/** The lines with each option once. A blank first line stays: it says that blank is an option. */
function withoutRepeats(lines: readonly string[]): string {
  return [...new Set(lines.map((line) => line.trim()))].join('\n');
}
