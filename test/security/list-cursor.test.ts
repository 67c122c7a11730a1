/** Pages by cursor: each document once, whatever is alike or changes; forged ones are refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ListRequest } from '../../src/documents/list-query.ts';
import { SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const DOCTYPE = 'Sales Invoice';
const COUNT = 23;

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  for (let i = 0; i < COUNT; i++) {
    await small.invoice(`N-${String(i).padStart(2, '0')}`, {
      cost_center: ['Leeds', 'North', 'South'][i % 3],
      grand_total: [10_000, 20_000, null][i % 4] ?? null,
      due_date: i % 5 === 0 ? null : `2026-03-0${(i % 5) + 1}`,
      remarks: i % 2 === 0 ? null : 'same',
      modified: `2026-01-0${(i % 4) + 1} 10:00:00`,
    });
  }
  await small.give('ann', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Root', 1],
  ]);
  await small.give('ben', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Leeds'],
  ]);
});

after(async () => {
  await small.close();
});

async function page(who: string, request: ListRequest) {
  return await engine.documents.page(callerOf(who), DOCTYPE, request);
}

async function namesOf(who: string, request: ListRequest): Promise<unknown[]> {
  return (await page(who, request)).documents.map(({ name }) => name);
}

/** All names, page by page; `between` runs after each page. */
async function walk(who: string, request: ListRequest, between = async () => {}) {
  const names: unknown[] = [];
  for (let cursor: string | null = null; ; ) {
    const found = await page(who, { ...request, ...(cursor === null ? {} : { cursor }) });
    names.push(...found.documents.map(({ name }) => name));
    if (found.nextCursor === null) return names;
    assert.equal(found.documents.length, request.limit, 'only a full page is followed by another');
    cursor = found.nextCursor;
    await between();
  }
}

const ORDERS = [
  undefined,
  'modified asc',
  'name desc',
  'due_date asc',
  'due_date desc',
  'grand_total desc, due_date asc',
  'remarks asc, grand_total desc, modified desc',
  'remarks desc, modified asc',
  'cost_center, due_date desc, name',
];

test('pages by cursor are the whole list in its order, with blanks and equal values', async () => {
  for (const orderBy of ORDERS) {
    const request = orderBy === undefined ? {} : { orderBy };
    const whole = await namesOf('ann', { ...request, limit: 500 });
    assert.equal(whole.length, COUNT + 4);
    for (const limit of [1, 4, whole.length - 1, whole.length]) {
      assert.deepEqual(await walk('ann', { ...request, limit }), whole, `${orderBy} by ${limit}`);
    }
  }
  const filters = [['due_date', 'is', 'set']];
  const some = await walk('ann', { filters, orderBy: 'due_date desc', limit: 3 });
  assert.deepEqual(some, await namesOf('ann', { filters, orderBy: 'due_date desc', limit: 500 }));
});

test('what comes and goes between two pages moves no other document', async () => {
  const request = { orderBy: 'due_date asc', limit: 4 };
  const whole = await namesOf('ann', { ...request, limit: 500 });
  let number = 0;
  const names = await walk('ann', request, async () => {
    number += 1;
    const due_date = '2026-03-01';
    await small.invoice(`X-${number}`, { due_date, modified: '2026-01-01 10:00:00' });
    // The last row of a page is where the next one begins, and may be gone by then.
    await small.superuser.run(sql(`delete from doc.sales_invoice where name = 'N-0${number}'`));
  });
  const stayed = (name: unknown): boolean => !/^(X-|N-0[1-9])/.test(String(name));
  assert.deepEqual(names.filter(stayed), whole.filter(stayed));
  assert.equal(new Set(names).size, names.length);
});

test('a cursor is good for the same question of the same principal only', async () => {
  const request = { filters: [['docstatus', '=', 0]], orderBy: 'due_date desc', limit: 2 };
  const { nextCursor } = await page('ann', request);
  assert.ok(nextCursor);
  // The positive control: it is taken where it belongs, also for other fields and other pages.
  const next = { ...request, cursor: nextCursor };
  assert.equal(
    (await page('ann', { ...next, fields: ['name', 'owner'], limit: 3 })).documents.length,
    3,
  );
  const changed = nextCursor.slice(0, -2) + (nextCursor.endsWith('AA') ? 'BB' : 'AA');
  const refusals: [string, ListRequest][] = [
    ['ben', next],
    ['ann', { ...next, filters: [] }],
    ['ann', { ...next, orFilters: [['docstatus', '=', 0]] }],
    ['ann', { ...next, orderBy: 'due_date asc' }],
    ['ann', { ...next, orderBy: 'posting_date desc' }],
    ['ann', { ...next, orderBy: 'due_date desc, name' }],
    ['ann', { ...next, offset: 2 }],
    ['ann', { ...next, cursor: changed }],
    ['ann', { ...next, cursor: '' }],
    ['ann', { ...next, cursor: Buffer.from('["2026-03-01","1"]').toString('base64url') }],
  ];
  for (const [who, asked] of refusals) await refused(page(who, asked), 'bad_value');
  const actor = callerOf('ann');
  const byToken = { ...actor, principal: { ...actor.principal, actor: 'token:1' } };
  await refused(engine.documents.page(byToken, DOCTYPE, next), 'bad_value');
});

test('a cursor opens nothing: each page is decided by the grants of its own moment', async () => {
  const grant = await small.give('cid', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Root', 1],
  ]);
  const narrow = await small.give('cid', [
    ['Company', 'Alpha'],
    ['Cost Center', 'South'],
  ]);
  const request = { orderBy: 'name asc', limit: 2 };
  const { nextCursor } = await page('cid', request);
  const next = { ...request, limit: 500, cursor: nextCursor ?? '' };
  const before = await namesOf('cid', next);
  assert.ok(before.length > 15, 'the control: there is more to see');
  await small.superuser.run(sql(`delete from doc."grant" where name = '${grant}'`));
  const after = (await page('cid', { ...next, fields: ['cost_center'] })).documents;
  assert.deepEqual([...new Set(after.map((one) => one['cost_center']))], ['South']);
  await small.superuser.run(sql(`delete from doc."grant" where name = '${narrow}'`));
  await refused(page('cid', next), 'unknown_doctype');
});

test('a total is of all that the filters reach, for this principal', async () => {
  const filters = [['cost_center', '=', 'Leeds']];
  const of = async (who: string, asked: ListRequest) =>
    await page(who, { withTotal: true, ...asked });
  const [ann, ben] = [await of('ann', { limit: 2 }), await of('ben', { limit: 2 })];
  assert.equal(ann.total, await engine.documents.count(callerOf('ann'), DOCTYPE, []));
  assert.equal(ben.total, await engine.documents.count(callerOf('ann'), DOCTYPE, filters));
  assert.ok((ben.total ?? 0) > 2 && (ben.total ?? 0) < (ann.total ?? 0));
  const second = await of('ann', { limit: 2, cursor: ann.nextCursor ?? '' });
  assert.equal(second.total, ann.total, 'it does not shrink with the pages');
  assert.deepEqual(await of('ann', { filters: { name: 'nothing' } }), {
    documents: [],
    nextCursor: null,
    total: 0,
  });
  assert.equal((await page('ann', { limit: 2 })).total, null);
});
