/**
 * INVARIANT (one-truth) of conditions: the filter evaluated in memory and compiled to SQL, and a
 * rule's condition in memory and in a policy, hold for the same documents.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Filter, fieldsOf, matches } from '../../src/authz/index.ts';
import { tableName } from '../../src/doctype/table-name.ts';
import { filterToSql } from '../../src/store/filter-to-sql.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { readCondition } from '../../src/store/rule-condition.ts';
import { Parameters } from '../../src/store/statement.ts';
import { tableOf } from '../../src/store/table.ts';
import { PEOPLE } from '../model/random-schema.ts';
import type { Values } from '../model/reference-filter.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { conditions, extras, VALUE_FIELDS, VALUES } from './store/conditions.ts';
import { ROW, ROW_DOCTYPE } from './store/doctypes.ts';
import { insertDocuments, insertOneRule } from './store/load.ts';
import { PLAIN_DOCTYPE, WorldDatabase } from './store/world-database.ts';

const DOCUMENTS = 60;
const ME = 'ada';

let database: WorldDatabase;
let documents: readonly Values[];

before(async () => {
  database = await WorldDatabase.open();
});

after(async () => {
  await database.close();
});

const leaf: fc.Arbitrary<Filter> = fc.constantFrom(...VALUE_FIELDS).chain((field) => {
  const value = fc.constantFrom<string | number>(...VALUES[field]);
  return fc.oneof(
    fc.constant<Filter>({ kind: 'blank', field }),
    fc.array(value, { maxLength: 3 }).map((values): Filter => ({ kind: 'one-of', field, values })),
    fc
      .tuple(
        fc.constantFrom('<', '<=', '>', '>=').map((op) => op as '<'),
        value,
      )
      .map(([op, one]): Filter => ({ kind: 'compare', field, op, value: one })),
    fc
      .constantFrom(
        'pump',
        'PUMP%',
        '%-_',
        '_',
        '',
        '%',
        'A_b',
        'a\\_b',
        '100\\%',
        'a\\\\B',
        'É',
        '\\',
        'é\\',
      )
      .map((pattern): Filter => ({ kind: 'like', field: 'title', pattern })),
    fc.constantFrom('owner', 'title').map((name): Filter => ({ kind: 'is-me', field: name })),
    fc.constantFrom<Filter>({ kind: 'always' }, { kind: 'never' }),
  );
});

const filters: fc.Arbitrary<Filter> = fc.letrec<{ any: Filter }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    tie('any').map((of): Filter => ({ kind: 'not', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'every', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'some', of })),
  ),
})).any;

/** The same documents for every run: what a seed repeats are the conditions. */
async function fill(doctype = PLAIN_DOCTYPE): Promise<void> {
  const each = fc.tuple(extras, fc.constantFrom(...PEOPLE));
  const drawn = fc.sample(each, { numRuns: DOCUMENTS, seed: 7 });
  documents = drawn.map(([values, owner], i) => ({
    ...values,
    name: `D-${i}`,
    owner,
    modified_by: 'ben',
    docstatus: i % 3,
    company: i % 4 === 0 ? null : 'C1',
    branch: `B${i % 13}`,
    items: Array.from({ length: i % 4 }, (_, row) => ({
      branch: [null, 'B1', 'B2', 'B3'][(i + row * (i % 5)) % 4] ?? null,
      team: [null, 'T1', 'T2'][(i * row) % 3] ?? null,
    })),
    creation: `2026-02-01 10:00:00.${i % 2 === 0 ? '000000' : '500000'}`,
    modified: '2026-02-01 10:00:00.000000',
  }));
  await database.superuser.run(...insertDocuments(doctype, documents));
}

test('INVARIANT (one-truth): a filter holds in SQL for what it holds for in memory', async (t) => {
  await fill();
  const table = tableOf(PLAIN_DOCTYPE.name, new Map([[PLAIN_DOCTYPE.name, known()]]));
  const census = new Census();
  await holdsForAllInTurn(t, 600, filters, async (filter) => {
    const parameters = new Parameters();
    const where = filterToSql(filter, table, ME, parameters);
    const [result] = await database.superuser.run({
      text: `select name from ${table.sql} where ${where}`,
      values: parameters.values,
    });
    const expected = documents.filter((document) => matches(filter, document, ME));
    assert.deepEqual(result?.rows.map(([name]) => name).sort(), namesOf(expected));
    census.count('holds', expected.length);
    census.count('does not', documents.length - expected.length);
    census.count(filter.kind);
  });
  census.requires(t, {
    holds: 8000,
    'does not': 8000,
    like: 20,
    compare: 20,
    'one-of': 20,
    not: 20,
  });
});

const rowLeaf = (field: 'branch' | 'team'): fc.Arbitrary<Filter> =>
  fc.oneof(
    fc.constant<Filter>({ kind: 'blank', field }),
    fc
      .subarray(['B1', 'B2', 'T1', 'T2'])
      .map((values): Filter => ({ kind: 'one-of', field, values })),
    fc.constant<Filter>({ kind: 'compare', field, op: '<', value: 'B2' }),
    fc.constantFrom<Filter>({ kind: 'always' }, { kind: 'never' }),
  );

