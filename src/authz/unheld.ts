/** What somebody holds at one moment and nobody at another: roles, and what rules let do. */
import { ACTIONS, type Action, actionBit } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import type { Dimension } from './dimension.ts';
import { speaksOfMe } from './field-of-me.ts';
import type { Filter } from './filter.ts';
import { type Way, wayBy } from './holdings.ts';
import { joinWays } from './join-ways.ts';
import { levelSet } from './levels.ts';
import {
  AT_ALL,
  axesOf,
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

/** What a way of a grant reaches, in whole, and so far as grants that stay do not reach it too. */
type Reach = { readonly grant: CompiledGrant; readonly box: Box; readonly alone: readonly Box[] };

/** Ways to one doctype by grants that change. */
type Place = {
  readonly doctype: CompiledDoctype;
  readonly axes: readonly Dimension[];
  /** Those that were there before, and reach what no grant that stays does. */
  readonly before: readonly Reach[];
  /** What a changing grant reaches of that. */
  readonly boxes: ReadonlyMap<CompiledGrant, readonly Box[]>;
};

/**
 * What is lost when grants change that somebody holds. A rule that speaks of `$me` is nobody's
 * duty: what one may do with one's own documents passes to nobody else. Of the actions, it names
 * exactly the documents that were reached before and are not any more.
 */
export class DutyLosses {
  private readonly lasting: ReadonlySet<string>;
  private readonly before: readonly CompiledGrant[];
  private readonly places: readonly Place[];

  /** `lasting` grants are held all the time; of those that change, some were held `before`. */
  constructor(
    world: CompiledWorld,
    lasting: readonly CompiledGrant[],
    changing: readonly CompiledGrant[],
    before: ReadonlySet<CompiledGrant>,
  ) {
    this.lasting = new Set(lasting.map(({ source }) => source.role));
    this.before = changing.filter((grant) => before.has(grant));
    this.places = [...world.doctypes.values()].flatMap((doctype) => {
      const place = placeOf(world, doctype, lasting, changing, before);
      return place.before.length > 0 ? [place] : [];
    });
  }

  /** What nobody holds when, of the changing grants, only these are held. */
  beside(held: ReadonlySet<CompiledGrant>): LostDuty[] {
    const kept = new Set([...held].map(({ source }) => source.role));
    const roles = new Set(this.before.map(({ source }) => source.role));
    const unheld = [...roles].filter((role) => !this.lasting.has(role) && !kept.has(role));
    return [
      ...unheld.map((role) => ({
        duty: { kind: 'role' as const, role },
        grants: this.before.filter(({ source }) => source.role === role),
      })),
      ...this.places.flatMap((place) => lostAt(place, held)),
    ];
  }
}

function lostAt({ doctype, axes, before, boxes }: Place, held: ReadonlySet<CompiledGrant>) {
  const lost = before.filter(({ grant }) => !held.has(grant));
  if (lost.length === 0) return [];
  const others = [...held].flatMap((grant) => boxes.get(grant) ?? []);
  const found: LostDuty[] = [];
  // Each way by itself, so that what is told of one does not change when another one ends.
  for (const { alone } of lost) {
    for (const box of cutAll(alone, others)) {
      const grants = lost.filter((one) => overlaps(box, one.box)).map(({ grant }) => grant);
      found.push({ duty: dutyOf(box, doctype, axes), grants: [...new Set(grants)] });
    }
    // What two of them brought is told once.
    others.push(...alone);
  }
  return found;
}

function placeOf(
  world: CompiledWorld,
  doctype: CompiledDoctype,
  lasting: readonly CompiledGrant[],
  changing: readonly CompiledGrant[],
  before: ReadonlySet<CompiledGrant>,
): Place {
  const axes = axesOf(doctype);
  const boxesOf = (ways: readonly Way[]): Box[] =>
    joinWays(ways, doctype).map((part) => boxOf(part, axes));
  const boxes = new Map(
    changing.map((grant) => [
      grant,
      waysBy(world, grant, doctype).flatMap((way) => boxesOf([way])),
    ]),
  );
  const gone = changing.filter((grant) => before.has(grant) && boxes.get(grant)?.length);
  const kept = gone.length > 0 ? lasting.flatMap((grant) => waysBy(world, grant, doctype)) : [];
  const others = boxesOf(kept);
  const reaches = gone
    .flatMap((grant) =>
      (boxes.get(grant) ?? []).map((box) => ({ grant, box, alone: cutAll([box], others) })),
    )
    .filter(({ alone }) => alone.length > 0);
  const matters = (box: Box): boolean =>
    reaches.some(({ alone }) => alone.some((own) => overlaps(own, box) !== null));
  const rivals = new Map([...boxes].map(([grant, all]) => [grant, all.filter(matters)]));
  return { doctype, axes, boxes: rivals, before: reaches };
}

function cutAll(boxes: readonly Box[], others: readonly Box[]): readonly Box[] {
  return others.reduce((pieces, other) => pieces.flatMap((piece) => cutBox(piece, other)), boxes);
}

function waysBy(world: CompiledWorld, grant: CompiledGrant, doctype: CompiledDoctype): Way[] {
  const rules = world.rules.get(grant.source.role)?.get(doctype.name) ?? [];
  return rules
    .filter(({ source }) => source.when === null || !speaksOfMe(source.when))
    .map((rule) => wayBy({ grant, member: null }, rule, doctype))
    .filter((way) => way.unnamed.length === 0);
}

function dutyOf(box: Box, doctype: CompiledDoctype, axes: readonly Dimension[]): ActionDuty {
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
