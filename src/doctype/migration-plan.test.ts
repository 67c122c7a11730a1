import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkDefinition } from './check-definition.ts';
import { COLUMN_TYPES, type Doctype, type Field, type FieldType } from './definition.ts';
import { type Change, planChange } from './migration-plan.ts';
import { columnOf, sensitivityOf } from './table-name.ts';

const doctype = (fields: readonly Field[], more: Partial<Doctype> = {}): Doctype =>
  checkDefinition({ name: 'Job', app: 'demo', ...more, fields });

function changes(before: Doctype | null, after: Doctype): readonly Change[] {
  const plan = planChange(before, after);
  assert.equal(plan.kind, 'changes', plan.kind === 'refused' ? plan.reasons.join(' ') : '');
  return plan.kind === 'changes' ? plan.changes : [];
}

function refused(before: Doctype, after: Doctype, reason: RegExp): void {
  const plan = planChange(before, after);
  assert.equal(plan.kind, 'refused');
  if (plan.kind === 'refused') assert.match(plan.reasons.join(' '), reason);
}

const one = (fieldtype: FieldType, more: Partial<Field> = {}): Field => ({
  fieldname: 'a',
  fieldtype,
  ...more,
});

test('a new doctype becomes a table with its columns and indexes', () => {
  const after = doctype([
    { fieldname: 'code', fieldtype: 'Data', unique: true, search_index: true },
    { fieldname: 'section', fieldtype: 'Section Break' },
    { fieldname: 'amount', fieldtype: 'Currency', search_index: true },
    { fieldname: 'parts', fieldtype: 'Table', options: 'Part' },
  ]);
  assert.deepEqual(changes(null, after), [
    {
      kind: 'create-table',
      columns: [
        { name: 'code', type: 'text' },
        { name: 'amount', type: 'money' },
      ],
    },
    { kind: 'add-unique', field: 'code' },
    { kind: 'add-index', field: 'amount' },
  ]);
});

test('columns are added, and those no longer named are kept', () => {
  const before = doctype([one('Data', { unique: true })]);
  const after = doctype([{ fieldname: 'b', fieldtype: 'Int', search_index: true }]);
  assert.deepEqual(changes(before, after), [
    { kind: 'add-column', field: 'b', type: 'bigint' },
    { kind: 'add-index', field: 'b' },
    { kind: 'drop-unique', field: 'a' },
    { kind: 'keep-column', field: 'a', why: 'kept in the table, no longer shown' },
  ]);
  assert.deepEqual(changes(doctype([one('Data')]), doctype([one('Heading')])), [
    { kind: 'keep-column', field: 'a', why: 'kept in the table, no longer shown' },
  ]);
});

test('a column is retyped only where every value survives', () => {
  const retyped = (from: FieldType, to: FieldType) =>
    changes(doctype([one(from)]), doctype([one(to)]));
  assert.deepEqual(retyped('Check', 'Int'), [
    { kind: 'retype-column', field: 'a', from: 'smallint', to: 'bigint' },
  ]);
  assert.equal(retyped('Int', 'Float').length, 1);
  assert.equal(retyped('Currency', 'Data').length, 1);
  assert.equal(retyped('Date', 'Small Text').length, 1);
  assert.deepEqual(retyped('Data', 'Long Text'), []);
  assert.deepEqual(retyped('Long Text', 'Data'), []);
  const lossy: [FieldType, FieldType][] = [
    ['Data', 'Int'],
    ['Int', 'Currency'],
    ['Currency', 'Float'],
    ['Float', 'Int'],
    ['Datetime', 'Date'],
    ['Int', 'Check'],
    ['Int', 'Password'],
    ['Data', 'JSON'],
  ];
  for (const [from, to] of lossy) {
    refused(doctype([one(from)]), doctype([one(to)]), /make a new field/);
  }
  refused(doctype([one('Int')]), doctype([one('Link', { options: 'Job' })]), /make a new field/);
});

test('a secret stays a secret, and what becomes one is sealed', () => {
  const open = doctype([one('Data')]);
  refused(doctype([one('Password')]), open, /secret/);
  refused(doctype([one('Data', { sensitivity: 'secret' })]), open, /secret/);
  const seal = [{ kind: 'seal-column', field: 'a' }];
  assert.deepEqual(changes(open, doctype([one('Password')])), seal);
  assert.deepEqual(changes(open, doctype([one('Data', { sensitivity: 'secret' })])), seal);
});

