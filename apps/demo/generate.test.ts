import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { accounts } from '../accounts/app.ts';
import { people } from '../people/app.ts';
import { stock } from '../stock/app.ts';
import { collectDemo, documentsOf } from './collect.ts';
import { type DemoDocument, type DemoOptions, generateDemo } from './generate.ts';
import { DIMENSIONS, EMPLOYEE_OF, PERSONAS } from './personas.ts';

const world = collectDemo();
const doctypes = new Map(
  [...accounts.doctypes, ...people.doctypes, ...stock.doctypes].map((doctype) => [
    doctype.name,
    doctype,
  ]),
);

function doctypeOf(name: string): Doctype {
  const doctype = doctypes.get(name);
  assert.ok(doctype, `no doctype ${name}`);
  return doctype;
}

function digest(options: DemoOptions): string {
  const hash = createHash('sha256');
  for (const batch of generateDemo(options)) hash.update(JSON.stringify(batch));
  return hash.digest('hex');
}

/** Every document, child rows included, with the definition of what it is. */
function* everything(): Generator<[Doctype, string, Record<string, unknown>]> {
  for (const [name, documents] of world) {
    const doctype = doctypeOf(name);
    const tables = doctype.fields.filter((field) => field.fieldtype === 'Table');
    for (const document of documents) {
      yield [doctype, document.name, document.values];
      for (const table of tables) {
        const rows = (document.values[table.fieldname] ?? []) as Record<string, unknown>[];
        const child = doctypeOf(table.options ?? '');
        for (const row of rows) yield [child, `${document.name}/${table.fieldname}`, row];
      }
    }
  }
}

/** The doctype that a link field's value names, null for a blank one. */
function linkTarget(field: Field, values: Record<string, unknown>): string | null {
  if (values[field.fieldname] === null || values[field.fieldname] === undefined) return null;
  if (field.fieldtype === 'Link') return field.options ?? null;
  if (field.fieldtype === 'Dynamic Link') return String(values[field.options ?? '']);
  return null;
}

test('the same seed gives the same bytes, and another seed gives others', () => {
  assert.equal(digest({}), digest({ seed: 42, size: 'small' }));
  assert.notEqual(digest({ seed: 42 }), digest({ seed: 43 }));
});

test('the demo world has at least the size that is promised', () => {
  const least: Record<string, number> = {
    Company: 3,
    Employee: 130,
    'Salary Slip': 2_000,
    'Sales Invoice': 3_200,
    'Purchase Invoice': 1_900,
    Customer: 150,
    Supplier: 60,
    Item: 120,
    'Stock Entry': 600,
    'Expense Claim': 300,
    'Leave Application': 400,
  };
  for (const [doctype, count] of Object.entries(least)) {
    assert.ok(documentsOf(world, doctype).length >= count, doctype);
  }
});

test('large has ten times the invoices', () => {
  let count = 0;
  for (const { doctype, documents } of generateDemo({ size: 'large' })) {
    if (doctype === 'Sales Invoice') count += documents.length;
    if (doctype === 'Purchase Invoice') break;
  }
  assert.equal(count, 10 * documentsOf(world, 'Sales Invoice').length);
});

test('names are unique and batches have at most 500 documents', () => {
  for (const [doctype, documents] of world) {
    assert.equal(new Set(documents.map(({ name }) => name)).size, documents.length, doctype);
  }
  for (const batch of generateDemo()) assert.ok(batch.documents.length <= 500);
});

test('every field is defined, every required field is set, every choice is one offered', () => {
  for (const [doctype, name, values] of everything()) {
    const fields = new Map(doctype.fields.map((field) => [field.fieldname, field]));
    for (const [key, value] of Object.entries(values)) {
      const field = fields.get(key);
      assert.ok(field, `${doctype.name} ${name}: ${key}`);
      if (field.fieldtype === 'Select' && value !== null) {
        assert.ok(field.options?.split('\n').includes(String(value)), `${name}: ${key} ${value}`);
      }
    }
    for (const field of doctype.fields) {
      if (!field.reqd) continue;
      const value = values[field.fieldname];
      assert.ok(
        value !== null && value !== undefined && value !== '',
        `${name} ${field.fieldname}`,
      );
    }
  }
});

test('dates and money are written as on the wire', () => {
  for (const [doctype, name, values] of everything()) {
    for (const field of doctype.fields) {
      const value = values[field.fieldname];
      if (value === null || value === undefined) continue;
      if (field.fieldtype === 'Date') assert.match(String(value), /^\d{4}-\d{2}-\d{2}$/, name);
      if (field.fieldtype !== 'Currency') continue;
      assert.equal(typeof value, 'number', `${name} ${field.fieldname}`);
      assert.equal(Number((value as number).toFixed(2)), value, `${name} ${field.fieldname}`);
    }
  }
});

