/**
 * Documents whose rows carry a dimension, asked of the engine: every row has to be covered by one
 * grant, before a change and after it, and no rows at all are blank.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Action } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { type Scope, SmallCompany } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';
import { create, inAlpha, LINE, linesOf, ORDER, REMARK } from './works-orders.ts';

const WORK: readonly Action[] = ['read', 'create', 'write', 'submit', 'cancel', 'amend', 'delete'];

const ALL: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];

/** Which cost centres stand in the rows of each order. */
const ORDERS: Readonly<Record<string, readonly (string | null)[]>> = {
  leeds: ['Leeds'],
  'leeds twice': ['Leeds', 'Leeds'],
  south: ['South'],
  both: ['Leeds', 'South'],
  'south first': ['South', 'Leeds'],
  'one blank': ['Leeds', null],
  'only blank': [null],
  'no rows': [],
};

/** Who may read which of them. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  boss: Object.keys(ORDERS),
  leeds: ['leeds', 'leeds twice'],
  north: ['leeds', 'leeds twice'],
  'leeds and south': ['leeds', 'leeds twice', 'south', 'both', 'south first'],
  'leeds, and south': ['leeds', 'leeds twice', 'south'],
  any: ['leeds', 'leeds twice', 'south', 'both', 'south first'],
  'leeds or blank': ['leeds', 'leeds twice', 'one blank', 'only blank', 'no rows'],
  blank: ['only blank', 'no rows'],
  unscoped: [],
};

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  await create(small.clone, LINE, ORDER, REMARK);
  engine = new SmallEngine(small);
  const scopes: Readonly<Record<string, readonly Scope[]>> = {
    boss: [ALL],
    leeds: [inAlpha('Leeds')],
    north: [
      [
        ['Company', 'Alpha'],
        ['Cost Center', 'North', 1],
      ],
    ],
    'leeds and south': [inAlpha('Leeds', 'South')],
    'leeds, and south': [inAlpha('Leeds'), inAlpha('South')],
    any: [inAlpha('*')],
    'leeds or blank': [inAlpha('Leeds', '(blank)')],
    blank: [inAlpha('(blank)')],
    unscoped: [[['Company', 'Alpha']]],
  };
  for (const [who, all] of Object.entries(scopes)) {
    for (const scope of all) {
      await small.give(who, scope, { document_type: 'Works Order', actions: WORK });
    }
    await small.give(who, ALL, { document_type: 'Company', actions: ['select'] });
    const centres = ['boss', 'any'].includes(who) ? ALL : inAlpha('Leeds', 'South');
    await small.give(who, centres, { document_type: 'Cost Center', actions: ['select'] });
  }
  for (const [name, centres] of Object.entries(ORDERS)) {
    await write('boss', 'create', name, { company: 'Alpha', lines: linesOf(...centres) });
  }
});

after(async () => {
  const left = await small.value('select count(*) from sys.rows_to_compare');
  await small.close();
  assert.equal(left, '0', 'nothing is noted any more once it is compared');
});

async function write(
  who: string | Caller,
  operation: Parameters<SmallEngine['write']>[1],
  name: string,
  input: object = {},
) {
  const { document } = await engine.write(who, operation, 'Works Order', name, input);
  return document;
}

/** Changes a draft as it stands: the version that `boss` sees now. */
async function change(who: string | Caller, name: string, input: object) {
  const { modified } = await engine.documents.read(callerOf('boss'), 'Works Order', name);
  return await engine.write(who, 'update', 'Works Order', name, input, String(modified));
}

async function read(who: string | Caller, name: string) {
  const caller = typeof who === 'string' ? callerOf(who) : who;
  return await engine.documents.read(caller, 'Works Order', name);
}

async function mayRead(who: string, name: string): Promise<boolean> {
  const found = await read(who, name).catch((error: unknown) => error);
  if (!(found instanceof Refusal)) return true;
  assert.equal(found.code, 'not_found');
  return false;
}

async function rowsOf(name: string) {
  return (await read('boss', name))['lines'] as { name: string; cost_center: string | null }[];
}

