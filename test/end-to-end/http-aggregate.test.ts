/** Aggregates by HTTP, against the same documents grouped and added up by hand. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';

type Value = string | number | null;
type Row = Record<string, Value>;

const LIST = '/api/resource/Sales Invoice';
const FIELDS = ['name', 'customer', 'grand_total', 'posting_date', 'creation', 'status', 'remarks'];

let server: DemoServer;
let as: (persona: string) => Client;
let all: Row[];

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'branch-accountant',
    'accounts-manager',
    'new-hire',
    'system-manager',
  ]);
  all = [];
  for (;;) {
    const page = { fields: FIELDS, limit_start: all.length, limit_page_length: 500 };
    const rows: Row[] = await done(as('branch-accountant').get(LIST + query(page)));
    all.push(...rows);
    if (rows.length < 500) break;
  }
  assert.ok(all.length > 300, 'the demo has invoices to add up');
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function ask(body: object, doctype = 'Sales Invoice', who = 'branch-accountant') {
  return await as(who).post(`/api/aggregate/${doctype}`, body);
}

async function answered(body: object, doctype?: string): Promise<Row[]> {
  return await done(ask(body, doctype));
}

/** Amounts as whole ten-thousandths, so that the test's own sums are exact as well. */
function scaled(value: Value | undefined): bigint {
  return BigInt(Math.round(Number(value) * 10_000));
}

function groupsOf(rows: readonly Row[], key: (row: Row) => Value): Map<Value, Row[]> {
  return Map.groupBy(rows, key);
}

function sumOf(rows: readonly Row[], field = 'grand_total'): number {
  return Number(rows.reduce((sum, row) => sum + scaled(row[field]), 0n)) / 10_000;
}

test('measures of everything are those of the list, added up by hand', async () => {
  const [found, ...more] = await answered({
    measures: [
      { fn: 'count', as: 'n' },
      { fn: 'count', field: 'remarks', as: 'with_remarks' },
      { fn: 'count_distinct', field: 'customer', as: 'customers' },
      { fn: 'sum', field: 'grand_total', as: 'total' },
      { fn: 'min', field: 'grand_total', as: 'least' },
      { fn: 'max', field: 'posting_date', as: 'last' },
      { fn: 'avg', field: 'grand_total', as: 'mean' },
      { fn: 'min', field: 'creation', as: 'first' },
    ],
  });
  assert.deepEqual(more, []);
  const total = all.reduce((sum, row) => sum + scaled(row['grand_total']), 0n);
  const count = BigInt(all.length);
  const totals = all.map((row) => Number(row['grand_total']));
  assert.deepEqual(found, {
    n: all.length,
    with_remarks: all.filter(({ remarks }) => remarks !== null).length,
    customers: new Set(all.map(({ customer }) => customer)).size,
    total: sumOf(all),
    least: Math.min(...totals),
    last: all
      .map((row) => String(row['posting_date']))
      .sort()
      .at(-1),
    // Half away from zero; no total is below it.
    mean: Number((total * 2n + count) / (count * 2n)) / 10_000,
    first: all.map(({ creation }) => String(creation)).sort()[0],
  });
});

test('groups by a link, by a text and by periods are complete, each with its own sum', async () => {
  const measures = [
    { fn: 'count', as: 'n' },
    { fn: 'sum', field: 'grand_total', as: 'total' },
  ];
  const day = ({ posting_date }: Row): string => String(posting_date);
  const quarter = (row: Row): string => {
    const month = Math.floor((Number(day(row).slice(5, 7)) - 1) / 3) * 3 + 1;
    return `${day(row).slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
  };
  const monday = (row: Row): string => {
    const date = new Date(`${day(row)}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.toISOString().slice(0, 10);
  };
  const ways: [string | object, string, (row: Row) => Value][] = [
    ['customer', 'customer', ({ customer = null }) => customer],
    ['status', 'status', ({ status = null }) => status],
    [{ field: 'posting_date', by: 'day' }, 'posting_date', day],
    [{ field: 'posting_date', by: 'week', as: 'week' }, 'week', monday],
    [{ field: 'posting_date', by: 'month' }, 'posting_date', (row) => `${day(row).slice(0, 7)}-01`],
    [{ field: 'posting_date', by: 'quarter' }, 'posting_date', quarter],
    [{ field: 'posting_date', by: 'year', as: 'y' }, 'y', (row) => `${day(row).slice(0, 4)}-01-01`],
    [
      { field: 'creation', by: 'month' },
      'creation',
      (r) => `${String(r['creation']).slice(0, 7)}-01`,
    ],
  ];
  for (const [group, name, key] of ways) {
    const expected = [...groupsOf(all, key)].map(([value, rows]) => ({
      [name]: value,
      n: rows.length,
      total: sumOf(rows),
    }));
    const sorted = expected.sort((a, b) => (String(a[name]) < String(b[name]) ? -1 : 1));
    assert.deepEqual(
      await answered({ group_by: [group], measures }),
      sorted,
      JSON.stringify(group),
    );
  }
  const twice = await answered({ group_by: ['status', { field: 'posting_date', by: 'year' }] });
  const pairs = new Set(all.map((row) => `${row['status']} ${day(row).slice(0, 4)}`));
  assert.equal(twice.length, pairs.size, 'without measures: each combination once');
});

