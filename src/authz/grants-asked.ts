/** Grants that are asked about: who holds them, and the documents that they could reach. */
import type { CompiledWorld } from './compiled.ts';
import { DoctypeReach, type Holder } from './doctype-reach.ts';
import { type DocumentGroup, type Grouping, groupingOf } from './document-groups.ts';
import { holdingsOf } from './holdings.ts';
import type { DocumentFacts } from './matches.ts';
import { GUEST, type Principal, principalNamed } from './principal.ts';
import type { Grant } from './world.ts';

/** Whose rights are counted, on which documents, at which moment in milliseconds since 1970 UTC. */
export type GrantsAsked = {
  readonly grants: readonly Grant[];
  /** One person's rights only; null for everybody's. */
  readonly of: Principal | null;
  /** All documents of a doctype, in groups alike in all that `groupingsOfGrants` names. */
  readonly groupsOf: (doctype: string) => readonly DocumentGroup[];
  readonly now: number;
};

/** What must be known of documents to say what grants are worth, by doctype. */
export function groupingsOfGrants(
  world: CompiledWorld,
  grants: readonly Grant[],
): Map<string, Grouping> {
  const roles = new Set(grants.map(({ role }) => role));
  const doctypes = new Set(
    [...roles].flatMap((role) => [...(world.rules.get(role)?.keys() ?? [])]),
  );
  return new Map([...doctypes].map((name) => [name, groupingOf([world], name)]));
}

/** Whoever holds one of the grants now. */
export function holdersOf(world: CompiledWorld, { grants, of, now }: GrantsAsked): Holder[] {
  const wanted = new Set(grants);
  const named = of ? [of] : [...new Set([...world.source.users, GUEST])].map(principalNamed);
  return named.flatMap((principal) => {
    const held = new Set(holdingsOf(world, principal, now).map(({ grant }) => grant));
    const isAsked = [...held].some(({ source }) => wanted.has(source));
    return isAsked ? [{ principal, grants: [...held] }] : [];
  });
}

/** All documents of each doctype that the grants' roles have rules for. */
export function reachesOf(world: CompiledWorld, { grants, groupsOf }: GrantsAsked): DoctypeReach[] {
  return [...groupingsOfGrants(world, grants).keys()].flatMap((name) => {
    const doctype = world.doctypes.get(name);
    const groups = groupsOf(name);
    return doctype && groups.length > 0 ? [new DoctypeReach(world, doctype, groups)] : [];
  });
}

/** Of the grants, those by which nobody reaches a document that is not open. */
export function grantsWithin(
  world: CompiledWorld,
  asked: GrantsAsked,
  isOpen: (doctype: string, facts: DocumentFacts) => boolean,
): ReadonlySet<Grant> {
  const within = new Set(asked.grants);
  const holders = holdersOf(world, asked);
  for (const reach of reachesOf(world, asked)) {
    const { name } = reach.doctype;
    const closed = reach.groups.flatMap(({ facts }, group) => (isOpen(name, facts) ? [] : [group]));
    if (closed.length === 0) continue;
    const marks = new Int32Array(reach.groups.length);
    for (const { principal, grants } of holders) {
      for (const giver of reach.giversOf(principal, grants, asked.now)) {
        if (giver.kind === 'share' || !within.has(giver.grant.source)) continue;
        for (const part of reach.parts.keys()) {
          reach.mark(giver, part, principal.id, marks.fill(0));
          if (closed.some((group) => marks[group] !== 0)) within.delete(giver.grant.source);
        }
      }
    }
  }
  return within;
}
