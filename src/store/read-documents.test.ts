import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALWAYS } from '../authz/index.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { selectPage } from './read-documents.ts';
import { tableOf } from './table.ts';

const definition = completeDefinition({
  name: 'Note',
  app: 'test',
  module: 'Test',
  fields: [{ fieldname: 'title', fieldtype: 'Data', label: 'Title' }],
});
const table = tableOf('Note', new Map([['Note', { id: 1, definition }]]));

function pageOf(limit: number, offset: number) {
  const orderBy = [{ field: 'modified', descending: true }];
  const page = { orderBy, limit, offset };
  return selectPage({ table, columns: ['name'], where: ALWAYS, me: 'ann', ...page });
}

test('the size of a page stands in the text, where the planner sees it', () => {
  const first = pageOf(25, 0);
  assert.match(first.text, / order by "?modified"? desc, id desc limit 25$/);
  assert.deepEqual(first.values, []);
  assert.match(pageOf(25, 50).text, / limit 25 offset 50$/);
});

test('a page that is not counted in whole rows never becomes SQL', () => {
  for (const wrong of [1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => pageOf(wrong, 0), /whole rows/);
    assert.throws(() => pageOf(1, wrong), /whole rows/);
  }
});
