/** Makes the database and its roles, once. Everything here is done by the administrator's login. */
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';

/**
 * Creates the roles where they are missing and sets the passwords of the two that log in. These
 * are neither owner nor superuser, belong to no other role, and cannot make temporary tables.
 */
export async function prepareRoles(
  admin: MigrationConnection,
  roles: InstallationRoles,
  passwords: { readonly app: string; readonly report: string },
): Promise<void> {
  await createRole(admin, roles.owner, 'nologin');
  await createRole(admin, roles.app, 'login');
  await createRole(admin, roles.views, 'nologin');
  await createRole(admin, roles.report, 'login');
  await refusePowers(admin, roles);
  for (const login of ['app', 'report'] as const) {
    const password = checked(passwords[login]);
    await admin.script(`alter role "${roles[login]}" with login password '${password}'`);
  }
  const [me] = await admin.query('select current_user as name');
  await admin.script(`grant "${roles.owner}" to "${me?.['name']}"`);
  // Who makes a view for another role has to be a member of it.
  await admin.script(`grant "${roles.views}" to "${roles.owner}"`);
}

/** Creates the database, owned by the owner role, where it is missing. */
export async function prepareDatabase(
  admin: MigrationConnection,
  database: string,
  roles: InstallationRoles,
): Promise<void> {
  const found = await admin.query('select from pg_database where datname = $1', [database]);
  if (found.length === 0) {
    await admin.script(`create database "${database}" owner "${roles.owner}"`);
  }
  // Where somebody else made the database, its owner role may still make what belongs in it.
  await admin.script(`grant create, connect on database "${database}" to "${roles.owner}"`);
  await admin.script(`revoke all on database "${database}" from public`);
  await admin.script(
    `grant connect on database "${database}" to "${roles.app}", "${roles.report}"`,
  );
}

/**
 * A role of that name that was there before may have more rights than ours must have. Only a
 * superuser may take such rights away, even where there are none, so they are refused instead.
 */
async function refusePowers(admin: MigrationConnection, roles: InstallationRoles): Promise<void> {
  const powerful = await admin.query(
    `select r.rolname as name from pg_roles r where r.rolname = any ($1)
       and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication)
     union select m.rolname from pg_auth_members am join pg_roles m on m.oid = am.member
     where m.rolname = any ($2)`,
    [Object.values(roles), [roles.app, roles.report, roles.views]],
  );
  if (powerful.length === 0) return;
  const names = powerful.map(({ name }) => name).join(' and ');
  throw new Error(`the role ${names} has rights that it must not have; take them away or drop it`);
}

async function createRole(admin: MigrationConnection, role: string, login: string): Promise<void> {
  const found = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (found.length === 0) await admin.script(`create role "${role}" with ${login}`);
}

/** Role commands take no parameters; the password is ours and made of URL-safe characters. */
function checked(password: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(password)) throw new Error('an unexpected character in a password');
  return password;
}
