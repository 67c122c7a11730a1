/**
 * What SQL could do that got past the first fence: each is refused to the reporting login, though
 * the statement as such works (`works`, by the superuser, is the positive control).
 */

export type Attack = {
  readonly what: string;
  readonly text: string;
  /** Refused whoever runs PostgreSQL; the others only where we, or a superuser, do. */
  readonly always?: true;
  /** The like of it that the superuser can do, where that is another text. */
  readonly control?: string;
};

type Told = readonly [what: string, text: string, control?: string];

const of = (always: boolean, ...attacks: readonly Told[]): Attack[] =>
  attacks.map(([what, text, control]) => ({
    ...{ what, text },
    ...(always && { always: true }),
    ...(control !== undefined && { control }),
  }));

export const ATTACKS: readonly Attack[] = [
  ...of(
    true,
    ['the tables themselves', 'select * from doc.deal'],
    ['a secret of a table', 'select pin from doc.deal'],
    ['the key of the claims', 'select * from sys.mac_key'],
    ['sessions', 'select * from sys.session'],
    ['the whole world', 'select sys.world()'],
    ['a claim of its own', `select sys.bind('boss', 'report')`],
    ['a named opening', `select sys.open_named('boss', 'report')`],
    ['signing', `select sys.mac_for('x', 1, now())`],
    ['functions of the views', 'select sys.report_meets(null, 1, null)'],
    [
      'writing through a view',
      `update reports.deal set title = 'x' where false`,
      `update doc.deal set title = 'x' where false`,
    ],
    [
      'deleting through a view',
      'delete from reports.deal where false',
      'delete from doc.deal where false',
    ],
    ['a table of its own', 'create table reports.mine (a int)'],
    ['a view of its own', 'create view reports.mine as select 1'],
    ['a function of its own', `create function ticket.f() returns int language sql as 'select 1'`],
    ['a schema of its own', 'create schema mine'],
    ['a temporary table', 'create temp table mine as select 1'],
    ['copying to a file', `copy (select 1) to '/dev/null'`],
    ['copying to a program', `copy (select 1) to program 'cat > /dev/null'`],
    ['a file', `select pg_read_file('PG_VERSION')`],
    ['files', `select pg_ls_dir('.')`],
    ['a file into a large object', `select lo_import('/etc/hostname')`],
    ['the next number of a table', `select nextval('doc.deal_id_seq')`],
    ['reloading the configuration', 'select pg_reload_conf()'],
    ['an extension', 'create extension if not exists plpgsql schema reports'],
    ['passwords', 'select * from pg_authid'],
    ['another role', 'alter role current_user createdb'],
  ),
  ...of(
    false,
    ['a setting', `select set_config('a.b', 'c', true)`],
    [
      'a setting in a CTE',
      `with x as materialized (select set_config('statement_timeout', '0', true)) select * from x`,
    ],
    ['a block of code', 'do $$ begin perform 1; end $$'],
    ['reading the claim', `select current_setting('bailiwick.report', true)`],
    ['waiting', 'select pg_sleep(0)'],
    ['telling others', `select pg_notify('a', 'b')`],
    ['a lock', 'select pg_advisory_xact_lock(1)'],
    ['a lock of the migrator', 'select pg_try_advisory_lock(4218, 0)'],
    ['a large object', `select lo_from_bytea(0, '')`],
    ['SQL from text', `select query_to_xml('select 1', true, true, '')`],
    ['a table as XML', `select database_to_xmlschema(true, true, '')`],
    ['estimates of tables', `select reltuples from pg_class where relname = 'deal'`],
    ['statistics of columns', 'select * from pg_stats limit 1'],
    ['what others run', 'select * from pg_stat_activity'],
    ['settings', 'select * from pg_settings'],
    ['changing settings', `update pg_settings set setting = '0' where name = 'lock_timeout'`],
    ['code of functions', 'select prosrc from pg_proc limit 1'],
    ['roles', 'select * from pg_roles'],
    ['the information schema', 'select * from information_schema.tables limit 1'],
    ['sizes of tables', 'select pg_database_size(1)'],
    ['a snapshot for others', 'select pg_export_snapshot()'],
    ['a definition', `select pg_get_viewdef('reports.deal'::regclass)`],
    ['rights of others', `select has_table_privilege('reports.deal', 'select')`],
    ['the number of a transaction', 'select pg_current_snapshot()'],
    ['chance', 'select random()'],
  ),
];
