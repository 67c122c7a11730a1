/** Everybody who may act, and what is given to whom, read from the side of what is given. */
import { withImplied } from './actions.ts';
import { bitsFor, hasBit, setBit } from './bits.ts';
import type { CompiledGrant, CompiledRules } from './compiled-grant.ts';
import type { Filter } from './filter.ts';
import { grouped } from './grouped.ts';
import { type Bundle, HolderIndex } from './holder-index.ts';
import { KeptNames } from './kept-names.ts';
import { fieldValue, matches } from './matches.ts';
import { EVERYONE, GUEST, GUESTS, kindOf } from './principal.ts';
import { isValid } from './validity.ts';
import type { WhoRequest } from './who-request.ts';
import type { Share, World } from './world.ts';

/** Instead of the number of one who may act. */
const NOBODY = -1;

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
  readonly kept = new KeptNames();
  /** Room for a set of bundles, while one question is answered. */
  readonly scratch: Int32Array;
  /** Room for names: filling an old list and cutting it is cheaper than a new one. */
  private readonly said: string[];
  private readonly numbers: ReadonlyMap<string, number>;
  /** By the number of a steady bundle: its holder; -1 for one who may not act. */
  private readonly holders: Int32Array;
  /** By the same: the holder's name, at hand for the usual case. */
  private readonly holderNames: readonly string[];
  /** Steady bundles of those who may act. */
  private readonly enabled: Int32Array;
  /** Steady bundles of the same holder as the one before. */
  private readonly repeated: Int32Array;
  private readonly members: ReadonlyMap<string, readonly Member[]>;
  /** By the number of a user, the groups they are or were in. */
  private readonly groups: ReadonlyMap<number, readonly Member[]>;
  private readonly given: Readonly<
    Record<'User' | 'Group', ReadonlyMap<string, readonly number[]>>
  >;
  private readonly shares: ReadonlyMap<string, ReadonlyMap<string, readonly Share[]>>;

  constructor(source: World, grants: readonly CompiledGrant[], rules: CompiledRules) {
    this.names = [...new Set([...source.users, GUEST])].sort();
    this.numbers = new Map(this.names.map((name, number) => [name, number]));
    this.index = new HolderIndex(grants, rules);
    this.scratch = bitsFor(this.index.bundles.length);
    this.said = [...this.names];
    const { steady, bundles: all } = this.index;
    this.holderNames = all.slice(0, steady).map(({ first }) => first.source.grantee.name);
    this.holders = Int32Array.from(this.holderNames, (name) => this.numbers.get(name) ?? NOBODY);
    this.enabled = bitsFor(steady);
    this.repeated = bitsFor(steady);
    for (const [bundle, holder] of this.holders.entries()) {
      if (holder !== NOBODY) setBit(this.enabled, bundle);
      if (bundle > 0 && this.holders[bundle - 1] === holder) setBit(this.repeated, bundle);
    }
    this.members = this.membersOf(source);
    this.groups = groupsOf([...this.members.values()].flat());
    const { bundles } = this.index;
    this.given = { User: bundlesTo('User', bundles), Group: bundlesTo('Group', bundles) };
    const byDoctype = grouped(source.shares, ({ doctype }) => doctype);
    this.shares = new Map(
      [...byDoctype].map(([doctype, own]) => [doctype, grouped(own, ({ document }) => document)]),
    );
  }

  /**
   * The names of all who hold one of the bundles now, and of the others, each once, in order.
   * Leaves in `bundles` what it likes.
   */
  namesOf(bundles: Int32Array, others: number[], request: WhoRequest): string[] {
    const { enabled, repeated, names, holders, holderNames } = this;
    this.addHolders(bundles, null, this.index.steady, request, others);
    let twice = 0;
    for (let word = 0; word < enabled.length; word++) {
      const held = (bundles[word] as number) & (enabled[word] as number);
      bundles[word] = held;
      twice |= held & (repeated[word] as number);
    }
    // The usual case: bundles of different people, whose order is that of the names.
    if (others.length === 0 && twice === 0) return this.named(bundles, enabled.length, holderNames);
    const people = bitsFor(names.length);
    for (const number of others) setBit(people, number);
    for (let word = 0; word < enabled.length; word++) {
      for (let left = bundles[word] as number; left !== 0; left &= left - 1) {
        setBit(people, holders[(word << 5) + 31 - Math.clz32(left & -left)] as number);
      }
    }
    return this.named(people, people.length, names);
  }

  /** The names that stand at the numbers in a set; of so many words of it. */
  private named(bits: Int32Array, words: number, names: readonly string[]): string[] {
    const { said } = this;
    let count = 0;
    for (let word = 0; word < words; word++) {
      const last = (word << 5) + 31;
      // Written out, and not as calls for each: this is most of the work.
      for (let left = bits[word] as number; left !== 0; left &= left - 1) {
        said[count++] = names[last - Math.clz32(left & -left)] as string;
      }
    }
    return said.slice(0, count);
  }

  /**
   * Adds to `found` whoever holds, now, one of the bundles, and meets the condition; of bundles
   * from a number on.
   */
  addHolders(
    bundles: Int32Array,
    when: Filter | null,
    first: number,
    request: WhoRequest,
    found: number[],
  ): void {
    for (let word = first >>> 5; word < bundles.length; word++) {
      for (let left = bundles[word] as number; left !== 0; left &= left - 1) {
        const bundle = (word << 5) + 31 - Math.clz32(left & -left);
        if (bundle >= first) this.addHoldersOf(bundle, when, request, found);
      }
    }
  }

  /** Adds to `found` whom the document is shared with. */
  sharers({ action, doctype, document, now }: WhoRequest, found: number[]): void {
    const byName = this.shares.get(doctype);
    if (!byName) return;
    const name = fieldValue(document, 'name');
    for (const share of byName.get(String(name)) ?? []) {
      const number = this.numbers.get(share.user);
      if (number === undefined || !isValid(share, now)) continue;
      if (withImplied(share.actions).has(action)) found.push(number);
    }
  }

  /** Adds to `found` the one user of this name, where they hold a bundle in all of the sets. */
  holderNamed(
    name: string,
    sets: readonly Int32Array[],
    { now }: WhoRequest,
    found: number[],
  ): void {
    const number = this.numbers.get(name);
    if (number === undefined) return;
    const counts = (bundle: number): boolean =>
      sets.every((set) => hasBit(set, bundle)) &&
      isValid((this.index.bundles[bundle] as Bundle).first.source, now);
    const isMember = ({ from, until, group }: Member): boolean =>
      isValid({ from, until }, now) && (this.given.Group.get(group) ?? []).some(counts);
    const holds =
      (this.given.User.get(name) ?? []).some(counts) ||
      (this.groups.get(number) ?? []).some(isMember);
    if (holds) found.push(number);
  }

  private addHoldersOf(
    bundle: number,
    when: Filter | null,
    { document, now }: WhoRequest,
    found: number[],
  ): void {
    const add = (number: number): void => {
      if (when === null || matches(when, document, this.names[number] as string)) {
        found.push(number);
      }
    };
    const { source } = (this.index.bundles[bundle] as Bundle).first;
    if (!isValid(source, now)) return;
    if (source.grantee.type === 'User') {
      const number = this.numbers.get(source.grantee.name);
      if (number !== undefined) add(number);
      return;
    }
    for (const member of this.members.get(source.grantee.name) ?? []) {
      if (isValid(member, now)) add(member.number);
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
      members.set(
        group,
        own.map(({ number }) => ({ group, number, from: null, until: null })),
      );
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

function groupsOf(members: readonly Member[]): Map<number, Member[]> {
  const groups = new Map<number, Member[]>();
  for (const member of members) {
    const own = groups.get(member.number);
    if (own) own.push(member);
    else groups.set(member.number, [member]);
  }
  return groups;
}

/** Numbers of the bundles that are given to each user, or to each group. */
function bundlesTo(type: 'User' | 'Group', bundles: readonly Bundle[]): Map<string, number[]> {
  const granteeOf = (number: number) => (bundles[number] as Bundle).first.source.grantee;
  const numbers = [...bundles.keys()].filter((number) => granteeOf(number).type === type);
  return grouped(numbers, (number) => granteeOf(number).name);
}
