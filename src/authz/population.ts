/** Everybody who may act, and what is given to whom, read from the side of what is given. */
import { withImplied } from './actions.ts';
import { eachBit, setBit } from './bits.ts';
import type { CompiledGrant, CompiledRules } from './compiled-grant.ts';
import type { Filter } from './filter.ts';
import { grouped } from './grouped.ts';
import { HolderIndex } from './holder-index.ts';
import { fieldValue, matches } from './matches.ts';
import { EVERYONE, GUEST, GUESTS, kindOf } from './principal.ts';
import { isValid } from './validity.ts';
import type { WhoRequest } from './who-request.ts';
import type { Share, World } from './world.ts';

type Grants = ReadonlyMap<string, readonly CompiledGrant[]>;

/** The population of a world, from what is given to users and to groups. */
export function populationOf(
  source: World,
  userGrants: Grants,
  groupGrants: Grants,
  rules: CompiledRules,
): Population {
  return new Population(source, [...userGrants.values(), ...groupGrants.values()].flat(), rules);
}

/** Everybody who may act, numbered in the order of their names, and what is given to whom. */
export class Population {
  readonly names: readonly string[];
  readonly index: HolderIndex;
  private readonly numbers: ReadonlyMap<string, number>;
  /** By the number of a grant: the number of its only holder, or -1. */
  private readonly holders: Int32Array;
  /** By the number of a grant: 1 where it begins or ends. */
  private readonly isTimed: Uint8Array;
  private readonly members: ReadonlyMap<string, readonly Member[]>;
  private readonly shares: ReadonlyMap<string, readonly Share[]>;

  constructor(source: World, grants: readonly CompiledGrant[], rules: CompiledRules) {
    this.names = [...new Set([...source.users, GUEST])].sort();
    this.numbers = new Map(this.names.map((name, number) => [name, number]));
    this.index = new HolderIndex(grants, rules);
    this.holders = Int32Array.from(grants, ({ source: { grantee } }) =>
      grantee.type === 'User' ? (this.numbers.get(grantee.name) ?? -1) : -1,
    );
    this.isTimed = Uint8Array.from(grants, ({ source }) =>
      source.from === null && source.until === null ? 0 : 1,
    );
    this.members = this.membersOf(source);
    this.shares = grouped(source.shares, shareKey);
  }

  /** Adds to `found` whoever holds one of the grants now and meets the condition. */
  holdersOf(
    grants: Uint32Array,
    when: Filter | null,
    { document, now }: WhoRequest,
    found: Uint32Array,
  ): void {
    const add = (number: number): void => {
      if (when === null || matches(when, document, this.names[number] as string)) {
        setBit(found, number);
      }
    };
    eachBit(grants, (grant) => {
      const holder = this.holders[grant] as number;
      if (this.isTimed[grant] === 0 && holder >= 0) return add(holder);
      const { source } = this.index.grants[grant] as CompiledGrant;
      if (!isValid(source, now)) return;
      if (source.grantee.type === 'User') {
        if (holder >= 0) add(holder);
        return;
      }
      for (const member of this.members.get(source.grantee.name) ?? []) {
        if (isValid(member, now)) add(member.number);
      }
    });
  }

  /** Adds to `found` whom the document is shared with. */
  sharers({ action, doctype, document, now }: WhoRequest, found: Uint32Array): void {
    const name = fieldValue(document, 'name');
    if (typeof name !== 'string') return;
    for (const share of this.shares.get(shareKey({ doctype, document: name })) ?? []) {
      const number = this.numbers.get(share.user);
      if (number === undefined || !isValid(share, now)) continue;
      if (withImplied(share.actions).has(action)) setBit(found, number);
    }
  }

  /** By group, with the two that are built in. */
  private membersOf(source: World): Map<string, Member[]> {
    const listed = source.members.flatMap(({ group, user, from, until }) => {
      const number = this.numbers.get(user);
      return number === undefined ? [] : [{ group, number, from, until }];
    });
    const members = grouped<Member>(listed, ({ group }) => group);
    const all = [...this.names.entries()].map(([number, name]) => ({ number, name }));
    for (const [group, kind] of [
      [EVERYONE, 'user'],
      [GUESTS, 'guest'],
    ] as const) {
      const own = all.filter(({ name }) => kindOf(name) === kind);
      const always = own.map(({ number }) => ({ group, number, from: null, until: null }));
      members.set(group, [...(members.get(group) ?? []), ...always]);
    }
    return members;
  }
}

type Member = {
  readonly group: string;
  readonly number: number;
  readonly from: number | null;
  readonly until: number | null;
};

function shareKey({ doctype, document }: Pick<Share, 'doctype' | 'document'>): string {
  return JSON.stringify([doctype, document]);
}
