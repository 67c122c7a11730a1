/**
 * Directus beside us: installed from npm into a folder of its own, on the same PostgreSQL server,
 * with the same rows in a schema of its own and the same restriction for one of its users.
 *
 * Directus 11.17.4 and not 12: from there on, rules for rows need a paid licence.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../src/store/database.ts';
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';
import { type Load, loadOn } from '../support/load.ts';
import { environment, type Started, startProgram } from '../support/processes.ts';
import { CONNECTIONS, SCOPE } from './scope.ts';

export const DIRECTUS_VERSION = '11.17.4';

const ADMIN = 'admin@directus.example.com';
const CLERK = 'clerk@directus.example.com';
const PASSWORD = 'directus-bench-password';

/** The columns of an invoice that the clerk may read: 15 of 17. */
const READABLE = [
  ...['name', 'customer', 'customer_name', 'company', 'cost_center', 'posting_date', 'due_date'],
  ...['po_no', 'currency', 'net_total', 'tax_rate', 'total_taxes', 'grand_total'],
  ...['outstanding_amount', 'status', 'remarks'],
];

/** The same rows, with the indexes that lists use. Our own columns stay behind. */
const MAKE_TABLE = `
  drop schema if exists directus cascade;
  create schema directus;
  create table directus.sales_invoice as
    select name::varchar(140), customer::varchar(140), customer_name::varchar(140),
      company::varchar(140), cost_center::varchar(140), posting_date, due_date,
      po_no::varchar(140), currency::varchar(140), net_total * 0.0001 as net_total, tax_rate,
      total_taxes * 0.0001 as total_taxes, grand_total * 0.0001 as grand_total,
      outstanding_amount * 0.0001 as outstanding_amount, status::varchar(140), remarks::text,
      docstatus, amended_from::varchar(140)
    from doc.sales_invoice;
  alter table directus.sales_invoice add primary key (name);
  create index on directus.sales_invoice (posting_date);
  create index on directus.sales_invoice (company);
  create index on directus.sales_invoice (cost_center);
  analyze directus.sales_invoice`;

export type Directus = { readonly load: Load; readonly pid: number; readonly stop: () => void };

/** Null where it cannot be installed, and `log` is told why. */
export async function startDirectus(
  folder: string,
  connection: MigrationConnection,
  address: DatabaseAddress,
  log: (line: string) => void,
): Promise<Directus | null> {
  if (!install(folder, log)) return null;
  await connection.script(MAKE_TABLE);
  const node = process.execPath;
  const cli = join(folder, 'node_modules/directus/cli.js');
  const port = await freePort();
  const env = settingsFor(address, port);
  const made = spawnSync(node, [cli, 'bootstrap'], {
    ...{ cwd: folder, env: environment(env), encoding: 'utf8' },
  });
  if (made.status !== 0) throw new Error(`Directus does not start: ${made.stderr}${made.stdout}`);
  const started = await startProgram([node, cli, 'start'], env, /Server started at/);
  return {
    load: await asClerk(`http://127.0.0.1:${port}`),
    pid: started.pid,
    stop: () => killed(started),
  };
}

/** It does not end by itself while connections are kept. */
function killed({ child }: Started): void {
  child.kill('SIGKILL');
}

function install(folder: string, log: (line: string) => void): boolean {
  const marker = join(folder, 'installed');
  if (existsSync(marker)) return true;
  log(`installing Directus ${DIRECTUS_VERSION} (some 800 MB)`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const words = [
    'install',
    `directus@${DIRECTUS_VERSION}`,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const run = spawnSync('npm', words, { cwd: folder, encoding: 'utf8' });
  if (run.status !== 0) {
    log(`Directus cannot be installed here: ${run.stderr.trim().split('\n').at(-1)}`);
    return false;
  }
  // Only scripts of its flows need it, and it would have to be compiled.
  const stub = join(folder, 'node_modules/isolated-vm');
  writeFileSync(join(stub, 'isolated-vm.js'), 'module.exports = {};\n');
  writeFileSync(marker, '');
  return true;
}

/** Asked for 0, Directus never says which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function settingsFor(address: DatabaseAddress, port: number): Record<string, string> {
  return {
    ...{ HOST: '127.0.0.1', PORT: String(port), DB_CLIENT: 'pg', DB_SEARCH_PATH: 'directus' },
    ...{ DB_HOST: address.host, DB_PORT: String(address.port), DB_USER: address.user },
    ...{ DB_DATABASE: address.database, DB_PASSWORD: address.password ?? '' },
    ...{ ADMIN_EMAIL: ADMIN, ADMIN_PASSWORD: PASSWORD, SECRET: randomBytes(32).toString('hex') },
    ...{ CACHE_ENABLED: 'false', RATE_LIMITER_ENABLED: 'false', TELEMETRY: 'false' },
    ...{ ACCESS_TOKEN_TTL: '1d', LOG_LEVEL: 'info', WEBSOCKETS_ENABLED: 'false' },
    ...{ QUERY_LIMIT_DEFAULT: '100', EXTENSIONS_AUTO_RELOAD: 'false' },
  };
}

/** As an administrator gives a clerk two rules and 15 fields; signed in with a token of a day. */
async function asClerk(url: string): Promise<Load> {
  const admin = loadOn(url, await bearer(url, ADMIN), CONNECTIONS);
  const ask = async (method: string, path: string, body: unknown): Promise<string> => {
    const answer = await admin.send(method, path, body);
    if (answer.status >= 300) throw new Error(`Directus, ${path}: ${answer.text}`);
    return String(JSON.parse(answer.text || '{}').data?.id);
  };
  // Every change leaves activity and a revision, as ours leave an audit entry and a version.
  await ask('PATCH', '/collections/sales_invoice', { meta: { accountability: 'all' } });
  const policy = await ask('POST', '/policies', { name: 'Clerk' });
  const role = await ask('POST', '/roles', { name: 'Clerk' });
  await ask('POST', '/access', { role, policy });
  const rules = {
    _and: [{ company: { _eq: SCOPE.company } }, { cost_center: { _in: SCOPE.costCenters } }],
  };
  const of = { policy, collection: 'sales_invoice' };
  await ask('POST', '/permissions', {
    ...{ ...of, action: 'read', permissions: rules, fields: READABLE },
  });
  await ask('POST', '/permissions', {
    ...{ ...of, action: 'create', validation: rules, fields: READABLE },
  });
  await ask('POST', '/users', { email: CLERK, password: PASSWORD, role });
  admin.close();
  return loadOn(url, await bearer(url, CLERK), CONNECTIONS);
}

async function bearer(url: string, email: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const { data } = (await response.json()) as { data?: { access_token: string } };
  if (!data) throw new Error(`Directus does not let ${email} in`);
  return { authorization: `Bearer ${data.access_token}` };
}
