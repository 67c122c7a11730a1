/**
 * Separation of duties, asked of real people and real scopes: who could do two things that one
 * person should not, and for which values of a dimension.
 */
import { withImplied } from './actions.ts';
import { affectedBy } from './affected.ts';
import type { CompiledWorld, Holding } from './compiled.ts';
import { type Coverage, coveredValues } from './coverage.ts';
import { everyHolding, wayBy } from './holdings.ts';
import type { Change } from './preview.ts';
import { kindOf, type Principal } from './principal.ts';
import { commonSpans } from './spans.ts';
import { ANY_VALUE, BLANK_VALUE, type Duty, type Separation, type Validity } from './world.ts';

/** Somebody who could do both. */
export type Conflict = {
  /** The name of the rule that keeps the duties apart. */
  readonly rule: string;
  readonly effect: Separation['effect'];
  readonly user: string;
  /** Values of the rule's dimension for which they could do both; `*` is every one but blank. */
  readonly values: readonly string[] | 'everywhere';
  /** Grants and shares that give the first duty, and the second: one may give both. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** When both begin to hold, in milliseconds since 1970 UTC; null where they hold already. */
  readonly from: number | null;
};

/** Something that gives a duty: for which values (null for all), and when. */
type Source = { readonly name: string; readonly coverage: Coverage | null } & Validity;

/**
 * All conflicts that there are at `now` (milliseconds since 1970 UTC) or will be by what is
 * given already, by rule and then by person. `people` are all whom anything was given to, enabled
 * or not, unless others are named. Conditions of rules are taken to hold for some document, and a
 * document that does not carry the dimension belongs to every value of it; so does one that is
 * shared, since its values are not known here.
 */
export function conflictsOf(
  world: CompiledWorld,
  rules: readonly Separation[],
  now: number,
  people: readonly string[] = peopleOf(world),
): Conflict[] {
  const persons = people
    .filter((id) => kindOf(id) === 'user')
    .map((id): Principal => ({ id, kind: 'user', actor: null, ceilings: [] }))
    .map((principal) => ({ principal, holdings: everyHolding(world, principal) }));
  return rules.flatMap((rule) =>
    persons.flatMap(({ principal, holdings }) => {
      const sources = (duty: Duty): Source[] =>
        sourcesOf(world, principal, holdings, duty, rule.dimension);
      return conflictOf(world, rule, principal.id, sources(rule.first), sources(rule.second), now);
    }),
  );
}

/** Conflicts that the change makes: of people who had none by the rule, or for fewer values. */
export function conflictsMade(
  { before, after, change }: Change,
  rules: readonly Separation[],
  now: number,
): Conflict[] {
  const { principals } = affectedBy(before, change);
  const people = principals === null ? peopleOf(after) : [...principals].sort();
  const known = conflictsOf(before, rules, now, people);
  return conflictsOf(after, rules, now, people).filter(
    (made) =>
      !known.some((old) => old.rule === made.rule && old.user === made.user && isWithin(made, old)),
  );
}

function isWithin({ values }: Conflict, { values: known }: Conflict): boolean {
  if (known === 'everywhere') return true;
  if (values === 'everywhere') return false;
  return values.every(
    (value) => known.includes(value) || (value !== BLANK_VALUE && known.includes(ANY_VALUE)),
  );
}

/** Everybody to whom anything is given by name, and all who may act. In the order of names. */
function peopleOf({ source }: CompiledWorld): readonly string[] {
  const names = new Set([
    ...source.users,
    ...source.grants.flatMap(({ grantee }) => (grantee.type === 'User' ? [grantee.name] : [])),
    ...source.members.map(({ user }) => user),
    ...source.shares.map(({ user }) => user),
  ]);
  return [...names].sort();
}

function sourcesOf(
  world: CompiledWorld,
  principal: Principal,
  holdings: readonly Holding[],
  { doctype: name, action }: Duty,
  dimension: string | null,
): Source[] {
  const doctype = world.doctypes.get(name);
  if (!doctype) return [];
  const granted = holdings.flatMap((holding) => {
    const { source } = holding.grant;
    const rules = world.rules.get(source.role)?.get(name) ?? [];
    return rules
      .filter(({ actions }) => actions.has(action))
      .map((rule) => wayBy(holding, rule, doctype))
      .filter(({ unnamed }) => unnamed.length === 0)
      .map(({ tests }): Source => {
        const test = tests.find(({ path }) => path.dimension.name === dimension);
        const coverage = test?.coverage ?? null;
        return { name: source.name, coverage, ...overlap(source, holding.member ?? ALWAYS) };
      });
  });
  const shares = world.shares.get(principal.id)?.get(name) ?? [];
  const shared = shares
    .filter((share) => withImplied(share.actions).has(action))
    .map(({ name: share, from, until }): Source => ({ name: share, coverage: null, from, until }));
  return [...granted, ...shared];
}

const ALWAYS: Validity = { from: null, until: null };

function conflictOf(
  world: CompiledWorld,
  rule: Separation,
  user: string,
  firsts: readonly Source[],
  seconds: readonly Source[],
  now: number,
): Conflict[] {
  const pairs = firsts.flatMap((first) =>
    seconds.flatMap((second) => {
      const time = overlap(first, second);
      const isOver = time.until !== null && (time.until <= now || time.until <= (time.from ?? now));
      const values = commonValues(world, rule.dimension, first.coverage, second.coverage);
      return isOver || values.length === 0 ? [] : [{ first, second, values, from: time.from }];
    }),
  );
  if (pairs.length === 0) return [];
  const values = [...new Set(pairs.flatMap((pair) => pair.values))].sort();
  const starts = pairs.map(({ from }) => Math.max(from ?? now, now));
  const start = Math.min(...starts);
  return [
    {
      ...{ rule: rule.name, effect: rule.effect, user },
      values: values.includes(ANY_VALUE) && values.includes(BLANK_VALUE) ? 'everywhere' : values,
      first: [...new Set(pairs.map(({ first }) => first.name))].sort(),
      second: [...new Set(pairs.map(({ second }) => second.name))].sort(),
      from: start > now ? start : null,
    },
  ];
}

/** The time in which both hold. It may be none at all. */
function overlap(one: Validity, other: Validity): Validity {
  const froms = [one.from, other.from].filter((moment) => moment !== null);
  const untils = [one.until, other.until].filter((moment) => moment !== null);
  return {
    from: froms.length === 0 ? null : Math.max(...froms),
    until: untils.length === 0 ? null : Math.min(...untils),
  };
}

/** Values that both cover, by the words of a scope. */
function commonValues(
  world: CompiledWorld,
  dimension: string | null,
  one: Coverage | null,
  other: Coverage | null,
): string[] {
  const [a, b] = [one ?? EVERY_VALUE, other ?? EVERY_VALUE];
  const blank = a.blank && b.blank ? [BLANK_VALUE] : [];
  if (a.any && b.any) return [ANY_VALUE, ...blank];
  const known = dimension === null ? undefined : world.dimensions.get(dimension);
  return [...blank, ...coveredValues(a.any ? b : b.any ? a : commonNamed(a, b), known)];
}

/** Of grants, which name no value that the world does not number. */
function commonNamed(one: Coverage, other: Coverage): Coverage {
  return { ...one, spans: commonSpans(one.spans, other.spans) };
}

const EVERY_VALUE: Coverage = {
  any: true,
  blank: true,
  spans: new Int32Array(),
  strangers: new Set(),
};
