/**
 * What one may not see changes no answer: every question is asked, then what is hidden is changed
 * to the extreme, and the answers are compared to the last byte. The control is somebody who sees
 * it all, and whose answers do change.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Refusal } from '../../src/base/errors.ts';
import type { AggregateRequest } from '../../src/documents/aggregate-query.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const DOCTYPE = 'Sales Invoice';
const ALPHA: Scope = [
  ['Company', 'Alpha'],
  ['Cost Center', 'Root', 1],
];
const EVERYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  for (const [name, parent_territory] of [
    ['World', null],
    ['North', 'World'],
    ['South', 'World'],
  ]) {
    await small.insert('territory', { name, territory_name: name, parent_territory });
  }
  for (const name of ['Open', 'Shut']) {
    await small.insert('customer_group', { name, customer_group_name: name });
    await small.insert('item_group', { name, item_group_name: name });
  }
  await customer('Acme', { customer_group: 'Open', territory: 'North', credit_limit: 10_000 });
  await customer('Bolt', { customer_group: 'Shut', territory: 'South', credit_limit: 99_990_000 });
  await item('Nut', 'Open');
  await item('Gem', 'Shut');
  await small.invoice('I-1', { customer: 'Acme', remarks: 'mine' });
  await small.invoice('I-2', { customer: 'Bolt', remarks: 'mine' });
  await small.invoice('I-3', { customer: null });
  await small.invoice('I-4', { customer: 'Bolt', company: 'Beta', cost_center: null });
  await small.superuser.run(
    sql(`update doc.sales_invoice_item set item_code = case when parent_id in
      (select id from doc.sales_invoice where name in ('I-1', 'I-3')) then 'Nut' else 'Gem' end`),
  );
  // Everything, with all levels; and only what is open, at level 0.
  await small.give('ann', EVERYWHERE);
  await small.give('eve', ALPHA);
  for (const [document_type, field] of [
    ['Customer', 'customer_group'],
    ['Item', 'item_group'],
  ] as const) {
    await small.give('ann', [], { document_type, levels: [0, 1] });
    await small.give('eve', [], { document_type, when: [[field, '=', 'Open']] });
  }
  for (const who of ['ann', 'eve']) await small.give(who, [], { document_type: 'Territory' });
  // Level 1 of customers that are open, and level 0 of all others.
  await small.give('mia', ALPHA);
  const when = [['customer_group', '=', 'Open']];
  await small.give('mia', [], { document_type: 'Customer', levels: [0, 1], when });
  await small.give('mia', [], { document_type: 'Customer' });
  // Reads invoices only.
  await small.give('zed', ALPHA);
});

after(async () => {
  await small.close();
});

async function customer(name: string, row: object): Promise<void> {
  const customer_type = 'Company';
  await small.insert('customer', { name, customer_name: name, customer_type, ...row });
}

async function item(name: string, item_group: string): Promise<void> {
  await small.insert('item', { name, item_code: name, item_name: name, item_group });
}

const FILTERS: readonly (readonly [string, string, unknown])[] = [
  ['customer.territory', '=', 'South'],
  ['customer.territory', '!=', 'South'],
  ['customer.territory', 'in', ['South', 'North']],
  ['customer.territory', 'not in', ['South']],
  ['customer.territory', 'like', 'So%'],
  ['customer.territory', 'not like', 'So%'],
  ['customer.territory', 'is', 'set'],
  ['customer.territory', 'is', 'not set'],
  ['customer.territory', '>=', 'P'],
  ['customer.territory', 'between', ['P', 'T']],
  ['customer.territory.parent_territory', '=', 'World'],
  ['customer.modified', '>=', '2026-01-01'],
  ['customer.credit_limit', '>', 5000],
  ['items.item_code.item_name', 'like', 'G%'],
  ['items.item_code.item_name', '!=', 'Nut'],
];

const GROUPS: readonly AggregateRequest[] = [
  { group_by: ['customer.territory'], measures: [{ fn: 'count', as: 'n' }] },
  { group_by: [{ field: 'customer.modified', by: 'month' }] },
  { group_by: ['customer.territory.parent_territory', 'customer.customer_type'] },
  { measures: [{ fn: 'count_distinct', field: 'customer.territory', as: 'x' }] },
  { measures: [{ fn: 'max', field: 'customer.territory', as: 'x' }] },
  { measures: [{ fn: 'sum', field: 'customer.credit_limit', as: 'x' }] },
  {
    group_by: ['items.item_code.item_name'],
    measures: [{ fn: 'sum', field: 'items.qty', as: 'x' }],
  },
  { measures: [{ fn: 'sum', field: 'grand_total', as: 'x' }] },
  { measures: [{ fn: 'avg', field: 'grand_total', as: 'x' }] },
  { measures: [{ fn: 'min', field: 'remarks', as: 'x' }] },
  { group_by: ['remarks'], measures: [{ fn: 'max', field: 'grand_total', as: 'x' }] },
];

const BEHIND_LINKS = ['name', 'customer.territory', 'customer.territory.parent_territory'];

type Question = (who: string) => Promise<unknown>;

const QUESTIONS: ReadonlyMap<string, Question> = new Map([
  ...FILTERS.flatMap((filter): [string, Question][] => {
    const filters = [filter];
    const words = JSON.stringify(filter);
    return [
      [`list ${words}`, (who) => engine.documents.page(callerOf(who), DOCTYPE, { filters })],
      [`count ${words}`, (who) => engine.documents.count(callerOf(who), DOCTYPE, filters)],
    ];
  }),
  ...GROUPS.map((request): [string, Question] => [
    `aggregate ${JSON.stringify(request)}`,
    (who) => engine.documents.aggregate(callerOf(who), DOCTYPE, request),
  ]),
  [
    'columns behind links',
    (who) => engine.documents.page(callerOf(who), DOCTYPE, { fields: BEHIND_LINKS }),
  ],
  [
    'a page by the total, with its cursor',
    (who) =>
      engine.documents.page(callerOf(who), DOCTYPE, {
        ...{ orderBy: 'grand_total desc, remarks', limit: 2, withTotal: true },
      }),
  ],
]);

/** Each answer, or the refusal's code and words. */
async function answers(who: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [name, ask] of QUESTIONS) {
    const answer = await ask(who).catch((error: unknown) => {
      assert.ok(error instanceof Refusal, `${name}: ${String(error)}`);
      return { refused: error.code, message: error.message };
    });
    found.set(name, JSON.stringify(answer));
  }
  return found;
}

