/** Applies `sql/*.sql` in order. A file that was applied is immutable: its checksum is kept. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type InstallationRoles,
  type MigrationConnection,
  readSql,
} from './migration-connection.ts';

const FOLDER = new URL('../../../sql/', import.meta.url);

/** Applies what is missing; gives the names of the files it applied. */
export async function applySystemMigrations(
  owner: MigrationConnection,
  roles: InstallationRoles,
): Promise<string[]> {
  await owner.script(
    `create schema if not exists sys; create table if not exists sys.migration (
       name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  );
  const known = await owner.query('select name, checksum from sys.migration');
  const checksums = new Map(known.map((row) => [row['name'], row['checksum']]));
  const applied: string[] = [];
  for (const name of sqlFiles()) {
    const file = new URL(name, FOLDER);
    const checksum = createHash('sha256').update(readFileSync(file)).digest('hex');
    const before = checksums.get(name);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw new Error(`migration ${name} was changed after it had been applied; add a new one`);
    }
    // Bodies of functions may name doctype tables, which come after the system's own.
    await owner.script(`begin; set local check_function_bodies = off; ${readSql(file, roles)}`);
    await owner.query('insert into sys.migration (name, checksum) values ($1, $2)', [
      name,
      checksum,
    ]);
    await owner.script('commit');
    applied.push(name);
  }
  return applied;
}

function sqlFiles(): string[] {
  const files = readdirSync(FOLDER).filter((name) => /^\d{6}-[a-z-]+\.sql$/.test(name));
  if (files.length === 0) throw new Error('no migrations were found');
  return files.sort();
}
