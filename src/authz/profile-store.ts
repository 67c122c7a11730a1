/**
 * Where it is kept what principals may do, until something of theirs begins or ends. One store
 * for each compiled world, so that a change of the world leaves nothing behind.
 */
import type { CompiledDoctype } from './compiled-doctype.ts';
import { fieldValue } from './matches.ts';
import type { Part } from './part.ts';
import type { Principal } from './principal.ts';
import { type Asked, ProfileMemory } from './profile-words.ts';

/** By doctype, then by the name of the document: actions as bits. */
export type OpenShares = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** When a profile holds: `from ≤ now < until`, in milliseconds since 1970 UTC. */
export type Window = { readonly from: number; readonly until: number };

/** What a principal may do within a window. */
export type Profile = {
  readonly window: Window;
  /** Doctypes for which a role that is held has a rule; without parts where none reaches. */
  readonly parts: ReadonlyMap<CompiledDoctype, readonly Part[]>;
  readonly shares: OpenShares;
  /** Doctypes of the shares. */
  readonly shared: readonly CompiledDoctype[];
};

const ENDLESS: Window = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

const NO_NAMES: ReadonlyMap<string, number> = new Map();

type ByKind<Value> = Readonly<Record<Principal['kind'], Map<string, Value>>>;

/** Forgotten profiles leave words behind: beyond this many, memory is begun anew. */
const FORGOTTEN_MAX = 10_000;

export class ProfileStore {
  private memory = new ProfileMemory();
  private places: ByKind<number> = byKind(() => new Map());
  private shares: ByKind<OpenShares> = byKind(() => new Map());
  /** Number 0 has neither beginning nor end. */
  private windows: Window[] = [ENDLESS];
  private forgotten = 0;

  /** The store of a world in which only these principals (null: all) may do something else. */
  without(principals: ReadonlySet<string> | null): ProfileStore {
    const next = new ProfileStore();
    if (principals === null || this.forgotten > FORGOTTEN_MAX) return next;
    next.memory = this.memory;
    next.windows = this.windows;
    next.places = byKind((kind) => leftOf(this.places[kind], principals));
    next.shares = byKind((kind) => leftOf(this.shares[kind], principals));
    next.forgotten = this.forgotten + principals.size;
    return next;
  }

  /** The place of the profile that holds now; undefined where none is kept. */
  find(principal: Principal, now: number): number | undefined {
    const place = this.places[principal.kind].get(principal.id);
    if (place === undefined) return undefined;
    const number = this.memory.window(place);
    if (number === 0) return place;
    const { from, until } = this.windows[number] as Window;
    return from <= now && now < until ? place : undefined;
  }

  /** Keeps a profile instead of an earlier one, and gives its place. */
  keep(principal: Principal, { window, parts, shares, shared }: Profile, doctypes: number): number {
    const isEndless = !Number.isFinite(window.from) && !Number.isFinite(window.until);
    const number = isEndless ? 0 : this.windows.push(window) - 1;
    const place = this.memory.write(number, doctypes, parts, shared);
    this.places[principal.kind].set(principal.id, place);
    if (shares.size > 0) this.shares[principal.kind].set(principal.id, shares);
    return place;
  }

  /**
   * The levels, as bits, that are open on the document; 0 where nothing reaches it. With
   * `isEnough` those of the first that does: enough to know that something does.
   */
  reached(place: number, principal: Principal, asked: Asked, isEnough: boolean): number {
    const levels = this.memory.reached(place, asked, isEnough);
    if ((isEnough && levels !== 0) || !this.memory.hasShares(place, asked.doctype)) return levels;
    const name = fieldValue(asked.document, 'name');
    const byName = this.sharesOf(place, principal, asked.doctype);
    const actions = typeof name === 'string' ? (byName.get(name) ?? 0) : 0;
    // A share opens level 0 only.
    return (actions & asked.action) === 0 ? levels : levels | 1;
  }

  isVisible(place: number, doctype: CompiledDoctype): boolean {
    return this.memory.isVisible(place, doctype);
  }

  /** True where some part of the profile allows the action. */
  mayEver(place: number, doctype: CompiledDoctype, action: number): boolean {
    return this.memory.mayEver(place, doctype, action);
  }

  /** Actions, as bits, by the names of the doctype's documents that are shared. */
  sharesOf(
    place: number,
    principal: Principal,
    doctype: CompiledDoctype,
  ): ReadonlyMap<string, number> {
    if (!this.memory.hasShares(place, doctype)) return NO_NAMES;
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
