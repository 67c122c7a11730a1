/**
 * Where it is kept what principals may do, until something of theirs begins or ends. One store
 * for each compiled world, so that a change of the world leaves nothing behind.
 */
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { HeldScope, Slots } from './held-scope.ts';
import { fieldValue } from './matches.ts';
import type { Principal } from './principal.ts';
import { type Asked, ProfileMemory } from './profile-words.ts';
import type { RuleTable } from './rule-table.ts';

/** By doctype, then by the name of the document: actions as bits. */
export type OpenShares = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** When a profile holds: `from ≤ now < until`, in milliseconds since 1970 UTC. */
export type Window = { readonly from: number; readonly until: number };

/** What a principal holds within a window. */
export type Profile = {
  readonly window: Window;
  readonly scopes: readonly HeldScope[];
  readonly shares: OpenShares;
};

const ENDLESS: Window = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

const NO_NAMES: ReadonlyMap<string, number> = new Map();

type ByKind<Value> = Readonly<Record<Principal['kind'], Map<string, Value>>>;

/** Forgotten profiles leave words behind: beyond this many, memory is begun anew. */
const FORGOTTEN_MAX = 10_000;

export class ProfileStore {
  /** What a scope can cover of doctypes' documents. */
  readonly slots: Slots;
  private memory: ProfileMemory;
  private places: ByKind<number> = byKind(() => new Map());
  private scopes: ByKind<readonly HeldScope[]> = byKind(() => new Map());
  private shares: ByKind<OpenShares> = byKind(() => new Map());
  /** Number 0 has neither beginning nor end. */
  private windows: Window[] = [ENDLESS];
  private forgotten = 0;

  constructor(slots: Slots) {
    this.slots = slots;
    this.memory = new ProfileMemory(slots.names.length);
  }

  /** The store of a world in which only these principals (null: all) may do something else. */
  without(principals: ReadonlySet<string> | null): ProfileStore {
    if (principals?.size === 0) return this;
    const next = new ProfileStore(this.slots);
    if (principals === null || this.forgotten > FORGOTTEN_MAX) return next;
    next.memory = this.memory;
    next.windows = this.windows;
    next.places = byKind((kind) => leftOf(this.places[kind], principals));
    next.scopes = byKind((kind) => leftOf(this.scopes[kind], principals));
    next.shares = byKind((kind) => leftOf(this.shares[kind], principals));
    next.forgotten = this.forgotten + principals.size;
    return next;
  }

  /** The place of the profile that holds now; undefined where none is kept. */
  find(principal: Principal, now: number): number | undefined {
    const { kind } = principal;
    const places = kind === 'user' ? this.places.user : this.places[kind];
    const place = places.get(principal.id);
    if (place === undefined) return undefined;
    const number = this.memory.window(place);
    if (number === 0) return place;
    const { from, until } = this.windows[number] as Window;
    return from <= now && now < until ? place : undefined;
  }

  /** Keeps a profile instead of an earlier one, and gives its place. */
  keep(principal: Principal, { window, scopes, shares }: Profile, rules: RuleTable): number {
    const isEndless = !Number.isFinite(window.from) && !Number.isFinite(window.until);
    const number = isEndless ? 0 : this.windows.push(window) - 1;
    const place = this.memory.write(number, shares.size > 0, scopes, rules);
    this.places[principal.kind].set(principal.id, place);
    this.scopes[principal.kind].set(principal.id, scopes);
    if (shares.size > 0) this.shares[principal.kind].set(principal.id, shares);
    return place;
  }

  /**
   * The levels, as bits, that are open on the document; 0 where nothing reaches it. With
   * `isEnough` those of the first that does: enough to know that something does.
   */
  reached(
    place: number,
    principal: Principal,
    rules: RuleTable,
    asked: Asked,
    isEnough: boolean,
  ): number {
    const levels = this.memory.reached(place, rules, asked, isEnough);
    if ((isEnough && levels !== 0) || !this.memory.hasShares(place)) return levels;
    const name = fieldValue(asked.document, 'name');
    const byName = this.sharesOf(place, principal, asked.doctype);
    const actions = typeof name === 'string' ? (byName.get(name) ?? 0) : 0;
    // A share opens level 0 only.
    return (actions & asked.action) === 0 ? levels : levels | 1;
  }

  /** The scopes of the profile that is kept for the principal. */
  scopesOf(principal: Principal): readonly HeldScope[] {
    return this.scopes[principal.kind].get(principal.id) ?? [];
  }

  /** True for whoever holds a role with a rule for the doctype, or a share of a document of it. */
  isVisible(
    place: number,
    principal: Principal,
    rules: RuleTable,
    doctype: CompiledDoctype,
  ): boolean {
    return (
      this.memory.isVisible(place, rules, doctype) ||
      this.sharesOf(place, principal, doctype).size > 0
    );
  }

  /** True where some scope and rule can allow the action. */
  mayEver(place: number, rules: RuleTable, doctype: CompiledDoctype, action: number): boolean {
    return this.memory.mayEver(place, rules, doctype, action);
  }

  /** Actions, as bits, by the names of the doctype's documents that are shared. */
  sharesOf(
    place: number,
    principal: Principal,
    doctype: CompiledDoctype,
  ): ReadonlyMap<string, number> {
    if (!this.memory.hasShares(place)) return NO_NAMES;
    return this.shares[principal.kind].get(principal.id)?.get(doctype.name) ?? NO_NAMES;
  }
}

function byKind<Value>(make: (kind: Principal['kind']) => Map<string, Value>): ByKind<Value> {
  return { user: make('user'), system: make('system'), guest: make('guest') };
}

function leftOf<Value>(map: Map<string, Value>, gone: ReadonlySet<string>): Map<string, Value> {
  const left = new Map(map);
  for (const name of gone) left.delete(name);
  return left;
}
