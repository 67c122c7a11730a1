import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  decide,
  isVisible,
  judgeGains,
  kindOf,
  openLevels,
  type Principal,
  type RoleGain,
  type World,
} from '../../src/authz/index.ts';
import { randomChanges } from '../model/random-gains.ts';
import { type Asked, questionsOf, referenceRefusal } from './agreement.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

test('INVARIANT (no-self-gain): gains are judged as the reference judges them', (t) => {
  const census = new Census();
  holdsForAll(t, 1500, randomChanges, (change) => {
    const { sample, actor, gains } = change;
    const refusal = judgeGains(compileWorld(sample.world), person(actor), gains, sample.now);
    assert.equal(refusal, referenceRefusal(change));
    census.count(refusal ?? 'given');
    if (refusal === null && gains.some(({ scope }) => scope.some((one) => one.descendants)))
      census.count('given with descendants');
    if (refusal !== 'self_gain') return;
    const byMembership = gains.find(({ grantee }) => grantee.type === 'Group');
    if (byMembership) census.count('self_gain by group');
  });
  census.requires(t, {
    given: 30,
    'given with descendants': 8,
    self_gain: 300,
    'self_gain by group': 100,
    outside_authority: 800,
  });
});

test('INVARIANT (no-self-gain): what may be given adds nothing to the access of who gave it', (t) => {
  const census = new Census();
  holdsForAll(t, 1000, randomChanges, ({ sample, actor, gains }) => {
    const { world, now } = sample;
    if (judgeGains(compileWorld(world), person(actor), gains, now) !== null) return;
    // Nobody is a guest by name: that is no user.
    if (gains.some(({ grantee }) => grantee.name === 'Guest')) return;
    // Whoever signs out is a guest, so what guests gain is the actor's too.
    const isOwn = ({ id, kind }: Principal): boolean => id === actor || kind === 'guest';
    const own = { ...sample, principals: sample.principals.filter(isOwn) };
    const others = { ...sample, principals: sample.principals.filter((one) => !isOwn(one)) };
    const after = withGains(world, gains);
    // A membership of the actor's may begin or end later: what was given must not count then.
    for (const later of [-5, 0, 1, 120_000]) {
      const asked = questionsOf(own, ['read', 'write', 'create']);
      const questions = asked.map((question) => ({ ...question, now: now + later }));
      assert.deepEqual(accessIn(after, questions), accessIn(world, questions));
      census.count('judged', questions.length);
    }
    const questions = questionsOf(others, ['read', 'write', 'create']);
    const gained = accessIn(after, questions).length > accessIn(world, questions).length;
    census.count(gained ? 'others gained' : 'nobody gained');
  });
  census.requires(t, { judged: 300, 'others gained': 2 });
});

function person(id: string): Principal {
  return { id, kind: kindOf(id), actor: null, ceilings: [] };
}

function withGains(world: World, gains: readonly RoleGain[]): World {
  const given = gains.flatMap(({ grantee, role, exceptRoles = [], scope }, index) => {
    const roles = world.roles.map(({ name }) => name).filter((name) => !exceptRoles.includes(name));
    return (role === '*' ? roles : [role]).map((one) => ({
      ...{ name: `given-${index}-${one}`, grantee, role: one, scope },
      ...{ from: null, until: null, request: null },
    }));
  });
  return { ...world, grants: [...world.grants, ...given] };
}

function accessIn(world: World, questions: readonly Asked[]): string[] {
  const compiled = compileWorld(world);
  return questions.flatMap((question, index) => {
    const { principal, doctype, now } = question;
    const decision = decide(compiled, question);
    const levels = [...openLevels(decision)].sort().map((level) => `${index} level ${level}`);
    const visible = isVisible(compiled, principal, doctype, now) ? [`${index} visible`] : [];
    return [...(decision.allowed ? [`${index}`] : []), ...levels, ...visible];
  });
}