test('INVARIANT (one-truth): opening, listing, counting and SQL agree, for each person', async () => {
  for (const [who, expected] of Object.entries(READERS)) {
    const listed = await engine.documents.list(callerOf(who), 'Works Order', { limit: 100 });
    assert.deepEqual(listed.map(({ name }) => name).sort(), [...expected].sort(), who);
    const count = await engine.documents.count(callerOf(who), 'Works Order', []);
    assert.equal(count, expected.length, who);
    const sql = 'select name from doc.works_order order by name';
    const seen = (await small.as(who, 'read', sql)).rows.map(([name]) => name);
    assert.deepEqual(seen, [...expected].sort(), `${who} by SQL alone`);
    const lines = 'select distinct parent_id from doc.works_order_line';
    const parents = (await small.as(who, 'read', lines)).rowCount;
    assert.equal(parents, expected.filter((name) => name !== 'no rows').length, `${who}: rows`);
    for (const name of Object.keys(ORDERS)) {
      assert.equal(await mayRead(who, name), expected.includes(name), `${who} opens ${name}`);
    }
  }
});

test('a new order needs every row covered by one grant', async () => {
  const order = (...centres: (string | null)[]) => ({
    company: 'Alpha',
    lines: linesOf(...centres),
  });
  for (const centres of [['Leeds', 'South'], ['South', 'Leeds'], ['South'], [null], []]) {
    await refused(write('leeds', 'create', 'N-1', order(...centres)), 'forbidden');
  }
  await refused(write('leeds, and south', 'create', 'N-1', order('Leeds', 'South')), 'forbidden');
  const made = await write('leeds', 'create', 'N-1', order('Leeds', 'Leeds'));
  assert.equal(made.lines.length, 2);
  const both = await write('leeds and south', 'create', 'N-2', order('South', 'Leeds'));
  assert.equal(both.lines.length, 2);
});

test('no row is pushed out of a scope, and none of another is taken in', async () => {
  await write('boss', 'create', 'P-1', { company: 'Alpha', lines: linesOf('Leeds', 'Leeds') });
  const rows = await rowsOf('P-1');
  const [first, second] = rows;
  const attempts: Readonly<Record<string, readonly object[]>> = {
    'one row moved out': [{ name: first?.name, cost_center: 'South' }, { name: second?.name }],
    'the last row moved out': [{ name: first?.name }, { name: second?.name, cost_center: 'South' }],
    'a row of another centre': [...rows, ...linesOf('South')],
    'a row of no centre': [...rows, ...linesOf(null)],
    'one row blanked': [{ name: first?.name, cost_center: null }, { name: second?.name }],
    'no rows': [],
  };
  for (const [what, lines] of Object.entries(attempts)) {
    await refused(change('leeds', 'P-1', { lines }), 'forbidden');
    assert.deepEqual(await rowsOf('P-1'), rows, what);
  }
  // Positive controls: in scope, and by somebody with a wider one.
  await change('leeds', 'P-1', { lines: [{ name: first?.name, what: 'kept' }] });
  assert.equal((await rowsOf('P-1')).length, 1);
  await change('leeds and south', 'P-1', {
    lines: [...(await rowsOf('P-1')), ...linesOf('South')],
  });
  await refused(change('leeds', 'P-1', { title: 'pulled back' }), 'not_found');
  await refused(change('leeds', 'P-1', { lines: linesOf('Leeds') }), 'not_found');
  await change('boss', 'P-1', { lines: [] });
  assert.equal(await mayRead('blank', 'P-1'), true);
});

test('a change of something else leaves an order where it is', async () => {
  await write('boss', 'create', 'K-1', { company: 'Alpha', lines: linesOf('Leeds') });
  await change('leeds', 'K-1', { title: 'still ours' });
  // Rows of the field beside it carry no dimension.
  await change('leeds', 'K-1', { others: linesOf('South', null) });
  assert.equal(await mayRead('leeds', 'K-1'), true);
  await refused(change('leeds', 'K-1', { company: 'Beta' }), 'forbidden');
});

test('a row links to a value only if the writer may select it, hidden or missing', async () => {
  await write('boss', 'create', 'L-1', { company: 'Alpha', lines: linesOf('Leeds') });
  for (const centre of ['Root', 'Nowhere']) {
    const answer = change('leeds or blank', 'L-1', { lines: linesOf('Leeds', centre) });
    await refused(answer, 'link_not_found', 'lines.cost_center');
  }
});

test('a ceiling covers every row as well', async () => {
  const scope = [{ dimension: 'Cost Center', value: 'Leeds', descendants: false }];
  const limited = callerOf('leeds and south', [{ name: 'token', scope }]);
  const listed = await engine.documents.list(limited, 'Works Order', { limit: 100 });
  const names = listed.map(({ name }) => name);
  assert.ok(names.includes('leeds') && !names.includes('both') && !names.includes('south first'));
  assert.ok(await read(limited, 'leeds'));
  for (const name of ['both', 'south first', 'south', 'no rows']) {
    await refused(read(limited, name), 'not_found');
  }
});

