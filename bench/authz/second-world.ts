/**
 * A second world with all that the first leaves out: field levels, conditions, exceptions, shares,
 * grants that end, tokens with ceilings, and a dimension of 100,000 customers. CASL is given what
 * it can express: conditions on fields, rules made for this moment, a second ability for a token.
 */
import assert from 'node:assert/strict';
import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import {
  type Action,
  compileWorld,
  decide,
  type Grant,
  isValid,
  type Principal,
  type Rule,
  type World,
  withImplied,
} from '../../src/authz/index.ts';
import { referenceDecide, referenceLevels } from '../../test/model/reference.ts';
import { compared, type Result } from '../support/benchmark.ts';
import { cpuOf } from './cpu.ts';
import {
  ACTIONS,
  type Case,
  makeSecondWorld,
  NOW,
  type SecondDocument,
} from './second-workload.ts';

const ROUNDS = 15;
/** At most this part of CASL's CPU. */
const OF_CASL_MAX = 1 / 3;
const CHECKED_BY_REFERENCE = 150;

type Check = (one: Case) => boolean;

/** The kernel against CASL, after both agreed on every request. */
export function secondWorldResults(seed: number): Result[] {
  const { world, principals, cases } = makeSecondWorld(seed);
  const kernel = kernelCheck(world);
  const casl = caslCheck(world, principals);
  let allowed = 0;
  for (const [index, one] of cases.entries()) {
    const answer = kernel(one);
    if (answer) allowed += 1;
    assert.equal(casl(one), answer, `CASL disagrees: ${JSON.stringify(one)}`);
    if (index < CHECKED_BY_REFERENCE) assert.equal(byReference(world, one), answer);
  }
  assert.ok(allowed > cases.length / 20 && allowed < cases.length / 2, String(allowed));
  const rounds: [number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [ours = 0, theirs = 0] = [kernel, casl].map((check) => {
      let count = 0;
      const cpu = cpuOf(() => {
        for (const one of cases) if (check(one)) count += 1;
      });
      assert.equal(count, allowed);
      return cpu / cases.length;
    });
    if (round > 0) rounds.push([ours, theirs]);
  }
  return [compared('CPU of a check in the second world', 'ns', 'CASL', rounds, OF_CASL_MAX)];
}

function kernelCheck(world: World): Check {
  const compiled = compileWorld(world);
  return ({ principal, action, document, level }) => {
    const decision = decide(compiled, {
      principal,
      action,
      doctype: document.doctype,
      document,
      now: NOW,
    });
    return decision.allowed && (level === null || decision.levels.has(level));
  };
}

function byReference(world: World, { principal, action, document, level }: Case): boolean {
  const { branches: _, ...values } = document;
  const question = { principal, action, doctype: document.doctype, document: values, now: NOW };
  if (!referenceDecide(world, question)) return false;
  return level === null || referenceLevels(world, question).has(level);
}

function caslCheck(world: World, principals: readonly Principal[]): Check {
  const rules = Map.groupBy(world.rules, ({ role }) => role);
  const grants = Map.groupBy(
    world.grants.filter((grant) => isValid(grant, NOW)),
    ({ grantee }) => grantee.name,
  );
  const shares = Map.groupBy(
    world.shares.filter((share) => isValid(share, NOW)),
    ({ user }) => user,
  );
  const made = principals.map((principal): readonly MongoAbility[] => {
    const own = (grants.get(principal.id) ?? []).flatMap((grant) =>
      (rules.get(grant.role) ?? []).flatMap((rule) => caslRules(world, grant, rule, principal.id)),
    );
    const shared = (shares.get(principal.id) ?? []).map(
      ({ doctype, document, actions }): RawRuleOf<MongoAbility> => ({
        ...{ action: [...withImplied(actions)], subject: doctype, fields: ['0'] },
        conditions: { name: document },
      }),
    );
    const person = abilityOf([...own, ...shared]);
    return [person, ...principal.ceilings.map((ceiling) => tokenAbility(world, ceiling))];
  });
  const byPrincipal = new Map(principals.map((principal, index) => [principal, made[index]]));
  // As long as the person is at hand, so are their abilities: no look-up is counted against CASL.
  const held = new WeakMap<Case, readonly MongoAbility[]>();
  return (one) => {
    let abilities = held.get(one);
    if (!abilities) {
      abilities = byPrincipal.get(one.principal) ?? [];
      held.set(one, abilities);
    }
    const [person, ...tokens] = abilities as readonly [MongoAbility, ...MongoAbility[]];
    const subject = one.document as never;
    const isOpen =
      one.level === null
        ? person.can(one.action, subject)
        : person.can(one.action, subject, String(one.level));
    return isOpen && tokens.every((token) => token.can(one.action, subject));
  };
}

function caslRules(
  world: World,
  { scope }: Grant,
  rule: Rule,
  me: string,
): RawRuleOf<MongoAbility>[] {
  const conditions: Record<string, unknown> = {};
  for (const { dimension, path } of pathsOf(world, rule.doctype)) {
    const named = scope.filter((entry) => entry.dimension === dimension);
    if (named.length === 0) {
      if (rule.except.includes(dimension)) continue;
      return [];
    }
    const values = named.map(({ value }) => value);
    if (values.includes('*')) conditions[path] = { $ne: null };
    else conditions[path === 'branch' ? 'branches' : path] = { $in: values };
  }
  const { when } = rule;
  if (when?.kind === 'is-me') conditions['owner'] = me;
  if (when?.kind === 'one-of') conditions['docstatus'] = { $in: [...when.values] };
  if (when?.kind === 'compare') conditions['amount'] = { $lt: when.value };
  const base = {
    ...{ action: [...withImplied(rule.actions)], subject: rule.doctype },
    fields: rule.levels.map(String),
  };
  return [Object.keys(conditions).length > 0 ? { ...base, conditions } : base];
}

function tokenAbility(
  world: World,
  { actions = ACTIONS, scope = [] }: Principal['ceilings'][number],
) {
  const values = scope.map(({ value }) => value);
  return abilityOf(
    world.doctypes.map(({ name }): RawRuleOf<MongoAbility> => {
      const isLimited = pathsOf(world, name).some(({ dimension }) => dimension === 'Company');
      const base = { action: [...withImplied(actions as Action[])], subject: name };
      return isLimited ? { ...base, conditions: { company: { $in: values } } } : base;
    }),
  );
}

function abilityOf(rules: RawRuleOf<MongoAbility>[]): MongoAbility {
  return createMongoAbility(rules, {
    detectSubjectType: (subject) =>
      typeof subject === 'string' ? subject : (subject as unknown as SecondDocument).doctype,
  });
}

function pathsOf(world: World, doctype: string) {
  return world.doctypes.find(({ name }) => name === doctype)?.paths ?? [];
}
