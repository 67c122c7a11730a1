/** `/metrics`: for whoever is on the machine or has a token, true, and about nobody. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { PERSONAS } from '../../apps/demo/personas.ts';
import { ERROR_STATUS } from '../../src/base/errors.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import { buildServer } from '../../src/http/server.ts';
import { type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';
import { until } from '../support/program.ts';

let server: DemoServer;
let guest: Client;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, ['employee', 'accounts-manager']);
  guest = clientOf(server.url);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** By name with labels, as they are written. */
type Samples = ReadonlyMap<string, number>;

const LINE = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?[0-9.e+-]+|[+-]Inf)$/;

/** Reads the format strictly: each family once, its help, its type, then its samples. */
function samplesOf(text: string): Samples {
  assert.ok(text.endsWith('\n'));
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let [family, type] = ['', ''];
  const lines = text.slice(0, -1).split('\n');
  for (const [index, line] of lines.entries()) {
    const help = /^# HELP ([a-z_]+) \S/.exec(line)?.[1];
    if (help !== undefined) {
      assert.ok(!families.has(help), `${help} comes twice`);
      families.add(help);
      [, family = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(lines[index + 1] ?? '') ?? [];
      assert.equal(family, help);
      assert.match(type, /^(counter|gauge|histogram)$/);
      if (type === 'counter') assert.match(family, /_total$/);
      continue;
    }
    if (line.startsWith('# TYPE ')) continue;
    const [, name, labels = '', value] = LINE.exec(line) ?? assert.fail(`no sample: ${line}`);
    assert.equal(name?.replace(type === 'histogram' ? /_(bucket|sum|count)$/ : '', ''), family);
    const key = `${name}{${labels}}`;
    assert.ok(!samples.has(key), `${key} comes twice`);
    samples.set(key, Number(value?.replace('Inf', 'Infinity')));
  }
  assert.ok(families.size > 10);
  return samples;
}

async function measured(): Promise<Samples> {
  const { status, text } = await guest.get('/metrics');
  assert.equal(status, 200, text);
  return samplesOf(text);
}

const DURATION = 'bailiwick_http_request_duration_seconds';

function countOf(samples: Samples, method: string, route: string, status: string): number {
  const labels = `method="${method}",route="${route}",status="${status}"`;
  return samples.get(`${DURATION}_count{${labels}}`) ?? 0;
}

test('on the machine nobody has to sign in, and the format is Prometheus’ own', async () => {
  const { status, headers } = await guest.get('/metrics');
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  await measured();
});

test('what comes from elsewhere needs a token; a session is none', async () => {
  const token = await as('employee').post('/api/tokens', { label: 'watching' });
  const { key, secret } = token.body;
  const authorization = `token ${key}:${secret}`;
  for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via']) {
    const headers = { [name]: '127.0.0.1' };
    for (const somebody of [guest, as('employee')]) {
      const refused = await somebody.request('GET', '/metrics', undefined, headers);
      assert.deepEqual([refused.status, refused.body?.code], [401, 'unauthenticated'], name);
    }
    const allowed = await guest.request('GET', '/metrics', undefined, {
      ...headers,
      authorization,
    });
    assert.equal(allowed.status, 200, allowed.text);
  }
  const wrong = await guest.request('GET', '/metrics', undefined, {
    authorization: `token ${key}:wrong`,
  });
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'unauthenticated']);
  const ended = await as('employee').delete(`/api/tokens/${token.body.id}`);
  assert.equal(ended.status, 202);
  const late = await guest.request('GET', '/metrics', undefined, {
    ...{ via: '1.1 proxy', authorization },
  });
  assert.deepEqual([late.status, late.body?.code], [401, 'unauthenticated']);
});

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

test('another address of this machine is elsewhere', {
  skip: elsewhere === undefined ? 'this machine has no address but loopback' : false,
}, async () => {
  const open: FastifyInstance = await buildServer({
    services: server.system,
    routes: ROUTES,
    ownOrigins: () => new Set(),
    onError: (error) => assert.fail(String(error)),
    page: () => null,
  });
  const { port } = new URL(await open.listen({ host: '0.0.0.0', port: 0 }));
  try {
    const there = clientOf(`http://${elsewhere}:${port}`);
    const refused = await there.get('/metrics');
    assert.deepEqual([refused.status, refused.body?.code], [401, 'unauthenticated']);
    // It is not named by the Host header, which says what it likes.
    const named = await there.request('GET', '/metrics', undefined, { host: `127.0.0.1:${port}` });
    assert.equal(named.status, 401);
    assert.equal((await clientOf(`http://127.0.0.1:${port}`).get('/metrics')).status, 200);
  } finally {
    open.server.closeAllConnections();
    await open.close();
  }
});

