/** All documents of a doctype at once: what a principal may do with each group of them. */
import { actionBit, actionBits, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledRule, CompiledRules } from './compiled-grant.ts';
import type { Coverage } from './coverage.ts';
import type { DocumentGroups } from './document-groups.ts';
import type { HeldScope } from './held-scope.ts';
import { sharesOf } from './holdings.ts';
import type { Principal } from './principal.ts';
import { profileOf } from './profiles.ts';

/** Above the bits of actions stand those of the levels that are open for reading. */
export const LEVELS_SHIFT = 16;
const READ = actionBit('read');

/** Of one doctype, by role. */
export type RoleRules = ReadonlyMap<string, readonly CompiledRule[]>;

/** The rules for a doctype that are wanted. */
export function rulesFor(
  rules: CompiledRules,
  doctype: string,
  isWanted: (rule: CompiledRule) => boolean,
): RoleRules {
  const found = new Map<string, readonly CompiledRule[]>();
  for (const [role, byDoctype] of rules) {
    const own = byDoctype.get(doctype)?.filter(isWanted) ?? [];
    if (own.length > 0) found.set(role, own);
  }
  return found;
}

/**
 * By the place of a group: the actions that the principal may do at `now` (milliseconds since 1970
 * UTC) as bits, see `actionBit`, and above them the levels open for reading. Ceilings aside: it
 * says what people may do by their own right.
 */
export function marksOf(
  world: CompiledWorld,
  groups: DocumentGroups,
  principal: Principal,
  now: number,
): Int32Array {
  const marks = new Int32Array(groups.groups.length);
  const rules = rulesFor(world.rules, groups.doctype.name, () => true);
  markRules(world, rules, groups, principal, now, marks);
  markShares(world, groups, principal, now, marks);
  return marks;
}

/** Adds what these rules give the principal. */
export function markRules(
  world: CompiledWorld,
  rules: RoleRules,
  groups: DocumentGroups,
  principal: Principal,
  now: number,
  into: Int32Array,
): void {
  profileOf(world, principal, now);
  for (const scope of world.profiles.scopesOf(principal)) {
    for (const role of scope.roles) {
      for (const rule of rules.get(role) ?? []) {
        const coverages = coveragesOf(scope, rule, groups.doctype);
        if (coverages === null) continue;
        const levels = (rule.actionBits & READ) === 0 ? 0 : rule.levelBits << LEVELS_SHIFT;
        const part = { coverages, when: rule.source.when };
        groups.mark(part, rule.actionBits | levels, principal.id, into);
      }
    }
  }
}

/** Adds what is shared with the principal. */
export function markShares(
  world: CompiledWorld,
  groups: DocumentGroups,
  principal: Principal,
  now: number,
  into: Int32Array,
): void {
  for (const { document, actions } of sharesOf(world, principal, groups.doctype.name, now)) {
    const bits = actionBits(withImplied(actions));
    const levels = (bits & READ) === 0 ? 0 : 1 << LEVELS_SHIFT;
    groups.markNamed(document, bits | levels, into);
  }
}

/** By path, what must be covered; null where the scope leaves out what it must name. */
export function coveragesOf(
  scope: HeldScope,
  rule: CompiledRule,
  { compiledPaths }: CompiledDoctype,
): readonly (Coverage | null)[] | null {
  const isBound = rule.source.reach !== 'everything';
  const coverages: (Coverage | null)[] = [];
  for (const { slot, dimension } of compiledPaths) {
    const coverage = isBound ? (scope.coverages[slot] ?? null) : null;
    if (isBound && coverage === null && !rule.except.has(dimension.name)) return null;
    coverages.push(coverage);
  }
  return coverages;
}
