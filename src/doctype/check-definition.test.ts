import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkDefinition } from './check-definition.ts';
import type { Field } from './definition.ts';
import { DefinitionError } from './definition-error.ts';

const COMPANY = { fieldname: 'company', fieldtype: 'Link', options: 'Company' };
const definition = (more: object = {}, ...fields: object[]) => ({
  name: 'Sales Invoice',
  app: 'accounts',
  ...more,
  fields: [COMPANY, ...fields],
});

/** Asserts that the definition is refused, at this path. */
function refused(source: unknown, path: string, code?: string): void {
  assert.throws(
    () => checkDefinition(source),
    (error) => {
      assert.ok(error instanceof DefinitionError, String(error));
      assert.equal(error.path, path, error.message);
      if (code !== undefined) assert.equal(error.code, code, error.message);
      return true;
    },
  );
}

/** Asserts that a second field of this shape is refused for its key. */
function refusedField(field: object, key: string): void {
  refused(definition({}, { fieldname: 'x', fieldtype: 'Data', ...field }), `fields[1].${key}`);
}

function accepted(...fields: object[]): void {
  for (const field of fields) {
    const source = definition({}, { fieldname: 'x', fieldtype: 'Data', ...field });
    assert.deepEqual(checkDefinition(source), source);
  }
}

test('a valid definition comes back as a frozen copy', () => {
  const source = definition(
    {
      module: 'Accounts',
      is_submittable: true,
      autoname: 'INV-.YYYY.-.#####',
      title_field: 'title',
      search_fields: ['title', 'name'],
      sort_field: 'modified',
      sort_order: 'desc',
      dimension_paths: [{ dimension: 'Company', path: 'company' }],
      audit_reads: true,
    },
    { fieldname: 'title', fieldtype: 'Data', reqd: true, depends_on: 'eval:doc.company' },
    { fieldname: 'items', fieldtype: 'Table', options: 'Sales Invoice Item', reqd: true },
    { fieldname: 'remark', fieldtype: 'Text', after_submit: true, level: 3 },
  );
  const checked = checkDefinition(source);
  assert.deepEqual(checked, source);
  assert.notEqual(checked.fields, source.fields);
  assert.ok(Object.isFrozen(checked.fields[1]) && Object.isFrozen(checked.dimension_paths));
});

test('unknown and forbidden keys are refused wherever they stand', () => {
  refused(definition({ permissions: [] }), 'permissions', 'unknown_key');
  refused(
    definition({}, { fieldname: 'x', fieldtype: 'Data', permlevel: 1 }),
    'fields[1].permlevel',
  );
  refused(
    definition({ dimension_paths: [{ dimension: 'Company', path: 'company', x: 1 }] }),
    'dimension_paths[0].x',
  );
  refused(definition({ toString: 'x' }), 'toString', 'unknown_key');
  refused(JSON.parse('{"__proto__":{"name":"X"},"app":"x","fields":[]}'), '', 'unknown_key');
  refused(
    definition({}, JSON.parse('{"fieldname":"x","fieldtype":"Data","__proto__":{}}')),
    'fields[1]',
  );
});

test('keys have one shape', () => {
  for (const source of [null, 5, 'x', []]) refused(source, '', 'malformed');
  refused({ app: 'x', fields: [] }, 'name', 'missing');
  refused({ name: 'X', app: 'x' }, 'fields', 'missing');
  refused(definition({ fields: {} }).fields && { ...definition(), fields: {} }, 'fields');
  refused(definition({ is_tree: 1 }), 'is_tree', 'bad_value');
  refused(definition({ description: '' }), 'description');
  refused(definition({ sort_order: 'DESC' }), 'sort_order');
  refused(definition({ search_fields: 'title' }), 'search_fields');
  refused(definition({}, 'x' as unknown as object), 'fields[1]');
  refused(definition({}, { fieldtype: 'Data' }), 'fields[1].fieldname', 'missing');
  refusedField({ fieldtype: 'Shell' }, 'fieldtype');
  refusedField({ reqd: 1 }, 'reqd');
  for (const level of [-1, 10, 1.5, '1']) refusedField({ level }, 'level');
  refusedField({ sensitivity: 'hidden' }, 'sensitivity');
  refusedField({ label: undefined }, 'label');
});

test('a doctype has a name fit for a path and a table', () => {
  for (const name of ['ToDo', 'Profit & Loss', 'A/B', 'X-1_y', 'A'.repeat(61)]) {
    assert.equal(checkDefinition({ name, app: 'x', fields: [] }).name, name);
  }
  const long = ['A'.repeat(62), 'Straße', 'A  B', 'A ', ' A', '1A', 'A\n', 'A"B', "A'B"];
  for (const name of [...long, 'A;B', '../A', 'A.B', '*', 'A\u200b']) {
    refused({ name, app: 'x', fields: [] }, 'name');
  }
  for (const app of ['', 'App', 'a b', '../x']) refused({ name: 'X', app, fields: [] }, 'app');
});

