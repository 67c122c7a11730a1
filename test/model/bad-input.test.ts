/**
 * What nobody should say, at the kernel: it is refused whole, with its place, or it opens nothing;
 * and what is very deep or very much is handled. No world is ever in force in part.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  decide,
  type Grant,
  gainsOf,
  kindOf,
  listFilter,
  matches,
  recompile,
  type Tree,
  type World,
  WorldError,
  whoCan,
} from '../../src/authz/index.ts';
import { canRead, grant, person, rule, scope, share, TODAY, worldWith } from './example-world.ts';

const READ = rule('Accounts', 'Invoice');
const INVOICE = { name: 'INV-1', company: 'UK', cost_center: 'Leeds' };
const UK = { Company: ['UK'], 'Cost Center': ['Leeds'] };

/** A chain of so many values, each below the one before. */
function chain(length: number): Tree {
  const parents = Array.from({ length }, (_, depth): [string, string | null] => [
    `C${depth}`,
    depth === 0 ? null : `C${depth - 1}`,
  ]);
  return { dimension: 'Cost Center', parents: new Map(parents) };
}

test('cyclic trees: the change is refused whole, and what was in force stays', () => {
  const world = compileWorld(worldWith({ rules: [READ], grants: [grant('ben', 'Accounts', UK)] }));
  const moves = [{ dimension: 'Cost Center', value: 'All', parent: 'Shop Floor' }];
  const other = { gone: [], added: [grant('dan', 'Accounts', UK)] };
  assert.throws(() => recompile(world, { moves, grants: other }), WorldError);
  assert.throws(() => gainsOf(world, { moves, grants: other }, TODAY), WorldError);
  const reads = (user: string): boolean =>
    decide(world, {
      ...{ principal: person(user), action: 'read', doctype: 'Invoice', document: INVOICE },
      now: TODAY,
    }).allowed;
  assert.deepEqual([reads('ben'), reads('dan')], [true, false]);
});

test('a rule naming a path that its doctype lacks opens nothing more than without it', () => {
  const stray = rule('Accounts', 'Invoice', { except: ['Warehouse'] });
  const asked = (rules: World['rules'], to: Grant) =>
    canRead(worldWith({ rules, grants: [to] }), 'ben', 'Invoice', INVOICE);
  assert.ok(asked([stray], grant('ben', 'Accounts', UK)));
  assert.ok(!asked([stray], grant('ben', 'Accounts', { Company: ['UK'] })));
  assert.ok(!asked([stray], grant('ben', 'Accounts')));
  const when = { kind: 'one-of', field: 'no_such_field', values: ['x'] } as const;
  assert.ok(!asked([rule('Accounts', 'Invoice', { when })], grant('ben', 'Accounts', UK)));
});

test('a grant on an unknown dimension or value covers nothing by it', () => {
  const asked = (values: Record<string, string[]>, document: object = INVOICE) =>
    canRead(
      worldWith({ rules: [READ], grants: [grant('ben', 'Accounts', values)] }),
      ...(['ben', 'Invoice', { ...INVOICE, ...document }] as const),
    );
  assert.ok(asked({ ...UK, Planet: ['Mars'] }), 'it names what nothing carries besides');
  assert.ok(!asked({ Company: ['UK'], Planet: ['*'] }));
  assert.ok(!asked({ ...UK, Company: ['Atlantis'] }));
  assert.ok(!asked({ ...UK, 'Cost Center': ['Nowhere/'] }));
  assert.ok(!asked({ ...UK, 'Cost Center': ['Nowhere/'] }, { cost_center: 'Elsewhere' }));
});

