import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/errors.ts';
import { completeDefinition } from '../../doctype/complete-definition.ts';
import { tableOf } from '../../store/table.ts';
import { parseDocument } from './parse-document.ts';

const NOTE = completeDefinition({
  name: 'Note',
  app: 'test',
  module: 'Test',
  fields: [
    { fieldname: 'title', fieldtype: 'Data', label: 'Title' },
    { fieldname: 'lines', fieldtype: 'Table', label: 'Lines', options: 'Note Line' },
  ],
});
const LINE = completeDefinition({
  name: 'Note Line',
  app: 'test',
  module: 'Test',
  istable: true,
  fields: [{ fieldname: 'text', fieldtype: 'Data', label: 'Text' }],
});
const table = tableOf(
  'Note',
  new Map([
    ['Note', { id: 1, definition: NOTE }],
    ['Note Line', { id: 2, definition: LINE }],
  ]),
);

const parse = (body: unknown) => parseDocument(table, body, () => true);

/** The fields that are refused, each with its code. */
function refused(body: unknown): string[] {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof Refusal) return error.errors.map(({ field, code }) => `${field} ${code}`);
    throw error;
  }
  return [];
}

test('what says where a document belongs is taken where it is true, and stored nowhere', () => {
  const row = { doctype: 'Note Line', parent: 'N-1', parenttype: 'Note', parentfield: 'lines' };
  const lines = [{ ...row, idx: 7, docstatus: 0, text: 'a' }, { idx: 0 }];
  assert.deepEqual(parse({ doctype: 'Note', name: 'N-1', idx: 0, docstatus: 0, lines }), {
    values: { name: 'N-1', docstatus: 0 },
    tables: { lines: [{ text: 'a' }, {}] },
  });
});

test('a blank says nothing', () => {
  const blank = { doctype: '', parent: null, parenttype: '', parentfield: null, idx: null };
  const lines = [{ ...blank, docstatus: null }];
  assert.deepEqual(parse({ ...blank, lines }), { values: {}, tables: { lines: [{}] } });
});

test('a document that says it is another, or a row of one, is refused', () => {
  for (const doctype of ['Salary Slip', 'note', 7, ['Note'], { name: 'Note' }, false]) {
    assert.deepEqual(refused({ doctype }), ['doctype bad_value'], JSON.stringify(doctype));
  }
  for (const idx of [-5, 1.5, '1', 'x', true, [1], 2 ** 60]) {
    assert.deepEqual(refused({ idx }), ['idx bad_value'], JSON.stringify(idx));
    assert.deepEqual(refused({ lines: [{ idx }] }), ['lines.idx bad_value'], JSON.stringify(idx));
  }
  assert.deepEqual(refused({ parent: 'zzz', parenttype: 'Note', parentfield: 0 }), [
    'parent unknown_field',
    'parenttype unknown_field',
    'parentfield unknown_field',
  ]);
});

test('a row that says it belongs elsewhere is refused', () => {
  for (const [key, value] of [
    ['doctype', 'Note'],
    ['parent', 'N-2'],
    ['parenttype', 'Note Line'],
    ['parentfield', 'title'],
    ['docstatus', 1],
  ] as const) {
    const body = { name: 'N-1', docstatus: 0, lines: [{ text: 'a' }, { [key]: value }] };
    assert.deepEqual(refused(body), [`lines.${key} bad_value`]);
  }
  // Where nothing says what the document is called, no row can agree with it.
  assert.deepEqual(refused({ lines: [{ parent: 'N-1' }] }), ['lines.parent bad_value']);
  assert.deepEqual(refused({ lines: [{ docstatus: 3 }] }), ['lines.docstatus bad_value']);
  assert.deepEqual(refused({ lines: [{ docstatus: 2 }] }), []);
});
