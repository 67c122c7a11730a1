/**
 * Who can, asked of all documents of a doctype at once: by which grants and shares, how many
 * documents, and of whom.
 */
import { type Action, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRule } from './compiled-grant.ts';
import type { Coverage } from './coverage.ts';
import type { Witness } from './decide.ts';
import type { DocumentGroups } from './document-groups.ts';
import { speaksOfMe } from './field-of-me.ts';
import { sharesOf, type Way, waysOf } from './holdings.ts';
import { type Principal, principalNamed } from './principal.ts';
import { axesOf, boxOf, type NamedValues, namesOf } from './region.ts';

export type ReachQuestion = {
  readonly action: Action;
  /** Only who may do it to fields of this level. */
  readonly level?: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
};

/** What one grant with one rule, or one share, reaches. */
export type ReachBy = { readonly witness: Witness; readonly groups: readonly number[] };

/** What somebody reaches: numbers of document groups, ascending, each by one witness or more. */
export type Reach = {
  readonly principal: string;
  readonly by: readonly ReachBy[];
  readonly groups: readonly number[];
};

/**
 * Everybody who may do the action on at least one document of the groups, in the order of their
 * names; or of `names` only. By their own right, as `whoCan` has it: a person is told exactly if
 * `decide` says yes about some document, with all those documents. INVARIANT (one-truth)
 */
export function reachesOf(
  world: CompiledWorld,
  groups: DocumentGroups,
  question: ReachQuestion,
  names: readonly string[] = world.population().names,
): Reach[] {
  const known = new KnownWays(groups);
  return names.flatMap((name) => {
    const principal = principalNamed(name);
    const by = [
      ...byGrants(world, groups.doctype, principal, question, known),
      ...byShares(world, groups, principal, question),
    ];
    if (by.length === 0) return [];
    return [{ principal: name, by, groups: unionOf(by) }];
  });
}

function byGrants(
  world: CompiledWorld,
  doctype: CompiledDoctype,
  principal: Principal,
  { action, level, now }: ReachQuestion,
  known: KnownWays,
): ReachBy[] {
  // Whoever is in a group twice holds its grants once.
  const told = new Set<string>();
  return waysOf(world, principal, action, doctype, now).flatMap((way) => {
    const key = JSON.stringify([way.holding.grant.source.name, way.rule.source.name]);
    if (told.has(key)) return [];
    told.add(key);
    if (level !== undefined && !way.rule.levels.has(level)) return [];
    const groups = known.reachedBy(way, principal.id);
    return groups.length === 0 ? [] : [{ witness: { kind: 'grant' as const, way }, groups }];
  });
}

function byShares(
  world: CompiledWorld,
  groups: DocumentGroups,
  principal: Principal,
  { action, level = 0, now }: ReachQuestion,
): ReachBy[] {
  if (level !== 0) return [];
  return sharesOf(world, principal, groups.doctype.name, now).flatMap((share) => {
    if (!withImplied(share.actions).has(action)) return [];
    const named = groups.named(share.document);
    return named.length === 0
      ? []
      : [{ witness: { kind: 'share' as const, share }, groups: named }];
  });
}

function unionOf(by: readonly ReachBy[]): readonly number[] {
  const [first, ...others] = by;
  if (first && others.length === 0) return first.groups;
  const all = new Set(by.flatMap(({ groups }) => groups));
  return [...all].sort((a, b) => a - b);
}

/** What ways reach, worked out once for a whole group where that is the same for all of it. */
export class KnownWays {
  private readonly groups: DocumentGroups;
  private readonly known = new Map<CompiledGrant, Map<CompiledRule, readonly number[]>>();

  constructor(groups: DocumentGroups) {
    this.groups = groups;
  }

  /** Numbers of the groups of documents that the way reaches for `me`, ascending. */
  reachedBy(way: Way, me: string): readonly number[] {
    const { rule, holding } = way;
    if (way.unnamed.length > 0) return [];
    if (rule.source.when !== null && speaksOfMe(rule.source.when)) return this.reached(way, me);
    const own = this.known.get(holding.grant) ?? new Map<CompiledRule, readonly number[]>();
    this.known.set(holding.grant, own);
    const found = own.get(rule) ?? this.reached(way, me);
    own.set(rule, found);
    return found;
  }

  private reached(way: Way, me: string): readonly number[] {
    const part = { coverages: coveragesOf(way, this.groups.doctype), when: way.rule.source.when };
    return this.groups.reachedBy(part, me).sort((a, b) => a - b);
  }
}

function coveragesOf({ tests }: Way, { compiledPaths }: CompiledDoctype): (Coverage | null)[] {
  return compiledPaths.map((path) => tests.find((test) => test.path === path)?.coverage ?? null);
}

/** What a way covers on one dimension path; null is everything, blank values included. */
export type Cover = {
  readonly dimension: string;
  readonly path: string;
  readonly names: NamedValues | null;
};

/** What a way covers, by the doctype's paths: subtrees by the name of their top. */
export function coversOf(doctype: CompiledDoctype, way: Way): Cover[] {
  const axes = axesOf(doctype);
  const coverages = coveragesOf(way, doctype);
  const box = boxOf({ actions: 0, levels: 0, when: null, coverages }, axes);
  return doctype.compiledPaths.map(({ dimension, path }, index) => {
    const [values, axis] = [box.values[index], axes[index]];
    const names = values && axis ? namesOf(values, axis) : null;
    return { dimension: dimension.name, path, names };
  });
}
