/**
 * The stations that answer one question: each counts what it was asked, by kind, and fails where
 * too little of a kind came by. A property that saw none of a kind says nothing about it.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

export const STATIONS = ['check', 'list', 'who', 'filter', 'security', 'both', 'http'] as const;
export type Station = (typeof STATIONS)[number];

/**
 * All kinds that every station has to see, and how often among 10,000 decisions. They are what
 * random worlds have to hold: empty ones, blank values, deep trees, overlapping and ended
 * grants, shares, groups, paths through rows, several grants of one role, levels that are open
 * here and closed there, `$me`, ceilings.
 */
const LEAST: Readonly<Record<string, number>> = {
  allowed: 500,
  denied: 2000,
  'denied in an empty world': 20,
  'allowed by (blank)': 10,
  'denied by uncovered blank': 5,
  'allowed by *': 40,
  'allowed by descendants': 5,
  'denied by no descendants': 2,
  'allowed by a deep tree': 1,
  'denied by a deep tree': 1,
  'allowed by several': 80,
  'denied by grants that are not added up': 1,
  'allowed by another grant of the role': 10,
  'allowed by what ends or began': 10,
  'denied by validity': 30,
  'denied by what has ended': 10,
  'denied by what has not begun': 5,
  'allowed by share': 10,
  'denied by share of other actions': 10,
  'allowed by group': 30,
  'denied by another group': 10,
  'allowed by built-in group': 10,
  'allowed by rule with when': 10,
  'denied by when': 15,
  'allowed by $me': 1,
  'denied by $me': 1,
  'allowed by everything': 5,
  'allowed by except': 3,
  'denied by no except': 5,
  'denied by within': 20,
  'denied by draft': 20,
  'denied by name path': 5,
  'denied by second path of a dimension': 1,
  'denied by path through rows': 20,
  'allowed with different rows': 5,
  'allowed with no rows': 5,
  'denied with a blank row': 1,
  'denied with another row': 2,
  'denied with an earlier row': 2,
  'denied with no rows': 5,
  'denied with rows that alone are open': 1,
  'levels open here, closed there': 10,
  'allowed guest': 5,
  'denied guest': 50,
  'allowed system': 5,
  'denied system': 50,
  'allowed under a ceiling': 20,
  'denied by ceiling': 20,
};

/** Row-level security knows the principal and not the token; who can is about people. */
const WITHOUT_CEILINGS: ReadonlySet<Station> = new Set(['who', 'security']);

export class Tally {
  private readonly counts = new Map<Station, Map<string, number>>();

  count(station: Station, kinds: readonly string[]): void {
    const own = this.counts.get(station) ?? new Map<string, number>();
    this.counts.set(station, own);
    for (const kind of ['decisions', ...kinds]) own.set(kind, (own.get(kind) ?? 0) + 1);
  }

  /** How often a kind came by; without one, all decisions. */
  seen(station: Station, kind = 'decisions'): number {
    return this.counts.get(station)?.get(kind) ?? 0;
  }

  /** Kinds that came by too rarely, in words. */
  lacking(station: Station): string[] {
    const tenThousands = this.seen(station) / 10_000;
    return Object.entries(LEAST).flatMap(([kind, often]) => {
      if (WITHOUT_CEILINGS.has(station) && kind.includes('ceiling')) return [];
      const wanted = Math.max(1, Math.floor(often * tenThousands));
      const seen = this.seen(station, kind);
      return seen < wanted ? [`${station}: ${kind}: ${seen} of ${wanted}`] : [];
    });
  }

  /** Prints all counts; fails where decisions are fewer than these, or a kind is too rare. */
  requires(context: TestContext, least: Partial<Record<Station, number>>): void {
    for (const [station, wanted] of Object.entries(least) as [Station, number][]) {
      const own = [...(this.counts.get(station) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      context.diagnostic(`${station}: ${own.map((one) => one.join(': ')).join('; ')}`);
      assert.ok(this.seen(station) >= wanted, `${station} was asked ${this.seen(station)} times`);
      const lacking = this.lacking(station);
      assert.deepEqual(lacking, [], 'the random worlds hold too little of what this is about');
    }
  }

  /** One line for each kind, one column for each station. */
  table(): string {
    const kinds = new Set([...this.counts.values()].flatMap((own) => [...own.keys()]));
    const rows = [...kinds].sort().map((kind) => {
      const cells = STATIONS.map((station) => String(this.seen(station, kind)).padStart(9));
      return `${kind.padEnd(40)}${cells.join('')}`;
    });
    const head = STATIONS.map((station) => station.padStart(9)).join('');
    return [`${''.padEnd(40)}${head}`, ...rows].join('\n');
  }
}
