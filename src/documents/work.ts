/** What one operation knows so far. Steps fill it in the order of the pipeline's table. */
import type {
  Action,
  Decision,
  DocumentFacts,
  Needs,
  Permit,
  Principal,
  ValueRename,
  WorldChange,
} from '../authz/index.ts';
import type { BoundTokens } from '../base/bound-tokens.ts';
import type { Seal } from '../base/seal.ts';
import type { Doctype, Field } from '../doctype/definition.ts';
import { renderValue, type StoredValue } from '../doctype/values.ts';
import type { Caller } from '../identity/caller.ts';
import type { StoredDocument, StoredValues } from '../store/read-documents.ts';
import type { Moment, Store, WriteTransaction } from '../store/store.ts';
import type { Table } from '../store/table.ts';

/** A document that is not stored yet, or not stored so. */
export type DraftDocument = {
  values: Record<string, StoredValues[string]>;
  tables: Record<string, StoredValues[]>;
};

/** The doctype of an operation, as of the moment it is decided. */
export type Target = {
  readonly caller: Caller;
  readonly moment: Moment;
  readonly doctype: Doctype;
  readonly table: Table;
};

/** What the engine works with. */
export type Engine = {
  readonly store: Store;
  readonly seal: Seal;
  /** Makes the cursors of lists. */
  readonly cursors: BoundTokens;
  /** Personal pairs that one person may give at once; `LIMITS.approvalPairs` where it is unset. */
  readonly approvalPairs?: number;
};

/** Operations that change something. */
export type WriteOperation =
  | 'create'
  | 'update'
  | 'restore'
  | 'rename'
  | 'submit'
  | 'cancel'
  | 'amend'
  | 'delete'
  | 'import';

/** A value that came in for a read-only field, of the document itself or of one of its rows. */
export type Echo = {
  readonly field: Field;
  readonly value: StoredValue;
  /** Null for a field of the document itself. */
  readonly row: { readonly table: string; readonly name: StoredValue } | null;
};

/** What a door asks for: the name as it came in, and whether a document has it already. */
export type RenameInput = { readonly name: unknown; readonly merge: boolean };

/** The input of a renaming. */
export function renameInput(work: WriteWork): RenameInput {
  return work.input as RenameInput;
}

/** A change that one person proposed and another approves. */
export type Proposal = { readonly name: string; readonly proposer: Principal };

/** A write on its way through the pipeline. */
export type WriteWork = Target & {
  readonly operation: WriteOperation;
  readonly transaction: WriteTransaction;
  readonly seal: Seal;
  /** The name asked for; null where the pipeline makes one. */
  name: string | null;
  /** Body of the request, not yet checked; to restore, first the version and then its values. */
  input: unknown;
  /** The version whose values come back. */
  restores?: number;
  /** The version token that the caller last saw. */
  readonly expectedModified: string | null;
  before: StoredDocument | null;
  after: DraftDocument;
  /** Fields whose values the caller gave, by name; child fields as `items.qty`. */
  given: Set<string>;
  /** Values given for read-only fields: not taken over, and an error unless they change nothing. */
  echoes: Echo[];
  decision: Decision | null;
  permit: Permit | null;
  /** What all of its decisions rested on. */
  readonly needs: Needs;
  /** The document that this one is merged into. */
  into?: {
    readonly document: StoredDocument;
    readonly decision: Decision;
    readonly permit: Permit;
  };
  /** The renaming that it is, once the new name is known to be one. */
  renaming?: ValueRename;
  /** The moment as it is afterwards, where that is not the same: the answer is masked by it. */
  momentAfter?: Moment;
  /** Personal pairs that one person may give at once. */
  readonly approvalPairs: number;
  /** What it changes in the kernel's world; missing where that stays as it is. */
  change?: WorldChange;
  /** The proposal that it is a part of, whose proposer must still be able to do it too. */
  proposal?: Proposal;
  /** What the system itself writes into a proposal, once it has seen that it may be. */
  sign?: (work: WriteWork) => Promise<StoredValues>;
  /** Conflicts of duties that it makes and that are let pass, for the audit log. */
  flagged?: readonly { readonly rule: string; readonly user: string }[];
};

/** The kernel's action of each operation. */
export const ACTION_OF: Readonly<Record<WriteOperation, Action>> = {
  create: 'create',
  update: 'write',
  restore: 'write',
  rename: 'write',
  submit: 'submit',
  cancel: 'cancel',
  amend: 'create',
  delete: 'delete',
  import: 'import',
};

/**
 * What the transaction claims for storing it. Of what belongs to another document, the claim says
 * what has to be possible with that one.
 */
export function claimOf({ operation, doctype }: Pick<WriteWork, 'operation' | 'doctype'>): Action {
  const { governed_by: governance } = doctype;
  if (!governance) return ACTION_OF[operation];
  if (operation === 'create') return governance.add;
  return (governance.changed_by ?? []).length > 0 ? 'read' : 'write';
}

/** What decisions look at: a document's values, and its rows by their table field. */
export type DecidedDocument = {
  readonly values: StoredValues;
  readonly tables: Readonly<Record<string, readonly StoredValues[]>>;
};

/**
 * A document as the kernel sees it: wire values by field, and of child rows those that carry a
 * dimension. Rows that did not come along stay out, and nothing is reached by them.
 */
export function factsOf(table: Table, { values, tables }: DecidedDocument): DocumentFacts {
  const facts: Record<string, unknown> = {};
  for (const name in values) {
    const field = table.columns.get(name)?.field;
    const value = values[name] ?? null;
    facts[name] = field ? renderValue(field, value) : value;
  }
  for (const { field, dimensions } of table.children) {
    const rows = tables[field.fieldname];
    if (dimensions.length === 0 || rows === undefined) continue;
    facts[field.fieldname] = rows.map((row) =>
      Object.fromEntries(dimensions.map(({ name }) => [name, row[name] ?? null])),
    );
  }
  return facts;
}
