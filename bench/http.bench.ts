/**
 * What it costs to be certain: CPU of one request as `branch-accountant` over 200,000 invoices,
 * Node.js and PostgreSQL together, against a hand-written server without any permissions.
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { type Benchmark, compared, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation, PASSWORD } from './support/installation.ts';
import { type Load, loadOn, signIn } from './support/load.ts';
import { addManyInvoices } from './support/many-invoices.ts';
import { cpuOf, cpuOfTree, startProgram } from './support/processes.ts';

const SEED = 1;
const ROUNDS = 9;
const REQUESTS = 600;
const WARM_UP = 1500;
const BASELINE = 'hand-written Fastify and pg, BEGIN, query, COMMIT, no row-level security';

/** The most CPU of ours for one of the baseline's. */
const RATIO_MAX = 2.5;

type Server = { readonly load: Load; readonly pid: number };

/** CPU milliseconds of one request, and requests in a second. */
type Measured = { readonly cpu: number; readonly rate: number };

export const benchmark: Benchmark = {
  seed: SEED,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    try {
      context.log('adding invoices');
      await addManyInvoices(connection);
      const settings = await durabilityOf(connection);
      const names = await visibleNames(connection);
      const ours = await installation.serve();
      const baselineFile = `${context.root}/bench/baseline-server.ts`;
      const address = JSON.stringify(installation.superuser);
      const command = [process.execPath, baselineFile] as const;
      const baseline = await startProgram(command, {}, /^listens on (\S+)$/, address);
      const results = await measureAll(
        {
          load: await signIn(ours.url, 'branch-accountant@demo.test', PASSWORD),
          pid: ours.pid,
        },
        { load: loadOn(baseline.ready[1] ?? ''), pid: baseline.pid },
        installation.postgresPid,
        names,
        context.log,
      );
      await ours.stop();
      await baseline.stop();
      return { settings, versions: { postgresql: installation.postgresVersion }, results };
    } finally {
      await connection.close();
      await installation.stop();
    }
  },
};

async function visibleNames(connection: { query: (text: string) => Promise<object[]> }) {
  const rows = await connection.query(`
    select name from doc.sales_invoice where company = 'Larkspur UK'
      and cost_center in ('Leeds', 'Leeds Retail', 'Leeds Workshop')
    order by hashtext(name || '${SEED}'), name limit 500`);
  return rows.map((row) => String((row as { name: string }).name));
}

async function measureAll(
  ours: Server,
  baseline: Server,
  postgresPid: number,
  names: readonly string[],
  log: (line: string) => void,
): Promise<Result[]> {
  const page = '/api/resource/Sales%20Invoice';
  const list = `${page}?limit_page_length=25`;
  const kinds: readonly (readonly [string, (index: number) => string])[] = [
    ['GET one invoice with its lines', (i) => `${page}/${names[i % names.length]}`],
    ['list of 25, names', () => list],
    ['list of 25, all fields', () => `${list}&fields=%5B%22*%22%5D`],
  ];
  const results: Result[] = [];
  for (const [metric, path] of kinds) {
    log(metric);
    const paths = Array.from({ length: REQUESTS }, (_, index) => path(index));
    for (const one of new Set(paths.slice(0, 100))) await sameAnswer(ours.load, baseline.load, one);
    const warm = Array.from({ length: WARM_UP }, (_, index) => path(index));
    await ours.load.getAll(warm);
    await baseline.load.getAll(warm);
    const pairs: [Measured, Measured][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const first = await measure(ours, postgresPid, paths);
      pairs.push([first, await measure(baseline, postgresPid, paths)]);
    }
    const of = (key: keyof Measured) =>
      pairs.map(([one, other]): [number, number] => [one[key], other[key]]);
    results.push(
      compared(`${metric}: CPU of a request`, 'ms', BASELINE, of('cpu'), RATIO_MAX),
      compared(`${metric}: throughput, 4 at a time`, 'requests/s', BASELINE, of('rate'), null),
    );
  }
  return results;
}

/** Both must have read the same rows, or the comparison says nothing. */
async function sameAnswer(ours: Load, baseline: Load, path: string): Promise<void> {
  const [one, other] = [await ours.get(path), await baseline.get(path)];
  assert.deepEqual([one.status, other.status], [200, 200], `${path}: ${one.text} ${other.text}`);
  assert.deepEqual(JSON.parse(one.text), JSON.parse(other.text), path);
}

async function measure(
  server: Server,
  postgresPid: number,
  paths: readonly string[],
): Promise<Measured> {
  const cpu = () => cpuOf(server.pid) + cpuOfTree(postgresPid);
  const before = cpu();
  const started = performance.now();
  await server.load.getAll(paths);
  const seconds = (performance.now() - started) / 1000;
  return { cpu: (cpu() - before) / paths.length, rate: paths.length / seconds };
}