test('`until` before `from`: never valid, as a grant, a membership or a share', () => {
  const never = { from: TODAY + 5, until: TODAY - 5 };
  const rules = [READ];
  const worlds = [
    worldWith({ rules, grants: [grant('ben', 'Accounts', UK, never)] }),
    worldWith({
      ...{ rules, grants: [grant('#books', 'Accounts', UK)] },
      members: [{ group: 'books', user: 'ben', ...never }],
    }),
    worldWith({ rules, shares: [share('Invoice', 'INV-1', 'ben', never)] }),
  ].map(compileWorld);
  const request = { principal: person('ben'), action: 'read' as const, doctype: 'Invoice' };
  for (const world of worlds) {
    for (const now of [TODAY - 6, TODAY - 5, TODAY, TODAY + 5, TODAY + 6]) {
      assert.ok(!decide(world, { ...request, document: INVOICE, now }).allowed);
      assert.ok(!whoCan(world, { ...request, document: INVOICE, now }).includes('ben'));
    }
  }
});

test('what is told twice and differently is refused, not taken as the last one says', () => {
  const world = worldWith({});
  const [invoice] = world.doctypes;
  assert.ok(invoice);
  const twice = { ...world, doctypes: [...world.doctypes, { ...invoice, paths: [] }] };
  assert.throws(() => compileWorld(twice), new WorldError('doctype `Invoice` is there twice'));
  const trees = { ...world, trees: [...world.trees, chain(3)] };
  assert.throws(() => compileWorld(trees), new WorldError('tree `Cost Center` is there twice'));
});

test('a tree that is 10,000 deep is compiled, decided on, listed and moved', () => {
  const top = scope({ Company: ['UK'], 'Cost Center': ['C0/'] });
  const world = compileWorld(
    worldWith({
      ...{ trees: [chain(10_000)], rules: [READ] },
      grants: [{ ...grant('ben', 'Accounts'), scope: top }],
    }),
  );
  const deepest = { ...INVOICE, cost_center: 'C9999' };
  const request = { principal: person('ben'), action: 'read' as const, doctype: 'Invoice' };
  const isRead = (one: typeof world): boolean =>
    decide(one, { ...request, document: deepest, now: TODAY }).allowed;
  assert.ok(isRead(world));
  assert.ok(matches(listFilter(world, { ...request, now: TODAY }), deepest, 'ben'));
  const moves = [{ dimension: 'Cost Center', value: 'C5000', parent: null }];
  const after = recompile(world, { moves });
  assert.ok(!isRead(after), 'half of it hangs on nothing any more');
  assert.ok(matches(listFilter(after, { ...request, now: TODAY }), INVOICE, 'ben') === false);
  const back = { moves: [{ dimension: 'Cost Center', value: 'C5000', parent: 'C4999' }] };
  const gains = gainsOf(after, back, TODAY);
  assert.equal(gains.length, 1);
});

test('100,000 grants of one user are compiled, decided on and listed, and one more comes in', () => {
  const grants = Array.from({ length: 100_000 }, (_, number) =>
    grant(
      'ben',
      'Accounts',
      { Company: ['UK'], 'Cost Center': [`K${number}`] },
      {
        name: `G-${number}`,
      },
    ),
  );
  const trees = [{ dimension: 'Cost Center', parents: new Map<string, string | null>() }];
  for (let number = 0; number <= 100_000; number++) trees[0]?.parents.set(`K${number}`, null);
  const before = process.memoryUsage().heapUsed;
  const world = compileWorld(worldWith({ trees, rules: [READ], grants }));
  const principal = { ...person('ben'), kind: kindOf('ben') };
  const request = { principal, action: 'read' as const, doctype: 'Invoice', now: TODAY };
  const reads = (one: typeof world, cost_center: string): boolean =>
    decide(one, { ...request, document: { ...INVOICE, cost_center } }).allowed;
  assert.deepEqual([reads(world, 'K99999'), reads(world, 'K100000')], [true, false]);
  const list = listFilter(world, request);
  assert.ok(matches(list, { ...INVOICE, cost_center: 'K500' }, 'ben'));
  assert.ok(!matches(list, { ...INVOICE, cost_center: 'K100000' }, 'ben'));
  const last = grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['K100000'] });
  const after = recompile(world, { grants: { gone: [], added: [last] } });
  assert.ok(reads(after, 'K100000'));
  const used = (process.memoryUsage().heapUsed - before) / 1024 ** 2;
  assert.ok(used < 1024, `${Math.round(used)} MB of memory`);
});
