/**
 * A backup: every table by `COPY`, all of one snapshot, while others read and write on. Only the
 * short process that holds the owner's credentials makes one; it needs no program of PostgreSQL's.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../../base/errors.ts';
import { type Doctype, isColumn } from '../../doctype/definition.ts';
import { sensitivityOf, tableName } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';
import type { MigrationConnection } from '../migrate/migration-connection.ts';
import { missingMigrations, systemMigrations } from '../migrate/system-migrations.ts';
import {
  copyOutOf,
  ONE_FORM,
  qualified,
  sequencesOf,
  type TableShape,
  tablesOf,
} from './backed-up-tables.ts';
import { type BackedUpTable, fileOf, type Manifest, writeManifest } from './manifest.ts';

export type BackupReport = {
  readonly folder: string;
  readonly taken_at: string;
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
};

export type BackupRequest = {
  readonly folder: string;
  /** By which the installation's own key is known again. */
  readonly keyMark: string;
  readonly progress: (line: string) => void;
};

/**
 * Writes a backup into a folder that is empty or not there yet.
 * @throws Refusal `not_empty` for any other folder, which is left as it is
 */
export async function backUp(
  owner: MigrationConnection,
  { folder, keyMark, progress }: BackupRequest,
): Promise<BackupReport> {
  await prepareFolder(folder);
  const migrations = await migrationsHere(owner);
  await owner.script(`begin isolation level repeatable read read only; ${ONE_FORM}`);
  try {
    const [here] = await owner.query(
      `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as taken_at,
         current_setting('server_version') as postgres, (select value from sys.epoch) as epoch`,
    );
    const shapes = await tablesOf(owner);
    const tables: BackedUpTable[] = [];
    for (const [index, shape] of shapes.entries()) {
      const written = await writeTable(owner, folder, shape);
      tables.push({ ...shape, ...written });
      const words = `${shape.schema}.${shape.name}: ${written.rows} rows`;
      progress(`${words} (${index + 1} of ${shapes.length})`);
    }
    const manifest: Manifest = {
      format: 1,
      taken_at: String(here?.['taken_at']),
      postgres: String(here?.['postgres']),
      epoch: String(here?.['epoch']),
      migrations,
      tables,
      // After the rows: numbers are given outside of any snapshot, and none may be given again.
      sequences: await sequencesOf(owner),
      key_mark: keyMark,
      sealed: await countSealed(owner),
    };
    await owner.script('commit');
    await writeManifest(folder, manifest);
    const sum = (of: (table: BackedUpTable) => number) =>
      tables.reduce((total, table) => total + of(table), 0);
    return {
      ...{ folder, taken_at: manifest.taken_at, tables: tables.length },
      ...{ rows: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes) },
    };
  } catch (error) {
    await owner.script('rollback').catch(() => {});
    throw error;
  }
}

/** What is in it is worth as much as the database: nobody else may look into it. */
async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new Refusal('not_empty', `${folder} is not empty; say a folder that is, or a new one.`);
  }
  await chmod(folder, 0o700);
}

/** Those of this version that the database has. One of another version is left to that version. */
async function migrationsHere(owner: MigrationConnection) {
  const [known] = await owner.query(`select to_regclass('sys.migration') as name`);
  if (!known?.['name']) throw new Refusal('unavailable', 'There is nothing to back up yet.');
  const missing = new Set((await missingMigrations(owner)).map(({ name }) => name));
  const ours = systemMigrations();
  const rows = await owner.query('select name from sys.migration');
  const strange = rows.find(({ name }) => !ours.some((one) => one.name === name));
  if (strange) {
    throw new Refusal(
      'newer_version',
      `The database has ${strange['name']}, which is of a newer version of the program. Use that.`,
    );
  }
  return ours.filter(({ name }) => !missing.has(name));
}

async function writeTable(owner: MigrationConnection, folder: string, shape: TableShape) {
  const text = await copyOutOf(owner, shape);
  const file = createWriteStream(join(folder, fileOf(shape)), {
    ...{ flags: 'wx', mode: 0o600, flush: true },
  });
  const { rows, ...sums } = await summed(owner, text, file);
  return { rows, ...sums };
}

/** Runs a copy into a stream and tells what went through. */
export async function summed(
  owner: MigrationConnection,
  text: string,
  to: NodeJS.WritableStream,
): Promise<{ rows: number; bytes: number; sha256: string }> {
  const sum = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const [rows] = await Promise.all([owner.copyOut(text, through), pipeline(through, to)]);
  return { rows, bytes, sha256: sum.digest('hex') };
}

async function countSealed(owner: MigrationConnection): Promise<number> {
  const rows = await owner.query('select definition from sys.doctype');
  const definitions = rows.map(({ definition }) => JSON.parse(String(definition)) as Doctype);
  let count = 0;
  for (const { name, fields } of definitions) {
    const sealed = fields.filter((one) => isColumn(one) && sensitivityOf(one) === 'secret');
    for (const { fieldname } of sealed) {
      const table = qualified({ schema: 'doc', name: tableName(name) });
      const [row] = await owner.query(
        `select count(*) as n from ${table} where ${identifier(fieldname)} is not null`,
      );
      count += Number(row?.['n']);
    }
  }
  return count;
}
