/**
 * What is given, read from the side of what it covers, as bits: for a value of a dimension, all
 * that covers it. Who reaches a document is then a few ANDs, however many people there are.
 */
import { type Action, actionBit } from './actions.ts';
import { addBits, bitsFor, setBit } from './bits.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRules } from './compiled-grant.ts';
import { type Coverage, coversNumber } from './coverage.ts';
import type { Dimension } from './dimension.ts';
import type { Filter } from './filter.ts';
import { grouped } from './grouped.ts';

/** Grants to the same user or group, of the same scope and time: alike but for their roles. */
export type Bundle = { readonly first: CompiledGrant; readonly roles: ReadonlySet<string> };

/** Bundles with a role that has a rule for an action, by what else that rule asks for. */
export type Demand = {
  /** By the number of the bundle. */
  readonly bundles: Int32Array;
  /** False where the rule reaches everything. */
  readonly isWithin: boolean;
  readonly except: ReadonlySet<string>;
  readonly when: Filter | null;
};

/** One dimension's side of all bundles. */
type Side = {
  /** Bundles that do not name it. */
  readonly unnamed: Int32Array;
  readonly coverages: readonly (readonly [bundle: number, Coverage])[];
  /** By the number of a value. */
  readonly covered: Map<number, Int32Array>;
  readonly orUnnamed: Map<number, Int32Array>;
};

/** Bits of values that were asked for are kept, up to this many 32-bit words of them. */
const KEPT_WORDS_MAX = 1 << 21;

export class HolderIndex {
  readonly bundles: readonly Bundle[];
  /** So many bundles come first that one user holds at all times, in the order of their names. */
  readonly steady: number;
  private readonly rules: CompiledRules;
  private readonly byRole = new Map<string, Int32Array>();
  /** By doctype and action, then by level. */
  private readonly demands = new Map<number, Map<number | undefined, readonly Demand[]>>();
  private readonly sides = new Map<Dimension, Side>();
  private keptWords = 0;

  constructor(grants: readonly CompiledGrant[], rules: CompiledRules) {
    const bundles = [...grouped(grants, bundleKey).values()].map((alike) => ({
      first: alike[0] as CompiledGrant,
      roles: new Set(alike.map(({ source }) => source.role)),
    }));
    this.bundles = [
      ...bundles.filter(isSteady).sort((a, b) => (holderOf(a) < holderOf(b) ? -1 : 1)),
      ...bundles.filter((bundle) => !isSteady(bundle)),
    ];
    this.steady = bundles.filter(isSteady).length;
    this.rules = rules;
    for (const [number, { roles }] of this.bundles.entries()) {
      for (const role of roles) {
        const bits = this.byRole.get(role) ?? bitsFor(this.bundles.length);
        this.byRole.set(role, bits);
        setBit(bits, number);
      }
    }
  }

  /** What bundles must meet to do the action, or with `level` to do it to fields of that level. */
  demandsOf(doctype: CompiledDoctype, action: Action, level?: number): readonly Demand[] {
    // Actions are bits of a word's lower half.
    const key = doctype.number * 0x10000 + actionBit(action);
    const byLevel = this.demands.get(key) ?? new Map<number | undefined, readonly Demand[]>();
    const known = byLevel.get(level);
    if (known) return known;
    const demands = this.makeDemands(doctype, action, level);
    this.demands.set(key, byLevel.set(level, demands));
    return demands;
  }

  /**
   * Bundles that cover a value of the dimension, by its number; with `isExcepted` also those that
   * do not name the dimension at all.
   */
  covering(dimension: Dimension, number: number, isExcepted: boolean): Int32Array {
    const side = this.sides.get(dimension) ?? this.addSide(dimension);
    const kept = isExcepted ? side.orUnnamed : side.covered;
    const known = kept.get(number);
    if (known) return known;
    if (this.keptWords > KEPT_WORDS_MAX) this.forget();
    const bits = isExcepted ? side.unnamed.slice() : bitsFor(this.bundles.length);
    for (const [bundle, coverage] of side.coverages) {
      if (coversNumber(coverage, number)) setBit(bits, bundle);
    }
    this.keptWords += bits.length;
    kept.set(number, bits);
    return bits;
  }

  /** True where all bundles of the set are steady ones. */
  isSteady(bundles: Int32Array): boolean {
    const first = this.steady >>> 5;
    for (let word = first; word < bundles.length; word++) {
      const steady = word === first ? (1 << (this.steady & 31)) - 1 : 0;
      if (((bundles[word] as number) & ~steady) !== 0) return false;
    }
    return true;
  }

  private makeDemands(
    doctype: CompiledDoctype,
    action: Action,
    level: number | undefined,
  ): readonly Demand[] {
    const found = new Map<string, Demand>();
    const conditions: (Filter | null)[] = [];
    for (const [role, byDoctype] of this.rules) {
      const holding = this.byRole.get(role);
      if (!holding) continue;
      for (const rule of byDoctype.get(doctype.name) ?? []) {
        if (!rule.actions.has(action)) continue;
        if (level !== undefined && !rule.levels.has(level)) continue;
        const { reach, when } = rule.source;
        if (!conditions.includes(when)) conditions.push(when);
        const condition = conditions.indexOf(when);
        const alike = `${reach} ${condition} ${JSON.stringify([...rule.except].sort())}`;
        const demand = found.get(alike) ?? {
          bundles: bitsFor(this.bundles.length),
          isWithin: reach !== 'everything',
          except: rule.except,
          when,
        };
        found.set(alike, demand);
        addBits(demand.bundles, holding);
      }
    }
    return [...found.values()];
  }

  /** Bundles that do not name the dimension. */
  unnamed(dimension: Dimension): Int32Array {
    return (this.sides.get(dimension) ?? this.addSide(dimension)).unnamed;
  }

  private forget(): void {
    this.keptWords = 0;
    for (const { covered, orUnnamed } of this.sides.values()) {
      covered.clear();
      orUnnamed.clear();
    }
  }

  private addSide(dimension: Dimension): Side {
    const unnamed = bitsFor(this.bundles.length);
    const coverages: [number, Coverage][] = [];
    for (const [number, { first }] of this.bundles.entries()) {
      const own = first.coverage.get(dimension.name);
      if (own) coverages.push([number, own]);
      else setBit(unnamed, number);
    }
    const side = { unnamed, coverages, covered: new Map(), orUnnamed: new Map() };
    this.sides.set(dimension, side);
    return side;
  }
}

function bundleKey({ source: { grantee, scope, from, until } }: CompiledGrant): string {
  return JSON.stringify([grantee, scope, from, until]);
}

function isSteady({ first: { source } }: Bundle): boolean {
  return source.grantee.type === 'User' && source.from === null && source.until === null;
}

function holderOf({ first }: Bundle): string {
  return first.source.grantee.name;
}
