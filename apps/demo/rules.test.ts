import assert from 'node:assert/strict';
import test from 'node:test';
import type { RuleSource } from '../../src/doctype/app.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { accounts } from '../accounts/app.ts';
import { people } from '../people/app.ts';
import { stock } from '../stock/app.ts';
import { collectDemo, documentsOf } from './collect.ts';
import type { DemoDocument } from './generate.ts';
import { DIMENSIONS, PERSONAS, type PersonaGrant } from './personas.ts';

const apps = [accounts, people, stock];
const doctypes = new Map(
  apps.flatMap((app) => app.doctypes).map((doctype) => [doctype.name, doctype]),
);
const rules = apps.flatMap((app) => app.rules);
const roles = new Set(apps.flatMap((app) => app.roles).map(({ name }) => name));
const world = collectDemo();
const SYSTEM_DOCTYPES = new Set(['User']);

/** Each value of each tree dimension, and its parent. */
const parents = new Map<string, Map<string, unknown>>();
for (const dimension of DIMENSIONS) {
  const field = doctypes.get(dimension)?.parent_field;
  const values = documentsOf(world, dimension).map(
    (entry) => [entry.name, field === undefined ? null : entry.values[field]] as const,
  );
  parents.set(dimension, new Map(values));
}

function covers(entry: PersonaGrant['scope'][number], value: unknown): boolean {
  if (value === null || value === undefined) return entry.value === '(blank)';
  if (entry.value === '*' || entry.value === value) return true;
  const above = parents.get(entry.dimension)?.get(String(value));
  return entry.descendants === 1 && typeof above === 'string' && covers(entry, above);
}

function reaches(rule: RuleSource, grant: PersonaGrant, doctype: Doctype, document: DemoDocument) {
  return (doctype.dimension_paths ?? []).every(({ dimension, path }) => {
    const named = grant.scope.filter((entry) => entry.dimension === dimension);
    if (named.length === 0) return rule.except?.includes(dimension) ?? false;
    return named.some((entry) =>
      covers(entry, path === 'name' ? document.name : document.values[path]),
    );
  });
}

/** The documents on which a persona may do an action, by a plain loop over grants and rules. */
function reached(persona: string, action: string, doctype: string): DemoDocument[] {
  const definition = doctypes.get(doctype);
  const holder = PERSONAS.find(({ user }) => user === `${persona}@demo.test`);
  assert.ok(definition && holder);
  const pairs = holder.grants.flatMap((grant) =>
    rules
      .filter((rule) => rule.role === grant.role && rule.document_type === doctype)
      .filter((rule) => rule.actions.includes(action))
      .map((rule) => ({ rule, grant })),
  );
  return documentsOf(world, doctype).filter((document) =>
    pairs.some(({ rule, grant }) => reaches(rule, grant, definition, document)),
  );
}

/** Asserts that exactly the documents of a condition are reached, and that there are some. */
function reads(persona: string, doctype: string, when: (document: DemoDocument) => boolean): void {
  const expected = documentsOf(world, doctype).filter(when);
  assert.ok(expected.length > 0, `${persona} ${doctype}: nothing to see`);
  assert.deepEqual(
    reached(persona, 'read', doctype).map(({ name }) => name),
    expected.map(({ name }) => name),
    `${persona} ${doctype}`,
  );
}

function readsOnly(persona: string, expected: readonly string[]): void {
  const open = [...world.keys()].filter((name) => reached(persona, 'read', name).length > 0);
  assert.deepEqual(open.sort(), [...expected].sort(), persona);
}

const everyOne = (): boolean => true;
const isLeeds = ({ values }: DemoDocument): boolean =>
  ['Leeds', 'Leeds Retail', 'Leeds Workshop'].includes(String(values['cost_center']));
const isUk = ({ values }: DemoDocument): boolean => values['company'] === 'Larkspur UK';

test('every rule reaches within, and is about a role and a doctype that exist', () => {
  for (const rule of rules) {
    assert.equal(rule.reach, 'within');
    assert.ok(roles.has(rule.role), rule.role);
    const doctype = doctypes.get(rule.document_type);
    assert.ok(doctype || SYSTEM_DOCTYPES.has(rule.document_type), rule.document_type);
    assert.ok(!doctype?.istable, rule.document_type);
    const carried = (doctype?.dimension_paths ?? []).map(({ dimension }) => dimension);
    for (const dimension of rule.except ?? []) assert.ok(carried.includes(dimension), dimension);
    const changes = ['submit', 'cancel', 'amend'].some((action) => rule.actions.includes(action));
    assert.ok(!changes || doctype?.is_submittable, `${rule.role} ${rule.document_type}`);
    for (const level of rule.levels ?? [0]) {
      const isUsed = doctype?.fields.some((field) => (field.level ?? 0) === level);
      const below = doctype?.fields
        .filter((field) => field.fieldtype === 'Table')
        .some((table) => doctypes.get(table.options ?? '')?.fields.some((f) => f.level === level));
      assert.ok(!doctype || isUsed || below, `${rule.role} ${rule.document_type} ${level}`);
    }
  }
});

