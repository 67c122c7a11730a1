/** What there is not: every question about it has an answer, and the answer gives nothing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  decide,
  giversFor,
  isVisible,
  mayEver,
  waysOf,
  whoCan,
} from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const world = compileWorld(
  worldWith({
    rules: [rule('Employee', 'Note')],
    grants: [grant('ada', 'Employee'), grant('#Guests', 'Employee')],
    shares: [share('Note', 'NOTE-1', 'ben')],
    authorities: [
      {
        ...{ name: 'all', holder: { type: 'User', name: 'cleo' } as const, scope: [] },
        ...{ roles: ['*'], exceptRoles: [] },
      },
    ],
  }),
);
const note = { name: 'NOTE-1' };

test('nobody does anything to a doctype that there is not', () => {
  const ask = { action: 'read', doctype: 'Nothing', now: TODAY } as const;
  const principal = person('ada');
  assert.equal(decide(world, { ...ask, principal, document: note }).allowed, false);
  assert.equal(mayEver(world, { ...ask, principal }), false);
  assert.equal(isVisible(world, principal, 'Nothing', TODAY), false);
  assert.deepEqual(whoCan(world, { ...ask, document: note }), []);
  assert.deepEqual(giversFor(world, { ...ask, user: 'ada', document: note }), []);
});

test('and to one that there is, who may does', () => {
  const ask = { action: 'read', doctype: 'Note', now: TODAY } as const;
  assert.equal(mayEver(world, { ...ask, principal: person('ada') }), true);
  assert.equal(isVisible(world, person('ada'), 'Note', TODAY), true);
  assert.deepEqual(whoCan(world, { ...ask, document: note }), ['Guest', 'ada', 'ben']);
  assert.deepEqual(giversFor(world, { ...ask, user: 'ada', document: note }), [
    { holder: { type: 'User', name: 'cleo' }, roles: ['Employee'] },
  ]);
  const doctype = world.doctypes.get('Note');
  assert.ok(doctype);
  assert.equal(waysOf(world, person('ada'), 'read', doctype, TODAY).length, 1);
});

test('a world of thousands of people, whose rights fill more memory than there is at first', () => {
  const people = Array.from({ length: 3000 }, (_, index) => `person-${index}`);
  const many = compileWorld(
    worldWith({
      rules: [rule('Accounts', 'Company')],
      grants: people.map((name, index) =>
        grant(name, 'Accounts', { Company: [`C${index}`] }, { name: `grant-${index}` }),
      ),
    }),
  );
  const reads = (who: string, company: string) =>
    decide(many, {
      ...{ principal: person(who), action: 'read', doctype: 'Company', now: TODAY },
      document: { name: company },
    }).allowed;
  for (const [index, name] of people.entries()) {
    assert.ok(reads(name, `C${index}`), name);
    assert.ok(!reads(name, `C${(index + 1) % people.length}`), name);
  }
  // Those who asked first are still known.
  assert.ok(reads('person-0', 'C0') && !reads('person-0', 'C1'));
});
