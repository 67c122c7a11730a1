/** 20,000 people with three grants each, beside those of the demo company. */
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';

export const PEOPLE = 20_000;
export const GRANTS = 3 * PEOPLE;

const STANDARD = `'system:migrator', 'system:migrator', now(), now(), 0`;
const COLUMNS = 'owner, modified_by, creation, modified, docstatus';

const ADD_PEOPLE = `
  insert into doc."user" (name, email, full_name, enabled, ${COLUMNS})
  select 'person-' || n || '@many.test', 'person-' || n || '@many.test', 'Person ' || n, 1, ${STANDARD}
  from generate_series(1, ${PEOPLE}) n`;

/** Roles in turn; one grant in ten begins and ends some day. */
const ADD_GRANTS = `
  insert into doc."grant" (name, grantee_type, grantee, role, "from", until, ${COLUMNS})
  select 'MANY-' || n || '-' || k, 'User', 'person-' || n || '@many.test', roles.names[1 + (n + k) % 3],
    case when n % 10 = 0 then timestamp '2026-01-01' + n * interval '1 minute' end,
    case when n % 10 = 0 then timestamp '2199-01-01' + n * interval '1 minute' end, ${STANDARD}
  from generate_series(1, ${PEOPLE}) n, generate_series(1, 3) k,
    (select array['Accounts User', 'Stock User', 'Employee'] as names) roles`;

/** Two values each: a company, and one of what the role is about. */
const ADD_SCOPES = `
  insert into doc.grant_scope (name, parent_id, parenttype, parentfield, idx, dimension, value,
    descendants)
  select g.name || '-' || d.idx, g.id, 'Grant', 'scope', d.idx, d.dimension,
    d.names[1 + (hashint8(g.id) & 65535) % cardinality(d.names)], d.descendants
  from doc."grant" g, (
    select 1 as idx, 'Company' as dimension, array_agg(name order by name) as names, 0 as descendants
    from doc.company
    union all
    select 2, 'Cost Center', array_agg(name order by name), 1 from doc.cost_center
  ) d
  where g.name like 'MANY-%'`;

/** Adds them once, by every trigger that there is, and lets PostgreSQL look at them. */
export async function addManyGrants(connection: MigrationConnection): Promise<void> {
  const [{ count } = { count: null }] = await connection.query(
    `select count(*) from doc."grant" where name like 'MANY-%'`,
  );
  if (Number(count) === GRANTS) return;
  await connection.query('begin');
  await connection.query('select sys.lock_epoch()');
  await connection.query(ADD_PEOPLE);
  await connection.query(ADD_GRANTS);
  await connection.query(ADD_SCOPES);
  await connection.query('commit');
  await connection.query('vacuum (analyze)');
  await connection.query('checkpoint');
}