test('unique and index come and go', () => {
  const plain = doctype([one('Data')]);
  const unique = doctype([one('Data', { unique: true })]);
  const indexed = doctype([one('Data', { search_index: true })]);
  assert.deepEqual(changes(plain, unique), [{ kind: 'add-unique', field: 'a' }]);
  assert.deepEqual(changes(unique, plain), [{ kind: 'drop-unique', field: 'a' }]);
  assert.deepEqual(changes(indexed, unique), [
    { kind: 'drop-index', field: 'a' },
    { kind: 'add-unique', field: 'a' },
  ]);
});

test('what a doctype is made for does not change under its documents', () => {
  const plain = doctype([]);
  refused(plain, doctype([], { name: 'Task' }), /rename/);
  refused(plain, doctype([], { istable: true }), /istable/);
  refused(plain, doctype([], { issingle: true }), /issingle/);
  refused(doctype([], { is_submittable: true }), plain, /submitted documents/);
  refused(doctype([], { append_only: true }), plain, /final/);
  assert.deepEqual(changes(plain, doctype([], { is_submittable: true })), []);
});

test('cells and trees are worked out again where their paths change', () => {
  const fields: Field[] = [
    one('Link', { options: 'Job' }),
    { fieldname: 'b', fieldtype: 'Link', options: 'Job' },
  ];
  const plain = doctype(fields);
  const paths = (...names: string[]) =>
    doctype(fields, { dimension_paths: names.map((path) => ({ dimension: 'Job', path })) });
  assert.deepEqual(changes(plain, paths('a')), [{ kind: 'recompute-cells' }]);
  assert.deepEqual(changes(paths('a', 'b'), paths('b', 'a')), []);
  const tree = (parent_field: string) => doctype(fields, { is_tree: true, parent_field });
  assert.deepEqual(changes(plain, tree('a')), [{ kind: 'rebuild-tree' }]);
  assert.deepEqual(changes(tree('a'), tree('b')), [{ kind: 'rebuild-tree' }]);
});

const definitions: fc.Arbitrary<Doctype> = fc
  .uniqueArray(
    fc.record({
      fieldname: fc.constantFrom('a', 'b', 'c', 'd'),
      fieldtype: fc.constantFrom<FieldType>(...COLUMN_TYPES, 'Section Break'),
    }),
    { selector: (field) => field.fieldname, maxLength: 4 },
  )
  .map((fields) =>
    doctype(
      fields
        .filter((field) => field.fieldtype !== 'Dynamic Link')
        .map((field) => (optionsOf(field.fieldtype) ? { ...field, options: 'Job' } : field)),
    ),
  );

function optionsOf(fieldtype: FieldType): boolean {
  return fieldtype === 'Link' || fieldtype === 'Select';
}

test('equal definitions need no change', () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      const copy = checkDefinition(JSON.parse(JSON.stringify(definition)));
      assert.deepEqual(planChange(definition, copy), { kind: 'changes', changes: [] });
    }),
  );
});

test('applied to its columns, a plan leads to the new ones and loses none', () => {
  fc.assert(
    fc.property(definitions, definitions, (before, after) => {
      const plan = planChange(before, after);
      if (plan.kind === 'refused') return;
      const columns = columnsOf(before);
      const kept = new Set<string>();
      for (const change of plan.changes) {
        if (change.kind === 'add-column') columns.set(change.field, change.type);
        if (change.kind === 'keep-column') kept.add(change.field);
        if (change.kind === 'retype-column') {
          assert.equal(columns.get(change.field), change.from);
          columns.set(change.field, change.to);
        }
      }
      const wanted = columnsOf(after);
      for (const [name, type] of columns) assert.ok(wanted.get(name) === type || kept.has(name));
      for (const [name, type] of wanted) assert.equal(columns.get(name), type);
      for (const field of before.fields) {
        const now = after.fields.find((other) => other.fieldname === field.fieldname);
        if (now === undefined || columnOf(now) === null) continue;
        assert.ok(sensitivityOf(field) !== 'secret' || sensitivityOf(now) === 'secret');
      }
    }),
    { numRuns: 500 },
  );
});

function columnsOf(definition: Doctype): Map<string, string> {
  const entries = definition.fields.map((field) => [field.fieldname, columnOf(field)] as const);
  return new Map(entries.flatMap(([name, type]) => (type === null ? [] : [[name, type]])));
}
