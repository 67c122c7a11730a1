/**
 * Puts a backup into a database, in one transaction: a restore that is killed has changed nothing.
 * Tables come first and bare, then their rows, then what protects them, as this version makes it.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Refusal } from '../../base/errors.ts';
import { tableName } from '../../doctype/table-name.ts';
import { knownDoctypes } from '../migrate/apply-doctypes.ts';
import { endFilling } from '../migrate/fill-columns.ts';
import { putSearch } from '../migrate/fill-entries.ts';
import type { InstallationRoles, MigrationConnection } from '../migrate/migration-connection.ts';
import { protectAll } from '../migrate/protect-all.ts';
import {
  applyMigrations,
  missingMigrations,
  systemMigrations,
} from '../migrate/system-migrations.ts';
import { summed } from './back-up.ts';
import {
  continueSequences,
  copyInto,
  copyOutOf,
  ONE_FORM,
  qualified,
  type SequenceState,
  sequencesOf,
} from './backed-up-tables.ts';
import { bareTable } from './bare-table.ts';
import {
  type BackedUpTable,
  damaged,
  fileOf,
  type Manifest,
  readManifest,
  verifyFiles,
} from './manifest.ts';

export type RestoreRequest = {
  readonly folder: string;
  /** Puts it in the place of what the database holds. */
  readonly replace: boolean;
  /** Restores although sealed values cannot be opened with this installation's key. */
  readonly loseSecrets: boolean;
  readonly keyMark: string;
  readonly progress: (line: string) => void;
  /** Writes down who restored what, in the restored log. */
  readonly record: (owner: MigrationConnection, manifest: Manifest) => Promise<void>;
};

export type RestoreReport = {
  readonly taken_at: string;
  readonly tables: number;
  readonly rows: number;
  /** Of tokens that worked when the backup was made, and work no more. */
  readonly tokens_ended: number;
};

/** What the database held before: numbers that must not be given again. */
type Before = {
  readonly epoch: string;
  readonly sequences: readonly SequenceState[];
};

/** Reads a backup through and through. @throws Refusal unless this version can restore it */
export async function checkBackup({
  folder,
  keyMark,
  loseSecrets,
  progress,
}: RestoreRequest): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const ours = new Map(systemMigrations().map(({ name, checksum }) => [name, checksum]));
  const strange = manifest.migrations.find(({ name, checksum }) => ours.get(name) !== checksum);
  if (strange) {
    throw new Refusal(
      'newer_version',
      `The backup has ${strange.name}, which this version of the program does not; use a newer one.`,
    );
  }
  if (manifest.sealed > 0 && manifest.key_mark !== keyMark && !loseSecrets) {
    throw new Refusal(
      'wrong_key',
      `${manifest.sealed} values of the backup are sealed under another key than this ` +
        "installation's. Put the other's `secrets/field-key` in its data folder first, or say " +
        '--lose-secrets: they can never be opened then.',
    );
  }
  await verifyFiles(folder, manifest, progress);
  return manifest;
}

/**
 * Restores a backup that was checked.
 * @throws Refusal `not_empty` where the database holds something and nobody said to replace it
 */
export async function restore(
  owner: MigrationConnection,
  roles: InstallationRoles,
  manifest: Manifest,
  request: RestoreRequest,
): Promise<RestoreReport> {
  await owner.script(`begin; ${ONE_FORM}`);
  try {
    const before = await clear(owner, request.replace);
    await makeSystem(owner, roles, manifest);
    const isSystem = ({ schema }: BackedUpTable): boolean => schema === 'sys';
    await load(owner, manifest.tables.filter(isSystem), request);
    await makeTables(owner, manifest, request.folder);
    await load(
      owner,
      manifest.tables.filter((table) => !isSystem(table)),
      request,
    );
    await switchTriggers(owner, manifest, 'enable');
    await continueSequences(owner, manifest.sequences, before.sequences);
    await applyMigrations(owner, roles, await missingMigrations(owner));
    await leaveMigrations(owner);
    await protectAll(owner, roles);
    // Words are not in the backup: they are taken from the documents, as this version takes them.
    await putSearch(owner, roles, await knownDoctypes(owner), {
      largeRows: Number.MAX_SAFE_INTEGER,
    });
    const [tokens] = await owner.query(
      `with ended as (update sys.token set revoked_at = now()
         where revoked_at is null and (expires_at is null or expires_at > now()) returning 1)
       select count(*) as n from ended`,
    );
    // INVARIANT (revoked-means-now): nobody has ever compiled a world at this epoch.
    await owner.query(
      `update sys.epoch set value = greatest(value, $1::bigint) + 1,
         changed_at = greatest(changed_at, clock_timestamp())`,
      [before.epoch],
    );
    // No node that was serving may follow from its world to this one: all of it is read anew, with
    // what was learnt of cells, whose numbers mean other values now.
    await owner.query(
      `insert into sys.permission_history (relation, key, content, from_change)
       select 'sys.restore', number::text, '{}', number from sys.this_change() number`,
    );
    await request.record(owner, manifest);
    await owner.script('commit; analyze');
    return {
      taken_at: manifest.taken_at,
      tables: manifest.tables.length,
      rows: manifest.tables.reduce((total, { rows }) => total + rows, 0),
      tokens_ended: Number(tokens?.['n']),
    };
  } catch (error) {
    await owner.script('rollback').catch(() => {});
    throw error;
  }
}

