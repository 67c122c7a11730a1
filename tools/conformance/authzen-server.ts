/** A server of its own with the fixture, on a database that is thrown away. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS } from '../../apps/all.ts';
import { randomSecret } from '../../src/base/random.ts';
import type { System } from '../../src/commands/system.ts';
import { completeDefinition } from '../../src/doctype/complete-definition.ts';
import { loadPage } from '../../src/http/page.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import { buildServer } from '../../src/http/server.ts';
import { systemCaller } from '../../src/identity/caller.ts';
import { hashPassword } from '../../src/identity/password.ts';
import { compose } from '../../src/main.ts';
import { setPassword } from '../../src/store/credentials.ts';
import { startEmbedded } from '../../src/store/embedded/server.ts';
import { administrator } from '../../src/store/installation/installation.ts';
import { appPassword, reportPassword } from '../../src/store/installation/secrets.ts';
import { migrate } from '../../src/store/migrate/migrate.ts';
import {
  CLIENT_USER,
  FIXTURE,
  GRANTS,
  LOADER,
  PAPERS,
  RECORDS,
  SECTIONS,
  USERS,
} from './authzen-fixture.ts';
import type { Answer, Client } from './case.ts';

/** Starts everything, runs `work` as the client, and takes everything away again. */
export async function withServer<Value>(work: (client: Client) => Promise<Value>): Promise<Value> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bailiwick-conformance-'));
  // PostgreSQL does not run as root; its own account must be able to get in.
  await chmod(dataDir, 0o711);
  const database = await startEmbedded({ dataDir, log: () => {} });
  try {
    const name = await prepareDatabase(dataDir);
    const address = { host: database.socketDir, port: database.port, database: name };
    const login = { user: `${name}_app`, password: await appPassword(dataDir) };
    const system = compose({ ...address, ...login }, { isDemo: false, fieldKey: randomSecret(32) });
    try {
      return await serve(system, work);
    } finally {
      await system.close();
    }
  } finally {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function prepareDatabase(dataDir: string): Promise<string> {
  const { admin, database, maintenanceDatabase } = await administrator(dataDir, null);
  const apps = [...APPS, FIXTURE];
  await migrate({
    ...{ admin, database, maintenanceDatabase },
    appPassword: await appPassword(dataDir),
    reportPassword: await reportPassword(dataDir),
    apps: apps.map((app) => ({ ...app, doctypes: app.doctypes.map(completeDefinition) })),
    grants: [{ name: LOADER, type: 'User', grantee: LOADER, role: 'Fixture Loader' }],
    authorities: [{ name: LOADER, holder: LOADER }],
  });
  return database;
}

async function serve<Value>(system: System, work: (client: Client) => Promise<Value>) {
  const password = randomSecret(12);
  await load(system, password);
  let url = '';
  const server = await buildServer({
    services: system,
    routes: ROUTES,
    ownOrigins: () => new Set([url]),
    onError: (error, requestId) => console.error(`request ${requestId}:`, error),
    page: loadPage(''),
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    return await work(await signedIn(url, password));
  } finally {
    server.server.closeAllConnections();
    await server.close();
  }
}

/** Through the same pipeline as everything else; then the loader gives its own grant back. */
async function load(system: System, password: string): Promise<void> {
  const caller = systemCaller(LOADER, { requestId: 'fixture', door: 'cli', address: null });
  const bring = async (doctype: string, documents: Parameters<System['documents']['import']>[2]) =>
    await system.documents.import(caller, doctype, documents);
  const write = async (operation: 'create' | 'delete', doctype: string, more: object) => {
    const request = { doctype, name: null, input: null, expectedModified: null, ...more };
    await system.documents.write(caller, operation, request);
  };
  await bring(
    'User',
    USERS.map((name) => ({ name, values: valuesOfUser(name) })),
  );
  await bring(
    'section',
    SECTIONS.map((name) => ({ name, values: {} })),
  );
  await bring('record', RECORDS);
  await bring(
    'paper',
    PAPERS.map(({ name, owner, section }) => ({ name, values: { owner, section } })),
  );
  for (const { grantee, role, scope } of GRANTS) {
    const input = { grantee_type: 'User', grantee, role, scope, reason: 'Conformance' };
    await write('create', 'Grant', { input });
  }
  const hash = await hashPassword(password);
  await system.store.record(caller.credential, async (transaction) => {
    await transaction.run('write', setPassword(CLIENT_USER, hash));
  });
  await write('delete', 'Granting Authority', { name: LOADER });
  await write('delete', 'Grant', { name: LOADER });
}

function valuesOfUser(name: string): object {
  return { email: name.includes('@') ? name : `${name}@conformance.test`, full_name: name };
}

/** The client signs in once and makes itself a token, as an application does. */
async function signedIn(url: string, password: string): Promise<Client> {
  const login = await send(url, 'POST', '/api/method/login', { usr: CLIENT_USER, pwd: password });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const made = await send(url, 'POST', '/api/tokens', { label: 'conformance' }, { cookie });
  if (made.status !== 200) throw new Error(`no token was made: ${made.text}`);
  const authorization = `Bearer ${made.body.key}:${made.body.secret}`;
  return {
    base: url,
    post: async (path, body, headers = {}) =>
      await send(url, 'POST', path, body, { authorization, ...headers }),
    get: async (path) => await send(url, 'GET', path),
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: text }),
  });
  const received = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const parsed = isJson && received !== '' ? JSON.parse(received) : null;
  return { status: response.status, headers: response.headers, text: received, body: parsed };
}
