/** Stored versions: one row for each change of a document. Their policy follows the document's. */
import { timestamp } from './column.ts';
import type { Result, Statement } from './statement.ts';
import type { Table } from './table.ts';

/** A change as it is recorded. */
export type VersionRow = {
  /** Null for a document that is new: it is found by its name. */
  readonly documentId: string | null;
  readonly name: string;
  readonly version: number;
  readonly action: string;
  readonly principal: string;
  readonly actor: string | null;
  /** As `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
  readonly at: string;
  /** JSON. */
  readonly changes: string;
};

const OWN = ['version', 'action', 'principal', 'actor', 'at', 'changes'] as const;
const ARRAYS = 'text[], bigint[], text[], text[], text[], timestamp[], jsonb[]'.split(', ');

/**
 * Records changes of documents of one doctype, of new ones or of others, with one statement. It
 * fails where a new document is not there to be found: no change goes without its version.
 */
export function insertVersions(table: Table, rows: readonly VersionRow[]): Statement {
  const isNew = rows[0]?.documentId === null;
  if (rows.some(({ documentId }) => (documentId === null) !== isNew)) {
    throw new Error('versions of one statement are of new documents, or of others');
  }
  const [only] = rows;
  if (only && rows.length === 1 && isNew) return insertVersionOfNew(table, only);
  const said = ARRAYS.map((type, index) => `$${index + 2}::${type}`).join(', ');
  const values = `unnest(${said}) v(of, ${OWN.join(', ')})`;
  const source = isNew
    ? `select $1::int, p.id, ${owned} from ${values} left join ${table.sql} p on p.name = v.of`
    : `select $1::int, v.of::bigint, ${owned} from ${values}`;
  return {
    text: `insert into sys.document_version (doctype_id, document_id, ${OWN.join(', ')}) ${source}`,
    values: [
      table.id,
      rows.map(({ documentId, name }) => documentId ?? name),
      ...OWN.map((name) => rows.map((row) => (row[name] === null ? null : String(row[name])))),
    ],
  };
}

/** Of one document, whose plan PostgreSQL keeps: that of many would be made anew each time. */
function insertVersionOfNew(table: Table, row: VersionRow): Statement {
  const said = OWN.map((_, index) => `$${index + 3}::${ARRAYS[index + 1]?.slice(0, -2)}`).join(
    ', ',
  );
  return {
    text: `insert into sys.document_version (doctype_id, document_id, ${OWN.join(', ')})
      values ($1::int, (select p.id from ${table.sql} p where p.name = $2), ${said})`,
    values: [
      table.id,
      row.name,
      ...OWN.map((name) => (row[name] === null ? null : String(row[name]))),
    ],
  };
}

const owned = OWN.map((name) => `v.${name}`).join(', ');

export type VersionQuery = {
  /** From this version on. */
  readonly from: number;
  readonly limit: number;
  readonly offset: number;
};

/** Says whose history the rest of the transaction reads. Goes before `selectVersions`. */
export function askHistory(table: Table, name: string): Statement {
  return { text: 'select sys.ask_history($1, $2)', values: [table.id, name] };
}

/** Reads versions of the document asked for, there or gone, the newest first. */
export function selectVersions(table: Table, { from, limit, offset }: VersionQuery): Statement {
  return {
    text:
      `select ${OWN.map((one) => `h.${one}`).join(', ')} from sys.document_version h ` +
      'where h.doctype_id = $1 and h.document_id = (select sys.asked_document()) ' +
      'and h.version >= $2 order by h.version desc limit $3 offset $4',
    values: [table.id, from, limit, offset],
  };
}

export type StoredVersion = Omit<VersionRow, 'documentId' | 'name' | 'changes'> & {
  /** As it was recorded: parsed JSON. */
  readonly changes: unknown;
};

/** What the statement of `selectVersions` brought. */
export function versionsFrom(result: Result | undefined): StoredVersion[] {
  return (result?.rows ?? []).map(([version, action, principal, actor, at, changes]) => ({
    version: Number(version),
    action: String(action),
    principal: String(principal),
    actor: actor ?? null,
    at: timestamp(String(at)),
    changes: JSON.parse(String(changes)),
  }));
}
