/** Works out what a principal may do, for as long as nothing of theirs begins or ends. */
import { actionBits, withImplied } from './actions.ts';
import type { CompiledWorld, Holding } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { heldScopes } from './held-scope.ts';
import { everyHolding, isHeld, type Way, wayBy } from './holdings.ts';
import { joinWays } from './join-ways.ts';
import type { Part } from './part.ts';
import type { Principal } from './principal.ts';
import type { OpenShares, Profile } from './profile-store.ts';
import { isValid } from './validity.ts';
import type { Validity } from './world.ts';

type Span = { from: number; until: number };

/** The place of the principal's profile in the world's store: kept from before, or made now. */
export function profileOf(world: CompiledWorld, principal: Principal, now: number): number {
  const known = world.profiles.find(principal, now);
  if (known !== undefined) return known;
  return world.profiles.keep(principal, makeProfile(world, principal, now), world.ruleTable);
}

/**
 * A doctype is visible to whoever holds, now and with whatever scope, a role with a rule in
 * force for it, or a share of one of its documents. All others get the answer of an unknown one.
 */
export function isVisible(
  world: CompiledWorld,
  principal: Principal,
  doctype: string,
  now: number,
): boolean {
  const compiled = world.doctypes.get(doctype);
  if (!compiled) return false;
  if (principal.ceilings.some((ceiling) => ceiling.doctypes?.includes(doctype) === false)) {
    return false;
  }
  const place = profileOf(world, principal, now);
  return world.profiles.isVisible(place, principal, world.ruleTable, compiled);
}

/** Names of the doctype's documents that are shared with the principal for an action. */
export function sharedNames(
  world: CompiledWorld,
  principal: Principal,
  doctype: CompiledDoctype,
  action: number,
  now: number,
): string[] {
  const place = profileOf(world, principal, now);
  const byName = world.profiles.sharesOf(place, principal, doctype);
  const names = [...byName].filter(([, actions]) => (actions & action) !== 0);
  return names.map(([name]) => name).sort();
}

function makeProfile(world: CompiledWorld, principal: Principal, now: number): Profile {
  const window = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const all = everyHolding(world, principal);
  for (const { grant, member } of all) {
    narrow(window, grant.source, now);
    if (member) narrow(window, member, now);
  }
  const held = all.filter((holding) => isHeld(holding, now));
  const shares = openShares(world, principal, window, now);
  return {
    window,
    scopes: heldScopes(
      held.map(({ grant }) => grant),
      world.profiles.slots,
    ),
    shares,
  };
}

/** The ways of reaching a doctype's documents that hold now, joined. */
export function partsOf(
  world: CompiledWorld,
  principal: Principal,
  doctype: CompiledDoctype,
  now: number,
): readonly Part[] {
  const held = everyHolding(world, principal).filter((holding) => isHeld(holding, now));
  return partsBy(world, held, doctype);
}

function partsBy(
  world: CompiledWorld,
  held: readonly Holding[],
  doctype: CompiledDoctype,
): readonly Part[] {
  const ways: Way[] = [];
  for (const holding of held) {
    for (const rule of world.rules.get(holding.grant.source.role)?.get(doctype.name) ?? []) {
      const way = wayBy(holding, rule, doctype);
      if (way.unnamed.length === 0) ways.push(way);
    }
  }
  return joinWays(ways, doctype);
}

function openShares(
  world: CompiledWorld,
  principal: Principal,
  window: Span,
  now: number,
): OpenShares {
  const open = new Map<string, Map<string, number>>();
  for (const [doctype, shares] of world.shares.get(principal.id) ?? []) {
    for (const share of shares) {
      narrow(window, share, now);
      if (!isValid(share, now)) continue;
      const byName = open.get(doctype) ?? new Map<string, number>();
      open.set(doctype, byName);
      const bits = actionBits(withImplied(share.actions));
      byName.set(share.document, (byName.get(share.document) ?? 0) | bits);
    }
  }
  return open;
}

/** Ends the window where this begins or ends. */
function narrow(window: Span, { from, until }: Validity, now: number): void {
  for (const moment of [from, until]) {
    if (moment === null) continue;
    if (moment <= now) window.from = Math.max(window.from, moment);
    else window.until = Math.min(window.until, moment);
  }
}
