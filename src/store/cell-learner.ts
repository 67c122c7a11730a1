/** Has cells of doctypes known that somebody asked for, aside from requests. */
import { Refusal } from '../base/errors.ts';
import type { Database } from './database.ts';
import { cellsFrom, selectCells } from './known-cells.ts';
import { KERNEL, openingStatement } from './opening.ts';
import type { Table } from './table.ts';

/** Parts of tables are estimates that age; the cells themselves are compared at each use. */
const FRESH_MS = 10 * 60_000;

/** A doctype whose cells could not be learnt, or are too many, is left alone so long. */
const AGAIN_MS = 10_000;

/** Cells that come one by one, as during an import, are not learnt after each of them. */
const GROWN_MS = 500;

export class CellLearner {
  private readonly database: Database;
  private readonly clock: () => number;
  private readonly triedAt = new WeakMap<Table, number>();
  private readonly learning = new Map<Table, Promise<void>>();

  constructor(database: Database, clock: () => number) {
    this.database = database;
    this.clock = clock;
  }

  /** Starts on those tables whose cells were wanted and are not known, or not freshly. */
  learn(tables: Iterable<Table>): void {
    for (const table of tables) {
      if (table.cells.isWanted && this.isDue(table)) this.begin(table);
    }
  }

  /** Resolves when nothing is being learnt. */
  async settled(): Promise<void> {
    await Promise.all(this.learning.values());
  }

  private isDue(table: Table): boolean {
    if (this.learning.has(table)) return false;
    const tried = this.triedAt.get(table);
    if (tried === undefined) return true;
    const { known, wasForgotten } = table.cells;
    const wait = wasForgotten ? GROWN_MS : known === null ? AGAIN_MS : FRESH_MS;
    return this.clock() - tried >= wait;
  }

  private begin(table: Table): void {
    this.triedAt.set(table, this.clock());
    const done = this.load(table).finally(() => this.learning.delete(table));
    this.learning.set(table, done);
  }

  private async load(table: Table): Promise<void> {
    try {
      const opening = openingStatement(KERNEL, 'read');
      const [, result] = await this.database.run(opening, selectCells(table.id));
      table.cells.learn(cellsFrom(table.cells.fields, result));
    } catch {
      // Conditions go on naming values, which costs nothing but speed.
      table.cells.learn(null);
    }
  }
}

/**
 * True where a statement failed because there are more cells than were known. All of what is known
 * is forgotten then: conditions name values until it was learnt anew.
 */
export function forgetCells(error: unknown, tables: Iterable<Table>): boolean {
  const cause = error instanceof Refusal ? (error.cause as { code?: unknown } | undefined) : null;
  if (cause?.code !== 'BW410') return false;
  for (const { cells } of tables) cells.forget();
  return true;
}
