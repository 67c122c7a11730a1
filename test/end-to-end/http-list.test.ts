/** Lists and counts by HTTP, against the same documents filtered by hand. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

type Row = Record<string, string | number | null>;

const PATH = '/api/resource/Sales Invoice';
const FIELDS = [
  'name',
  'customer',
  'grand_total',
  'posting_date',
  'creation',
  'remarks',
  'docstatus',
];

let server: DemoServer;
let accountant: Client;
let all: Row[];

before(async () => {
  server = await demoServer();
  accountant = (await people(server, ['branch-accountant']))('branch-accountant');
  all = await everyRow({ fields: [...FIELDS, 'status', 'po_no', 'due_date', 'cost_center'] });
  assert.ok(all.length > 300, 'the demo has invoices to filter');
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function everyRow(parameters: Record<string, unknown>): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = { ...parameters, limit_start: rows.length, limit_page_length: 500 };
    const { data } = await rowsOf(page);
    rows.push(...data);
    if (data.length < 500) return rows;
  }
}

async function rowsOf(parameters: Record<string, unknown>): Promise<{ data: Row[] }> {
  const answer = await accountant.get(PATH + query(parameters));
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

function namesOf(rows: readonly Row[]): unknown[] {
  return rows.map(({ name }) => name).sort();
}

/** The list and the count with these filters are exactly the rows that the predicate keeps. */
async function same(filters: unknown, keeps: (row: Row) => boolean): Promise<void> {
  const expected = namesOf(all.filter(keeps));
  assert.deepEqual(namesOf(await everyRow({ filters })), expected, JSON.stringify(filters));
  const count = await accountant.get(`/api/count/Sales Invoice${query({ filters })}`);
  assert.equal(count.body.data, expected.length, JSON.stringify(filters));
}

test('every operator on text, a date, money and a time keeps exactly what it says', async () => {
  const [first, second] = all as [Row, Row];
  const middle = all.map(({ grand_total }) => Number(grand_total)).sort((a, b) => a - b)[150] ?? 0;
  const day = String(first['posting_date']);
  const customer = String(first['customer']);
  const created = String(first['creation']);
  await same([['customer', '=', customer]], (row) => row['customer'] === customer);
  await same([['customer', '!=', customer]], (row) => row['customer'] !== customer);
  await same([['customer', '>', 'M']], (row) => String(row['customer']) > 'M');
  const two = [customer, second['customer']];
  await same([['customer', 'in', two]], (row) => two.includes(row['customer'] ?? null));
  await same([['customer', 'not in', two]], (row) => !two.includes(row['customer'] ?? null));
  await same([['customer', 'in', []]], () => false);
  await same([['customer', 'like', '%AN%']], (row) => /an/i.test(String(row['customer'])));
  await same([['customer', 'not like', '%an%']], (row) => !/an/i.test(String(row['customer'])));
  await same([['customer', 'like', 'a_a%']], (row) => /^a.a/i.test(String(row['customer'])));
  await same(
    [['customer', 'between', ['B', 'D']]],
    ({ customer: held }) => String(held) >= 'B' && String(held) <= 'D',
  );
  for (const [op, holds] of [
    ['=', (n: number) => n === middle],
    ['!=', (n: number) => n !== middle],
    ['>', (n: number) => n > middle],
    ['<', (n: number) => n < middle],
    ['>=', (n: number) => n >= middle],
    ['<=', (n: number) => n <= middle],
  ] as const) {
    await same([['grand_total', op, middle]], (row) => holds(Number(row['grand_total'])));
  }
  await same(
    [['grand_total', 'between', [middle, middle * 2]]],
    ({ grand_total: held }) => Number(held) >= middle && Number(held) <= middle * 2,
  );
  await same([['grand_total', 'in', [middle, 1]]], (row) => row['grand_total'] === middle);
  await same([['posting_date', '>=', day]], (row) => String(row['posting_date']) >= day);
  await same(
    [['posting_date', 'between', ['2026-01-01', '2026-03-31']]],
    ({ posting_date: held }) => String(held) >= '2026-01-01' && String(held) <= '2026-03-31',
  );
  await same([['posting_date', 'not in', [day]]], (row) => row['posting_date'] !== day);
  await same([['creation', '<=', created]], (row) => String(row['creation']) <= created);
  await same([['creation', '=', created]], (row) => row['creation'] === created);
  await same([['docstatus', '=', 2]], (row) => row['docstatus'] === 2);
  await same([['docstatus', 'in', [0, 2]]], (row) => row['docstatus'] !== 1);
  await same([['remarks', 'is', 'set']], (row) => row['remarks'] !== null);
  await same([['remarks', 'is', 'not set']], (row) => row['remarks'] === null);
  await same([['remarks', '=', null]], (row) => row['remarks'] === null);
});

