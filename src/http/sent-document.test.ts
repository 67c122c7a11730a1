import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../base/errors.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { requireUnchanged } from './sent-document.ts';

const NOTE = completeDefinition({
  name: 'Note',
  app: 'test',
  module: 'Test',
  fields: [
    { fieldname: 'title', fieldtype: 'Data', label: 'Title' },
    { fieldname: 'detail', fieldtype: 'JSON', label: 'Detail' },
    { fieldname: 'lines', fieldtype: 'Table', label: 'Lines', options: 'Note Line' },
  ],
});
const STORED = {
  doctype: 'Note',
  name: 'N-1',
  docstatus: 0,
  title: null,
  detail: { a: [1] },
  lines: [
    { name: 'r1', idx: 1, qty: 1.5 },
    { name: 'r2', idx: 2, qty: 2 },
  ],
};

function refused(sent: Record<string, unknown>): string[] {
  try {
    requireUnchanged(sent, STORED, NOTE);
  } catch (error) {
    if (error instanceof Refusal) return error.errors.map(({ field, code }) => `${field} ${code}`);
    throw error;
  }
  return [];
}

test('a document as it is stored, or parts of it, passes', () => {
  const place = { doctype: 'Note Line', parent: 'N-1', parenttype: 'Note', parentfield: 'lines' };
  for (const sent of [
    STORED,
    { title: '' },
    { detail: { a: [1] } },
    { lines: [{ name: 'r1', ...place, docstatus: 0 }, {}] },
    { lines: [{ parent: null, doctype: '' }, {}] },
  ]) {
    assert.deepEqual(refused(sent), [], JSON.stringify(sent));
  }
});

test('whatever differs is named', () => {
  for (const [sent, ...fields] of [
    [{ title: 'x' }, 'title bad_value'],
    [{ docstatus: null, name: 'N-2' }, 'docstatus bad_value', 'name bad_value'],
    [{ detail: { a: [2] } }, 'detail bad_value'],
    [{ nope: null }, 'nope unknown_field'],
    [{ __proto: 1, toString: 1 }, '__proto unknown_field', 'toString unknown_field'],
    [{ lines: [] }, 'lines bad_value'],
    [{ lines: null }, 'lines bad_value'],
    [{ lines: [{}, 'x'] }, 'lines bad_value'],
    [{ lines: [{ qty: '1.5' }, { name: 'r1' }] }, 'lines.qty bad_value', 'lines.name bad_value'],
    [
      { lines: [{ nope: 1 }, { parent: 'N-2' }] },
      'lines.nope unknown_field',
      'lines.parent bad_value',
    ],
    [{ lines: [{ doctype: 'Note' }, {}] }, 'lines.doctype bad_value'],
  ] as [Record<string, unknown>, ...string[]][]) {
    assert.deepEqual(refused(sent), fields, JSON.stringify(sent));
  }
});