test('every link names a document generated before it, and every user is a persona', () => {
  const seen = new Map<string, Set<string>>();
  const users = new Set(PERSONAS.map(({ user }) => user));
  seen.set('User', users);
  const check = (doctype: Doctype, values: Record<string, unknown>, where: string): void => {
    for (const field of doctype.fields) {
      const target = linkTarget(field, values);
      if (target === null) continue;
      const value = String(values[field.fieldname]);
      assert.ok(seen.get(target)?.has(value), `${where}: ${field.fieldname} ${target} ${value}`);
    }
  };
  for (const { doctype: name, documents } of generateDemo()) {
    const doctype = doctypeOf(name);
    const names = seen.get(name) ?? new Set();
    seen.set(name, names);
    for (const document of documents) {
      check(doctype, document.values, document.name);
      for (const table of doctype.fields.filter((field) => field.fieldtype === 'Table')) {
        for (const row of (document.values[table.fieldname] ?? []) as Record<string, unknown>[]) {
          check(doctypeOf(table.options ?? ''), row, document.name);
        }
      }
      names.add(document.name);
      if (document.owner !== undefined) assert.ok(users.has(document.owner));
    }
  }
});

test('trees have roots, know their groups and contain no circle', () => {
  for (const doctype of [...doctypes.values()].filter((entry) => entry.is_tree)) {
    const field = doctype.parent_field ?? '';
    const documents = documentsOf(world, doctype.name);
    const parents = new Map(documents.map(({ name, values }) => [name, values[field]]));
    for (const start of parents.keys()) {
      const path = new Set<unknown>();
      for (let at: unknown = start; at !== null && at !== undefined; at = parents.get(String(at))) {
        assert.ok(!path.has(at), `${doctype.name}: ${start} is below itself`);
        path.add(at);
      }
    }
    if (!doctype.fields.some(({ fieldname }) => fieldname === 'is_group')) continue;
    const groups = new Set(parents.values());
    for (const { name, values } of documents) {
      assert.equal(values['is_group'], groups.has(name) ? 1 : 0, `${doctype.name} ${name}`);
    }
  }
});

test('the cost centers and warehouses that grants speak of are where they should be', () => {
  const parentOf = (doctype: string, field: string) =>
    new Map(documentsOf(world, doctype).map(({ name, values }) => [name, values[field]]));
  const centers = parentOf('Cost Center', 'parent_cost_center');
  assert.equal(centers.get('Leeds Retail'), 'Leeds');
  assert.equal(centers.get('Leeds Workshop'), 'Leeds');
  for (const name of ['Leeds', 'London', 'Singapore', 'Berlin']) assert.ok(centers.has(name));
  const stores = parentOf('Warehouse', 'parent_warehouse');
  assert.equal(stores.get('Leeds Store - Parts'), 'Leeds Store');
  for (const { values } of documentsOf(world, 'Company')) {
    assert.equal(values['company_group'], 'Larkspur');
  }
});

test('the scope of every persona names documents that exist', () => {
  const scopes = PERSONAS.flatMap(({ grants, authorities = [] }) => [...grants, ...authorities]);
  for (const { dimension, value } of scopes.flatMap(({ scope }) => scope)) {
    assert.ok(DIMENSIONS.includes(dimension), dimension);
    if (value === '*' || value === '(blank)') continue;
    const names = documentsOf(world, dimension).map(({ name }) => name);
    assert.ok(names.includes(value), `${dimension} ${value}`);
  }
});

test('the personas with an employee record are who they say', () => {
  const employees = new Map<string, DemoDocument>();
  for (const employee of documentsOf(world, 'Employee')) {
    const user = employee.values['user_id'];
    if (typeof user === 'string') employees.set(user, employee);
  }
  assert.deepEqual(new Map([...employees].map(([user, { name }]) => [user, name])), EMPLOYEE_OF);
  for (const [user, { values }] of employees) {
    assert.equal(values['company'], 'Larkspur UK');
    const persona = PERSONAS.find((candidate) => candidate.user === user);
    assert.equal(values['employee_name'], persona?.full_name);
    assert.equal(values['status'], 'Active');
  }
  assert.equal(employees.get('new-hire@demo.test')?.values['date_of_joining'], '2026-11-16');
});
