/**
 * Which other grants give what a grant gives on all documents that could ever be, for as long as
 * it is valid: told by what grants reach, and not by the documents that there are.
 */
import type { CompiledWorld, Holding } from './compiled.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { grouped } from './grouped.ts';
import { everyHolding } from './holdings.ts';
import { holdsRows, type LastingBox, lastingBoxes } from './lasting-reach.ts';
import { EVERYONE, GUEST, GUESTS, type Principal, principalNamed } from './principal.ts';
import { cutBox, overlaps } from './region.ts';
import type { Grant, Validity } from './world.ts';

/** A proof that takes more than this is given up: then nothing is claimed. */
const PIECES_MAX = 2000;

type Span = { readonly from: number; readonly until: number };
/** A grant as somebody holds it, and when they do. */
type Lasting = Span & { readonly grant: CompiledGrant };

/**
 * Names of the grants, few rather than many; null where nothing is proven. None at all where the
 * grant reaches nothing. Shares are of single documents and cover none that come. A new value in
 * a tree counts as one that could be, and so do new people where everybody holds the grant; new
 * rules, moves in trees and new members of groups do not, as they change permissions.
 */
export function coverForEver(
  world: CompiledWorld,
  grant: Grant,
  of: Principal | null,
  now: number,
): string[] | null {
  const own = compiledOf(world, grant);
  if (!own) return null;
  const boxes = lastingBoxes(world, own);
  if (boxes.length === 0) return [];
  const holders = of ? [of] : holdersOf(world, grant);
  const found = new Set<string>();
  let isHeld = false;
  for (const principal of holders) {
    const holdings = everyHolding(world, principal).map((holding) => lasting(holding, now));
    const others = holdings.filter((one) => one.grant !== own && one.from < one.until);
    for (const span of holdings) {
      if (span.grant !== own || span.from >= span.until) continue;
      isHeld = true;
      for (const at of momentsIn(span, others)) {
        const beside = others.filter(({ from, until }) => from <= at && at < until);
        const cover = coverBy(world, boxes, [...new Set(beside.map((one) => one.grant))], found);
        if (!cover) return null;
        for (const name of cover) found.add(name);
      }
    }
  }
  return isHeld ? [...found].sort() : null;
}

function compiledOf({ userGrants, groupGrants }: CompiledWorld, grant: Grant) {
  const { type, name } = grant.grantee;
  const given = (type === 'User' ? userGrants : groupGrants).get(name) ?? [];
  return given.find(({ source }) => source === grant);
}

/** All who hold it or will; of a built-in group one who holds nothing else, as new people do. */
function holdersOf(world: CompiledWorld, { grantee: { type, name } }: Grant): Principal[] {
  if (type === 'User') return [principalNamed(name)];
  if (name === GUESTS) return [principalNamed(GUEST)];
  if (name === EVERYONE) return [principalNamed('')];
  const members = world.source.members.filter(({ group }) => group === name);
  return [...new Set(members.map(({ user }) => user))].map(principalNamed);
}

function lasting({ grant, member }: Holding, now: number): Lasting {
  const spans: Validity[] = member ? [grant.source, member] : [grant.source];
  return {
    grant,
    from: Math.max(now, ...spans.map(({ from }) => from ?? now)),
    until: Math.min(...spans.map(({ until }) => until ?? Number.POSITIVE_INFINITY)),
  };
}

/** The first moment of each stretch of time in which nothing of the others begins or ends. */
function momentsIn({ from, until }: Span, others: readonly Span[]): number[] {
  const turns = others.flatMap((other) => [other.from, other.until]);
  const inside = turns.filter((moment) => from < moment && moment < until);
  return [...new Set([from, ...inside])].sort((a, b) => a - b);
}

/** Grants that together hold all of the boxes; null where they do not. */
function coverBy(
  world: CompiledWorld,
  boxes: readonly LastingBox[],
  others: readonly CompiledGrant[],
  preferred: ReadonlySet<string>,
): string[] | null {
  const isPreferred = ({ source }: CompiledGrant): number => (preferred.has(source.name) ? 0 : 1);
  const ordered = others.toSorted((a, b) => isPreferred(a) - isPreferred(b));
  const rivals = ordered.flatMap((grant) =>
    lastingBoxes(world, grant).map((one) => ({ ...one, name: grant.source.name })),
  );
  const byDoctype = grouped(rivals, ({ doctype }) => doctype.name);
  const found = new Set<string>();
  for (const own of boxes) {
    const names = coverOne(own, byDoctype.get(own.doctype.name) ?? []);
    if (!names) return null;
    for (const name of names) found.add(name);
  }
  return [...found];
}

function coverOne(
  { doctype, box }: LastingBox,
  rivals: readonly (LastingBox & { readonly name: string })[],
): readonly string[] | null {
  const useful = rivals.filter((rival) => holdsRows(doctype, rival.box, box));
  const whole = useful.find((rival) => cutBox(box, rival.box).length === 0);
  if (whole) return [whole.name];
  const names: string[] = [];
  let pieces = [box];
  for (const { name, box: other } of useful) {
    if (!pieces.some((piece) => overlaps(piece, other) !== null)) continue;
    pieces = pieces.flatMap((piece) => cutBox(piece, other));
    names.push(name);
    if (pieces.length === 0) return names;
    if (pieces.length > PIECES_MAX) return null;
  }
  return null;
}
