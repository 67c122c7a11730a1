/**
 * INVARIANT (one-truth) of questions that read more than one table: aggregates, conditions of rows
 * and of linked documents give the same by the filter alone, by row-level security alone and by
 * both, and what the reference counts by hand.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ALWAYS, listFilter, type Principal } from '../../src/authz/index.ts';
import { selectAggregate } from '../../src/store/aggregate-documents.ts';
import { selectCount } from '../../src/store/read-documents.ts';
import type { Statement } from '../../src/store/statement.ts';
import type { Moment } from '../../src/store/store.ts';
import type { Table } from '../../src/store/table.ts';
import type { Where } from '../../src/store/where.ts';
import { referenceDecide } from '../model/reference.ts';
import type { Row, Values } from '../model/reference-filter.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { WorldDatabase } from './store/world-database.ts';
import { type SqlWorld, sqlWorlds } from './store/worlds.ts';

const BRANCHES = ['B1', 'B2', 'B3'];

let database: WorldDatabase;

before(async () => {
  database = await WorldDatabase.open();
});

after(async () => {
  await database.close();
});

/** One question as a statement, with its answer counted by hand. */
type Question = {
  readonly kind: string;
  readonly statement: (filtered: boolean) => Statement;
  readonly expected: readonly (readonly (string | null)[])[];
};

test('INVARIANT (one-truth): aggregates, rows and links, by filter, by row-level security, by both', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 40, fc.record({ sample: sqlWorlds }), async ({ sample }) => {
    await database.load(sample);
    // A ceiling is the first line's alone, so the two lines are compared without one.
    for (const principal of sample.principals.filter(({ ceilings }) => ceilings.length === 0)) {
      const credential = { kind: 'named', principal: principal.id } as const;
      const asked = await database.store.read(credential, principal.id, 'read', () => []);
      for (const question of questionsOf(sample, asked, principal)) {
        const read = async (filtered: boolean) =>
          (
            await database.store.read(credential, principal.id, 'read', () => [
              question.statement(filtered),
            ])
          ).results[0]?.rows;
        const [alone] = await database.superuser.run(question.statement(true));
        const found = { filter: alone?.rows, security: await read(false), both: await read(true) };
        const { expected } = question;
        const wanted = { filter: expected, security: expected, both: expected };
        assert.deepEqual(
          found,
          wanted,
          `${principal.id}: ${question.kind} ${JSON.stringify(question.statement(true))}`,
        );
        census.count(question.kind);
        if (expected.some((row) => row.at(-1) !== '0')) census.count(`${question.kind}, of some`);
      }
    }
  });
  census.requires(t, {
    'sum by branch, of some': 40,
    'rows by branch, of some': 4,
    'some row, of some': 4,
    'linked, of some': 2,
  });
});

function* questionsOf(sample: SqlWorld, moment: Moment, principal: Principal): Generator<Question> {
  const { world } = moment.policy;
  const { now } = moment;
  const me = principal.id;
  const reach = (doctype: string, filtered: boolean): Where =>
    filtered ? listFilter(world, { principal, action: 'read', doctype, now }) : ALWAYS;
  const seen = (doctype: string): Values[] => seenBy(sample, principal, doctype);
  for (const { name } of sample.definitions) {
    const table = moment.policy.tables.get(name);
    if (!table) throw new Error(`there is no ${name}`);
    yield sumByBranch(table, me, (filtered) => reach(name, filtered), seen(name));
    yield* ofRows(table, me, (filtered) => reach(name, filtered), seen(name));
    for (const { name: other, dimension_paths: paths = [] } of sample.definitions) {
      if (!paths.some(({ dimension, path }) => dimension === 'Branch' && path === 'name')) continue;
      const to = moment.policy.tables.get(other) as Table;
      const names = new Set(seen(other).map((target) => target['name']));
      const met = seen(name).filter(({ branch }) => branch !== null && names.has(branch ?? null));
      yield {
        kind: 'linked',
        statement: (filtered) => {
          const where = reach(other, filtered);
          const linked: Where = { kind: 'linked', field: 'branch', to, where, ofBlank: false };
          return selectCount(table, { kind: 'all', of: [reach(name, filtered), linked] }, me);
        },
        expected: [[String(met.length)]],
      };
    }
  }
}

function sumByBranch(
  table: Table,
  me: string,
  reach: (filtered: boolean) => Where,
  seen: readonly Values[],
): Question {
  const path = (name: string) => ({ steps: [], column: columnOf(table, name) });
  const groups = Map.groupBy(seen, ({ branch }) => (branch ?? null) as string | null);
  const sum = (rows: readonly Values[]): string | null => {
    const amounts = rows.flatMap(({ amount }) => (typeof amount === 'number' ? [amount] : []));
    return amounts.length === 0
      ? null
      : String(amounts.reduce((all, amount) => all + BigInt(Math.round(amount * 10_000)), 0n));
  };
  return {
    kind: 'sum by branch',
    statement: (filtered) =>
      selectAggregate({
        ...{ table, me, where: reach(filtered), limit: 1000 },
        groups: [{ path: path('branch'), by: null }],
        measures: [
          { fn: 'sum', path: path('amount') },
          { fn: 'count', path: null },
        ],
      }),
    expected: inOrder(
      [...groups].map(([branch, rows]) => [branch, sum(rows), String(rows.length)]),
    ),
  };
}

function* ofRows(
  table: Table,
  me: string,
  reach: (filtered: boolean) => Where,
  seen: readonly Values[],
): Generator<Question> {
  const child = table.children[0];
  if (!child) return;
  const column = columnOf(child.table, 'branch');
  const rowsOf = ({ items }: Values): readonly Row[] => (items ?? []) as readonly Row[];
  const groups = Map.groupBy(
    seen.flatMap(rowsOf),
    ({ branch }) => (branch ?? null) as string | null,
  );
  yield {
    kind: 'rows by branch',
    statement: (filtered) =>
      selectAggregate({
        ...{ table, me, where: reach(filtered), limit: 1000 },
        groups: [
          {
            path: { steps: [{ kind: 'rows', key: 'items', child, where: ALWAYS }], column },
            by: null,
          },
        ],
        measures: [{ fn: 'count', path: null }],
      }),
    expected: inOrder([...groups].map(([branch, rows]) => [branch, String(rows.length)])),
  };
  const where: Where = { kind: 'one-of', field: 'branch', values: BRANCHES };
  const met = seen.filter((document) =>
    rowsOf(document).some(({ branch }) => BRANCHES.includes(String(branch))),
  );
  yield {
    kind: 'some row',
    statement: (filtered) => {
      const some: Where = { kind: 'some-row', child, where };
      return selectCount(table, { kind: 'all', of: [reach(filtered), some] }, me);
    },
    expected: [[String(met.length)]],
  };
}

function seenBy({ world, documents, now }: SqlWorld, principal: Principal, wanted: string) {
  return documents.flatMap(({ doctype, values: document }) => {
    if (doctype !== wanted) return [];
    const question = { principal, action: 'read' as const, doctype, document, now };
    return referenceDecide(world, question) ? [document as Values] : [];
  });
}

function columnOf(table: Table, name: string) {
  const column = table.columns.get(name);
  if (!column) throw new Error(`there is no ${name}`);
  return column;
}

/** By the first value; blanks last, as PostgreSQL has them. */
function inOrder(rows: (string | null)[][]): (string | null)[][] {
  return rows.sort(([a = null], [b = null]) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return a < b ? -1 : 1;
  });
}
