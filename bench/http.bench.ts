/**
 * What it costs to be certain: requests as `branch-accountant` over 200,000 invoices, signed in,
 * decided, row-level security and audit on; Node.js and PostgreSQL together. Beside us, in the
 * same rounds and on the same PostgreSQL server: Directus with the same rows and restriction, and
 * a hand-written server without any permissions.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DIRECTUS_VERSION, startDirectus } from './http/directus.ts';
import { type Kind, kindsFor } from './http/kinds.ts';
import { CONNECTIONS, SCOPE } from './http/scope.ts';
import { type Benchmark, compared, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation, PASSWORD } from './support/installation.ts';
import { type Load, loadOn, type Sent, signIn } from './support/load.ts';
import { addManyInvoices } from './support/many-invoices.ts';
import { cpuOf, cpuOfTree, startProgram } from './support/processes.ts';

const SEED = 1;
const ROUNDS = 7;
const REQUESTS = 600;
const WARM_UP = 1500;
/** Of Directus, which takes many times as long for each. */
const FEWER = 5;
const BASELINE = 'hand-written Fastify and pg, BEGIN, query, COMMIT, no row-level security';
const DIRECTUS = `Directus ${DIRECTUS_VERSION}`;

type Server = {
  readonly load: Load;
  readonly pid: number;
  readonly sent: (kind: Kind, index: number) => Sent;
  readonly requests: number;
};

/** CPU milliseconds of one request, and requests in a second. */
type Measured = { readonly cpu: number; readonly rate: number };

export const benchmark: Benchmark = {
  seed: SEED,
  run: async (context) => {
    const { root, log } = context;
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    try {
      log('adding invoices');
      await addManyInvoices(connection);
      const settings = await durabilityOf(connection);
      const names = await namesOf(connection, VISIBLE);
      const kinds = kindsFor(names, await namesOf(connection, CUSTOMERS));
      const ours = await installation.serve();
      const address = JSON.stringify(installation.superuser);
      const command = [process.execPath, join(root, 'bench/baseline-server.ts')] as const;
      const baseline = await startProgram(command, {}, /^listens on (\S+)$/, address);
      const folder = join(root, '.runtime/directus');
      const directus = await startDirectus(folder, connection, installation.superuser, log);
      const stops = [() => directus?.stop(), ours.stop, baseline.stop];
      const sent = (kind: Kind, index: number): Sent => kind.ours(index);
      try {
        const user = 'branch-accountant@demo.test';
        const results = await measureAll(
          {
            load: await signIn(ours.url, user, PASSWORD, CONNECTIONS),
            ...{ pid: ours.pid, sent, requests: REQUESTS },
          },
          {
            load: loadOn(baseline.ready[1] ?? '', {}, CONNECTIONS),
            ...{ pid: baseline.pid, sent, requests: REQUESTS },
          },
          directus && {
            ...directus,
            sent: (kind, index) => kind.directus(index),
            requests: REQUESTS / FEWER,
          },
          ...([installation.postgresPid, kinds, log] as const),
        );
        return { settings, versions: { postgresql: installation.postgresVersion }, results };
      } finally {
        // Whatever went wrong: nothing of it runs on.
        for (const stop of stops) await stop();
      }
    } finally {
      await connection.close();
      await installation.stop();
    }
  },
};

const CENTERS = SCOPE.costCenters.map((name) => `'${name}'`).join(', ');
const VISIBLE = `select name from doc.sales_invoice
  where company = '${SCOPE.company}' and cost_center in (${CENTERS})
  order by hashtext(name || '${SEED}'), name limit 500`;
const CUSTOMERS = 'select name from doc.customer order by name limit 50';

async function namesOf(
  connection: { query: (text: string) => Promise<object[]> },
  text: string,
): Promise<string[]> {
  return (await connection.query(text)).map((row) => String((row as { name: string }).name));
}

async function measureAll(
  ours: Server,
  baseline: Server,
  directus: Server | null,
  postgresPid: number,
  kinds: readonly Kind[],
  log: (line: string) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const servers = [ours, baseline, ...(directus ? [directus] : [])];
  for (const kind of kinds) {
    log(kind.name);
    if (kind.name !== 'create') await sameAnswers(ours, baseline, kind);
    let from = 0;
    for (const server of servers) {
      const count = server === directus ? WARM_UP / FEWER : WARM_UP;
      await server.load.sendAll(requestsOf(server, kind, 1_000_000, count));
    }
    const rounds: Measured[][] = [];
    for (let round = 0; round < ROUNDS; round++, from += REQUESTS) {
      const measured: Measured[] = [];
      for (const server of servers) measured.push(await measure(server, postgresPid, kind, from));
      rounds.push(measured);
    }
    results.push(...resultsOf(kind, rounds));
  }
  return results;
}

/** Of rounds: ours, the baseline's, and that of Directus where there is one. */
function resultsOf(kind: Kind, rounds: readonly (readonly Measured[])[]): Result[] {
  const pairs = (key: keyof Measured, other: number): [number, number][] =>
    rounds.flatMap((round) => {
      const [ours, one] = [round[0], round[other]];
      return ours && one ? [[ours[key], one[key]] as [number, number]] : [];
    });
  const { name, againstBaseline, againstDirectus } = kind;
  const cpu = `${name}: CPU of a request`;
  const time = `${name}: time of a request, ${CONNECTIONS} at a time`;
  // Time and not throughput, so that the smaller is the better one, as in every other line.
  const times = (other: number): [number, number][] =>
    pairs('rate', other).map(([one, two]) => [1000 / one, 1000 / two]);
  const results = [
    compared(cpu, 'ms', BASELINE, pairs('cpu', 1), againstBaseline),
    compared(time, 'ms', BASELINE, times(1), null),
  ];
  if (pairs('cpu', 2).length === 0) return results;
  return [
    ...results,
    compared(cpu, 'ms', DIRECTUS, pairs('cpu', 2), 1 / againstDirectus),
    compared(time, 'ms', DIRECTUS, times(2), 1 / againstDirectus),
  ];
}

function requestsOf(server: Server, kind: Kind, from: number, count: number): Sent[] {
  return Array.from({ length: count }, (_, index) => server.sent(kind, from + index));
}

/** Both must have read the same rows, or the comparison says nothing. */
async function sameAnswers(ours: Server, baseline: Server, kind: Kind): Promise<void> {
  const paths = new Set(requestsOf(ours, kind, 0, 100).map(({ path }) => path));
  for (const path of paths) {
    const [one, other] = [await ours.load.get(path), await baseline.load.get(path)];
    assert.deepEqual([one.status, other.status], [200, 200], `${path}: ${one.text} ${other.text}`);
    // A page of ours says besides where the next one begins.
    assert.deepEqual(JSON.parse(one.text).data, JSON.parse(other.text).data, path);
  }
}

async function measure(
  server: Server,
  postgresPid: number,
  kind: Kind,
  from: number,
): Promise<Measured> {
  const requests = requestsOf(server, kind, from, server.requests);
  const cpu = () => cpuOf(server.pid) + cpuOfTree(postgresPid);
  const before = cpu();
  const started = performance.now();
  await server.load.sendAll(requests);
  const seconds = (performance.now() - started) / 1000;
  return { cpu: (cpu() - before) / requests.length, rate: requests.length / seconds };
}