test('whoever has an order by a share only does not move its rows', async () => {
  await write('boss', 'create', 'S-1', { company: 'Alpha', lines: linesOf('South') });
  const share = { document_type: 'Works Order', document_name: 'S-1', user: 'leeds' };
  await small.insert('share', { name: 'S-1', ...share, actions: ['read', 'write'] });
  const [row] = await rowsOf('S-1');
  await change('leeds', 'S-1', { lines: [{ name: row?.name, what: 'said anew' }] });
  await refused(change('leeds', 'S-1', { lines: linesOf('Leeds') }), 'forbidden');
  await refused(change('leeds', 'S-1', { lines: [] }), 'forbidden');
});

test('a level that is open for some rows only shows its fields there', async () => {
  const noted = { document_type: 'Works Order', levels: [1] };
  await small.give('leeds and south', inAlpha('Leeds'), noted);
  for (const [name, ...centres] of [
    ['V-1', 'Leeds'],
    ['V-2', 'Leeds', 'South'],
  ] as const) {
    await small.give('boss', ALL, { ...noted, actions: ['read', 'create'] });
    const lines = linesOf(...centres);
    await write('boss', 'create', name, { company: 'Alpha', note: 'private', lines });
  }
  const filters = [['name', 'in', ['V-1', 'V-2']]];
  const ask = { fields: ['name', 'note'], orderBy: 'name', filters };
  const listed = await engine.documents.list(callerOf('leeds and south'), 'Works Order', {
    ...ask,
    filters: filters.map(([, ...rest]) => ['name', ...rest]),
  });
  assert.deepEqual(listed, [{ name: 'V-1', note: 'private' }, { name: 'V-2' }]);
  assert.equal((await read('leeds and south', 'V-1'))['note'], 'private');
  assert.equal('note' in (await read('leeds and south', 'V-2')), false);
  // A filter on the field narrows to the orders where it is open.
  const found = await engine.documents.list(callerOf('leeds and south'), 'Works Order', {
    filters: [['note', '=', 'private']],
  });
  assert.deepEqual(found, [{ name: 'V-1' }]);
});

test('a title is fetched from an order only where every row of it may be read', async () => {
  await small.give('leeds', ALL, { document_type: 'Works Order', actions: ['select'] });
  await small.give('leeds', [], { document_type: 'Works Remark', actions: ['read', 'create'] });
  for (const [name, title, ...centres] of [
    ['F-1', 'seen', 'Leeds'],
    ['F-2', null, 'Leeds', 'South'],
    ['F-3', null],
  ] as const) {
    const order = { title: 'seen', company: 'Alpha', lines: linesOf(...centres) };
    await write('boss', 'create', name, order);
    const about = { about: name };
    const { document } = await engine.write('leeds', 'create', 'Works Remark', name, about);
    assert.equal(document.title, title, name);
  }
});

test('an import is decided on each of its rows', async () => {
  const more = { document_type: 'Works Order', actions: ['import'] } as const;
  await small.give('leeds', inAlpha('Leeds'), more);
  const orders = (...centres: (string | null)[]) =>
    centres.map((centre, i) => ({
      name: `I-${i}`,
      values: { company: 'Alpha', docstatus: 0, lines: linesOf('Leeds', centre) },
    }));
  const bring = async (...centres: (string | null)[]) =>
    await engine.documents.import(callerOf('leeds'), 'Works Order', orders(...centres));
  await refused(bring('Leeds', 'South'), 'forbidden');
  await refused(bring('Leeds', null), 'forbidden');
  await bring('Leeds', 'Leeds');
  assert.equal(await mayRead('leeds', 'I-1'), true);
});

test('an order is submitted, cancelled and amended with its rows, in its scope', async () => {
  await write('leeds', 'create', 'A-1', { company: 'Alpha', lines: linesOf('Leeds', 'Leeds') });
  await write('leeds', 'submit', 'A-1');
  await write('leeds', 'cancel', 'A-1');
  const amended = await write('leeds', 'amend', 'A-1');
  assert.equal(amended.name, 'A-1-1');
  assert.equal(await mayRead('leeds', 'A-1-1'), true);
  assert.equal(await mayRead('blank', 'A-1-1'), false);
  await engine.write('leeds', 'delete', 'Works Order', 'A-1-1');
});
