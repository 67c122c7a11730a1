/**
 * The migrator's connection: with rights that no serving process has, so it lives only in the
 * short process that migrates.
 */
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { CopyIn, CopyOut } from '../copy.ts';
import type { DatabaseAddress } from '../database.ts';

export type MigrationConnection = {
  /** Runs one statement, always by the extended protocol; gives rows as objects of text. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, string | null>[]>;
  /** Runs a file of several statements which takes no values. */
  script(text: string): Promise<void>;
  /** Runs `copy … to stdout`, writes what comes into the stream, ends it; gives the rows. */
  copyOut(text: string, to: Writable): Promise<number>;
  /** Runs `copy … from stdin` with these bytes; gives the rows. */
  copyIn(text: string, from: AsyncIterable<Buffer>): Promise<number>;
  close(): Promise<void>;
};

/** The lock that only one migrating process holds; it ends with its connection. */
export const MIGRATING = 4218;

/** Everything PostgreSQL sends stays text: codecs elsewhere know the column types. */
const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** Connects, with a clear error where the server cannot be reached or refuses the login. */
export async function connectToMigrate(
  address: DatabaseAddress | { connectionString: string },
): Promise<MigrationConnection> {
  const client = new pg.Client({
    ...address,
    application_name: 'bailiwick migrate',
    types: AS_TEXT,
  });
  // A server that dies between two statements is told by the next one.
  client.on('error', () => {});
  await client.connect();
  return {
    async query(text, values = []) {
      const config = { text, values: [...values], queryMode: 'extended' };
      return (await client.query(config as pg.QueryConfig)).rows;
    },
    async script(text) {
      await client.query(text);
    },
    async copyOut(text, to) {
      const copy = new CopyOut(text, to);
      client.query(copy as unknown as pg.Submittable);
      return await copy.rows;
    },
    async copyIn(text, from) {
      const copy = new CopyIn(text, from);
      client.query(copy as unknown as pg.Submittable);
      return await copy.rows;
    },
    async close() {
      await client.end();
    },
  };
}

/** Reads an SQL file and puts this installation's role names in. */
export function readSql(path: URL, roles: InstallationRoles): string {
  return readFileSync(path, 'utf8')
    .replaceAll('{{app}}', `"${roles.app}"`)
    .replaceAll('{{owner}}', `"${roles.owner}"`)
    .replaceAll('{{report}}', `"${roles.report}"`)
    .replaceAll('{{views}}', `"${roles.views}"`);
}

/** Roles of one installation. They are shared by all databases of a server, hence the prefix. */
export type InstallationRoles = {
  readonly owner: string;
  readonly app: string;
  /** The login of raw SQL, which owns nothing and sees only views. */
  readonly report: string;
  /** Owns those views, is subject to row-level security, and cannot log in. */
  readonly views: string;
};

export function rolesOf(database: string): InstallationRoles {
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(database)) {
    throw new Error(`the database must be named in lower case letters, digits and _: ${database}`);
  }
  return {
    owner: `${database}_owner`,
    app: `${database}_app`,
    report: `${database}_report`,
    views: `${database}_views`,
  };
}
