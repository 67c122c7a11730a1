/**
 * The manifest of a backup: what it holds, of which version, with a checksum of every file. It is
 * written last, so that a folder without one is no backup.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../../base/errors.ts';
import type { SystemMigration } from '../migrate/system-migrations.ts';
import type { SequenceState, TableShape } from './backed-up-tables.ts';

/** Raised when a backup can no longer be read by what read the one before. */
const FORMAT = 1;
const MANIFEST = 'manifest.json';

export type BackedUpTable = TableShape & {
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the table's file, in hexadecimal. */
  readonly sha256: string;
};

export type Manifest = {
  readonly format: number;
  /** The moment that everything in it is of, in UTC. */
  readonly taken_at: string;
  readonly postgres: string;
  readonly epoch: string;
  readonly migrations: readonly SystemMigration[];
  readonly tables: readonly BackedUpTable[];
  readonly sequences: readonly SequenceState[];
  /** By which the key of sealed values is known again; it says nothing about the key itself. */
  readonly key_mark: string;
  /** How many values are sealed, and so are lost without that key. */
  readonly sealed: number;
};

/** The file of a table. */
export function fileOf({ schema, name }: Pick<TableShape, 'schema' | 'name'>): string {
  return `${schema}.${name}.copy`;
}

/** Writes the manifest: whole, or not at all. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const content = JSON.stringify(manifest);
  const text = `${JSON.stringify({ sha256: sha256(content), content }, null, 1)}\n`;
  const draft = join(folder, `${MANIFEST}.draft`);
  const file = await open(draft, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await rename(draft, join(folder, MANIFEST));
  await syncFolder(folder);
}

/** Makes names in a folder last, too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

/** Reads a manifest and compares its own checksum. @throws Refusal where it is no whole backup */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause) => {
    const why = 'There is no manifest.json: it is no backup, or one that was not finished.';
    throw damaged(folder, why, cause);
  });
  const manifest = contentOf(text);
  if (manifest === null) throw damaged(folder, 'manifest.json is not as it was written.');
  if (manifest.format !== FORMAT) {
    throw new Refusal(
      'newer_version',
      `The backup has format ${manifest.format}; this version of the program reads ${FORMAT}.`,
    );
  }
  return manifest;
}

function contentOf(text: string): Manifest | null {
  try {
    const { sha256: sum, content } = JSON.parse(text) as { sha256: string; content: string };
    return sum === sha256(content) ? (JSON.parse(content) as Manifest) : null;
  } catch {
    return null;
  }
}

/** Reads every file of the backup. @throws Refusal naming the first that is not as written */
export async function verifyFiles(
  folder: string,
  { tables }: Manifest,
  progress: (line: string) => void,
): Promise<void> {
  for (const [index, table] of tables.entries()) {
    const name = fileOf(table);
    const path = join(folder, name);
    const found = await stat(path).catch((cause) => {
      throw damaged(folder, `${name} is missing.`, cause);
    });
    const sum = createHash('sha256');
    for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
    if (found.size !== table.bytes || sum.digest('hex') !== table.sha256) {
      throw damaged(folder, `${name} is not as it was written.`);
    }
    progress(`checked ${name} (${index + 1} of ${tables.length})`);
  }
}

export function damaged(folder: string, why: string, cause?: unknown): Refusal {
  return new Refusal('damaged_backup', `${folder} cannot be restored. ${why}`, { cause });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