test('filters narrow an aggregate as they narrow a list', async () => {
  const filters = [['posting_date', '>=', '2026-01-01']];
  const or_filters = { status: 'Paid', remarks: ['is', 'set'] };
  const [found] = await answered({ filters, or_filters, measures: [{ fn: 'count', as: 'n' }] });
  const kept = all.filter(
    (row) =>
      String(row['posting_date']) >= '2026-01-01' &&
      (row['status'] === 'Paid' || row['remarks'] !== null),
  );
  assert.ok(kept.length > 0 && kept.length < all.length);
  assert.deepEqual(found, { n: kept.length });
  const none = await answered({
    filters: { status: 'no such status'.slice(0, 0) },
    measures: [
      { fn: 'count', as: 'n' },
      { fn: 'sum', field: 'grand_total', as: 'total' },
      { fn: 'avg', field: 'grand_total', as: 'mean' },
    ],
  });
  assert.deepEqual(none, [{ n: 0, total: null, mean: null }]);
  assert.deepEqual(await answered({ filters: { status: null }, group_by: ['customer'] }), []);
});

test('rows count once each where a key or measure is of them; documents are not doubled', async () => {
  const names = all.slice(0, 40).map(({ name }) => String(name));
  const documents = [];
  for (const name of names) {
    const path = `${LIST}/${encodeURIComponent(name)}`;
    documents.push(await done(as('branch-accountant').get(path)));
  }
  type Item = { item_code: string; amount: number; qty: number };
  const items: Item[] = documents.flatMap((document) => document.items);
  assert.ok(items.length > names.length, 'some invoices have several items');
  const filters = [['name', 'in', names]];
  const measures = [
    { fn: 'count', as: 'n' },
    { fn: 'sum', field: 'items.amount', as: 'total' },
  ];
  const found = await answered({ group_by: ['items.item_code'], filters, measures });
  const expected = [...Map.groupBy(items, ({ item_code }) => item_code)]
    .map(([code, rows]) => ({
      'items.item_code': code,
      n: rows.length,
      total: Number(rows.reduce((sum, { amount }) => sum + scaled(amount), 0n)) / 10_000,
    }))
    .sort((a, b) => (a['items.item_code'] < b['items.item_code'] ? -1 : 1));
  assert.deepEqual(found, expected);
  const code = expected[0]?.['items.item_code'];
  const one = await answered({ filters: [...filters, ['items.item_code', '=', code]], measures });
  assert.deepEqual(one, [{ n: expected[0]?.n, total: expected[0]?.total }]);
  const count = await answered({
    filters: [...filters, ['items.item_code', '=', code]],
    measures: [{ fn: 'count', as: 'n' }],
  });
  const holding = documents.filter(({ items: own }) =>
    own.some((item: Item) => item.item_code === code),
  );
  assert.deepEqual(count, [{ n: holding.length }], 'without rows asked for, documents count');
  for (const body of [
    { group_by: ['items.item_code'], measures: [{ fn: 'sum', field: 'grand_total', as: 'x' }] },
    { group_by: ['items.item_code'], or_filters: [['items.qty', '>', 1]] },
  ]) {
    refused(await ask(body), 400, 'bad_value');
  }
});

test('what is not known or makes no sense is refused by its code, and nothing is dropped', async () => {
  const measure = (fn: string, field?: string) => ({ measures: [{ fn, field, as: 'x' }] });
  const cases: [object, string][] = [
    [{}, 'malformed'],
    [{ group_by: [], measures: [] }, 'malformed'],
    [{ group_by: ['no_such_field'] }, 'unknown_field'],
    [{ group_by: ['sum(grand_total)'] }, 'unknown_field'],
    [{ group_by: ['customer as c'] }, 'unknown_field'],
    [{ group_by: ['items'] }, 'unknown_field'],
    [{ group_by: ['grand_total.x'] }, 'unknown_field'],
    [{ group_by: ['customer', 'customer'] }, 'bad_value'],
    [{ group_by: [{ field: 'customer', by: 'month' }] }, 'bad_value'],
    [{ group_by: [{ field: 'posting_date', by: 'decade' }] }, 'bad_value'],
    [{ group_by: [{ field: 'posting_date', as: 'a"b' }] }, 'bad_value'],
    [{ group_by: [{ field: 'posting_date', as: '__proto__' }] }, 'bad_value'],
    [{ group_by: [{ field: 'posting_date', unit: 'month' }] }, 'unknown_parameter'],
    [measure('median', 'grand_total'), 'bad_value'],
    [measure('sum'), 'bad_value'],
    [measure('sum', 'customer'), 'bad_value'],
    [measure('avg', 'posting_date'), 'bad_value'],
    [measure('sum', 'no_such_field'), 'unknown_field'],
    [{ ...measure('count'), having: {} }, 'unknown_parameter'],
    [{ ...measure('count'), filters: [['grand_total', '~', 1]] }, 'bad_value'],
    [
      { group_by: Array.from({ length: 21 }, (_, i) => ({ field: 'name', as: `n${i}` })) },
      'bad_value',
    ],
  ];
  for (const [body, code] of cases) {
    const answer: Answer = await ask(body);
    assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(body));
  }
});

test('a doctype that is not visible is unknown, and one without documents adds up to nothing', async () => {
  const body = {
    measures: [
      { fn: 'count', as: 'n' },
      { fn: 'sum', field: 'net_pay', as: 'sum' },
    ],
  };
  refused(await ask(body, 'Salary Slip', 'system-manager'), 404, 'unknown_doctype');
  refused(await ask(body, 'No Such Thing', 'system-manager'), 404, 'unknown_doctype');
  const mine = await ask({ measures: [{ fn: 'count', as: 'n' }] }, 'Salary Slip', 'new-hire');
  assert.deepEqual(mine.body, { data: [{ n: 0 }] });
});
