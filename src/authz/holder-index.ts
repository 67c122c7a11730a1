/**
 * Grants read from the side of what they cover, as bits: for a value of a dimension, all grants
 * that cover it. Who reaches a document is then a few ANDs, however many people there are.
 */
import { type Action, actionBit } from './actions.ts';
import { addBits, bitsFor, setBit } from './bits.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRules } from './compiled-grant.ts';
import { type Coverage, coversNumber } from './coverage.ts';
import type { Dimension } from './dimension.ts';
import type { Filter } from './filter.ts';

/** Grants whose role has a rule for an action, by what else that rule asks for. */
export type Demand = {
  /** By the number of the grant. */
  readonly grants: Uint32Array;
  /** False where the rule reaches everything. */
  readonly isWithin: boolean;
  readonly except: ReadonlySet<string>;
  readonly when: Filter | null;
};

/** One dimension's side of all grants. */
type Side = {
  /** Grants that do not name it. */
  readonly unnamed: Uint32Array;
  readonly coverages: readonly (readonly [grant: number, Coverage])[];
  /** By the number of a value. */
  readonly covered: Map<number, Uint32Array>;
  readonly orUnnamed: Map<number, Uint32Array>;
};

/** Bits of values that were asked for are kept, up to this many 32-bit words of them. */
const KEPT_WORDS_MAX = 1 << 21;

export class HolderIndex {
  readonly grants: readonly CompiledGrant[];
  private readonly rules: CompiledRules;
  private readonly byRole = new Map<string, Uint32Array>();
  private readonly demands = new Map<string, readonly Demand[]>();
  private readonly sides = new Map<Dimension, Side>();
  private keptWords = 0;

  constructor(grants: readonly CompiledGrant[], rules: CompiledRules) {
    this.grants = grants;
    this.rules = rules;
    for (const [number, { source }] of grants.entries()) {
      const bits = this.byRole.get(source.role) ?? bitsFor(grants.length);
      this.byRole.set(source.role, bits);
      setBit(bits, number);
    }
  }

  /** What grants must meet to do the action, or with `level` to do it to fields of that level. */
  demandsOf(doctype: CompiledDoctype, action: Action, level?: number): readonly Demand[] {
    const key = `${doctype.number} ${actionBit(action)} ${level ?? ''}`;
    const known = this.demands.get(key);
    if (known) return known;
    const found = new Map<string, Demand>();
    const conditions: Filter[] = [];
    for (const [role, byDoctype] of this.rules) {
      const holding = this.byRole.get(role);
      if (!holding) continue;
      for (const rule of byDoctype.get(doctype.name) ?? []) {
        if (!rule.actions.has(action)) continue;
        if (level !== undefined && !rule.levels.has(level)) continue;
        const { reach, when } = rule.source;
        if (when !== null && !conditions.includes(when)) conditions.push(when);
        const condition = when === null ? -1 : conditions.indexOf(when);
        const alike = `${reach} ${condition} ${JSON.stringify([...rule.except].sort())}`;
        const demand = found.get(alike) ?? {
          grants: bitsFor(this.grants.length),
          isWithin: reach !== 'everything',
          except: rule.except,
          when,
        };
        found.set(alike, demand);
        addBits(demand.grants, holding);
      }
    }
    const demands = [...found.values()];
    this.demands.set(key, demands);
    return demands;
  }

  /**
   * Grants that cover a value of the dimension, by its number; with `isExcepted` also those that
   * do not name the dimension at all.
   */
  covering(dimension: Dimension, number: number, isExcepted: boolean): Uint32Array {
    const side = this.sides.get(dimension) ?? this.addSide(dimension);
    const kept = isExcepted ? side.orUnnamed : side.covered;
    const known = kept.get(number);
    if (known) return known;
    if (this.keptWords > KEPT_WORDS_MAX) this.forget();
    const bits = isExcepted ? side.unnamed.slice() : bitsFor(this.grants.length);
    for (const [grant, coverage] of side.coverages) {
      if (coversNumber(coverage, number)) setBit(bits, grant);
    }
    this.keptWords += bits.length;
    kept.set(number, bits);
    return bits;
  }

  private forget(): void {
    this.keptWords = 0;
    for (const { covered, orUnnamed } of this.sides.values()) {
      covered.clear();
      orUnnamed.clear();
    }
  }

  private addSide(dimension: Dimension): Side {
    const unnamed = bitsFor(this.grants.length);
    const coverages: [number, Coverage][] = [];
    for (const [number, { coverage }] of this.grants.entries()) {
      const own = coverage.get(dimension.name);
      if (own) coverages.push([number, own]);
      else setBit(unnamed, number);
    }
    const side = { unnamed, coverages, covered: new Map(), orUnnamed: new Map() };
    this.sides.set(dimension, side);
    return side;
  }
}