/** A migration that was under way has lost the triggers that it went by: it begins anew. */
async function leaveMigrations(owner: MigrationConnection): Promise<void> {
  for (const { id, definition } of (await knownDoctypes(owner)).values()) {
    await endFilling(owner, definition, id);
  }
}

/** Takes away what is there, where that was said. */
async function clear(owner: MigrationConnection, replace: boolean): Promise<Before> {
  const [there] = await owner.query(`select to_regclass('sys.doctype') as name`);
  let before: Before = { epoch: '0', sequences: [] };
  if (there?.['name']) {
    const [row] = await owner.query(
      `select (select count(*) from sys.doctype) as doctypes, (select value from sys.epoch) as epoch`,
    );
    if (Number(row?.['doctypes']) > 0 && !replace) {
      throw new Refusal(
        'not_empty',
        'The database holds an installation. To lose it for the backup, say --replace.',
      );
    }
    before = { epoch: String(row?.['epoch']), sequences: await sequencesOf(owner) };
  }
  await owner.script(
    'set local client_min_messages = warning; drop schema if exists reports, ticket, search, doc, sys cascade',
  );
  return before;
}

/** The system's own tables as they were then, without what their migrations put in. */
async function makeSystem(
  owner: MigrationConnection,
  roles: InstallationRoles,
  manifest: Manifest,
): Promise<void> {
  await missingMigrations(owner);
  await applyMigrations(owner, roles, manifest.migrations);
  // A table with a trigger that is still to fire cannot be altered.
  await owner.script('set constraints all immediate; set constraints all deferred');
  await switchTriggers(owner, manifest, 'disable');
  for (const table of manifest.tables.filter(({ schema }) => schema === 'sys').toReversed()) {
    await owner.script(`delete from ${qualified(table)}`);
  }
}

/**
 * What happened then is in the rows, and must not happen again. Policies are for those who ask;
 * PostgreSQL copies nothing into a table that has them in force, not for its owner either.
 */
async function switchTriggers(
  owner: MigrationConnection,
  { tables }: Manifest,
  verb: 'enable' | 'disable',
): Promise<void> {
  const rows = await owner.query(
    `select relname as name from pg_catalog.pg_class
     where relnamespace = 'sys'::regnamespace and relforcerowsecurity`,
  );
  const protectedTables = new Set(rows.map(({ name }) => name));
  for (const table of tables.filter(({ schema }) => schema === 'sys')) {
    const security = protectedTables.has(table.name) ? `, ${verb} row level security` : '';
    await owner.script(`alter table ${qualified(table)} ${verb} trigger user${security}`);
  }
}

async function makeTables(
  owner: MigrationConnection,
  { tables }: Manifest,
  folder: string,
): Promise<void> {
  for (const { definition } of (await knownDoctypes(owner)).values()) {
    const name = tableName(definition.name);
    const table = tables.find((one) => one.schema === 'doc' && one.name === name);
    if (!table) throw damaged(folder, `It lacks the documents of ${definition.name}.`);
    if ((await bareTable(owner, definition, table)) === null) {
      throw new Refusal(
        'newer_version',
        `${definition.name} has a column of a type that this version does not know.`,
      );
    }
  }
}

/** Fills tables and reads them again: they have to say what the files say, byte by byte. */
async function load(
  owner: MigrationConnection,
  tables: readonly BackedUpTable[],
  { folder, progress }: RestoreRequest,
): Promise<void> {
  for (const [index, table] of tables.entries()) {
    await owner.copyIn(copyInto(table), createReadStream(join(folder, fileOf(table))));
    const found = await summed(owner, await copyOutOf(owner, table), nowhere());
    if (found.rows !== table.rows || found.sha256 !== table.sha256) {
      throw damaged(folder, `${fileOf(table)} came out of the database otherwise than it went in.`);
    }
    progress(
      `${table.schema}.${table.name}: ${found.rows} rows (${index + 1} of ${tables.length})`,
    );
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
