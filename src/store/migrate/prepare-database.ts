/** Makes the database and its roles, once. Everything here is done by the administrator's login. */
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';

/**
 * Creates the roles where they are missing and sets the application's password. The application
 * is neither owner nor superuser, belongs to no other role, and cannot make temporary tables.
 */
export async function prepareRoles(
  admin: MigrationConnection,
  roles: InstallationRoles,
  appPassword: string,
): Promise<void> {
  await createRole(admin, roles.owner, 'nologin');
  await createRole(admin, roles.app, 'login');
  const attributes = 'nosuperuser nocreatedb nocreaterole noreplication';
  await admin.script(
    `alter role "${roles.app}" with login ${attributes} password '${checked(appPassword)}'`,
  );
  const [me] = await admin.query('select current_user as name');
  await admin.script(`grant "${roles.owner}" to "${me?.['name']}"`);
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
  await admin.script(`revoke all on database "${database}" from public`);
  await admin.script(`grant connect on database "${database}" to "${roles.app}"`);
}

async function createRole(admin: MigrationConnection, role: string, login: string): Promise<void> {
  const found = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (found.length === 0) await admin.script(`create role "${role}" with ${login} nosuperuser`);
}

/** Role commands take no parameters; the password is ours and made of URL-safe characters. */
function checked(password: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(password)) throw new Error('an unexpected character in a password');
  return password;
}
