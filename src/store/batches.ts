/** Batches in the database: how far each has come. Functions there see to it whose they are. */

import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { doneWith, inFlight, type Once } from './request-key.ts';
import type { Result, Statement } from './statement.ts';

export type BatchState = {
  readonly name: string;
  readonly label: string;
  readonly total: number;
  readonly done: number;
  readonly refused: number;
  /** The first row of which nothing is known; the total where there is none. */
  readonly next: number;
  readonly errors: readonly {
    readonly row: number;
    readonly code: string;
    readonly fields: readonly string[];
  }[];
};

export function insertBatch(name: string, label: string, total: number): Statement {
  return { text: 'select sys.make_batch($1, $2, $3)', values: [name, label, total] };
}

export function selectBatch(name: string): Statement {
  return {
    text: `select s.label, s.total, s.done, s.refused, s.next, s.errors
      from sys.batch_state($1, $2) s`,
    values: [name, LIMITS.batchRefusalsShown],
  };
}

/** What `selectBatch` brought; throws `not_found` where there is none of one's own. */
export function batchFrom(name: string, result: Result | undefined): BatchState {
  const [row] = result?.rows ?? [];
  if (!row) throw noBatch(name);
  const [label, total, done, refused, next, errors] = row;
  return {
    ...{ name, label: String(label), total: Number(total), done: Number(done) },
    ...{ refused: Number(refused), next: Number(next), errors: JSON.parse(String(errors)) },
  };
}

/** Once for each row of a batch. */
export function onceByRow(batch: string, row: number): Once {
  return {
    begin: {
      text: 'select b.known, b.taken, b.documents from sys.begin_batch_row($1, $2) b',
      values: [batch, row],
    },
    requireNew: (begun) => {
      const [known, taken, documents] = begun?.rows[0] ?? [];
      if (known !== 't') throw noBatch(batch);
      if (taken !== 't') throw inFlight();
      if (documents !== null) throw doneWith(documents);
    },
    end: (documents) => endRow(batch, row, JSON.stringify(documents), null, null),
  };
}

/** Keeps that a row was refused: by which code and of which fields, and no value of it. */
export function refuseRow(batch: string, row: number, refusal: Refusal): Statement {
  const fields = JSON.stringify(refusal.errors.map(({ field }) => field));
  return endRow(batch, row, null, refusal.code, fields);
}

function endRow(
  batch: string,
  row: number,
  documents: string | null,
  code: string | null,
  fields: string | null,
): Statement {
  return {
    text: 'select sys.end_batch_row($1, $2, $3, $4, $5)',
    values: [batch, row, documents, code, fields],
  };
}

function noBatch(name: string): Refusal {
  return new Refusal('not_found', `Batch \`${name}\` was not found, or has fewer rows.`);
}
