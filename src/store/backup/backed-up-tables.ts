/** Which tables a backup holds, what of each, and in which order. */
import { identifier, quoted } from '../identifier.ts';
import type { MigrationConnection } from '../migrate/migration-connection.ts';

export type BackedUpColumn = {
  readonly name: string;
  /** As PostgreSQL names it, such as `timestamp without time zone`. */
  readonly type: string;
};

export type TableShape = {
  readonly schema: 'sys' | 'doc';
  readonly name: string;
  readonly columns: readonly BackedUpColumn[];
};

/**
 * What no backup holds: sessions and keys, which a restored copy must not share with what it was
 * copied from, what is computed again, and the list of migrations, which the manifest has.
 * Unlogged tables hold nothing that outlives a transaction.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'sys.access',
  'sys.mac_key',
  'sys.migration',
  'sys.report_view',
  'sys.session',
]);

/** Columns whose values stay behind: by the fingerprint of a token it would be known again. */
const BLANKED: Readonly<Record<string, string>> = {
  'sys.token.secret_hash': `''::bytea as secret_hash`,
};

/** Tables of an installation, those first that others refer to. */
export async function tablesOf(owner: MigrationConnection): Promise<TableShape[]> {
  const rows = await owner.query(
    `select n.nspname as schema, c.relname as name, coalesce(json_agg(json_build_object(
         'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod))
         order by a.attnum) filter (where a.attname is not null), '[]') as columns,
       (select coalesce(json_agg(distinct o.relname), '[]') from pg_catalog.pg_constraint k
         join pg_catalog.pg_class o on o.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       and not a.attisdropped and a.attgenerated = ''
     where n.nspname in ('sys', 'doc') and c.relkind = 'r' and c.relpersistence = 'p'
     group by n.nspname, c.relname, c.oid order by n.nspname desc, c.relname collate "C"`,
  );
  const found = rows.map((row) => ({
    needs: JSON.parse(String(row['needs'])) as string[],
    table: {
      schema: row['schema'] === 'sys' ? ('sys' as const) : ('doc' as const),
      name: String(row['name']),
      columns: JSON.parse(String(row['columns'])) as BackedUpColumn[],
    },
  }));
  const waiting = found.filter(({ table }) => !LEFT_OUT.has(`${table.schema}.${table.name}`));
  const ordered: TableShape[] = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ table }) => table.name));
    const next = waiting.findIndex(({ needs }) => !needs.some((name) => names.has(name)));
    const [one] = waiting.splice(Math.max(next, 0), 1);
    if (one) ordered.push(one.table);
  }
  return ordered;
}

/**
 * `copy … to stdout` of everything in the table, in an order that two equal tables share on any
 * server, whatever its collation is.
 */
export async function copyOutOf(owner: MigrationConnection, table: TableShape): Promise<string> {
  const keys = await owner.query(
    `select a.attname as name, a.attcollation <> 0 as is_text from pg_catalog.pg_index i
     cross join lateral unnest(i.indkey::int[]) with ordinality k (number, place)
     join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
     where i.indrelid = to_regclass($1) and i.indisprimary order by k.place`,
    [qualified(table)],
  );
  const order = keys.map(
    ({ name, is_text }) => `${identifier(String(name))}${is_text === 't' ? ' collate "C"' : ''}`,
  );
  const columns = table.columns.map(
    ({ name }) => BLANKED[`${table.schema}.${table.name}.${name}`] ?? identifier(name),
  );
  const all = `row(${table.columns.map(({ name }) => identifier(name)).join(', ')})::text`;
  return `copy (select ${columns.join(', ')} from ${qualified(table)}
    order by ${order.length > 0 ? order.join(', ') : `${all} collate "C"`}) to stdout`;
}

/** `copy … from stdin` of a file that the other one made. */
export function copyInto(table: TableShape): string {
  const columns = table.columns.map(({ name }) => identifier(name)).join(', ');
  return `copy ${qualified(table)} (${columns}) from stdin`;
}

export function qualified({ schema, name }: Pick<TableShape, 'schema' | 'name'>): string {
  return `${schema}.${identifier(name)}`;
}

/** Every value is written in one form on every server. Holds until the transaction ends. */
export const ONE_FORM = `set local datestyle = 'ISO, YMD'; set local timezone = 'UTC';
  set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex';
  set local extra_float_digits = 1; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`;

export type SequenceState = {
  readonly table: string;
  readonly column: string;
  /** The last number that was given, as text; 0 where none was. */
  readonly last: string;
};

/** How far each identity column has come: numbers of rows that are gone count too. */
export async function sequencesOf(owner: MigrationConnection): Promise<SequenceState[]> {
  const columns = await owner.query(
    `select n.nspname || '.' || c.relname as table, a.attname as column,
       pg_catalog.pg_get_serial_sequence(pg_catalog.format('%I.%I', n.nspname, c.relname),
         a.attname) as sequence
     from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('sys', 'doc') and c.relkind = 'r' and a.attidentity <> ''
     order by 1, 2`,
  );
  const states: SequenceState[] = [];
  for (const { table, column, sequence } of columns) {
    const [row] = await owner.query(
      `select case when is_called then last_value else 0 end as last from ${sequence}`,
    );
    states.push({ table: String(table), column: String(column), last: String(row?.['last']) });
  }
  return states;
}

/** Lets each identity column go on after the number it had come to, in either state. */
export async function continueSequences(
  owner: MigrationConnection,
  states: readonly SequenceState[],
  atLeast: readonly SequenceState[],
): Promise<void> {
  for (const { table, column, last } of states) {
    const other = atLeast.find((one) => one.table === table && one.column === column)?.last ?? '0';
    const [schema = '', name = ''] = table.split('.');
    const place = `${quoted(`${identifier(schema)}.${identifier(name)}`)}, ${quoted(column)}`;
    await owner.query(
      `select setval(pg_get_serial_sequence(${place}), greatest($1::bigint, $2::bigint))
       where greatest($1::bigint, $2::bigint) > 0`,
      [last, other],
    );
  }
}
