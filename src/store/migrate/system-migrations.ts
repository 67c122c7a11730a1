/** Applies `sql/*.sql` in order. A file that was applied is immutable: its checksum is kept. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type InstallationRoles,
  type MigrationConnection,
  readSql,
} from './migration-connection.ts';

const FOLDER = new URL('../../../sql/', import.meta.url);

/** One file of `sql/`, and the SHA-256 of what it says, in hexadecimal. */
export type SystemMigration = { readonly name: string; readonly checksum: string };

/** Applies what is missing; gives the names of the files it applied. */
export async function applySystemMigrations(
  owner: MigrationConnection,
  roles: InstallationRoles,
): Promise<string[]> {
  const missing = await missingMigrations(owner);
  for (const migration of missing) {
    await owner.script('begin');
    await applyMigrations(owner, roles, [migration]);
    await owner.script('commit');
  }
  return missing.map(({ name }) => name);
}

/** All files of this version, in order. */
export function systemMigrations(): SystemMigration[] {
  return sqlFiles().map((name) => {
    const text = readFileSync(new URL(name, FOLDER));
    return { name, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/** Those that the database does not have. Throws where one was changed after it was applied. */
export async function missingMigrations(owner: MigrationConnection): Promise<SystemMigration[]> {
  await owner.script(
    `create schema if not exists sys; create table if not exists sys.migration (
       name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  );
  const known = await owner.query('select name, checksum from sys.migration');
  const checksums = new Map(known.map((row) => [row['name'], row['checksum']]));
  return systemMigrations().filter(({ name, checksum }) => {
    const before = checksums.get(name);
    if (before !== undefined && before !== checksum) {
      throw new Error(`migration ${name} was changed after it had been applied; add a new one`);
    }
    return before === undefined;
  });
}

/** Applies these files within the transaction that has begun, and writes down that it did. */
export async function applyMigrations(
  owner: MigrationConnection,
  roles: InstallationRoles,
  migrations: readonly SystemMigration[],
): Promise<void> {
  for (const { name, checksum } of migrations) {
    // Bodies of functions may name doctype tables, which come after the system's own.
    const text = readSql(new URL(name, FOLDER), roles);
    await owner.script(`set local check_function_bodies = off; ${text}`);
    await owner.query('insert into sys.migration (name, checksum) values ($1, $2)', [
      name,
      checksum,
    ]);
  }
}

function sqlFiles(): string[] {
  const files = readdirSync(FOLDER).filter((name) => /^\d{6}-[a-z-]+\.sql$/.test(name));
  if (files.length === 0) throw new Error('no migrations were found');
  return files.sort();
}
