/** Large tables are changed beside running servers, in steps that go on where they were cut off. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { applyDoctypes, USUAL_PACE } from '../../src/store/migrate/apply-doctypes.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import type { Pace } from '../../src/store/migrate/prepare-large.ts';
import { catalogOf } from '../support/catalog.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;
let owner: MigrationConnection;

before(async () => {
  small = await SmallCompany.open();
  owner = await connectOwner();
});

after(async () => {
  await owner.close();
  await small.close();
});

const roles = () => rolesOf(small.ownerRole.replace(/_owner$/, ''));

async function connectOwner(): Promise<MigrationConnection> {
  const connection = await connectToMigrate(small.clone.superuser);
  await connection.script(`set role "${small.ownerRole}"`);
  return connection;
}

/** Every table is large, and a batch is three rows. */
const PACE: Pace = { ...USUAL_PACE, largeRows: 1, batchRows: 3 };

async function apply(definition: Doctype, by = owner, more: Partial<Pace> = {}) {
  const pace = { ...PACE, ...more };
  return await applyDoctypes(by, roles(), [definition], 'release', null, { pace });
}

const row = (name: string, more: object = {}) => ({
  ...{ name, owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
  ...{ docstatus: 0, ...more },
});

async function insert(table: string, ...rows: object[]): Promise<void> {
  await small.superuser.run(...rows.map((one) => insertion(table, one as Record<string, unknown>)));
}

async function values(table: string, column: string): Promise<string> {
  const text = `select string_agg(coalesce("${column}"::text, '-'), ' ' order by id) from doc."${table}"`;
  return String(await small.value(text));
}

const COUNT: Field = { fieldname: 'count', fieldtype: 'Int', search_index: true };
const PRICE: Field = { fieldname: 'price', fieldtype: 'Currency' };
const OTHER: Field = { fieldname: 'other', fieldtype: 'Data' };

/** Two columns are retyped, one is added, one gets an index, one becomes unique. */
const first = (name: string): Doctype => ({
  ...{ name, app: 'test', is_submittable: true, sort_field: 'count' },
  fields: [COUNT, PRICE, OTHER],
});
const second = (name: string): Doctype => ({
  ...first(name),
  fields: [
    { ...COUNT, fieldtype: 'Float' },
    { ...PRICE, fieldtype: 'Data', unique: true },
    { ...OTHER, search_index: true },
    { fieldname: 'added', fieldtype: 'Check' },
  ],
});

async function fill(table: string): Promise<void> {
  const rows = Array.from({ length: 10 }, (_, i) =>
    row(`d${i}`, { count: i, price: i * 12_300, other: `o${i}`, docstatus: i % 3 }),
  );
  await insert(table, ...rows);
}

test('a large table comes to the same as one that is made so, and no document is changed', async () => {
  await apply(first('Large One'));
  await fill('large_one');
  const lines: string[] = [];
  const progress = (line: string) => lines.push(line);
  const [outcome] = await apply(second('Large One'), owner, { progress });
  assert.equal(outcome?.outcome, 'changed');
  assert.ok(lines.filter((line) => line.includes('filled')).length >= 6, lines.join('\n'));
  assert.equal(await values('large_one', 'count'), '0 1 2 3 4 5 6 7 8 9');
  assert.equal(
    await values('large_one', 'price'),
    '0 1.23 2.46 3.69 4.92 6.15 7.38 8.61 9.84 11.07',
  );
  assert.equal(await values('large_one', 'version'), '1 1 1 1 1 1 1 1 1 1');
  await apply(second('Fresh One'));
  assert.deepEqual(
    await catalogOf(small.superuser, 'Large One'),
    await catalogOf(small.superuser, 'Fresh One'),
  );
  assert.equal(await small.value('select count(*) from sys.backfill'), '0');
  await refusedWith(
    'BW409',
    small.superuser.run(
      sql(`update doc.large_one set other = 'x', version = 2 where docstatus = 1`),
    ),
  );
});

test('cut off at every step, the next try comes to the same', async () => {
  let calls = 0;
  let left = Number.POSITIVE_INFINITY;
  const cut = (by: MigrationConnection): MigrationConnection => {
    const step = async (): Promise<void> => {
      calls += 1;
      left -= 1;
      if (left === 0) await by.script('select pg_terminate_backend(pg_backend_pid())');
    };
    return {
      ...by,
      query: async (...words) => {
        await step();
        return await by.query(...words);
      },
      script: async (text) => {
        await step();
        await by.script(text);
      },
    };
  };
  await apply(first('Counted'));
  await fill('counted');
  calls = 0;
  await apply(second('Counted'), cut(owner));
  const all = calls;
  assert.ok(all > 40, `${all}`);
  const [expected, wanted] = [
    await catalogOf(small.superuser, 'Counted'),
    await content('counted'),
  ];
  await apply(first('Cut'));
  await fill('cut');
  const doomedAt = Array.from({ length: all - 1 }, (_, i) => i + 1);
  // The same table goes on from wherever it was: each cut comes later than the one before.
  for (const last of doomedAt.filter((step) => step % 4 === 1)) {
    const doomed = await connectOwner();
    left = last;
    const [done] = await apply(second('Cut'), cut(doomed)).catch(() => []);
    await doomed.close().catch(() => {});
    await small.superuser.run(
      insertion('cut', row(`while ${last}`, { count: 1, price: 10_000 * last })),
    );
    if (done) break;
  }
  left = Number.POSITIVE_INFINITY;
  await apply(second('Cut'));
  assert.deepEqual(await catalogOf(small.superuser, 'Cut'), expected);
  await small.superuser.run(sql(`delete from doc.cut where name like 'while %'`));
  assert.equal(await content('cut'), wanted);
  assert.equal(await small.value('select count(*) from sys.backfill'), '0');
  assert.equal(await small.value('select count(*) from pg_index where not indisvalid'), '0');
});

async function content(table: string): Promise<string> {
  const columns = ['count', 'price', 'other', 'added', 'docstatus', 'version'];
  return (await Promise.all(columns.map(async (column) => await values(table, column)))).join('\n');
}

test('what is written while a column is filled is in it, and others are never kept waiting long', async () => {
  await apply(first('Busy'));
  await fill('busy');
  // A long query holds the table; whoever comes behind the migration must not wait for it.
  const slow = await connectOwner();
  await slow.script('begin; select count(*) from doc.busy');
  const patience = { lockMs: 100, totalMs: 60_000 };
  let ended = false;
  const migrating = apply(second('Busy'), owner, { patience }).finally(() => {
    ended = true;
  });
  let slowest = 0;
  for (let i = 0; i < 20; i += 1) {
    const start = performance.now();
    await small.superuser.run(sql(`select count(*) from doc.busy`));
    await insert('busy', row(`during ${i}`, { count: 100 + i, price: 1_000_000 + i * 10_000 }));
    slowest = Math.max(slowest, performance.now() - start);
  }
  assert.equal(ended, false, 'it waits for the long query');
  await slow.script('commit');
  await migrating;
  await slow.close();
  assert.ok(slowest < 5_000, `${slowest} ms`);
  assert.equal(
    await small.value(
      `select string_agg(price, ' ' order by id) from doc.busy where name like 'during%'`,
    ),
    Array.from({ length: 20 }, (_, i) => String(100 + i)).join(' '),
  );
});

test('a table that never is free ends in an error that says so, with nothing half done', async () => {
  await apply(first('Held'));
  await fill('held');
  const slow = await connectOwner();
  await slow.script('begin; select count(*) from doc.held');
  const patience = { lockMs: 50, totalMs: 300 };
  await refusedWith('in_use', apply(second('Held'), owner, { patience }));
  await slow.script('rollback');
  await slow.close();
  await apply(second('Held'));
  assert.equal(await values('held', 'count'), '0 1 2 3 4 5 6 7 8 9');
});

test('what was begun for a definition that nobody wants any more is taken away', async () => {
  await apply(first('Begun'));
  await fill('begun');
  const slow = await connectOwner();
  const stop = new Error('stop');
  const progress = (line: string): void => {
    if (line.includes('Begun.price')) throw stop;
  };
  await assert.rejects(apply(second('Begun'), slow, { progress }), stop);
  await slow.close();
  assert.ok(Number(await small.value('select count(*) from sys.backfill')) > 0);
  await apply(first('Begun'));
  assert.equal(await small.value('select count(*) from sys.backfill'), '0');
  const left = `select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind = 'r' and c.relnamespace = 'doc'::regnamespace and a.attname like 'bw\\_\\_%' and not a.attisdropped`;
  assert.equal(await small.value(left), '0');
  await insert('begun', row('later', { count: 1 }));
});
