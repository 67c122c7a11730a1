/** The environment, read once, checked, and frozen. The only reader of `process.env`. */
import { resolve } from 'node:path';

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Unset: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Where everything that must be kept lies; null where nobody said. */
  readonly dataDir: string | null;
  readonly demoPassword: string | null;
  readonly publicUrl: string | null;
  /** The operating system's user, recorded where the command line acts for the system. */
  readonly osUser: string;
};

const KNOWN = new Set(['BAILIWICK_DATA']);

/** This process's environment with some settings replaced, for a program that takes its place. */
export function environmentWith(
  changes: Record<string, string>,
): Record<string, string | undefined> {
  return { ...process.env, ...changes };
}

/** Reads the environment. Throws for an unknown `BAILIWICK_*` name or a value that is none. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const unknown = Object.keys(env).find(
    (name) => name.startsWith('BAILIWICK_') && !KNOWN.has(name),
  );
  if (unknown !== undefined) throw new Error(`unknown setting ${unknown}`);
  return Object.freeze({
    host: env['HOST'] || '127.0.0.1',
    port: portOf(env['PORT']),
    databaseUrl: env['DATABASE_URL'] || null,
    dataDir: env['BAILIWICK_DATA'] ? resolve(env['BAILIWICK_DATA']) : null,
    demoPassword: env['DEMO_PASSWORD'] || null,
    publicUrl: env['PUBLIC_URL'] || null,
    osUser: env['SUDO_USER'] || env['USER'] || env['LOGNAME'] || 'unknown',
  });
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 8000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not ${text}`);
}
