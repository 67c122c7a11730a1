/**
 * What a list page and a single document cost more where there are fifty times as many: the same
 * questions of the same people to two installations, of 200,000 and of ten million invoices, in
 * turns. A cost is what a request's read is made of: session, claim, epoch, the kernel's condition
 * and row-level security, in one transaction.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, costsInTurns, rowsReached } from './rows/measure.ts';
import { namesFor } from './rows/names.ts';
import { BROAD, EVERY, MIDDLE, NARROW, type Person } from './rows/people.ts';
import { askEngine, INVOICES, type Kind, type Question } from './rows/questions.ts';
import { addRows } from './rows/world.ts';
import {
  absolute,
  type Benchmark,
  type BenchmarkContext,
  compared,
  type Result,
} from './support/benchmark.ts';
import {
  type BenchInstallation,
  durabilityOf,
  openBenchInstallation,
} from './support/installation.ts';
import { closePools, nodeOn, type Pools, poolsOn } from './support/node.ts';
import { cpuOfTree } from './support/processes.ts';

const RATIO_MAX = 1.3;
const SMALL = 200_000;
const LARGE = 10_000_000;
const KINDS: readonly Kind[] = ['list of 25', 'get'];

type Company = {
  readonly installation: BenchInstallation;
  readonly pools: Pools;
  readonly connection: Awaited<ReturnType<BenchInstallation['connect']>>;
  readonly bench: Pick<Bench, 'store' | 'postgresCpu'>;
  readonly invoices: number;
};

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const companies: Company[] = [];
    try {
      for (const [name, invoices] of [
        ['small', SMALL],
        ['large', LARGE],
      ] as const) {
        companies.push(await openCompany(context, name, Math.round(invoices * context.scale)));
      }
      const [small, large] = companies as [Company, Company];
      const results: Result[] = [];
      for (const person of [NARROW, MIDDLE, BROAD, EVERY]) {
        context.log(person.name);
        results.push(...(await measurePerson(small, large, person)));
      }
      const settings = await durabilityOf(small.connection);
      const versions = { postgresql: small.installation.postgresVersion };
      return { settings, versions, results };
    } finally {
      for (const { pools, connection, installation } of companies) {
        await closePools(pools);
        await connection.close();
        await installation.stop();
      }
    }
  },
};

/** Each in a data folder of its own, so that the tables of neither are in the other's memory. */
async function openCompany(
  context: BenchmarkContext,
  name: string,
  invoices: number,
): Promise<Company> {
  const { log, dataDir } = context;
  const folder = dataDir === null ? null : join(dataDir, name);
  if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o711 });
  const installation = await openBenchInstallation({ ...context, dataDir: folder });
  const connection = await installation.connect();
  log(`${invoices} invoices`);
  await addRows(connection, { invoices, employees: 1000, slips: 1000 }, log);
  const pools = poolsOn(installation.app);
  const postgresCpu = () => cpuOfTree(installation.postgresPid);
  const bench = { store: nodeOn(pools).store, postgresCpu };
  return { installation, connection, pools, bench, invoices };
}

async function measurePerson(small: Company, large: Company, person: Person): Promise<Result[]> {
  const results: Result[] = [];
  const names = new Map<Company, readonly string[]>();
  for (const one of [small, large]) {
    const found = await namesFor(one.connection, INVOICES, person);
    names.set(one, found);
    const question = questionOf('count', person, found);
    const { ours } = await rowsReached(one.bench, question);
    const metric = `${person.name}: rows reached of ${one.invoices}`;
    results.push(absolute(metric, 'rows', ours, null));
  }
  for (const kind of KINDS) {
    const sides = [large, small].map((one) => {
      const { bench } = one;
      const question = questionOf(kind, person, names.get(one) ?? []);
      return { bench, side: (turn: number) => askEngine(bench.store, question, turn) };
    });
    for (const { bench, side } of sides) {
      // What is kept and learnt aside is measured as it is once somebody has asked.
      await side(0);
      await bench.store.keeper.settled();
      await bench.store.cells.settled();
    }
    const rounds = await costsInTurns(sides);
    const pairs = rounds.map(([ours = 0, other = 0]): [number, number] => [ours, other]);
    const metric = `${person.name}, ${kind}, of ${large.invoices}: CPU`;
    results.push(compared(metric, 'ms', `of ${small.invoices}`, pairs, RATIO_MAX));
  }
  return results;
}

function questionOf(kind: Kind, person: Person, names: readonly string[]): Question {
  return { kind, subject: INVOICES, person, names };
}
