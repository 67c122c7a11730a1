/**
 * What a process knows of a doctype's cells: which values each stands for, and what part of the
 * rows lies in it. Conditions on dimensions can then name cells instead of values, which costs
 * less and lets the form of a list be chosen by how much of the table is reached.
 *
 * What is known may be old. A statement that names cells says how many were known, and fails where
 * there are more (`sys.if_known`); `Store.read` then forgets and asks again by values.
 */
import type { DocumentFacts } from '../authz/index.ts';
import type { Doctype } from '../doctype/definition.ts';
import type { Result, Statement } from './statement.ts';

/** Cells that were chosen by a condition. */
export type CellSet = {
  readonly ids: readonly number[];
  /** The estimated part of the table's rows that lies in them, 0 to 1. */
  readonly part: number;
  readonly known: Pick<KnownCells, 'count' | 'rows'>;
};

export type KnownCells = {
  readonly count: number;
  /** By cell, the values of the dimension fields. */
  readonly facts: readonly DocumentFacts[];
  /** By cell, the estimated part of the table's rows. */
  readonly parts: readonly number[];
  /** Estimated rows of the table. */
  readonly rows: number;
  /** Sets that were chosen before, by their conditions. */
  readonly chosen: Map<string, CellSet>;
};

/** More are not worth their memory: there, values are nearly as many as documents. */
const CELLS_MAX = 20_000;

/** Of one table, filled by `Store` once somebody asked for it. */
export class CellBook {
  /** Fields of the document that carry its dimensions, in the order of the cell's values. */
  readonly fields: readonly string[];
  known: KnownCells | null = null;
  isWanted = false;
  /** True from when there were more cells than were known until they are learnt anew. */
  wasForgotten = false;

  constructor({ dimension_paths: paths = [] }: Doctype) {
    const fields = paths.map(({ path }) => path);
    // Of rows a cell knows a set, and a dimension itself has a cell for each document.
    const isUsable = fields.every((field) => field !== 'name' && !field.includes('.'));
    this.fields = isUsable ? fields : [];
  }

  /** The cells, where they are known; where not, they will be soon. */
  look(): KnownCells | null {
    if (this.known === null && this.fields.length > 0) this.isWanted = true;
    return this.known;
  }

  learn(known: KnownCells | null): void {
    this.known = known;
    this.wasForgotten = false;
  }

  forget(): void {
    this.wasForgotten ||= this.known !== null;
    this.known = null;
  }
}

/** Reads all cells of a doctype, or none where there are too many. */
export function selectCells(doctypeId: number): Statement {
  return {
    text: 'select array_to_json(dimension_values), part, rows from sys.known_cells($1, $2)',
    values: [doctypeId, CELLS_MAX],
  };
}

/** What that statement brought; null where it brought nothing. */
export function cellsFrom(fields: readonly string[], result: Result | undefined) {
  const found = result?.rows ?? [];
  if (found.length === 0) return null;
  const facts = found.map(([text]) => {
    const values: unknown[] = JSON.parse(text ?? '[]');
    return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? null]));
  });
  const parts = found.map((row) => Number(row[1]));
  const rows = Number(found[0]?.[2]);
  return { count: found.length, facts, parts, rows, chosen: new Map() } satisfies KnownCells;
}