test('conditions join by and; or_filters by or; objects say the same; the doctype may lead', async () => {
  const day = '2026-06-01';
  const both = (row: Row): boolean => row['status'] === 'Paid' && String(row['posting_date']) > day;
  await same(
    [
      ['status', '=', 'Paid'],
      ['posting_date', '>', day],
    ],
    both,
  );
  await same({ status: 'Paid', posting_date: ['>', day] }, both);
  await same(
    [
      ['Sales Invoice', 'status', '=', 'Paid'],
      ['posting_date', '>', day],
    ],
    both,
  );
  const either = await everyRow({
    or_filters: [
      ['status', '=', 'Paid'],
      ['posting_date', '>', day],
    ],
  });
  const expected = all.filter((r) => r['status'] === 'Paid' || String(r['posting_date']) > day);
  assert.deepEqual(namesOf(either), namesOf(expected));
  const mixed = await everyRow({
    filters: { cost_center: 'Leeds' },
    or_filters: { status: 'Paid', posting_date: ['>', day] },
  });
  assert.deepEqual(namesOf(mixed), namesOf(expected.filter((r) => r['cost_center'] === 'Leeds')));
});

test('next_cursor leads through the whole list, and with_total counts it', async () => {
  const question = { filters: { status: 'Paid' }, order_by: 'grand_total desc, name asc' };
  const expected = await everyRow(question);
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = { ...question, limit: '90', with_total: '1', ...(cursor ? { cursor } : {}) };
    const { status, body, text } = await accountant.get(PATH + query(page));
    assert.equal(status, 200, text);
    assert.equal(body.total, expected.length);
    rows.push(...body.data);
    cursor = body.next_cursor;
  } while (cursor !== undefined);
  assert.ok(expected.length > 90, 'more than one page');
  assert.deepEqual(rows, expected);
  for (const wrong of [{ cursor: 'AAAA' }, { cursor: '' }, { with_total: 'yes' }]) {
    const answer = await accountant.get(PATH + query(wrong));
    assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], answer.text);
  }
});

test('order_by takes several fields, and pages follow each other without gap or overlap', async () => {
  const sorted = (
    await everyRow({
      fields: ['name', 'status', 'grand_total'],
      order_by: 'status asc, grand_total desc',
    })
  ).map(({ status, grand_total }) => [String(status), Number(grand_total)] as const);
  for (const [index, [status, total]] of sorted.entries()) {
    const [before, more] = sorted[index - 1] ?? ['', Infinity];
    assert.ok(before < status || (before === status && more >= total), `row ${index}`);
  }
  const pages = await everyRow({ order_by: 'status' });
  assert.equal(new Set(pages.map(({ name }) => name)).size, all.length);
  const [one, two] = await Promise.all(
    [0, 1].map((limit_start) => rowsOf({ limit_start, limit: 2 })),
  );
  assert.deepEqual(one?.data[1], two?.data[0]);
});

test('a page is 20 rows of names by default; `*` is every field of the document itself', async () => {
  const bare = await rowsOf({});
  assert.equal(bare.data.length, 20);
  assert.deepEqual(Object.keys(bare.data[0] ?? {}), ['name']);
  assert.equal((await rowsOf({ limit: 3 })).data.length, 3);
  assert.equal((await rowsOf({ limit_page_length: 500 })).data.length, Math.min(500, all.length));
  const [row] = (await rowsOf({ fields: ['*'], limit: 1 })).data;
  const one = (await accountant.get(`${PATH}/${row?.['name']}`)).body.data;
  const { items, doctype, ...own } = one;
  assert.deepEqual(row, own);
  assert.equal(doctype, 'Sales Invoice');
  assert.ok(Array.isArray(items) && items.length > 0);
});

