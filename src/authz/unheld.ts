/** What somebody holds at one moment and nobody at another: roles, and what rules let people do. */
import { ACTIONS, type Action, actionBit } from './actions.ts';
import type { CompiledGrant, CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { Filter } from './filter.ts';
import { type Way, wayBy } from './holdings.ts';
import { joinWays } from './join-ways.ts';
import { levelSet } from './levels.ts';
import {
  AT_ALL,
  type Axis,
  type Box,
  boxOf,
  cutBox,
  type NamedValues,
  namesOf,
  overlaps,
} from './region.ts';

/** Somebody holds the role, within whatever scope. */
export type RoleDuty = { readonly kind: 'role'; readonly role: string };

/** Somebody may do these actions on documents of a doctype that lie here. */
export type ActionDuty = {
  readonly kind: 'action';
  readonly doctype: string;
  readonly actions: readonly Action[];
  /** They cannot be done at all; else they can, but fields of the levels would be closed. */
  readonly wholly: boolean;
  /** Field levels that would be open to nobody. */
  readonly levels: readonly number[];
  /** By dimension path; one that does not matter is absent. */
  readonly within: readonly (NamedValues & { readonly dimension: string; readonly path: string })[];
  /** Only documents that meet this; null is all of them. */
  readonly when: Filter | null;
};

/** A duty that is lost, and the grants that brought it. */
export type LostDuty = {
  readonly duty: RoleDuty | ActionDuty;
  readonly grants: readonly CompiledGrant[];
};

/**
 * What the grants of `before` bring and those of `after` do not. A rule that speaks of `$me` is
 * nobody's duty: what one may do with one's own documents passes to nobody else. Of the actions,
 * it names exactly the documents that are reached before and not after.
 */
export function lostDuties(
  world: CompiledWorld,
  before: ReadonlySet<CompiledGrant>,
  after: ReadonlySet<CompiledGrant>,
): LostDuty[] {
  const lost = [...before].filter((grant) => !after.has(grant));
  if (lost.length === 0) return [];
  const roles = new Set([...after].map(({ source }) => source.role));
  const unheld = [...new Set(lost.map(({ source }) => source.role))].filter((r) => !roles.has(r));
  return [
    ...unheld.map((role) => ({
      duty: { kind: 'role' as const, role },
      grants: lost.filter(({ source }) => source.role === role),
    })),
    ...[...world.doctypes.values()].flatMap((doctype) => lostOf(world, doctype, lost, after)),
  ];
}

function lostOf(
  world: CompiledWorld,
  doctype: CompiledDoctype,
  lost: readonly CompiledGrant[],
  after: ReadonlySet<CompiledGrant>,
): LostDuty[] {
  const gone = lost.flatMap((grant) => waysBy(world, grant, doctype));
  if (gone.length === 0) return [];
  const axes = doctype.compiledPaths.map(
    ({ dimension }): Axis => ({
      dimension,
      isTree: world.source.trees.some((tree) => tree.dimension === dimension.name),
    }),
  );
  const kept = [...after].flatMap((grant) => waysBy(world, grant, doctype));
  const others = joinWays(kept, doctype).map((part) => boxOf(part, axes));
  // Each way by itself, so that what is told of one does not change when another one ends.
  const each = gone.map((way) => ({
    grant: way.holding.grant,
    boxes: joinWays([way], doctype).map((part) => boxOf(part, axes)),
  }));
  const found: LostDuty[] = [];
  for (const { boxes } of each) {
    const left = others.reduce<readonly Box[]>(
      (pieces, other) => pieces.flatMap((piece) => cutBox(piece, other)),
      boxes,
    );
    for (const box of left) {
      const grants = each
        .filter((one) => one.boxes.some((own) => overlaps(box, own) !== null))
        .map(({ grant }) => grant);
      found.push({ duty: dutyOf(box, doctype, axes), grants: [...new Set(grants)] });
    }
    // What two of them brought is told once.
    others.push(...boxes);
  }
  return found;
}

function waysBy(world: CompiledWorld, grant: CompiledGrant, doctype: CompiledDoctype): Way[] {
  const rules = world.rules.get(grant.source.role)?.get(doctype.name) ?? [];
  return rules
    .filter(({ source }) => source.when === null || !speaksOfMe(source.when))
    .map((rule) => wayBy({ grant, member: null }, rule, doctype))
    .filter((way) => way.unnamed.length === 0);
}

function speaksOfMe(condition: Filter): boolean {
  if (condition.kind === 'every' || condition.kind === 'some') return condition.of.some(speaksOfMe);
  if (condition.kind === 'not') return speaksOfMe(condition.of);
  return condition.kind === 'is-me';
}

function dutyOf(box: Box, doctype: CompiledDoctype, axes: readonly Axis[]): ActionDuty {
  const within = doctype.compiledPaths.flatMap(({ path, dimension }, index) => {
    const [values, axis] = [box.values[index], axes[index]];
    const names = values && axis ? namesOf(values, axis) : null;
    return names ? [{ dimension: dimension.name, path, ...names }] : [];
  });
  return {
    kind: 'action',
    doctype: doctype.name,
    actions: ACTIONS.filter((action) => (box.actions & actionBit(action)) !== 0),
    wholly: (box.levels & AT_ALL) !== 0,
    levels: [...levelSet(box.levels)],
    within,
    when: box.when.kind === 'always' ? null : box.when,
  };
}