/** Conditions of one column of the rows. */
const ofRows = (field: 'branch' | 'team'): fc.Arbitrary<Filter> =>
  fc
    .letrec<{ row: Filter }>((tie) => ({
      row: fc.oneof(
        { maxDepth: 2, withCrossShrink: true },
        { weight: 3, arbitrary: rowLeaf(field) },
        tie('row').map((of): Filter => ({ kind: 'not', of })),
        fc.array(tie('row'), { maxLength: 3 }).map((of): Filter => ({ kind: 'every', of })),
        fc.array(tie('row'), { maxLength: 3 }).map((of): Filter => ({ kind: 'some', of })),
      ),
    }))
    .row.filter((of) => fieldsOf(of).size > 0)
    .map((of): Filter => ({ kind: 'rows', table: 'items', of }));

/** Such conditions, and others of the document beside them. */
const rowFilters: fc.Arbitrary<Filter> = fc.letrec<{ any: Filter }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 2, arbitrary: ofRows('branch') },
    { weight: 2, arbitrary: ofRows('team') },
    { weight: 1, arbitrary: leaf },
    tie('any').map((of): Filter => ({ kind: 'not', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'every', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'some', of })),
  ),
})).any;

test('INVARIANT (one-truth): a condition of rows holds in SQL for what it holds for in memory', async (t) => {
  await fill(ROW_DOCTYPE);
  const known = new Map([ROW_DOCTYPE, ROW].map((one) => [one.name, { id: 0, definition: one }]));
  const table = tableOf(ROW_DOCTYPE.name, known);
  const census = new Census();
  await holdsForAllInTurn(t, 400, rowFilters, async (filter) => {
    const parameters = new Parameters();
    const where = filterToSql(filter, table, ME, parameters);
    const [result] = await database.superuser.run({
      text: `select name from ${table.sql} where ${where}`,
      values: parameters.values,
    });
    const expected = documents.filter((document) => matches(filter, document, ME));
    assert.deepEqual(result?.rows.map(([name]) => name).sort(), namesOf(expected));
    census.count('holds', expected.length);
    census.count('does not', documents.length - expected.length);
    if (filter.kind !== 'rows') return;
    for (const { items } of documents) {
      const rows = items as readonly object[];
      const held = rows.filter((row) => matches(filter.of, { ...row }, ME)).length;
      if (held > 0 && held < rows.length) census.count('holds for some rows only');
      if (rows.length === 0 && !matches(filter.of, {}, ME)) census.count('no rows, and no blank');
    }
  });
  census.requires(t, {
    holds: 4000,
    'does not': 4000,
    'holds for some rows only': 400,
    'no rows, and no blank': 400,
  });
});

test('INVARIANT (one-truth): a rule’s condition holds in a policy for what it holds for in memory', async (t) => {
  await fill();
  await database.superuser.run(...insertOneRule(PLAIN_DOCTYPE.name, ME));
  const census = new Census();
  await holdsForAllInTurn(t, 400, conditions, async (when) => {
    const [, , result] = await database.superuser.run(
      { text: 'update doc.role_rule set "when" = $1', values: [JSON.stringify(when)] },
      bindStatement(ME, 'read'),
      {
        text: `select name from doc.${tableName(PLAIN_DOCTYPE.name)} t
          where sys.meets((select sys.conditions(id, 'select') from sys.doctype where name = $1),
            cell_id, to_jsonb(t))`,
        values: [PLAIN_DOCTYPE.name],
      },
    );
    const filter = readCondition(when, PLAIN_DOCTYPE);
    const expected = documents.filter((document) => matches(filter, document, ME));
    assert.deepEqual(result?.rows.map(([name]) => name).sort(), namesOf(expected));
    census.count('holds', expected.length);
    census.count('does not', documents.length - expected.length);
    for (const [, op] of when) census.count(op);
  });
  census.requires(t, {
    holds: 3000,
    'does not': 8000,
    '=': 40,
    '<': 20,
    in: 30,
    'not in': 30,
    is: 30,
  });
});

test('a condition that no document could meet or miss alike is refused, not dropped', () => {
  const refused: readonly (readonly unknown[])[] = [
    ['is_open', 'is', 'set'],
    ['amount', '=', '$me'],
    ['amount', '=', 'twelve'],
    ['amount', '>', 0.00001],
    ['pieces', '<', 1.5],
    ['pieces', '=', '7'],
    ['due', '>', '2026-02-30'],
    ['sent_at', '>', '2026-02-01'],
    ['title', '=', 5],
    ['title', '=', ''],
    ['title', 'in', ['pump', '$me']],
    ['title', 'like', 'p%'],
    ['nowhere', '=', 'x'],
    ['__proto__', '=', 'x'],
    ['docstatus', '=', '1'],
    ['ratio', '=', Number.NaN],
  ];
  for (const part of refused) {
    assert.throws(() => readCondition([part], PLAIN_DOCTYPE), Error, JSON.stringify(part));
  }
});

function known() {
  return { id: 0, definition: PLAIN_DOCTYPE };
}

function namesOf(found: readonly Values[]): string[] {
  return found.map(({ name }) => String(name)).sort();
}
