/**
 * Statements that rename and merge documents, by functions inside the database: a claim to write
 * changes no name, and links of submitted documents follow by nothing else.
 */
import type { Permit } from '../authz/index.ts';
import { LIMITS } from '../base/limits.ts';
import type { Opening } from './opening.ts';
import type { StoredDocument } from './read-documents.ts';
import type { Statement } from './statement.ts';
import type { Table } from './table.ts';
import { requirePermit } from './write-documents.ts';

/** For the rest of the transaction: what refers to a document may be a million rows. */
export const TAKE_LONGER: Statement = {
  text: `set local statement_timeout = '${LIMITS.renameSeconds}s'`,
  values: [],
};

/**
 * Gives a document another name, there and wherever it is referred to. Answers one boolean: false
 * where somebody else changed the document meanwhile. `at` is its version token from then on.
 */
export function renameDocument(
  opening: Opening,
  table: Table,
  before: StoredDocument,
  name: string,
  at: string,
  permit: Permit,
): Statement {
  requirePermit(permit, opening, table, before, ['write'], before.version);
  return {
    text: 'select sys.rename_document($1, $2, $3, $4, $5)',
    values: [table.id, before.id, before.version, name, at],
  };
}

/** The same for references to one that this transaction deleted: they are to `into` then. */
export function mergeDocument(
  opening: Opening,
  table: Table,
  gone: string,
  into: StoredDocument,
  at: string,
  permit: Permit,
): Statement {
  requirePermit(permit, opening, table, into, ['write'], into.version);
  return {
    text: 'select sys.merge_document($1, $2, $3, $4, $5)',
    values: [table.id, gone, into.id, into.version, at],
  };
}
