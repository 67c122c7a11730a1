/** How long it takes until the first request is answered: the first time, and the second. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runningServer } from '../src/store/embedded/state.ts';
import { administrator } from '../src/store/installation/installation.ts';
import { connectToMigrate } from '../src/store/migrate/migration-connection.ts';
import { absolute, type Benchmark, median } from './support/benchmark.ts';
import { ADDRESS, durabilityOf, PASSWORD, temporaryFolder } from './support/installation.ts';
import { signIn } from './support/load.ts';
import { startProgram } from './support/processes.ts';

/** Seconds. */
const FIRST_MAX = 40;
const SECOND_MAX = 3;

const SECOND_STARTS = 3;

type Start = {
  readonly seconds: number;
  /** What PostgreSQL needed of them, by its own log. */
  readonly postgresSeconds: number;
  readonly facts: { readonly settings: Record<string, string>; readonly version: string };
};

export const benchmark: Benchmark = {
  seed: 1,
  run: async ({ root, log }) => {
    // Always a new folder: a first start is what is measured.
    const dataDir = await temporaryFolder();
    try {
      const first = await start(root, dataDir);
      log('first start done');
      const later: Start[] = [];
      for (let count = 0; count < SECOND_STARTS; count++) later.push(await start(root, dataDir));
      const own = later.map(({ seconds, postgresSeconds }) => seconds - postgresSeconds);
      const postgres = later.map(({ postgresSeconds }) => postgresSeconds);
      const total = later.map(({ seconds }) => seconds);
      return {
        settings: first.facts.settings,
        versions: { postgresql: first.facts.version },
        results: [
          absolute(
            'first start with the demo company, to the first answer',
            's',
            first.seconds,
            FIRST_MAX,
          ),
          absolute(
            "second start to the first answer, without PostgreSQL's own",
            's',
            median(own),
            SECOND_MAX,
          ),
          absolute('second start to the first answer, all of it', 's', median(total), null),
          absolute("PostgreSQL's own start, by its log", 's', median(postgres), null),
        ],
      };
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

/** What `npm start` runs once everything is installed, until somebody has read a first list. */
async function start(root: string, dataDir: string): Promise<Start> {
  const env = { BAILIWICK_DATA: dataDir, DEMO_PASSWORD: PASSWORD, PORT: '0' };
  const began = performance.now();
  const command = ['sh', join(root, 'tools/launch.sh'), 'start'] as const;
  const server = await startProgram(command, env, ADDRESS);
  const person = await signIn(server.ready[0], 'branch-accountant@demo.test', PASSWORD);
  const { status, text } = await person.get('/api/resource/Sales%20Invoice');
  const seconds = (performance.now() - began) / 1000;
  person.close();
  if (status !== 200) throw new Error(`the first list was answered with ${status}: ${text}`);
  const facts = await factsOf(dataDir);
  await server.stop();
  return { seconds, postgresSeconds: await postgresStart(dataDir), facts };
}

async function factsOf(dataDir: string): Promise<Start['facts']> {
  const running = await runningServer(dataDir);
  if (!running) throw new Error('PostgreSQL does not answer');
  const { admin, database } = await administrator(dataDir, null);
  const connection = await connectToMigrate(admin(database));
  const settings = await durabilityOf(connection);
  await connection.close();
  return { settings, version: running.version };
}

/** From PostgreSQL's first line in its latest log to the one that says it accepts connections. */
async function postgresStart(dataDir: string): Promise<number> {
  const folder = join(dataDir, 'log');
  const latest = (await readdir(folder)).sort().at(-1);
  if (latest === undefined) throw new Error('PostgreSQL wrote no log');
  const lines = (await readFile(join(folder, latest), 'utf8')).split('\n');
  const moment = (text: string): number => {
    const line = lines.find((one) => one.includes(text));
    if (line === undefined) throw new Error(`PostgreSQL's log does not say \`${text}\``);
    return Date.parse(`${line.slice(0, 23).replace(' ', 'T')}Z`);
  };
  return (moment('ready to accept connections') - moment('starting PostgreSQL')) / 1000;
}
