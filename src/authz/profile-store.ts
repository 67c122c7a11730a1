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

export class ProfileStore {
  private readonly memory = new ProfileMemory();
  private readonly places = { user: new Map(), system: new Map(), guest: new Map() } as Readonly<
    Record<Principal['kind'], Map<string, number>>
  >;
  private readonly shares = { user: new Map(), system: new Map(), guest: new Map() } as Readonly<
    Record<Principal['kind'], Map<string, OpenShares>>
  >;
  /** Number 0 has neither beginning nor end. */
  private readonly windows: Window[] = [ENDLESS];

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
