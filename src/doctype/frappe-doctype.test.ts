import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { checkDefinition } from './check-definition.ts';
import { checkDefinitions } from './check-definitions.ts';
import { readFrappeDoctype } from './frappe-doctype.ts';
import type { ImportReading, StorableReading } from './import-reading.ts';
import { resolveTargets } from './resolve-targets.ts';

const FIXTURES = new URL('../../test/fixtures/frappe/', import.meta.url);
const readFixture = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8'));
const everyReading = () =>
  readdirSync(FIXTURES)
    .sort()
    .map((file) => readFrappeDoctype(readFixture(file), file));

function storable(reading: ImportReading): StorableReading {
  assert.equal(reading.kind, 'storable', reading.kind === 'broken' ? reading.why : '');
  return reading as StorableReading;
}

const read = (json: unknown) => storable(readFrappeDoctype(json, 'test.json'));
const form = (more: object, ...fields: object[]) => ({
  doctype: 'DocType',
  name: 'Form',
  ...more,
  fields,
});
const whyNot = (reading: StorableReading, field: string | null, key: string) =>
  reading.notTaken.find((entry) => entry.field === field && entry.key === key)?.why;

test('a submittable doctype keeps what has a counterpart, in the order of field_order', () => {
  const { doctype } = read(readFixture('workshop_job.json'));
  assert.equal(doctype.app, 'imported');
  assert.deepEqual(
    doctype.fields.slice(0, 3).map((field) => field.fieldname),
    ['subject', 'naming_series', 'details_section'],
  );
  const field = (name: string) => doctype.fields.find((one) => one.fieldname === name);
  assert.equal(field('customer_phone')?.level, 1);
  assert.equal(field('estimate')?.precision, 2);
  assert.equal(field('state')?.options, '\nOpen\nWaiting\nDone');
  assert.equal(field('door_code')?.sensitivity, 'secret');
  assert.equal(field('remark')?.after_submit, true);
  assert.equal(field('opened_on')?.after_submit, undefined);
  assert.equal(field('kind')?.fieldtype, 'Data');
  assert.equal(field('age_in_days'), undefined);
  assert.deepEqual(doctype.search_fields, ['subject', 'customer_phone']);
});

test('what was left out is listed with its key in the source and a reason', () => {
  const reading = read(readFixture('workshop_job.json'));
  assert.equal(whyNot(reading, 'subject', 'bold, width'), 'presentation only');
  assert.match(whyNot(reading, 'opened_on', 'allow_on_submit') ?? '', /after submit/);
  assert.match(whyNot(reading, 'ready_by', 'default') ?? '', /does not fit/);
  assert.match(whyNot(reading, 'reason', 'read_only_depends_on') ?? '', /`frappe` at 5/);
  assert.match(whyNot(reading, 'bay', 'ignore_user_permissions') ?? '', /grants/);
  assert.match(whyNot(reading, 'age_in_days', 'is_virtual') ?? '', /code/);
  assert.match(whyNot(reading, 'ghost', 'field_order') ?? '', /not there/);
  assert.match(whyNot(reading, null, 'search_fields') ?? '', /no_such_field/);
  assert.match(whyNot(reading, null, 'permissions[3].role') ?? '', /granted/);
});

test('permission rows become drafts without a reach', () => {
  const { draftRules } = read(readFixture('workshop_job.json'));
  const rule = { document_type: 'Workshop Job', levels: [0], reach: null, when: [] };
  const lead = ['read', 'write', 'create', 'submit', 'cancel', 'amend', 'print'];
  assert.deepEqual(draftRules, [
    { ...rule, role: 'Workshop Lead', actions: lead },
    {
      ...rule,
      role: 'Technician',
      actions: ['read', 'write'],
      when: [['owner', '=', '$me']],
    },
    { ...rule, role: 'Workshop Lead', actions: ['read', 'write'], levels: [2] },
    { ...rule, role: 'All', actions: ['select'] },
  ]);
});

test('a row whose condition cannot be read gives nothing', () => {
  for (const more of [{ if_owner: 'x' }, { permlevel: 'x' }, { permlevel: 10 }, { role: '' }]) {
    const row = { role: 'Clerk', read: 1, ...more };
    const reading = read(form({ permissions: [row] }));
    assert.deepEqual(reading.draftRules, []);
    assert.ok(whyNot(reading, null, 'permissions[0]'));
  }
});

test('trees, singles and child tables keep their kind', () => {
  const bay = read(readFixture('workshop_bay.json')).doctype;
  assert.equal(bay.is_tree, true);
  assert.equal(bay.parent_field, 'parent_bay');
  const settings = read(readFixture('workshop_settings.json'));
  assert.equal(settings.doctype.issingle, true);
  assert.match(whyNot(settings, null, 'autoname') ?? '', /single/);
  const part = read(readFixture('workshop_job_part.json'));
  assert.equal(part.doctype.istable, true);
  assert.deepEqual(part.draftRules, []);
  assert.ok(whyNot(part, null, 'permissions'));
});

