/**
 * What a rule puts into its role, measured against what roles can do already. Whoever may give
 * some roles only must not put into one of them what none of them holds: they could give it then.
 */
import { type Action, withImplied } from './actions.ts';
import { hasRole, isScopeWithin } from './authority.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledRule } from './compiled-grant.ts';
import type { Filter } from './filter.ts';
import type { PowerGain } from './gain.ts';
import { ANY_VALUE, type GrantingAuthority, type Rule } from './world.ts';

/** One action of a rule: at all where the level is null, or on fields of one level. */
type Power = {
  readonly doctype: string;
  readonly action: Action;
  readonly level: number | null;
  readonly isWithin: boolean;
  readonly except: readonly string[];
  readonly when: Filter | null;
};

/** True where the rule does everything, wherever its role is held, that the other one does. */
function coversRule(
  world: CompiledWorld,
  rule: CompiledRule,
  other: Omit<Rule, 'name' | 'role'>,
): boolean {
  return powersOf(other).every((power) => holdsPower(world, rule, power));
}

/** True where some rule of the role has been in force that covers this one. */
export function roleCovers(world: CompiledWorld, role: string, rule: Rule): boolean {
  const rules = world.rules.get(role)?.get(rule.doctype) ?? [];
  return rules.some((one) => coversRule(world, one, rule));
}

/**
 * A power as the gain of its role. `opened` are dimensions whose values kept documents away from
 * the rule, and do so no longer.
 */
export function powerGain(
  world: CompiledWorld,
  power: Rule,
  opened: readonly string[] = [],
): PowerGain {
  const scopes = authoritiesEmpowered(world, power, opened).map(({ scope }) => scope);
  return { power, opened, scopes };
}

/**
 * True where somebody with the authority could give all that the rule does by other roles, and in
 * `opened` dimensions whatever the values are. One over every role gives also what no role can do
 * yet, but nothing that a role holds which it leaves out, unless another one holds it too.
 */
export function couldGive(
  world: CompiledWorld,
  authority: GrantingAuthority,
  rule: Rule,
  opened: readonly string[],
): boolean {
  const limits = authority.scope.filter(({ dimension }) => opened.includes(dimension));
  if (!isScopeWithin(world, [], limits)) return false;
  const rules = [...world.rules].flatMap(([role, byDoctype]) =>
    (byDoctype.get(rule.doctype) ?? []).map((one) => ({ role, one })),
  );
  const isGivable = (role: string): boolean => hasRole(authority, { role });
  const givable = rules.filter(({ role }) => isGivable(role));
  const others = rules.filter(({ role }) => !isGivable(role));
  const isGiven = (power: Power): boolean =>
    givable.some(({ one }) => holdsPower(world, one, power));
  return powersOf(rule).every((power) => {
    if (isGiven(power)) return true;
    if (!authority.roles.includes(ANY_VALUE)) return false;
    return others.every(({ one }) => {
      const common = commonPower(one, power);
      return common === null || isGiven(common);
    });
  });
}

/**
 * Authorities that are worth more once the rule is in force: they are over its role, and could not
 * give the same by another role, nor their holder by another authority of theirs.
 */
function authoritiesEmpowered(
  world: CompiledWorld,
  rule: Rule,
  opened: readonly string[],
): GrantingAuthority[] {
  const able = world.authorities.filter((authority) => couldGive(world, authority, rule, opened));
  return world.authorities.filter(
    (authority) =>
      hasRole(authority, { role: rule.role }) &&
      !able.some(
        ({ holder, scope }) =>
          holder.type === authority.holder.type &&
          holder.name === authority.holder.name &&
          isScopeWithin(world, authority.scope, scope),
      ),
  );
}

function powersOf(rule: Omit<Rule, 'name' | 'role'>): Power[] {
  const { doctype, except, when } = rule;
  const levels = [null, ...rule.levels];
  const isWithin = rule.reach !== 'everything';
  return [...withImplied(rule.actions)].flatMap((action) =>
    levels.map((level) => ({ doctype, action, level, isWithin, except, when })),
  );
}

/** Of a rule for the power's doctype. */
function holdsPower(world: CompiledWorld, rule: CompiledRule, power: Power): boolean {
  const { source } = rule;
  if (!rule.actions.has(power.action)) return false;
  if (power.level !== null && !rule.levels.has(power.level)) return false;
  if (source.when !== null && !isSame(source.when, power.when)) return false;
  if (source.reach === 'everything') return true;
  const carried = (world.doctypes.get(power.doctype)?.paths ?? []).map(
    ({ dimension }) => dimension,
  );
  if (!power.isWithin) return carried.length === 0;
  return carried.every(
    (dimension) => rule.except.has(dimension) || !power.except.includes(dimension),
  );
}

/** What a rule for the same doctype has in common with the power, as a power; null for nothing. */
function commonPower(rule: CompiledRule, power: Power): Power | null {
  const { source } = rule;
  if (!rule.actions.has(power.action)) return null;
  if (power.level !== null && !rule.levels.has(power.level)) return null;
  const isWithin = power.isWithin || source.reach !== 'everything';
  const except =
    source.reach === 'everything'
      ? power.except
      : source.except.filter((one) => !power.isWithin || power.except.includes(one));
  return { ...power, isWithin, except, when: power.when ?? source.when };
}

function isSame(one: Filter, other: Filter | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
