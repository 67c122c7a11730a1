/** Dimension paths through rows, by examples: an order with a cost centre in each line. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DocumentFacts,
  everyRow,
  fieldsOf,
  listFilter,
  matches,
  type World,
  WorldError,
} from '../../src/authz/index.ts';
import { ask, canRead, grant, person, rule, TODAY, worldWith } from './example-world.ts';

const [shape] = worldWith({}).doctypes;

function worldOf(paths: readonly string[], parts: Partial<World> = {}): World {
  assert.ok(shape);
  const order = {
    ...shape,
    name: 'Order',
    paths: paths.map((path) => ({ dimension: 'Cost Center', path })),
  };
  return worldWith({ doctypes: [order], rules: [rule('Accounts', 'Order')], ...parts });
}

function holding(...centres: readonly string[][]): World {
  const grants = centres.map((values, i) =>
    grant('ada', 'Accounts', { 'Cost Center': values }, { name: `grant ${i + 1}` }),
  );
  return worldOf(['items.cost_center'], { grants });
}

const order = (...centres: readonly (string | null)[]): DocumentFacts => ({
  name: 'O-1',
  items: centres.map((cost_center) => ({ cost_center })),
});

test('every row has to be covered', () => {
  const leeds = holding(['Leeds/']);
  assert.equal(canRead(leeds, 'ada', 'Order', order('Leeds')), true);
  assert.equal(canRead(leeds, 'ada', 'Order', order('Leeds', 'Shop Floor', 'Leeds')), true);
  assert.equal(canRead(leeds, 'ada', 'Order', order('Leeds', 'London')), false);
  assert.equal(canRead(leeds, 'ada', 'Order', order('London', 'Leeds')), false);
  assert.equal(canRead(leeds, 'ada', 'Order', order('Leeds', null)), false);
  assert.equal(canRead(leeds, 'ada', 'Order', order('Leeds', 'nowhere')), false);
});

test('no rows are blank, and so is a row without a value', () => {
  for (const document of [order(), order(null), order('', null)]) {
    assert.equal(canRead(holding(['*']), 'ada', 'Order', document), false);
    assert.equal(canRead(holding(['(blank)']), 'ada', 'Order', document), true);
  }
  assert.equal(canRead(holding(['(blank)']), 'ada', 'Order', order(null, 'Leeds')), false);
  assert.equal(canRead(holding(['*', '(blank)']), 'ada', 'Order', order(null, 'Leeds')), true);
});

test('one grant has to cover all rows: two do not add up', () => {
  const both = order('Leeds', 'London');
  assert.equal(canRead(holding(['Leeds'], ['London']), 'ada', 'Order', both), false);
  assert.equal(canRead(holding(['Leeds', 'London']), 'ada', 'Order', both), true);
  const world = compileWorld(holding(['Leeds'], ['London']));
  const ask = { principal: person('ada'), action: 'read', doctype: 'Order', now: TODAY } as const;
  const listed = (document: DocumentFacts) => matches(listFilter(world, ask), document, 'ada');
  assert.deepEqual([both, order('Leeds'), order('London')].map(listed), [false, true, true]);
});

test('a document that came without its rows is reached by nobody, whatever they hold', () => {
  const unread: DocumentFacts[] = [
    { name: 'O-1' },
    { name: 'O-1', items: null },
    { name: 'O-1', items: 'Leeds' },
    { name: 'O-1', items: { cost_center: 'Leeds' } },
    { name: 'O-1', items: [null] },
    { name: 'O-1', items: ['Leeds'] },
    { name: 'O-1', items: [['Leeds']] },
    Object.create({ items: [{ cost_center: 'Leeds' }] }),
  ];
  for (const document of unread) {
    for (const scope of [['*', '(blank)'], ['(blank)'], ['Leeds', '*']]) {
      const decision = ask(holding(scope), 'ada', 'read', 'Order', document);
      const missing = decision.missing.map(({ kind }) => kind);
      assert.deepEqual([decision.allowed, missing], [false, ['scope']]);
    }
    assert.equal(matches(everyRow('items', { kind: 'blank', field: 'x' }), document, 'ada'), false);
  }
  const free = worldOf(['items.cost_center'], {
    rules: [rule('Accounts', 'Order', { except: ['Cost Center'] })],
    grants: [grant('ada', 'Accounts')],
  });
  assert.equal(canRead(free, 'ada', 'Order', { name: 'O-1' }), true, 'nobody asks for the rows');
});

test('the nearest miss names the dimension of the rows, and no value of them', () => {
  const { missing } = ask(holding(['Leeds']), 'ada', 'read', 'Order', order('Leeds', 'London'));
  assert.deepEqual(missing, [
    {
      kind: 'scope',
      detail: 'role Accounts is held; no Cost Center of grant `grant 1` covers it',
      field: 'items.cost_center',
    },
  ]);
});

test('a ceiling covers every row', () => {
  const scope = [{ dimension: 'Cost Center', value: 'Leeds', descendants: false }];
  const limited = person('ada', [{ name: 'token', scope }]);
  const world = holding(['*', '(blank)']);
  assert.equal(canRead(world, limited, 'Order', order('Leeds', 'Leeds')), true);
  for (const document of [order('Leeds', 'London'), order(), order('Leeds', null), {}]) {
    assert.equal(canRead(world, limited, 'Order', document), false);
  }
});

test('INVARIANT (ceiling-narrows): a ceiling lets nothing through that came without its rows', () => {
  const scope = ['*', '(blank)'].map((value) => ({
    ...{ dimension: 'Cost Center', value },
    descendants: false,
  }));
  const world = worldOf(['items.cost_center'], {
    rules: [rule('Accounts', 'Order', { except: ['Cost Center'] })],
    grants: [grant('ada', 'Accounts')],
  });
  const limited = person('ada', [{ name: 'token', scope }]);
  assert.equal(canRead(world, limited, 'Order', order('Leeds', null)), true);
  assert.equal(canRead(world, limited, 'Order', { name: 'O-1' }), false);
});

test('a path of rows beside one of the document: both have to be covered', () => {
  const world = worldOf(['cost_center', 'items.cost_center'], {
    grants: [grant('ada', 'Accounts', { 'Cost Center': ['Leeds'] })],
  });
  const read = (cost_center: string, ...rows: string[]): boolean =>
    canRead(world, 'ada', 'Order', { ...order(...rows), cost_center });
  assert.deepEqual(
    [read('Leeds', 'Leeds'), read('London', 'Leeds'), read('Leeds', 'London')],
    [true, false, false],
  );
});

test('a path that leads nowhere is refused with the world', () => {
  for (const path of ['', '.cost_center', 'items.', 'items.cost.center', '.']) {
    assert.throws(() => compileWorld(worldOf([path])), WorldError, path);
  }
});

test('a condition of rows is simple where it can be, and names what it reads', () => {
  const blank = { kind: 'blank', field: 'cost_center' } as const;
  assert.deepEqual(everyRow('items', { kind: 'always' }), { kind: 'always' });
  assert.deepEqual(everyRow('items', { kind: 'never' }), { kind: 'never' });
  assert.ok(Object.isFrozen(everyRow('items', blank)));
  assert.deepEqual(fieldsOf(everyRow('items', blank)), new Set(['items.cost_center']));
});