test('counts move by the requests that were made', async () => {
  const manager = as('accounts-manager');
  const before_ = await measured();
  const list = '/api/resource/:doctype';
  for (let i = 0; i < 3; i++) {
    assert.equal((await manager.get('/api/resource/Customer?limit=1')).status, 200);
  }
  assert.equal((await manager.get('/api/resource/Nothing')).status, 404);
  assert.equal((await guest.get('/no/such/page')).status, 404);
  const after_ = await measured();
  const grown = (method: string, route: string, status: string): number =>
    countOf(after_, method, route, status) - countOf(before_, method, route, status);
  assert.equal(grown('GET', list, '2xx'), 3);
  assert.equal(grown('GET', list, '4xx'), 1);
  assert.equal(grown('other', 'other', '4xx'), 1);
  const refused = (code: string): number => {
    const key = `bailiwick_http_refusals_total{code="${code}"}`;
    return (after_.get(key) ?? Number.NaN) - (before_.get(key) ?? Number.NaN);
  };
  assert.deepEqual([refused('unknown_doctype'), refused('not_found')], [1, 1]);
  for (const code of Object.keys(ERROR_STATUS)) assert.ok(refused(code) >= 0, code);
});

test('the buckets of each histogram add up', async () => {
  await as('accounts-manager').get('/api/resource/Customer?limit=1');
  const samples = await measured();
  const buckets = new Map<string, [bound: number, count: number][]>();
  for (const [key, count] of samples) {
    const [, labels = '', bound = ''] = /_bucket\{(.*),le="(.*)"\}$/.exec(key) ?? [];
    if (bound === '') continue;
    const known = buckets.get(labels) ?? [];
    known.push([Number(bound.replace('Inf', 'Infinity')), count]);
    buckets.set(labels, known);
  }
  assert.ok(buckets.size > 0);
  for (const [labels, counts] of buckets) {
    for (const [index, [bound, count]] of counts.entries()) {
      const [lower, fewer] = counts[index - 1] ?? [0, 0];
      assert.ok(bound > lower && count >= fewer, labels);
    }
    assert.deepEqual(counts.at(-1), [Infinity, samples.get(`${DURATION}_count{${labels}}`)]);
    assert.ok((samples.get(`${DURATION}_sum{${labels}}`) ?? 0) > 0, labels);
  }
});

test('what the process knows of itself is what it is', async () => {
  const samples = await measured();
  const value = (key: string): number => samples.get(key) ?? Number.NaN;
  const epoch = (await server.system.store.policy()).world.epoch;
  assert.equal(value('bailiwick_policy_epoch{}'), epoch);
  assert.equal(value('bailiwick_policy_broken{}'), 0);
  assert.equal(
    value('bailiwick_policy_loads_total{how="whole"}'),
    server.system.store.policyLoads.whole,
  );
  assert.ok(value('bailiwick_policy_load_seconds_total{how="whole"}') > 0);
  assert.ok(value('process_resident_memory_bytes{}') > 1e7);
  assert.ok(value('process_cpu_seconds_total{}') > 0.1);
  const age = Date.now() / 1000 - value('process_start_time_seconds{}');
  assert.ok(age > 0 && age < 600, `${age}`);
  const most = value('bailiwick_database_connections_max{pool="requests"}');
  const idle = value('bailiwick_database_connections{pool="requests",state="idle"}');
  assert.ok(idle >= 1 && idle <= most, `${idle} of ${most}`);
  // Connections that are held are in use, and who comes after them waits.
  const { database } = server.system.store;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const works = Array.from({ length: most + 2 }, async () => {
    await database.transaction(async ({ run }) => {
      await run({ text: 'select 1', values: [] });
      await held;
    });
  });
  try {
    const inUse = 'bailiwick_database_connections{pool="requests",state="in use"}';
    const waitedFor = 'bailiwick_database_connections_waited_for{pool="requests"}';
    // What an earlier request left for afterwards may hold one of them for a moment more.
    await until(async () => {
      const full = await measured();
      return full.get(inUse) === most && full.get(waitedFor) === 2 ? true : null;
    });
  } finally {
    release();
    await Promise.all(works);
  }
});

test('INVARIANT (secrets-stay): nothing in it names a person, a doctype or a document', async () => {
  const manager = as('accounts-manager');
  const [{ name }] = (await manager.get('/api/resource/Customer?limit=1')).body.data;
  await manager.get(`/api/resource/Customer/${name}`);
  await manager.get('/api/resource/Zanzibar/Quagmire');
  await guest.get('/Quagmire/zanzibar');
  await guest.request('QUERY', '/api/Quagmire');
  await guest.post('/api/method/login', { usr: 'quagmire@demo.test', pwd: 'zanzibar' });
  const authorization = 'token zanzibar:quagmire';
  await guest.request('GET', '/api/doctypes', undefined, { authorization });
  const { text } = await guest.get('/metrics');
  const { doctypes } = await server.system.store.policy();
  const unsaid = ['zanzibar', 'quagmire', 'demo.test', '127.0.0.1', String(name)];
  const users = PERSONAS.flatMap(({ user, full_name }) => [user, full_name]);
  for (const word of [...unsaid, ...users]) {
    assert.ok(!text.toLowerCase().includes(word.toLowerCase()), word);
  }
  const values = [...text.matchAll(/="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value ?? '');
  assert.ok(values.length > 50);
  for (const value of values) assert.ok(!doctypes.has(value), value);
  const routes = new Set([...ROUTES.map(({ path }) => path), 'other']);
  for (const [, route = ''] of text.matchAll(/route="(.*?)"/g)) assert.ok(routes.has(route), route);
});
