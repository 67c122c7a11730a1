/**
 * Reads a Frappe DocType (its JSON file) as a definition and draft rules. What has no counterpart
 * is listed, never dropped in silence; what is listed is never half taken.
 */

import { DefinitionError } from './definition-error.ts';
import { isDoctypeName } from './doctype-name.ts';
import { type FieldDraft, readFrappeField } from './frappe-field.ts';
import { DOCTYPE_KEYS_NOT_TAKEN } from './frappe-keys.ts';
import { readFrappePermissions } from './frappe-permissions.ts';
import { asFlag, asText, isZero, reportKeys } from './frappe-value.ts';
import type { ImportReading, NotTaken } from './import-reading.ts';
import { type DefinitionDraft, mendDefinition } from './mend-definition.ts';
import { isPlainObject, type Plain, type PlainObject, plainCopy } from './plain-data.ts';

const FLAGS = ['istable', 'issingle', 'is_tree', 'is_submittable', 'allow_rename'] as const;
const TEXTS = ['module', 'description', 'autoname', 'title_field', 'sort_field'] as const;
const HANDLED: ReadonlySet<string> = new Set([
  ...FLAGS,
  ...TEXTS,
  ...['name', 'doctype', 'fields', 'field_order', 'permissions', 'is_virtual'],
  ...['nsm_parent_field', 'search_fields', 'sort_order'],
]);

/** Fields in one file at most. */
const FIELDS_MAX = 800;

/**
 * Reads the parsed JSON of a DocType file; `source` names it in the reason of a broken one. Never
 * throws for anything that the file says.
 */
export function readFrappeDoctype(json: unknown, source: string): ImportReading {
  const broken = (why: string): ImportReading => ({ kind: 'broken', why: `${source}: ${why}` });
  let copy: Plain;
  try {
    copy = plainCopy(json);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return broken(error.message);
  }
  if (!isPlainObject(copy)) return broken('not a JSON object');
  if (copy['doctype'] !== 'DocType') return broken('`doctype` is not "DocType"');
  const name = copy['name'];
  if (typeof name !== 'string' || !isDoctypeName(name)) {
    return broken('`name` is not a name that a doctype can have');
  }
  const fields = copy['fields'];
  if (!Array.isArray(fields)) return broken('`fields` is not a list');
  if (fields.length > FIELDS_MAX) return broken(`has more than ${FIELDS_MAX} fields`);
  if (!isZero(copy['is_virtual'] ?? null)) return readVirtual(copy, name);
  return readStorable(copy, name, fields, broken);
}

function readVirtual(source: PlainObject, name: string): ImportReading {
  const parts = ['fields', 'permissions'].map((key) => {
    const list = source[key];
    return `${Array.isArray(list) ? list.length : 0} ${key}`;
  });
  const why = `its documents are computed by code; not taken: ${parts.join(', ')}`;
  return { kind: 'virtual', name, notTaken: [{ field: null, key: 'is_virtual', why }] };
}

function readStorable(
  source: PlainObject,
  name: string,
  fields: readonly Plain[],
  broken: (why: string) => ImportReading,
): ImportReading {
  const notTaken: NotTaken[] = [];
  const draft: DefinitionDraft = { name, app: 'imported', fields: [] };
  for (const key of TEXTS) takeText(draft, source, key, notTaken);
  for (const key of FLAGS) takeFlag(draft, source, key, notTaken);
  takeSearchAndOrder(draft, source, notTaken);
  takeTree(draft, source, name);
  notTaken.push(...reportKeys(source, HANDLED, DOCTYPE_KEYS_NOT_TAKEN, null));
  draft.fields = takeFields(fields, source['field_order'] ?? null, notTaken);
  const mended = mendDefinition(draft);
  if ('broken' in mended) return broken(mended.broken);
  notTaken.push(...mended.notTaken);
  const permissions = takePermissions(source, name, notTaken);
  return { kind: 'storable', doctype: mended.doctype, draftRules: permissions, notTaken };
}

function takeText(
  draft: DefinitionDraft,
  source: PlainObject,
  key: string,
  notTaken: NotTaken[],
): void {
  const value = source[key] ?? null;
  if (isZero(value)) return;
  const text = asText(value);
  if (text === null) notTaken.push({ field: null, key, why: 'not text' });
  else draft[key] = text;
}

function takeFlag(
  draft: DefinitionDraft,
  source: PlainObject,
  key: string,
  notTaken: NotTaken[],
): void {
  const flag = asFlag(source[key] ?? null);
  if (flag === null) notTaken.push({ field: null, key, why: 'neither 0 nor 1' });
  else if (flag) draft[key] = true;
}

function takeSearchAndOrder(
  draft: DefinitionDraft,
  source: PlainObject,
  notTaken: NotTaken[],
): void {
  const order = source['sort_order'] ?? null;
  if (typeof order === 'string' && /^(?:asc|desc)$/i.test(order)) {
    draft['sort_order'] = order.toLowerCase();
  } else if (!isZero(order)) {
    notTaken.push({ field: null, key: 'sort_order', why: 'neither ASC nor DESC' });
  }
  const search = source['search_fields'] ?? null;
  if (typeof search === 'string') {
    const names = search.split(',').map((part) => part.trim());
    const kept = [...new Set(names.filter((part) => part !== ''))];
    if (kept.length > 0) draft['search_fields'] = kept;
  } else if (!isZero(search)) {
    notTaken.push({ field: null, key: 'search_fields', why: 'not text' });
  }
}

/** Frappe's trees link to their parent by `parent_<name>` unless the DocType says otherwise. */
function takeTree(draft: DefinitionDraft, source: PlainObject, name: string): void {
  if (draft['is_tree'] !== true) return;
  const said = source['nsm_parent_field'];
  const usual = `parent_${name.toLowerCase().replace(/[ -]/g, '_')}`;
  draft['parent_field'] = typeof said === 'string' && said !== '' ? said : usual;
}

/** The fields in the order of `field_order`, with those it does not name at the end. */
function takeFields(fields: readonly Plain[], order: Plain, notTaken: NotTaken[]): FieldDraft[] {
  const drafts: FieldDraft[] = [];
  const sourceNames = new Set<Plain>();
  for (const [index, field] of fields.entries()) {
    if (isPlainObject(field)) {
      const read = readFrappeField(field);
      sourceNames.add(field['fieldname'] ?? null);
      notTaken.push(...read.notTaken);
      if (read.field !== null) drafts.push(read.field);
    } else {
      notTaken.push({ field: null, key: `fields[${index}]`, why: 'not an object' });
    }
  }
  const positions = new Map<Plain, number>();
  for (const name of Array.isArray(order) ? (order as readonly Plain[]) : []) {
    if (!positions.has(name)) positions.set(name, positions.size);
    if (sourceNames.has(name)) continue;
    notTaken.push({ field: String(name), key: 'field_order', why: 'names a field not there' });
  }
  const position = (field: FieldDraft) =>
    positions.get(field['fieldname'] ?? null) ?? fields.length;
  return drafts.sort((one, other) => position(one) - position(other));
}

function takePermissions(source: PlainObject, name: string, notTaken: NotTaken[]) {
  const rows = source['permissions'] ?? [];
  if (asFlag(source['istable'] ?? null) === true && !isZero(rows)) {
    const why = 'rows are opened by the rules of their document';
    notTaken.push({ field: null, key: 'permissions', why });
    return [];
  }
  const read = readFrappePermissions(rows, name);
  notTaken.push(...read.notTaken);
  return read.draftRules;
}
