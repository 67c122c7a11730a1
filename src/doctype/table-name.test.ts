import assert from 'node:assert/strict';
import test from 'node:test';
import { COLUMN_TYPES, LAYOUT_TYPES, TABLE_TYPES } from './definition.ts';
import { columnOf, sensitivityOf, tableName } from './table-name.ts';

test('a table is named after its doctype', () => {
  assert.equal(tableName('Sales Invoice'), 'sales_invoice');
  assert.equal(tableName('ToDo'), 'todo');
  assert.equal(tableName('Profit & Loss/Year-End'), 'profit___loss_year_end');
  assert.equal(tableName('x"; drop table y; --'), 'x___drop_table_y____');
});

test('a name too long for PostgreSQL is cut and stays distinct', () => {
  const [one, other] = [tableName(`${'A'.repeat(90)}1`), tableName(`${'A'.repeat(90)}2`)];
  assert.equal(one.length, 63);
  assert.match(one, /^a{54}_[0-9a-f]{8}$/);
  assert.notEqual(one, other);
  assert.equal(tableName('B'.repeat(63)), 'b'.repeat(63));
});

test('every type of field has its column or none', () => {
  const columns = COLUMN_TYPES.map((fieldtype) => columnOf({ fieldtype }));
  assert.ok(columns.every((column) => column !== null));
  for (const fieldtype of [...TABLE_TYPES, ...LAYOUT_TYPES]) {
    assert.equal(columnOf({ fieldtype }), null);
  }
  assert.equal(columnOf({ fieldtype: 'Currency' }), 'money');
  assert.equal(columnOf({ fieldtype: 'Check' }), 'smallint');
  assert.equal(columnOf({ fieldtype: 'Duration' }), 'bigint');
  assert.equal(columnOf({ fieldtype: 'Rating' }), 'double');
  assert.equal(columnOf({ fieldtype: 'Datetime' }), 'timestamp');
  assert.equal(columnOf({ fieldtype: 'JSON' }), 'jsonb');
  assert.equal(columnOf({ fieldtype: 'Geolocation' }), 'text');
});

test('a Password is secret even where its definition says less', () => {
  assert.equal(sensitivityOf({ fieldtype: 'Password' }), 'secret');
  assert.equal(sensitivityOf({ fieldtype: 'Password', sensitivity: 'none' }), 'secret');
  assert.equal(sensitivityOf({ fieldtype: 'Data' }), 'none');
  assert.equal(sensitivityOf({ fieldtype: 'Currency', sensitivity: 'personal' }), 'personal');
});
