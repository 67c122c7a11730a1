/** Memory of the serving process after 10,000 requests of many kinds. PostgreSQL is not counted. */
import { absolute, type Benchmark, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation, PASSWORD } from './support/installation.ts';
import { type Load, loadOn, signIn } from './support/load.ts';
import { residentBytes } from './support/processes.ts';

const REQUESTS = 10_000;
const MEGABYTE = 2 ** 20;

/** Megabytes. */
const RESIDENT_MAX = 250;

/** Every so many requests the memory is looked at, so that a peak between is not missed. */
const LOOK_EVERY = 250;

const PEOPLE = ['branch-accountant', 'accounts-manager', 'hr-manager', 'employee', 'storekeeper'];

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    try {
      const settings = await durabilityOf(connection);
      const server = await installation.serve();
      const atStart = residentBytes(server.pid);
      const people = await Promise.all(
        PEOPLE.map((name) => signIn(server.url, `${name}@demo.test`, PASSWORD)),
      );
      const peak = await sendMany([...people, loadOn(server.url)], server.pid, context.log);
      const results: Result[] = [
        absolute('resident memory at the start', 'MB', atStart / MEGABYTE, null),
        absolute('highest resident memory seen', 'MB', peak / MEGABYTE, null),
        absolute(
          `resident memory after ${REQUESTS} requests`,
          'MB',
          residentBytes(server.pid) / MEGABYTE,
          RESIDENT_MAX,
        ),
      ];
      await server.stop();
      return { settings, versions: { postgresql: installation.postgresVersion }, results };
    } finally {
      await connection.close();
      await installation.stop();
    }
  },
};

async function sendMany(
  people: readonly Load[],
  pid: number,
  log: (line: string) => void,
): Promise<number> {
  let peak = 0;
  const statuses = new Map<number, number>();
  for (let first = 0; first < REQUESTS; first += LOOK_EVERY) {
    const numbers = Array.from({ length: LOOK_EVERY }, (_, index) => first + index).values();
    await Promise.all(
      people.map(async (person) => {
        for (const number of numbers) {
          const { status } = await send(person, number);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    peak = Math.max(peak, residentBytes(pid));
  }
  log([...statuses].map(([status, count]) => `${count} × ${status}`).join(', '));
  const wrong = [...statuses.keys()].find((status) => status >= 500 || status === 429);
  if (wrong !== undefined) throw new Error(`some requests were answered with ${wrong}`);
  return peak;
}

const PAGE = '/api/resource';

/** Reads of all kinds, lists of many forms, refusals, and some writes. */
const KINDS: readonly ((load: Load, number: number) => Promise<{ status: number }>)[] = [
  (load, number) => load.get(`${PAGE}/Sales%20Invoice/SINV-2025-0${1000 + (number % 900)}`),
  (load) => load.get(`${PAGE}/Sales%20Invoice?limit_page_length=25&fields=%5B%22*%22%5D`),
  (load, number) => load.get(`${PAGE}/Customer?limit_start=${number % 100}&limit_page_length=100`),
  (load, number) => {
    const filters = encodeURIComponent(JSON.stringify([['grand_total', '>', number]]));
    return load.get(`${PAGE}/Sales%20Invoice?filters=${filters}&limit_page_length=500`);
  },
  (load) => load.get(`${PAGE}/Salary%20Slip?fields=%5B%22*%22%5D&limit_page_length=100`),
  (load, number) => load.get(`${PAGE}/Employee/HR-EMP-0${1000 + (number % 500)}`),
  (load) => load.get('/api/count/GL%20Entry'),
  (load) => load.get('/api/doctype/Sales%20Invoice'),
  (load) => load.get('/api/doctypes'),
  (load, number) => load.get(`${PAGE}/No%20Such%20Doctype%20${number}`),
  (load, number) => load.send('POST', `${PAGE}/Customer`, { customer_name: `Customer ${number}` }),
  (load) => load.get('/'),
];

async function send(load: Load, number: number): Promise<{ readonly status: number }> {
  const kind = KINDS[number % KINDS.length];
  if (!kind) throw new Error('no kind of request');
  return await kind(load, number);
}
