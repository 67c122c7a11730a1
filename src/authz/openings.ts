/** What some rules open by some grants, whether or not something else opens it as well. */
import type { CompiledWorld } from './compiled.ts';
import type { CompiledGrant, CompiledRule } from './compiled-grant.ts';
import type { DocumentGroups } from './document-groups.ts';
import { grouped } from './grouped.ts';
import { holdingsOf, wayBy } from './holdings.ts';
import { principalNamed } from './principal.ts';
import { KnownWays } from './reach.ts';

/** Rules of one role for one doctype, by one grant or, with null, by whatever grant of the role. */
export type Opener = {
  readonly role: string;
  readonly rules: readonly CompiledRule[];
  readonly grant: CompiledGrant | null;
};

/** As a preview counts them: whoever has not signed in counts as one. */
export type Opening = {
  readonly people: number;
  readonly documents: number;
  readonly pairs: number;
  /** The most people to whom one and the same document is open. */
  readonly readersOfADocument: number;
  /** The most documents that are open to one person. */
  readonly documentsOfAPerson: number;
};

export const NO_OPENING: Opening = Object.freeze({
  people: 0,
  documents: 0,
  pairs: 0,
  readersOfADocument: 0,
  documentsOfAPerson: 0,
});

/** Counts what each of them opens at `now` (milliseconds since 1970 UTC), in their order. */
export function openingsOf(
  world: CompiledWorld,
  groups: DocumentGroups,
  openers: readonly Opener[],
  now: number,
): Opening[] {
  const tallies = openers.map((opener) => ({ opener, tally: new OpeningTally(groups) }));
  const byRole = grouped(tallies, ({ opener }) => opener.role);
  const known = new KnownWays(groups);
  for (const id of world.population().names) {
    const principal = principalNamed(id);
    const reached = new Map<OpeningTally, Set<number>>();
    for (const holding of holdingsOf(world, principal, now)) {
      for (const { opener, tally } of byRole.get(holding.grant.source.role) ?? []) {
        if (opener.grant !== null && opener.grant !== holding.grant) continue;
        const own = reached.get(tally) ?? new Set<number>();
        reached.set(tally, own);
        for (const rule of opener.rules) {
          const way = wayBy(holding, rule, groups.doctype);
          for (const group of known.reachedBy(way, id)) own.add(group);
        }
      }
    }
    for (const [tally, own] of reached) tally.add([...own]);
  }
  return tallies.map(({ tally }) => tally.opening());
}

/** Counts the people of one opener, one after the other. */
class OpeningTally {
  private readonly groups: DocumentGroups;
  /** By group: people to whom its documents are open. */
  private readonly readers: Int32Array;
  private people = 0;
  private pairs = 0;
  private documentsOfAPerson = 0;

  constructor(groups: DocumentGroups) {
    this.groups = groups;
    this.readers = new Int32Array(groups.groups.length);
  }

  /** One more person, by the numbers of the groups that they reach. */
  add(reached: readonly number[]): void {
    const documents = this.groups.count(reached);
    if (documents === 0) return;
    this.people += 1;
    this.pairs += documents;
    this.documentsOfAPerson = Math.max(this.documentsOfAPerson, documents);
    for (const group of reached) this.readers[group] = (this.readers[group] as number) + 1;
  }

  opening(): Opening {
    const opened = [...this.readers.keys()].filter((group) => this.readers[group] !== 0);
    return {
      people: this.people,
      documents: this.groups.count(opened),
      pairs: this.pairs,
      readersOfADocument: this.readers.reduce((most, readers) => Math.max(most, readers), 0),
      documentsOfAPerson: this.documentsOfAPerson,
    };
  }
}
