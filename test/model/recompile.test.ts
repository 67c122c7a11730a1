/** A world that was asked already, and changes: what it answers from then on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type CompiledWorld,
  compileWorld,
  type DocumentFacts,
  decide,
  forecastOf,
  recompile,
  type World,
  type WorldChange,
  WorldError,
  whoCan,
} from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const NOTE = { name: 'NOTE-1' };
const RULES = [rule('Accounts', 'Note'), rule('HR', 'Invoice')];

/** A world of which everybody was asked about, so that what was worked out is there to be kept. */
function asked(parts: Partial<World>): CompiledWorld {
  const world = compileWorld(worldWith({ rules: RULES, users: ['ada', 'ben', 'sales'], ...parts }));
  for (const user of world.source.users) mayRead(world, user);
  readers(world);
  return world;
}

function mayRead(world: CompiledWorld, who: string, doctype = 'Note', document = NOTE): boolean {
  const request = { action: 'read', doctype, document, now: TODAY } as const;
  return decide(world, { ...request, principal: person(who) }).allowed;
}

/** All who may read the document: both ways of asking have to agree. */
function readers(world: CompiledWorld, doctype = 'Note', document: DocumentFacts = NOTE) {
  const request = { action: 'read', doctype, document, now: TODAY } as const;
  const found = whoCan(world, request);
  const { users } = world.source;
  const allowed = users.filter(
    (principal) => decide(world, { ...request, principal: person(principal) }).allowed,
  );
  assert.deepEqual(found, allowed.sort());
  return found;
}

const coming = <Item>(...added: Item[]) => ({ gone: [], added });
const going = <Item>(...gone: Item[]) => ({ gone, added: [] });
const after = (parts: Partial<World>, change: WorldChange) => recompile(asked(parts), change);

const ADAS = grant('ada', 'Accounts');
const MEMBER = { group: 'sales', user: 'ben', from: null, until: null };

test('whatever comes or goes is there, or gone, whoever asks and however', () => {
  const everyone = grant('#Everyone', 'Accounts');
  const notes = rule('HR', 'Note', { name: 'notes' });
  const sales = grant('#sales', 'Accounts');
  const shared = share('Note', 'NOTE-1', 'ben');
  const users = { gone: ['ada', 'ben'], added: ['dan'] };
  const cases: [Partial<World>, WorldChange, string[]][] = [
    [{ grants: [everyone] }, { users }, ['dan']],
    [{}, { grants: coming(ADAS) }, ['ada']],
    [{ grants: [sales] }, { members: coming(MEMBER) }, ['ben']],
    [{}, { shares: coming(shared) }, ['ben']],
    [{ grants: [grant('ada', 'HR')] }, { rules: coming(notes) }, ['ada']],
    [{ grants: [ADAS] }, { grants: going(ADAS) }, []],
    [{ grants: [sales], members: [MEMBER] }, { members: going(MEMBER) }, []],
    [{ shares: [shared] }, { shares: going(shared) }, []],
    [{ grants: [grant('ada', 'HR')], rules: [notes] }, { rules: going(notes) }, []],
  ];
  for (const [parts, change, who] of cases) {
    const found = readers(after(parts, change)).filter((name) => name !== 'sales');
    assert.deepEqual(found, who, Object.keys(change)[0]);
  }
});

test('of two grants to one person, the one goes that was taken away', () => {
  const second = grant('ada', 'HR');
  const rules = [...RULES, rule('HR', 'Company', { reach: 'everything' })];
  const world = after({ rules, grants: [ADAS, second] }, { grants: going(second) });
  assert.ok(mayRead(world, 'ada'));
  assert.ok(!mayRead(world, 'ada', 'Company'));
});

test('what a group is given no user of that name has, and the other way round', () => {
  const world = compileWorld(
    worldWith({ rules: RULES, users: ['ben', 'sales'], members: [MEMBER] }),
  );
  const given = (to: string) => recompile(world, { grants: coming(grant(to, 'Accounts')) });
  const whoReads = (to: string) => ['ben', 'sales'].filter((user) => mayRead(given(to), user));
  assert.deepEqual(whoReads('#sales'), ['ben']);
  assert.deepEqual(whoReads('sales'), ['sales']);
});

test('a role that comes with its rule and grant serves at once, and one that waits, later', () => {
  const clerk = { roles: coming({ name: 'Clerk' }) };
  const rules = coming(rule('Clerk', 'Note'));
  const grants = coming(grant('ada', 'Clerk'));
  assert.deepEqual(readers(after({}, { ...clerk, rules, grants })), ['ada']);
  const waiting = after({}, clerk);
  const given = recompile(waiting, { grants });
  assert.deepEqual(readers(after({}, { ...clerk, grants })), []);
  assert.deepEqual(readers(given), []);
  assert.deepEqual(readers(recompile(given, { rules })), ['ada']);
});

test('a role goes only with all that speaks of it', () => {
  const role = worldWith({}).roles.find(({ name }) => name === 'Accounts');
  assert.ok(role);
  const roles = going(role);
  assert.throws(() => after({ grants: [ADAS] }, { roles }), WorldError);
  const all = { roles, rules: going(...RULES.slice(0, 1)), grants: going(ADAS) };
  assert.deepEqual(readers(after({ grants: [ADAS] }, all)), []);
});

test('a value that no grant has named before is covered by those that name it from now on', () => {
  const of = (company: string) => ({ Company: [company], 'Cost Center': ['(blank)'] });
  const change = { grants: coming(grant('ada', 'HR', of('FR')), grant('ben', 'HR', of('*'))) };
  const world = after({ grants: [grant('sales', 'HR', of('UK'))] }, change);
  const invoice = (company: string) => ({ name: 'INV-1', company, cost_center: null });
  assert.deepEqual(readers(world, 'Invoice', invoice('FR')), ['ada', 'ben']);
  assert.deepEqual(readers(world, 'Invoice', invoice('UK')), ['ben', 'sales']);
  assert.deepEqual(readers(world, 'Invoice', invoice('SG')), ['ben']);
});

test('all values of a tree, given later, are covered by the top of the tree as they were', () => {
  const of = (to: string, centre: string, until: number | null = null) =>
    grant(to, 'HR', { Company: ['*'], 'Cost Center': [centre, '(blank)'] }, { until });
  const change = { grants: coming(of('ada', '*', TODAY + 1)) };
  const world = after({ grants: [of('ben', 'All/')] }, change);
  assert.deepEqual(forecastOf(world, TODAY, TODAY + 2).unheld, []);
});

test('shares that come and go together are each that of whom it is for', () => {
  const old = [share('Note', 'NOTE-1', 'ada'), share('Company', 'UK', 'ada')];
  const added = [share('Note', 'NOTE-1', 'ben'), share('Company', 'UK', 'sales')];
  const world = after({ shares: old }, { shares: { gone: old.slice(0, 1), added } });
  assert.deepEqual(readers(world), ['ben']);
  assert.deepEqual(readers(world, 'Company', { name: 'UK' }), ['ada', 'sales']);
});
