/**
 * Takes from PUBLIC, in our own database, what raw SQL has no use for: the catalogue's tables, its
 * functions that change something or speak of other sessions, and those that run SQL from text.
 * The owner and the application keep them, and so does PostgreSQL's own role for monitoring.
 *
 * Only a superuser may: they belong to the one who made the cluster. Where somebody else runs
 * PostgreSQL for us this is left out, and docs/guides/raw-sql.md says what remains.
 */
import { connectToMigrate, type InstallationRoles, MIGRATING } from './migration-connection.ts';

/** Of functions that are not volatile, those that reveal or evaluate more than their arguments. */
const ALSO = [
  'current_setting',
  'pg_(get|ls|stat|show|read|blocking|safe|lock|partition|tablespace|sequence|describe|identify).*',
  'pg_(.*_is_visible|index_.*|indexam_.*|options_to_table|listening_channels|conf_load_time)',
  'pg_(postmaster_start_time|my_temp_schema|is_other_temp_schema|trigger_depth|xact_.*|snapshot.*)',
  '(query|table|schema|database|cursor)_to_xml.*',
  'has_.*_privilege|row_security_active|to_reg.*|acl.*|makeaclitem',
  'inet_(client|server)_(addr|port)|txid_.*|ts_(stat|rewrite|debug|parse|token_type)',
  'current_database|current_schemas?|session_user|current_query|pg_current_.*|col_description',
  'obj_description|shobj_description|lo_.*|lo(read|write)',
].join('|');

/** How much of the disk one reporting session may fill with what does not fit into memory. */
const TEMPORARY_FILES_MAX = '512MB';

/** Does it once; afterwards nothing is left to take. */
export async function fenceCatalog(
  address: Parameters<typeof connectToMigrate>[0],
  roles: InstallationRoles,
): Promise<void> {
  const admin = await connectToMigrate(address);
  try {
    // Two migrators at once would change the same rows.
    await admin.query('select pg_advisory_lock($1, 0)', [MIGRATING]);
    const [me] = await admin.query('select rolsuper from pg_roles where rolname = current_user');
    if (me?.['rolsuper'] !== 't') return;
    const keepers = `"${roles.owner}", "${roles.app}", pg_monitor`;
    const functions = await admin.query(FUNCTIONS, [`^(${ALSO})$`]);
    const relations = await admin.query(RELATIONS);
    const statements = [
      ...functions.flatMap(({ object }) => [
        `grant execute on function ${object} to ${keepers}`,
        `revoke execute on function ${object} from public`,
      ]),
      ...relations.flatMap(({ object }) => [
        `grant select on ${object} to ${keepers}`,
        `revoke all on ${object} from public`,
      ]),
      `revoke usage on schema information_schema from public`,
      `grant usage on schema information_schema to ${keepers}`,
      `revoke usage on language plpgsql, sql from public`,
      `grant usage on language plpgsql, sql to "${roles.owner}"`,
      `alter role "${roles.report}" set temp_file_limit = '${TEMPORARY_FILES_MAX}'`,
    ];
    await admin.script(`begin; ${statements.join(';')}; commit`);
  } finally {
    await admin.close();
  }
}

const isPublic = (acl: string, kind: string, owner: string, right: string): string =>
  `exists (select from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a
    where a.grantee = 0 and a.privilege_type = '${right}')`;

const FUNCTIONS = `select p.oid::regprocedure::text as object from pg_proc p
  where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'
    and (p.provolatile = 'v' or p.proname ~ $1) and p.prorettype <> 'trigger'::regtype
    and p.proname not in ('pg_backend_pid', 'clock_timestamp')
    and ${isPublic('p.proacl', 'f', 'p.proowner', 'EXECUTE')}`;

/** Of some, single columns are open to everybody. */
const RELATIONS = `select c.oid::regclass::text as object from pg_class c
  where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
    and (${isPublic('c.relacl', 'r', 'c.relowner', 'SELECT')} or exists (
      select from pg_attribute a cross join lateral aclexplode(a.attacl) e
      where a.attrelid = c.oid and a.attacl is not null and e.grantee = 0))`;
