/** Who can, in examples: those for whom a decision says yes, and nobody else. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DocumentFacts,
  type Grant,
  type Member,
  type World,
  whoCan,
} from '../../src/authz/index.ts';
import { canRead, grant, rule, share, TODAY, worldWith } from './example-world.ts';

const NOTE = { name: 'N-1' };

/** All who may read a document, each of whom a decision lets do so as well. */
function readersOf(doctype: string, parts: Partial<World>, document: DocumentFacts) {
  const world = worldWith(parts);
  const names = whoCan(compileWorld(world), { action: 'read', doctype, document, now: TODAY });
  const people = world.users.filter((name) => !name.startsWith('system:'));
  assert.deepEqual(
    names.filter((name) => people.includes(name)),
    people.filter((name) => canRead(world, name, doctype, document)).sort(),
  );
  return names;
}

function readers(parts: Partial<World>, document: DocumentFacts = NOTE) {
  return readersOf('Note', parts, document);
}

const member = (group: string, user: string, parts: Partial<Member> = {}): Member => ({
  ...{ group, user, from: null, until: null },
  ...parts,
});

/** A rule on what is the reader's own, and the grants. */
const own = (grants: readonly Grant[], members: readonly Member[] = []): Partial<World> => ({
  rules: [rule('HR', 'Note', { when: { kind: 'is-me', field: 'owner' } })],
  ...{ grants, members },
});
const bens = { ...NOTE, owner: 'ben' };

test('what is somebody’s own is read by them alone, and only if they hold a grant', () => {
  assert.deepEqual(readers(own([grant('ada', 'HR'), grant('ben', 'HR')]), bens), ['ben']);
  assert.deepEqual(readers(own([grant('ada', 'HR')]), bens), []);
  assert.deepEqual(readers(own([grant('ben', 'HR')])), [], 'a document of nobody');
});

test('what is the own of somebody who may not act is read by nobody', () => {
  const gone = { ...NOTE, owner: 'gone' };
  assert.deepEqual(readers(own([grant('gone', 'HR')]), gone), []);
});

test('what is one’s own is read within the scope of a grant, for as long as that lasts', () => {
  const when = { kind: 'is-me', field: 'owner' } as const;
  const rules = [rule('HR', 'Payslip', { when })];
  const slip = { name: 'PAY-1', company: 'UK', employee: 'E1', owner: 'ben' };
  const by = (company: string, until: number | null = null) => {
    const given = grant('ben', 'HR', { Company: [company], Employee: ['*'] }, { until });
    return readersOf('Payslip', { rules, grants: [given] }, slip);
  };
  assert.deepEqual(by('UK'), ['ben']);
  assert.deepEqual(by('DE'), []);
  assert.deepEqual(by('UK', TODAY), []);
});

test('what is one’s own is read by a grant of any group that one is in', () => {
  const members = [member('sales', 'ben'), member('books', 'ben'), member('books', 'cleo')];
  assert.deepEqual(readers(own([grant('#books', 'HR')], members), bens), ['ben']);
  assert.deepEqual(readers(own([grant('#sales', 'HR')], members), bens), ['ben']);
  const ended = [member('sales', 'ben', { until: TODAY })];
  assert.deepEqual(readers(own([grant('#sales', 'HR')], ended), bens), []);
  assert.deepEqual(readers(own([grant('ada', 'HR')], members), bens), [], 'of groups without any');
});

test('a user and a group of one name are two', () => {
  assert.deepEqual(readers(own([grant('#ben', 'HR')]), bens), []);
  assert.deepEqual(readers(own([grant('ada', 'HR')], [member('ada', 'ben')]), bens), []);
});

const notes = { rules: ['HR', 'Accounts'].map((role) => rule(role, 'Note')) };

test('each is told once, in the order of names, however often they may', () => {
  const grants = [
    ...[grant('cleo', 'HR'), grant('ada', 'HR'), grant('#sales', 'HR')],
    grant('ada', 'Accounts', { Company: ['UK'] }),
  ];
  const members = [member('sales', 'ben'), member('sales', 'ada')];
  const shares = [share('Note', 'N-1', 'cleo'), share('Note', 'N-2', 'dan')];
  assert.deepEqual(readers({ ...notes, grants, members, shares }), ['ada', 'ben', 'cleo']);
  const twice = [grants[1], grants[3]] as Grant[];
  assert.deepEqual(readers({ ...notes, grants: twice }), ['ada']);
  assert.deepEqual(readers({ ...notes, shares: shares.slice(1) }), []);
});

test('who may not act is not told, whatever they hold', () => {
  assert.deepEqual(readers({ ...notes, grants: [grant('gone', 'HR'), grant('ada', 'HR')] }), [
    'ada',
  ]);
  const members = [member('sales', 'gone'), member('sales', 'ben')];
  assert.deepEqual(readers({ ...notes, grants: [grant('#sales', 'HR')], members }), ['ben']);
  assert.deepEqual(readers({ ...notes, shares: [share('Note', 'N-1', 'gone')] }), []);
});

test('everyone is who signed in, guests are who did not, and the system is neither', () => {
  const everyone = ['ada', 'ben', 'cleo', 'dan'];
  assert.deepEqual(readers({ ...notes, grants: [grant('#Everyone', 'HR')] }), everyone);
  assert.deepEqual(readers({ ...notes, grants: [grant('#Guests', 'HR')] }), ['Guest']);
  assert.deepEqual(readers({ ...notes, grants: [grant('system:ledger', 'HR')] }), [
    'system:ledger',
  ]);
});

test('very many people are told as well, of whom a few may more than once', () => {
  const users = Array.from({ length: 70 }, (_, index) => `u${String(index).padStart(2, '0')}`);
  const grants = users.map((user) => grant(user, 'HR'));
  assert.deepEqual(readers({ ...notes, users, grants }), users);
  const more = [grant('u69', 'Accounts', { Company: ['UK'] }), grant('gone', 'HR')];
  assert.deepEqual(readers({ ...notes, users, grants: [...grants, ...more] }), users);
});
