/**
 * How PostgreSQL goes about questions under row-level security, by the shape of its plans: an index
 * where few documents are reached, no sorting where a list walks an index, and no function of the
 * second line that is called for each row. Each fault is planted once, and has to be found.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listFilter, principalNamed } from '../../src/authz/index.ts';
import { selectAggregate } from '../../src/store/aggregate-documents.ts';
import { selectCount, selectPage } from '../../src/store/read-documents.ts';
import type { Statement } from '../../src/store/statement.ts';
import type { Moment } from '../../src/store/store.ts';
import type { Table } from '../../src/store/table.ts';
import { SmallCompany, sql } from './small-company.ts';

const INVOICES = 30_000;

/** Sums of the rows that a plan's steps say they passed. */
type Plan = {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Filter?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
};

type Question = (table: Table, moment: Moment, who: string) => Statement;

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
  await small.superuser.run(
    sql(`insert into doc.sales_invoice (name, owner, modified_by, creation, modified, company,
        cost_center, posting_date, grand_total)
      select 'MANY-' || n, 'ann', 'ann', now(), now(), 'Many ' || n % 40,
        'Many ' || n % 40 || ' Branch ' || n / 40 % 5, date '2024-01-01' + n / 60, n * 10000
      from generate_series(1, ${INVOICES}) n`),
    sql('analyze doc.sales_invoice'),
  );
  await give('narrow', [7], [0, 1]);
  await give('half', range(20), range(5));
  await small.give('every', [
    ['Company', '*'],
    ['Company', '(blank)'],
    ['Cost Center', '*'],
    ['Cost Center', '(blank)'],
  ]);
  // What is known of cells is learnt from the first questions, and what is kept is kept.
  for (const who of ['narrow', 'half', 'every']) await planOf(who, count);
  await small.store.cells.settled();
});

after(async () => {
  await small.close();
});

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function give(who: string, companies: readonly number[], branches: readonly number[]) {
  const centres = companies.flatMap((one) => branches.map((n) => `Many ${one} Branch ${n}`));
  await small.give(who, [
    ...companies.map((one) => ['Company', `Many ${one}`] as const),
    ...centres.map((one) => ['Cost Center', one] as const),
  ]);
}

const whereOf = ({ policy, now }: Moment, who: string) =>
  listFilter(policy.world, {
    ...{ principal: principalNamed(who), action: 'read', doctype: 'Sales Invoice', now },
  });

const list: Question = (table, moment, who) =>
  selectPage({
    ...{ table, columns: ['name', 'customer'], where: whereOf(moment, who), me: who },
    ...{ orderBy: [{ field: 'posting_date', descending: true }], limit: 25, offset: 0 },
    byCells: true,
  });

const count: Question = (table, moment, who) => selectCount(table, whereOf(moment, who), who, true);

const byMonth: Question = (table, moment, who) => {
  const path = (name: string) => {
    const column = table.columns.get(name);
    assert.ok(column);
    return { steps: [], column };
  };
  return selectAggregate({
    ...{ table, where: whereOf(moment, who), me: who, limit: 100, byCells: true },
    groups: [{ path: path('posting_date'), by: 'month' }],
    measures: [{ fn: 'sum', path: path('grand_total') }],
  });
};

/** The plan by which the store's own statement was answered, under claim and policies. */
async function planOf(who: string, question: Question): Promise<Plan> {
  const { results } = await small.store.read(
    { kind: 'named', principal: who },
    who,
    'read',
    (moment) => {
      const table = moment.policy.tables.get('Sales Invoice');
      assert.ok(table);
      const { text, values } = question(table, moment, who);
      return [{ text: `explain (analyze, format json, timing off) ${text}`, values }];
    },
  );
  await small.store.keeper.settled();
  const [explained] = JSON.parse(String(results[0]?.rows[0]?.[0])) as { Plan: Plan }[];
  assert.ok(explained);
  return explained.Plan;
}

function steps(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(steps)];
}

