/** The environment, read once, checked, and frozen. The only reader of `process.env`. */
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Refusal } from './base/errors.ts';
import { parseJson } from './base/json.ts';
import { LIMITS } from './base/limits.ts';

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Unset: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** A standby of `databaseUrl` that answers reads; login and database are the same there. */
  readonly replicaAt: { readonly host: string; readonly port: number } | null;
  /** Where everything that must be kept lies; null where nobody said. */
  readonly dataDir: string | null;
  readonly demoPassword: string | null;
  readonly publicUrl: string | null;
  /**
   * By the name of a calling principal, the types of resources whose properties it may state in
   * AuthZEN questions. Nobody, unless it is said.
   */
  readonly propertyTrust: ReadonlyMap<string, ReadonlySet<string>>;
  /** Pairs of a person and a document with a personal field that one person may give at once. */
  readonly approvalPairs: number;
  /** The operating system's user, recorded where the command line acts for the system. */
  readonly osUser: string;
};

const KNOWN = new Set([
  'BAILIWICK_DATA',
  'BAILIWICK_AUTHZEN_PROPERTIES',
  'BAILIWICK_APPROVAL_PAIRS',
]);

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
  if (unknown !== undefined) {
    throw new Refusal(
      'bad_value',
      `There is no setting ${unknown}. Known: ${[...KNOWN].join(', ')}.`,
    );
  }
  return Object.freeze({
    host: env['HOST'] || '127.0.0.1',
    port: portOf(env['PORT']),
    databaseUrl: env['DATABASE_URL'] || null,
    replicaAt: replicaAt(env['DATABASE_REPLICA_URL'], env['DATABASE_URL']),
    dataDir: env['BAILIWICK_DATA'] ? resolve(env['BAILIWICK_DATA']) : null,
    demoPassword: env['DEMO_PASSWORD'] || null,
    publicUrl: env['PUBLIC_URL'] || null,
    propertyTrust: propertyTrustOf(env['BAILIWICK_AUTHZEN_PROPERTIES']),
    approvalPairs: approvalPairsOf(env['BAILIWICK_APPROVAL_PAIRS']),
    osUser: osUserOf(env),
  });
}

/** By the system, not by what a variable says; but for sudo, which names the person behind root. */
function osUserOf(env: Readonly<Record<string, string | undefined>>): string {
  const id = process.getuid?.();
  const behind = id === 0 && env['SUDO_USER'] ? `${env['SUDO_USER']} as ` : '';
  try {
    return behind + userInfo().username;
  } catch {
    // An id without an entry in the list of accounts, as in some containers.
    return `${behind}uid ${id}`;
  }
}

/** `{"pep@example.com": ["Record"]}`, and nothing else: what is not understood trusts nobody. */
function propertyTrustOf(text: string | undefined): Config['propertyTrust'] {
  if (text === undefined || text === '') return new Map();
  const bad = (): Refusal =>
    new Refusal(
      'bad_value',
      'BAILIWICK_AUTHZEN_PROPERTIES takes a JSON object of callers, each with a list of doctypes.',
    );
  const trust: unknown = parseJson(text, 'BAILIWICK_AUTHZEN_PROPERTIES');
  if (typeof trust !== 'object' || trust === null || Array.isArray(trust)) throw bad();
  const entries = Object.entries(trust as Record<string, unknown>);
  return new Map(
    entries.map(([caller, types]) => {
      const isList = Array.isArray(types) && types.every((type) => typeof type === 'string');
      if (caller === '' || !isList) throw bad();
      return [caller, new Set<string>(types)];
    }),
  );
}

/**
 * `postgresql://host:port`, or `postgresql://localhost:port?host=/folder` for a Unix socket. It
 * carries no login: the application's is the same on a standby, and one secret less lies about.
 */
function replicaAt(text: string | undefined, primary: string | undefined): Config['replicaAt'] {
  if (text === undefined || text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null &&
    /^postgres(?:ql)?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.hash}` === '' &&
    /^\/?$/.test(url.pathname) &&
    [...url.searchParams.keys()].every((name) => name === 'host');
  const host = url?.searchParams.get('host') ?? decodeURIComponent(url?.hostname ?? '');
  if (!url || !isPlain || host === '' || !primary) {
    throw new Refusal(
      'bad_value',
      'DATABASE_REPLICA_URL takes postgresql://host:port, beside a DATABASE_URL, whose login and ' +
        'database it shares.',
    );
  }
  return { host, port: Number(url.port || 5432) };
}

function approvalPairsOf(text: string | undefined): number {
  if (text === undefined || text === '') return LIMITS.approvalPairs;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Refusal(
    'bad_value',
    `BAILIWICK_APPROVAL_PAIRS must be a whole number from 1, not ${text}`,
  );
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 8000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Refusal('bad_value', `PORT must be a number from 0 to 65535, not ${text}`);
}