/** Changes of what only `ann` sees; the last makes each sum of hers more than a number can hold. */
const CHANGES = [
  `update doc.customer set territory = null, modified = '1999-01-01', credit_limit = null,
     customer_type = 'Individual', version = version + 1 where name = 'Bolt'`,
  `update doc.item set item_name = 'Nut', version = version + 1 where name = 'Gem'`,
  `update doc.sales_invoice set grand_total = null, remarks = 'aaa', version = version + 1
     where name = 'I-4'`,
  `update doc.customer set territory = 'North', credit_limit = 9007199254740991,
     version = version + 1 where name = 'Bolt'`,
  `update doc.sales_invoice set grand_total = 9007199254740991, version = version + 1
     where name in ('I-4', 'INV-Beta')`,
];

test('no filter, group, measure, order or total tells what a hidden document says', async () => {
  const blind = await answers('eve');
  const before = await answers('ann');
  const changed = new Set<string>();
  for (const change of CHANGES) {
    await small.superuser.run(sql(change));
    assert.deepEqual(await answers('eve'), blind, change);
    for (const [name, answer] of await answers('ann')) {
      if (answer !== before.get(name)) changed.add(name);
    }
  }
  assert.deepEqual(
    [...QUESTIONS.keys()].filter((name) => !changed.has(name)),
    [],
  );
  // What she may see does change her answers, so they are no empty ones.
  await small.superuser.run(
    sql(`update doc.customer set territory = 'South', version = version + 1 where name = 'Acme'`),
  );
  const seeing = await answers('eve');
  const moved = [...QUESTIONS.keys()].filter((name) => seeing.get(name) !== blind.get(name));
  assert.ok(moved.length >= 15, moved.join('\n'));
  assert.match(String(blind.get('count ["customer.territory","=","South"]')), /^0$/);
});