test('a field has a name that is its own', () => {
  accepted({ fieldname: 'x'.repeat(61) }, { fieldname: 'a_1' });
  const wrong = ['X', '1x', '_x', 'x-y', 'x y', 'x"', 'x'.repeat(62), 'ß', '__proto__', 'x\n'];
  for (const fieldname of [...wrong, 'constructor', 'prototype']) {
    refusedField({ fieldname }, 'fieldname');
  }
  for (const fieldname of ['name', 'owner', 'docstatus', 'cell_id', 'version', 'idx', 'doctype']) {
    refusedField({ fieldname }, 'fieldname');
  }
  refusedField({ fieldname: 'company' }, 'fieldname');
});

test('options are what the type needs', () => {
  for (const fieldtype of ['Link', 'Table', 'Table MultiSelect', 'Dynamic Link', 'Select']) {
    refusedField({ fieldtype }, 'options');
  }
  refusedField({ fieldtype: 'Link', options: 'a"b' }, 'options');
  refusedField({ fieldtype: 'Dynamic Link', options: 'nothing' }, 'options');
  refusedField({ fieldtype: 'Select', options: '\n \n' }, 'options');
  refusedField({ fieldtype: 'Select', options: 'A\nA' }, 'options');
  refusedField({ fieldtype: 'Select', options: 'A'.repeat(141) }, 'options');
  refusedField({ options: 'Anything' }, 'options');
  refusedField({ fieldtype: 'Currency', options: 'nothing' }, 'options');
  refusedField({ fieldtype: 'Int', options: 'x' }, 'options');
  refusedField({ fieldtype: 'HTML', options: '<script>' }, 'options');
  accepted(
    { fieldtype: 'Dynamic Link', options: 'company' },
    { fieldtype: 'Select', options: '\nA\nB' },
    { options: 'Email' },
    { fieldtype: 'Currency', options: 'company' },
    { fieldtype: 'Code', options: 'JSON' },
  );
});

test('keys that a type cannot have are refused', () => {
  for (const key of ['reqd', 'unique', 'no_copy', 'fetch_if_empty', 'search_index']) {
    refusedField({ fieldtype: 'Section Break', [key]: true }, key);
  }
  refusedField({ fieldtype: 'Table', options: 'Row', unique: true }, 'unique');
  refusedField({ fieldtype: 'Table', options: 'Row', sensitivity: 'secret' }, 'sensitivity');
  refusedField({ fieldtype: 'Long Text', unique: true }, 'unique');
  refusedField({ fieldtype: 'Password', unique: true }, 'unique');
  refusedField({ fieldtype: 'JSON', search_index: true }, 'search_index');
  refusedField({ fieldtype: 'Int', length: 5 }, 'length');
  refusedField({ length: 1001 }, 'length');
  refusedField({ fieldtype: 'Currency', precision: 5 }, 'precision');
  refusedField({ precision: 2 }, 'precision');
  refusedField({ non_negative: true }, 'non_negative');
  refusedField({ fieldtype: 'Password', sensitivity: 'none' }, 'sensitivity');
  accepted({ fieldtype: 'Table', options: 'Row', reqd: true }, { length: 1000 });
});

test('amounts, parties, dates, links and tables cannot change after submit', () => {
  const fixed: Field['fieldtype'][] = ['Currency', 'Float', 'Int', 'Long Int', 'Percent', 'Date'];
  for (const fieldtype of [...fixed, 'Datetime', 'Time', 'Duration', 'Rating', 'Heading']) {
    refusedField({ fieldtype, after_submit: true }, 'after_submit');
  }
  refusedField({ fieldtype: 'Link', options: 'User', after_submit: true }, 'after_submit');
  refusedField(
    { fieldtype: 'Dynamic Link', options: 'company', after_submit: true },
    'after_submit',
  );
  refusedField({ fieldtype: 'Table', options: 'Row', after_submit: true }, 'after_submit');
  accepted({ after_submit: true }, { fieldtype: 'Check', after_submit: true });
});

test('fetch_from goes through a link of its own', () => {
  accepted({ fetch_from: 'company.currency', fetch_if_empty: true });
  const wrong = [
    'company',
    'nothing.currency',
    'company.a.b',
    'company.',
    '.a',
    'x.y',
    'company.A',
  ];
  for (const fetch_from of [...wrong, 'company.__proto__', 'company.constructor']) {
    refusedField({ fetch_from }, 'fetch_from');
  }
  refusedField({ fetch_if_empty: true }, 'fetch_if_empty');
});

test('defaults fit their field and are no secret', () => {
  refusedField({ fieldtype: 'Check', default: '2' }, 'default');
  refusedField({ fieldtype: 'Date', default: '2026-02-30' }, 'default');
  refusedField({ fieldtype: 'Password', default: 'hunter2' }, 'default');
  refusedField({ default: 5 }, 'default');
  accepted({ fieldtype: 'Date', default: 'Today' }, { fieldtype: 'Currency', default: '1.50' });
});

