/** What has been worked out of a principal: kept until something of theirs begins or ends. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NEVER } from '../../src/authz/filter.ts';
import {
  type CompiledWorld,
  compileWorld,
  decide,
  isVisible,
  listFilter,
  mayEver,
  type Principal,
  principalNamed,
  recompile,
} from '../../src/authz/index.ts';
import type { ProfileStore } from '../../src/authz/profile-store.ts';
import { profileOf } from '../../src/authz/profiles.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const NOTES = ['Accounts', 'HR'].map((role) => rule(role, 'Note'));
const NOTE = { name: 'N-1' };
const [ada, ben, ledger] = [person('ada'), person('ben'), principalNamed('system:ledger')];
const guest = principalNamed('Guest');

/** Every answer about a note of the one who asks, each of which may read what was kept. */
function answers(world: CompiledWorld, principal: Principal, now: number): boolean[] {
  const request = { principal, action: 'read' as const, doctype: 'Note', now };
  return [
    decide(world, { ...request, document: NOTE }).allowed,
    isVisible(world, principal, 'Note', now),
    mayEver(world, request),
    listFilter(world, request) !== NEVER,
  ];
}

const YES = [true, true, true, true];
const NO = [false, false, false, false];

test('INVARIANT (revoked-means-now) what was open through a share is closed when it ends', () => {
  const shares = [share('Note', 'N-1', 'ada', { from: TODAY, until: TODAY + DAY })];
  const world = compileWorld(worldWith({ shares }));
  assert.deepEqual(answers(world, ada, TODAY), YES);
  assert.deepEqual(answers(world, ada, TODAY + DAY), NO);
  assert.deepEqual(answers(world, ada, TODAY - 1), NO);
  assert.deepEqual(answers(world, ada, TODAY + DAY - 1), YES);
});

test('the same with a grant, and with a membership', () => {
  const lasting = { from: TODAY, until: TODAY + DAY };
  const grants = [grant('ada', 'HR', {}, lasting), grant('#hr', 'HR')];
  const members = [{ group: 'hr', user: 'ben', ...lasting }];
  const world = compileWorld(worldWith({ rules: NOTES, grants, members }));
  for (const principal of [ada, ben]) {
    assert.deepEqual(answers(world, principal, TODAY), YES);
    assert.deepEqual(answers(world, principal, TODAY + DAY), NO);
    assert.deepEqual(answers(world, principal, TODAY - 1), NO);
  }
});

test('a share stays beside a grant that ends', () => {
  const grants = [grant('ada', 'HR', {}, { until: TODAY + DAY })];
  const shares = [share('Note', 'N-1', 'ada')];
  const world = compileWorld(worldWith({ rules: NOTES, grants, shares }));
  assert.deepEqual(answers(world, ada, TODAY), YES);
  assert.deepEqual(answers(world, ada, TODAY + DAY), YES);
});

test('what is kept is found within its window, its first moment included', () => {
  const grants = [grant('ada', 'HR', {}, { from: TODAY, until: TODAY + DAY }), grant('ben', 'HR')];
  const world = compileWorld(worldWith({ rules: NOTES, grants }));
  assert.equal(world.profiles.find(ada, TODAY), undefined, 'nothing was asked yet');
  const place = profileOf(world, ada, TODAY + 1);
  assert.equal(world.profiles.find(ada, TODAY), place);
  assert.equal(world.profiles.find(ada, TODAY + DAY - 1), place);
  assert.equal(world.profiles.find(ada, TODAY - 1), undefined);
  assert.equal(world.profiles.find(ada, TODAY + DAY), undefined);
  const endless = profileOf(world, ben, TODAY);
  assert.equal(world.profiles.find(ben, 0), endless);
});

/** What is kept of everybody, after each was asked for. */
const everybody = [ada, ben, ledger, guest];
const keptIn = (profiles: ProfileStore): string[] =>
  everybody.filter((one) => profiles.find(one, TODAY) !== undefined).map(({ id }) => id);

function asked(): CompiledWorld {
  const world = compileWorld(worldWith({ rules: NOTES, grants: [grant('ada', 'HR')] }));
  for (const one of everybody) profileOf(world, one, TODAY);
  return world;
}

test('a change leaves what is kept of those whom it does not concern', () => {
  const world = asked();
  assert.deepEqual(keptIn(world.profiles), ['ada', 'ben', 'system:ledger', 'Guest']);
  const to = (...names: string[]) => {
    const added = names.map((name) => grant(name, 'HR'));
    return keptIn(recompile(world, { grants: { gone: [], added } }).profiles);
  };
  assert.deepEqual(to('ben'), ['ada', 'system:ledger', 'Guest']);
  assert.deepEqual(to('system:ledger', '#Guests'), ['ada', 'ben']);
  assert.deepEqual(to('#Everyone'), []);
  assert.deepEqual(to(), ['ada', 'ben', 'system:ledger', 'Guest']);
});

test('what is left takes room: after ten thousand that went, all is begun anew', () => {
  const { profiles } = asked();
  const names = (count: number) => new Set(Array.from({ length: count }, (_, one) => `n-${one}`));
  const [few, many] = [profiles.without(names(10_000)), profiles.without(names(10_001))];
  assert.deepEqual(keptIn(many), ['ada', 'ben', 'system:ledger', 'Guest']);
  assert.deepEqual(keptIn(few.without(new Set(['ada']))), ['ben', 'system:ledger', 'Guest']);
  assert.deepEqual(keptIn(many.without(new Set(['ada']))), []);
  assert.equal(many.without(new Set()), many);
});

test('of whom nothing was worked out, nothing is held', () => {
  assert.deepEqual(compileWorld(worldWith({})).profiles.scopesOf(ada), []);
});