test('a field behind a link is unknown where its doctype or its level is closed', async () => {
  const asked = async (who: string, field: string) =>
    await engine.documents.count(callerOf(who), DOCTYPE, [[field, 'is', 'set']]);
  for (const [who, field] of [
    ['zed', 'customer.territory'],
    ['zed', 'customer.no_such_field'],
    ['eve', 'customer.credit_limit'],
    ['eve', 'customer.no_such_field'],
    ['eve', 'customer.territory.parent_territory.parent_territory'],
    ['eve', 'remarks.territory'],
    ['eve', 'items.no_such_field'],
    ['eve', 'items.item_code.no_such_field'],
    ['eve', 'customer.'],
    ['eve', '.customer'],
    ['eve', 'items'],
    ['eve', 'customer.__proto__'],
    ['eve', 'company.constructor'],
  ] as const) {
    await refused(asked(who, field), 'unknown_field', field);
    const aggregate = { group_by: [field] };
    const grouped = engine.documents.aggregate(callerOf(who), DOCTYPE, aggregate);
    await refused(grouped, 'unknown_field', field);
  }
  assert.ok((await asked('ann', 'customer.credit_limit')) > 0, 'the control');
});

test('behind a link, a level that is open on some documents narrows to these', async () => {
  const measures = [
    { fn: 'count', as: 'n' },
    { fn: 'max', field: 'customer.credit_limit', as: 'x' },
  ];
  const filters = [['customer', 'is', 'set']];
  const of = async (who: string) =>
    await engine.documents.aggregate(callerOf(who), DOCTYPE, {
      ...{ group_by: ['customer'], filters, measures },
    });
  assert.deepEqual(await of('mia'), [{ customer: 'Acme', n: 1, x: 1 }]);
  const all = (await of('ann')).map(({ customer: name, n }) => [name, n]);
  assert.deepEqual(all, [
    ['Acme', 1],
    ['Bolt', 2],
  ]);
});

test('a condition of rows asks for one of them, and of those one may read only', async () => {
  const named = async (who: string, filters: unknown) => {
    const request = { filters, orderBy: 'name asc' };
    return (await engine.documents.list(callerOf(who), DOCTYPE, request)).map(({ name }) => name);
  };
  const gems = [
    ['items.item_code', '=', 'Gem'],
    ['name', 'like', 'I-%'],
  ];
  assert.deepEqual(await named('ann', gems), ['I-2', 'I-4']);
  assert.deepEqual(await named('eve', gems), ['I-2']);
});

test('a column behind a link is absent where its document may not be read, and blank behind a blank', async () => {
  const request = { fields: BEHIND_LINKS, filters: [['name', 'like', 'I-%']], orderBy: 'name asc' };
  const of = async (who: string) => await engine.documents.list(callerOf(who), DOCTYPE, request);
  const through = (name: string, territory: string | null, parent: string | null) => ({
    name,
    'customer.territory': territory,
    'customer.territory.parent_territory': parent,
  });
  const blank = through('I-3', null, null);
  assert.deepEqual(await of('eve'), [through('I-1', 'South', 'World'), { name: 'I-2' }, blank]);
  const [first, bolt, third, fourth] = await of('ann');
  assert.deepEqual([first, third], [through('I-1', 'South', 'World'), blank]);
  assert.deepEqual(bolt, through('I-2', 'North', 'World'));
  assert.deepEqual(fourth, through('I-4', 'North', 'World'));
  const rows = engine.documents.list(callerOf('ann'), DOCTYPE, { fields: ['items.qty'] });
  await refused(rows, 'bad_value', 'items.qty');
  for (const name of ['customer.credit_limit', 'customer.territory as t', 'count(customer.name)']) {
    const asked = engine.documents.list(callerOf('eve'), DOCTYPE, { fields: [name] });
    await refused(asked, 'unknown_field', name);
  }
});