test('conditions are in the safe language and read what is there', () => {
  for (const key of ['depends_on', 'mandatory_depends_on', 'read_only_depends_on']) {
    refusedField({ [key]: 'eval:frappe.call()' }, key);
    refusedField({ [key]: "eval:doc.constructor('x')" }, key);
    refusedField({ [key]: 'eval:doc.nothing' }, key);
    refusedField({ [key]: 'nothing' }, key);
    accepted({ [key]: 'company' }, { [key]: 'eval:doc.docstatus == 1 && !doc.__islocal' });
  }
});

test('what is shown beside a document is there and no secret', () => {
  const secret = { fieldname: 'pin', fieldtype: 'Password' };
  for (const name of ['nothing', 'pin', '(select 1)']) {
    refused(definition({ title_field: name }, secret), 'title_field');
    refused(definition({ sort_field: name }, secret), 'sort_field');
    refused(definition({ search_fields: ['name', name] }, secret), 'search_fields[1]');
  }
  refused(definition({ search_fields: ['company', 'company'] }), 'search_fields');
  refused(definition({ autoname: 'field:pin' }, secret), 'autoname');
  refused(definition({ autoname: 'format:{pin}-{##}' }, secret), 'autoname');
  const hidden = { fieldname: 'pin', fieldtype: 'Data', sensitivity: 'secret' };
  refused(definition({ autoname: 'field:pin' }, hidden), 'autoname');
  refused(definition({ autoname: 'field:nothing' }), 'autoname');
  refused(definition({ autoname: 'guess' }), 'autoname');
});

test('a tree names the link to its own kind', () => {
  const parent = { fieldname: 'up', fieldtype: 'Link', options: 'Sales Invoice' };
  assert.ok(checkDefinition(definition({ is_tree: true, parent_field: 'up' }, parent)));
  refused(definition({ is_tree: true }, parent), 'parent_field', 'missing');
  refused(definition({ is_tree: true, parent_field: 'company' }, parent), 'parent_field');
  refused(definition({ parent_field: 'up' }, parent), 'parent_field', 'contradiction');
});

test('a dimension path is a link to the dimension, or the name of one', () => {
  const paths = (dimension: string, path: string, more = {}) =>
    definition({ dimension_paths: [{ dimension, path }], ...more });
  assert.ok(checkDefinition(paths('Company', 'company')));
  assert.ok(checkDefinition(paths('Sales Invoice', 'name', { is_dimension: true })));
  const at = 'dimension_paths[0].path';
  refused(paths('Company', 'nothing'), at);
  refused(paths('Branch', 'company'), at);
  refused(paths('Sales Invoice', 'name'), at);
  refused(paths('Company', 'name', { is_dimension: true }), at);
  refused(paths('Company', 'company', { istable: true }), 'dimension_paths', 'contradiction');
  const twice = [0, 1].map(() => ({ dimension: 'Company', path: 'company' }));
  refused(definition({ dimension_paths: twice }), 'dimension_paths[1]', 'duplicate');
});

test('a dimension path through rows names a Table field and a column of it', () => {
  const items = { fieldname: 'items', fieldtype: 'Table', options: 'Sales Invoice Item' };
  const path = (text: string) =>
    definition({ dimension_paths: [{ dimension: 'Company', path: text }] }, items);
  assert.ok(checkDefinition(path('items.company')));
  for (const wrong of [
    'items',
    'items.',
    '.company',
    'company.company',
    'nothing.company',
    'a.b.c',
  ]) {
    refused(path(wrong), 'dimension_paths[0].path');
  }
});

test('flags that contradict each other are refused', () => {
  refused(definition({ istable: true, issingle: true }), 'issingle');
  refused(definition({ istable: true, is_submittable: true }), 'is_submittable');
  refused(definition({ issingle: true, is_submittable: true }), 'is_submittable');
  refused(definition({ issingle: true, autoname: 'prompt' }), 'autoname');
  refused(definition({ append_only: true, is_submittable: true }), 'is_submittable');
});

test('too many fields are refused', () => {
  const fields = Array.from({ length: 801 }, (_, at) => ({
    fieldname: `f${at}`,
    fieldtype: 'Data',
  }));
  refused({ name: 'X', app: 'x', fields }, 'fields', 'too_large');
});

test('anything whatever is a definition or a DefinitionError', () => {
  const key = fc.constantFrom(
    'name',
    'app',
    'fields',
    'fieldname',
    'fieldtype',
    'options',
    'autoname',
  );
  const value = fc.oneof(fc.anything(), fc.constantFrom('Data', 'Link', 'x', 'Select', 'hash'));
  const field = fc.dictionary(key, value);
  const source = fc.oneof(fc.anything(), fc.dictionary(key, fc.oneof(value, fc.array(field))));
  fc.assert(
    fc.property(source, (input) => {
      try {
        checkDefinition(input);
      } catch (error) {
        assert.ok(error instanceof DefinitionError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