test('whoever may write a document may select what it links to', () => {
  for (const rule of rules.filter(({ actions }) => actions.includes('write'))) {
    const doctype = doctypes.get(rule.document_type);
    const fields = (doctype?.fields ?? []).flatMap((field) =>
      field.fieldtype === 'Table' ? (doctypes.get(field.options ?? '')?.fields ?? []) : [field],
    );
    for (const target of fields.filter(({ fieldtype }) => fieldtype === 'Link')) {
      const known = rules.some(
        ({ role, document_type, actions }) =>
          role === rule.role &&
          document_type === target.options &&
          (actions.includes('select') || actions.includes('read')),
      );
      assert.ok(known, `${rule.role} writes ${rule.document_type}: ${target.fieldname}`);
    }
  }
});

test('employee reads their own records and may apply and claim', () => {
  const own = ({ values }: DemoDocument): boolean => values['employee'] === 'HR-EMP-00042';
  reads('employee', 'Employee', ({ name }) => name === 'HR-EMP-00042');
  reads('employee', 'Salary Slip', own);
  assert.equal(reached('employee', 'read', 'Salary Slip').length, 24);
  reads('employee', 'Leave Application', own);
  reads('employee', 'Expense Claim', own);
  readsOnly('employee', ['Employee', 'Expense Claim', 'Leave Application', 'Salary Slip']);
  assert.ok(reached('employee', 'create', 'Leave Application').every(own));
  for (const doctype of ['Company', 'Department', 'Leave Type', 'Expense Claim Type', 'Currency']) {
    assert.ok(reached('employee', 'select', doctype).length > 0, doctype);
  }
  assert.equal(reached('employee', 'submit', 'Leave Application').length, 0);
});

test('new-hire sees no payslip and no other record', () => {
  readsOnly('new-hire', []);
  assert.equal(reached('new-hire', 'select', 'Employee').length, 0);
});

test('hr-manager reads the people of Larkspur UK, and so their own slips', () => {
  const isName = ({ name }: DemoDocument): boolean => name === 'Larkspur UK';
  for (const doctype of ['Employee', 'Salary Slip', 'Leave Application', 'Expense Claim']) {
    reads('hr-manager', doctype, isUk);
  }
  reads('hr-manager', 'Department', isUk);
  reads('hr-manager', 'Company', isName);
  assert.equal(reached('hr-manager', 'read', 'Sales Invoice').length, 0);
});

test('branch-accountant reads the books of Leeds, and every customer, supplier and item', () => {
  const books = ['Sales Invoice', 'Purchase Invoice', 'Payment Entry', 'GL Entry'];
  for (const persona of ['branch-accountant', 'assistant-admin', 'assistant-user']) {
    for (const doctype of books) reads(persona, doctype, isLeeds);
    for (const doctype of ['Customer', 'Supplier', 'Item']) reads(persona, doctype, everyOne);
    reads(persona, 'Account', isUk);
    reads(persona, 'Company', ({ name }) => name === 'Larkspur UK');
    reads(persona, 'Cost Center', ({ name }) => /^Leeds/.test(name));
    for (const doctype of ['Salary Slip', 'Employee', 'Journal Entry', 'Stock Entry']) {
      assert.equal(reached(persona, 'read', doctype).length, 0, doctype);
    }
  }
});

test('accounts-manager reads all books, lines without a cost center too, and no payslip', () => {
  for (const doctype of ['Company', 'Cost Center', 'Account', 'Sales Invoice', 'GL Entry']) {
    reads('accounts-manager', doctype, everyOne);
  }
  reads('accounts-manager', 'Journal Entry', everyOne);
  assert.equal(reached('accounts-manager', 'read', 'Salary Slip').length, 0);
});

test('storekeeper reads what is below Leeds Store', () => {
  const below = ({ values }: DemoDocument): boolean =>
    /^Leeds Store/.test(String(values['warehouse']));
  reads('storekeeper', 'Stock Ledger Entry', below);
  reads('storekeeper', 'Stock Entry', below);
  reads('storekeeper', 'Warehouse', ({ name }) => /^Leeds Store/.test(name));
  reads('storekeeper', 'Item', everyOne);
  readsOnly('storekeeper', [
    ...['Item', 'Item Group', 'Stock Entry', 'Stock Ledger Entry', 'UOM', 'Warehouse'],
  ]);
});

test('auditor, permission-manager and system-manager read no business record', () => {
  for (const persona of ['auditor', 'permission-manager', 'system-manager']) {
    readsOnly(persona, []);
  }
});

test('the permission manager may give every role but their own', () => {
  const manager = PERSONAS.find(({ user }) => user === 'permission-manager@demo.test');
  const [authority] = manager?.authorities ?? [];
  assert.deepEqual(authority?.roles, ['*']);
  assert.deepEqual(authority.except_roles, ['Permission Manager', 'Demo Loader']);
});