/** Functions of the second line that only ever belong into a part that is computed once. */
const ONCE = /sys\.(cell_bits|shared_names|shared_ids_\d+|conditions|me|if_known|claimed)\(/;

/** What is wrong with a plan, in words; nothing where it is as it should be. */
function faults(plan: Plan, rowsMax: number): string[] {
  const all = steps(plan);
  const read = all
    .filter((one) => /Scan/.test(one['Node Type']))
    .map((one) => (one['Actual Rows'] + (one['Rows Removed by Filter'] ?? 0)) * one['Actual Loops'])
    .reduce((sum, rows) => sum + rows, 0);
  return [
    ...all.flatMap(({ Filter = '' }) => (ONCE.test(Filter) ? [`for each row: ${Filter}`] : [])),
    ...(read > rowsMax ? [`${read} rows are read`] : []),
  ];
}

/** Documents of one branch; the demo of the small company adds a handful to the table. */
const BRANCH = INVOICES / 200;

test('a narrow list takes the first of each cell, and nothing more is read', async () => {
  const plan = await planOf('narrow', list);
  assert.deepEqual(faults(plan, 2 * 25 + 20), []);
  const indexes = steps(plan).flatMap((one) => one['Index Name'] ?? []);
  assert.ok(
    indexes.some((name) => name.endsWith('_on_cell_id')),
    indexes.join(),
  );
});

test('a narrow count and a narrow sum read what they count, by an index', async () => {
  for (const question of [count, byMonth]) {
    const plan = await planOf('narrow', question);
    // A bitmap's rows are those of its index and those of the table.
    assert.deepEqual(faults(plan, 4 * BRANCH + 20), []);
    assert.ok(steps(plan).every((one) => one['Node Type'] !== 'Seq Scan'));
  }
});

test('what a narrow count needs stands in the index of cells, the policy’s part too', async () => {
  await small.superuser.run({ text: 'vacuum doc.sales_invoice', values: [] });
  const plan = await planOf('narrow', count);
  const scans = steps(plan).filter((one) => one['Index Name']?.endsWith('_on_cell_id'));
  assert.ok(scans.length > 0);
  for (const scan of scans) assert.equal(scan['Node Type'], 'Index Only Scan');
});

test('a broad list walks the index of its order until the page is full, without sorting', async () => {
  for (const who of ['half', 'every']) {
    const plan = await planOf(who, list);
    assert.deepEqual(faults(plan, 400), [], who);
    assert.ok(
      steps(plan).every((one) => one['Node Type'] !== 'Sort'),
      who,
    );
  }
});

test('a broad count reads each row once', async () => {
  for (const who of ['half', 'every']) {
    for (const question of [count, byMonth]) {
      assert.deepEqual(faults(await planOf(who, question), INVOICES + 20), [], who);
    }
  }
});

test('of whoever may see everything no row is asked for its cell by the first line', async () => {
  const [scan] = steps(await planOf('every', count)).filter(({ Filter }) => Filter !== undefined);
  assert.doesNotMatch(String(scan?.Filter), /company|cost_center/);
  assert.equal(String(scan?.Filter).match(/get_bit/g)?.length, 1);
});

test('planted: a policy that is computed for each row is found', async () => {
  const id = await small.value(`select id from sys.doctype where name = 'Sales Invoice'`);
  const [made] = await small.superuser.run(
    sql(`select pg_get_expr(polqual, polrelid) from pg_policy
      where polname = 'see' and polrelid = 'doc.sales_invoice'::regclass`),
  );
  const using = (expression: string) =>
    small.superuser.run(sql(`alter policy see on doc.sales_invoice using (${expression})`));
  try {
    await using(`get_bit(sys.cell_bits(${id}, 'select'), cell_id) <> 0`);
    const found = faults(await planOf('narrow', list), 100);
    assert.match(found.join(), /for each row: .*cell_bits/);
  } finally {
    await using(String(made?.rows[0]?.[0]));
  }
  assert.deepEqual(faults(await planOf('narrow', list), 100), []);
});

test('planted: without the index of cells, a narrow list reads too much', async () => {
  const [made] = await small.superuser.run(
    sql(`select indexname, indexdef from pg_indexes
      where tablename = 'sales_invoice' and indexname like '%_on_cell_id'`),
  );
  const [name, definition] = made?.rows[0] ?? [];
  await small.superuser.run(sql(`drop index doc."${name}"`));
  try {
    assert.match(faults(await planOf('narrow', list), 70).join(), /rows are read/);
  } finally {
    await small.superuser.run(sql(String(definition)));
  }
});

test('cells that come later are never left out: known or not, the list is complete', async () => {
  await small.give('growing', [
    ['Company', 'Many 3'],
    ['Cost Center', '*'],
  ]);
  const counted = async (): Promise<number> => {
    const plan = async () => {
      const { results } = await small.store.read(
        { kind: 'named', principal: 'growing' },
        'growing',
        'read',
        (moment) => {
          const table = moment.policy.tables.get('Sales Invoice');
          assert.ok(table);
          return [count(table, moment, 'growing')];
        },
      );
      return Number(results[0]?.rows[0]?.[0]);
    };
    return await plan();
  };
  const before = await counted();
  await small.store.cells.settled();
  assert.equal(await counted(), before);
  for (const turn of [1, 2, 3]) {
    await small.invoice(`GROWN-${turn}`, { company: 'Many 3', cost_center: `New ${turn}` });
    assert.equal(await counted(), before + turn);
    await small.store.cells.settled();
  }
});