test('values go out in the forms of the wire', async () => {
  const [row] = (await rowsOf({ fields: ['*'], limit: 1 })).data as [Row];
  assert.match(String(row['posting_date']), /^\d{4}-\d\d-\d\d$/);
  assert.match(String(row['modified']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  for (const { grand_total } of all) {
    assert.equal(typeof grand_total, 'number');
    assert.equal(Math.round(Number(grand_total) * 1e4) / 1e4, grand_total);
  }
});

test('what Frappe clients send along changes nothing, and an empty order_by is the default', async () => {
  const plain = await rowsOf({ limit: 5 });
  const extra = {
    limit: 5,
    as_dict: 'true',
    debug: 'false',
    cache: '1',
    group_by: '',
    order_by: '',
  };
  assert.deepEqual(await rowsOf(extra), plain);
});

test('0 rows, more than 500, and whatever is no number are refused, never cut', async () => {
  for (const size of [
    '0',
    '501',
    '1000000000',
    '1e9',
    '-1',
    '1.5',
    '',
    'all',
    '٣',
    '99999999999',
  ]) {
    for (const name of ['limit_page_length', 'limit']) {
      const answer = await accountant.get(PATH + query({ [name]: size }));
      assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], `${name}=${size}`);
    }
  }
  for (const start of ['-1', 'x', '1e3', '1000001']) {
    const answer = await accountant.get(PATH + query({ limit_start: start }));
    assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], start);
  }
});

test('nothing that is not understood is dropped: field, parameter, operator, value, doctype', async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ filters: [['nope', '=', 1]] }, 'unknown_field'],
    [{ fields: ['nope'] }, 'unknown_field'],
    [{ fields: ['items'] }, 'unknown_field'],
    [{ order_by: 'nope desc' }, 'unknown_field'],
    [{ filter: [['name', '=', 'x']] }, 'unknown_parameter'],
    [{ filters: [['name', '~', 'x']] }, 'bad_value'],
    [{ filters: [['name', 'is', 'maybe']] }, 'bad_value'],
    [{ filters: [['grand_total', '>', 'x']] }, 'bad_value'],
    [{ filters: [['grand_total', '>', null]] }, 'bad_value'],
    [{ filters: [['grand_total', '=', 1.00001]] }, 'bad_value'],
    [{ filters: [['grand_total', 'like', '1%']] }, 'bad_value'],
    [{ filters: [['posting_date', '=', '2026-02-30']] }, 'bad_value'],
    [{ filters: [['creation', '=', '2026-02-30 00:00:00']] }, 'bad_value'],
    [{ filters: [['creation', '=', '2026-02-20 25:00:00']] }, 'bad_value'],
    [{ filters: [['docstatus', '=', 70000]] }, 'bad_value'],
    [{ filters: [['docstatus', '=', '1']] }, 'bad_value'],
    [{ filters: [['customer', 'like', '50\\']] }, 'bad_value'],
    [{ filters: [['customer', 'like', 'a\0']] }, 'bad_value'],
    [{ filters: [['name', '=', 'a\0']] }, 'bad_value'],
    [{ filters: [['name', 'in', ['\ud800']]] }, 'bad_value'],
    [{ filters: [['name', '=', {}]] }, 'bad_value'],
    [{ filters: [['name', '=', ['a']]] }, 'bad_value'],
    [{ filters: [['name', 'between', ['a']]] }, 'bad_value'],
    [{ filters: [['Customer', 'name', '=', 'x']] }, 'bad_value'],
    [{ filters: [['name', '=']] }, 'malformed'],
    [{ filters: ['name', '=', 'x'] }, 'malformed'],
    [{ filters: 7 }, 'malformed'],
    [{ filters: '[[' }, 'malformed'],
    [{ fields: 'name' }, 'malformed'],
    [{ fields: [] }, 'malformed'],
    [{ order_by: 'name sideways' }, 'bad_value'],
    [{ order_by: Array.from({ length: 9 }, () => 'name').join() }, 'bad_value'],
    [{ filters: [['remarks', 'like', `%${'a'.repeat(200)}`]] }, 'bad_value'],
    [{ order_by: 'name desc,' }, 'unknown_field'],
    [{ group_by: 'customer' }, 'bad_value'],
  ];
  for (const [parameters, code] of cases) {
    const answer = await accountant.get(PATH + query(parameters));
    assert.deepEqual([answer.status, answer.body?.code], [400, code], JSON.stringify(parameters));
  }
});