test('a virtual doctype is named and not stored', () => {
  const reading = readFrappeDoctype(readFixture('open_estimates.json'), 'open_estimates.json');
  assert.equal(reading.kind, 'virtual');
  if (reading.kind === 'virtual') {
    assert.equal(reading.name, 'Open Estimates');
    assert.match(reading.notTaken[0]?.why ?? '', /2 fields, 1 permissions/);
  }
});

test('a hostile file gets nothing in but plain fields', () => {
  const reading = read(readFixture('hostile.json'));
  assert.equal(reading.doctype.app, 'imported');
  assert.equal(reading.doctype.is_permission_record, undefined);
  assert.deepEqual(
    reading.doctype.fields.map((field) => field.fieldname),
    ['twice', 'secret_key', 'note', 'markup', 'where_to', 'level_ten', 'many', 'sly'],
  );
  assert.deepEqual(checkDefinition(reading.doctype), reading.doctype);
  const text = JSON.stringify(reading.doctype);
  for (const word of ['drop table', 'script', 'process', 'hunter2', 'select password']) {
    assert.ok(!text.includes(word), word);
  }
  assert.ok(!JSON.stringify(reading.notTaken).includes('hunter2'));
  assert.match(whyNot(reading, null, 'app, is_permission_record, surprise') ?? '', /not known/);
});

test('a level that cannot be read narrows and never widens', () => {
  for (const permlevel of [10, -1, 'x', 1.5, [1], true]) {
    const reading = read(form({}, { fieldname: 'pay', fieldtype: 'Currency', permlevel }));
    assert.equal(reading.doctype.fields[0]?.level, 9, String(permlevel));
    assert.ok(whyNot(reading, 'pay', 'permlevel'));
  }
});

test('files that are no DocType are broken, with the file and the reason', () => {
  const deep = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) as unknown;
  const many = Array.from({ length: 801 }, (_, at) => ({ fieldname: `f${at}`, fieldtype: 'Data' }));
  const broken: unknown[] = [
    ...[null, 5, 'x', [], {}, { doctype: 'Report' }, form({ name: 'a"b' }), form({ name: 5 })],
    ...[form({ extra: deep }), form({}, ...many), { ...form({}), fields: 'none' }],
    JSON.parse('{"doctype":"DocType","name":"X","fields":[],"__proto__":{"admin":1}}'),
    JSON.parse('{"doctype":"DocType","name":"X","fields":[{"constructor":{"prototype":1}}]}'),
    form({ description: 'a\0b' }),
  ];
  for (const json of broken) {
    const reading = readFrappeDoctype(json, 'odd.json');
    assert.equal(reading.kind, 'broken');
    if (reading.kind === 'broken') assert.match(reading.why, /^odd\.json: /);
  }
  assert.equal(({} as Record<string, unknown>)['admin'], undefined);
});

test('one fault uncovers the next, and all are mended', () => {
  const reading = read(
    form(
      { title_field: 'Owner Name', autoname: 'field:copy', sort_field: 'copy' },
      { fieldname: 'Owner Name', fieldtype: 'Link', options: 'User' },
      { fieldname: 'copy', fieldtype: 'Nonsense' },
      { fieldname: 'fetched', fieldtype: 'Data', fetch_from: 'copy.x', fetch_if_empty: 1 },
      { fieldname: 'target', fieldtype: 'Dynamic Link', options: 'copy' },
      { fieldname: 'shown', fieldtype: 'Data', depends_on: 'copy' },
    ),
  );
  assert.deepEqual(reading.doctype.fields, [
    { fieldname: 'fetched', fieldtype: 'Data' },
    { fieldname: 'target', fieldtype: 'Data' },
    { fieldname: 'shown', fieldtype: 'Data' },
  ]);
  assert.deepEqual(Object.keys(reading.doctype).sort(), ['app', 'fields', 'name']);
});

test('targets that are not here become plain text, once', () => {
  const resolved = resolveTargets(everyReading(), new Set());
  const job = storable(
    resolved.find((one) => one.kind === 'storable' && one.doctype.name === 'Workshop Job') ??
      assert.fail('no Workshop Job'),
  );
  const field = (name: string) => job.doctype.fields.find((one) => one.fieldname === name);
  assert.equal(field('bay')?.fieldtype, 'Link');
  assert.equal(field('vehicle')?.fieldtype, 'Data');
  assert.equal(field('photos'), undefined);
  assert.equal(field('technician_email')?.fetch_from, undefined);
  assert.equal(
    whyNot(job, 'vehicle', 'options'),
    'links to a doctype that is not here: kept as plain text (Data)',
  );
  assert.deepEqual(resolveTargets(resolved, new Set()), resolved);
  assert.deepEqual(resolveTargets(everyReading(), new Set()), resolved);
  const definitions = resolved.flatMap((one) => (one.kind === 'storable' ? [one.doctype] : []));
  assert.equal(definitions.length, 6);
  assert.doesNotThrow(() => checkDefinitions(definitions));
});

