/** All documents of a doctype at once: what a principal may do with each group of them. */
import { actionBit, actionBits, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledRule } from './compiled-grant.ts';
import type { Coverage } from './coverage.ts';
import type { DocumentGroups } from './document-groups.ts';
import type { HeldScope } from './held-scope.ts';
import { sharesOf } from './holdings.ts';
import type { Principal } from './principal.ts';
import { profileOf } from './profiles.ts';

/** Above the bits of actions stand those of the levels that are open for reading. */
export const LEVELS_SHIFT = 16;
const READ = actionBit('read');

/**
 * By group: the actions that the principal may do at `now` (milliseconds since 1970 UTC) as bits,
 * see `actionBit`, and above them the levels open for reading. Ceilings aside: it says what people
 * may do by their own right.
 */
export function marksOf(
  world: CompiledWorld,
  groups: DocumentGroups,
  principal: Principal,
  now: number,
): Int32Array {
  const marks = new Int32Array(groups.groups.length);
  profileOf(world, principal, now);
  for (const scope of world.profiles.scopesOf(principal)) {
    for (const role of scope.roles) {
      for (const rule of world.rules.get(role)?.get(groups.doctype.name) ?? []) {
        const coverages = coveragesOf(scope, rule, groups.doctype);
        if (coverages === null) continue;
        const levels = (rule.actionBits & READ) === 0 ? 0 : rule.levelBits << LEVELS_SHIFT;
        const part = { coverages, when: rule.source.when };
        groups.mark(part, rule.actionBits | levels, principal.id, marks);
      }
    }
  }
  for (const { document, actions } of sharesOf(world, principal, groups.doctype.name, now)) {
    const bits = actionBits(withImplied(actions));
    const levels = (bits & READ) === 0 ? 0 : 1 << LEVELS_SHIFT;
    groups.markNamed(document, bits | levels, marks);
  }
  return marks;
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