test('targets that are here already stay links', () => {
  const link = { fieldname: 'x', fieldtype: 'Link', options: 'Vehicle' };
  const fetched = { fieldname: 'y', fieldtype: 'Data', fetch_from: 'x.plate' };
  const readings = [readFrappeDoctype(form({}, link, fetched), 'a.json')];
  assert.deepEqual(resolveTargets(readings, new Set(['Vehicle'])), readings);
});

test('a secret is not fetched into the open, nor a child table linked', () => {
  const vault = { ...form({}, { fieldname: 'pin', fieldtype: 'Password' }), name: 'Vault' };
  const row = { ...form({ istable: 1 }), name: 'Row' };
  const user = form(
    {},
    { fieldname: 'vault', fieldtype: 'Link', options: 'Vault' },
    { fieldname: 'pin', fieldtype: 'Data', fetch_from: 'vault.pin' },
    { fieldname: 'row', fieldtype: 'Link', options: 'Row' },
    { fieldname: 'vaults', fieldtype: 'Table', options: 'Vault' },
  );
  const [first] = resolveTargets(
    [user, vault, row].map((json) => readFrappeDoctype(json, 'x')),
    new Set(),
  );
  assert.deepEqual(storable(first ?? assert.fail()).doctype.fields, [
    { fieldname: 'vault', fieldtype: 'Link', options: 'Vault' },
    { fieldname: 'pin', fieldtype: 'Data' },
    { fieldname: 'row', fieldtype: 'Data' },
  ]);
});

test('of two doctypes in one table, the later is broken', () => {
  const named = (name: string) => readFrappeDoctype({ ...form({}), name }, name);
  const [first, second] = resolveTargets([named('Sales Tax'), named('Sales-Tax')], new Set());
  assert.equal(first?.kind, 'storable');
  assert.equal(second?.kind, 'broken');
});

const OUR_KEYS: Readonly<Record<string, string>> = {
  permlevel: 'level',
  allow_on_submit: 'after_submit',
};
const SAYS_NOTHING: readonly unknown[] = ['', '0', 0, null, false];

test('whatever a file says, the reading is valid and every key is taken or listed', () => {
  const fieldKey = fc.constantFrom('options', 'default', 'reqd', 'unique', 'permlevel', 'length');
  const more = fc.constantFrom(
    'depends_on',
    'fetch_from',
    'allow_on_submit',
    'width',
    'odd',
    'mask',
  );
  const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(1, '1', 'User', 'eval:1'));
  const type = fc.constantFrom('Data', 'Link', 'Select', 'Table', 'Int', 'HTML', 'Date', 'What');
  const name = fc.constantFrom('a', 'b', 'c', 'owner', 'B', '__proto__');
  const field = fc
    .tuple(name, type, fc.dictionary(fc.oneof(fieldKey, more), value, { maxKeys: 5 }))
    .map(([fieldname, fieldtype, keys]) => ({ ...keys, fieldname, fieldtype }));
  const fields = fc.uniqueArray(field, { maxLength: 4, selector: (one) => one.fieldname });
  fc.assert(
    fc.property(fields, (sources) => {
      const reading = readFrappeDoctype(form({}, ...sources), 'x');
      if (reading.kind !== 'storable') return assert.equal(reading.kind, 'broken');
      assert.deepEqual(checkDefinition(reading.doctype), reading.doctype);
      for (const source of sources) checkAccounted(source, reading);
    }),
    { numRuns: 500 },
  );
});

function checkAccounted(source: Record<string, unknown>, reading: StorableReading): void {
  const name = source['fieldname'];
  const listed = reading.notTaken.filter((entry) => entry.field === name);
  const isListed = (key: string) => listed.some((entry) => entry.key.split(', ').includes(key));
  const taken = reading.doctype.fields.find((field) => field.fieldname === name);
  if (taken === undefined) {
    assert.ok(['fieldname', 'fieldtype', 'options'].some(isListed), JSON.stringify(source));
    return;
  }
  for (const [key, value] of Object.entries(source)) {
    const isEmptyList = Array.isArray(value) && value.length === 0;
    if (SAYS_NOTHING.includes(value) || isEmptyList) continue;
    const isTaken = Object.hasOwn(taken, OUR_KEYS[key] ?? key);
    assert.ok(isTaken || isListed(key), `${key} of ${JSON.stringify(source)}`);
  }
}
