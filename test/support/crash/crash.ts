/** A demo that is killed under load, again and again: its server, or its PostgreSQL. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { administrator } from '../../../src/store/installation/installation.ts';
import { connectToMigrate } from '../../../src/store/migrate/migration-connection.ts';
import { type Answer, clientOf } from '../client.ts';
import { databaseProcesses, freePort, type Program, start, until } from '../program.ts';
import { compare } from './compare.ts';
import { ITEMS, Writer } from './writer.ts';

export const PASSWORD = 'a password that was said';
export const WRITERS = 4;
/** A crash comes so long after the first writes were acknowledged, at most. */
const MOMENT_MS = 500;

export type CrashReport = {
  readonly crashes: Readonly<Record<Victim, number>>;
  readonly acknowledged: number;
  readonly faults: readonly string[];
};

type Victim = 'server' | 'postgres';

/**
 * Crashes it so many times, server and PostgreSQL in turns, at moments that `random` says; stops at
 * the first crash that broke something. In turns, since the writers draw from `random` as well, as
 * often as the machine is fast: what it drew for the next victim would not be the same twice.
 */
export async function crashDemo(
  times: number,
  random: () => number,
  tell: (line: string) => void = () => {},
): Promise<CrashReport> {
  const folder = await mkdtemp(join(tmpdir(), 'bw-crash-'));
  await chmod(folder, 0o711);
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { BAILIWICK_DATA: dataDir, PORT: port, DEMO_PASSWORD: PASSWORD };
  let demo: Program = start(['start'], { env });
  try {
    await demo.says(url);
    await ready(url);
    const writers = await writersAt(url, random);
    const crashes = { server: 0, postgres: 0 };
    const faults: string[] = [];
    for (let number = 0; number < times && faults.length === 0; number++) {
      const victim: Victim = number % 2 === 0 ? 'server' : 'postgres';
      const before = total(writers);
      let isOver = false;
      const works = writers.map((writer) => writer.work(() => isOver));
      await until(async () => (total(writers) >= before + WRITERS ? true : null));
      await sleep(random() * MOMENT_MS);
      if (victim === 'postgres') process.kill(databaseProcesses(dataDir).postgres, 'SIGKILL');
      else demo.process.kill('SIGKILL');
      isOver = true;
      await Promise.all(works);
      if (victim === 'server') {
        await demo.ended;
        demo = start(['start'], { env });
      }
      await ready(url);
      crashes[victim] += 1;
      faults.push(...(await compareIn(dataDir, writers)));
      tell(`${number + 1} of ${times}: killed ${victim}, ${total(writers)} acknowledged writes`);
    }
    return { crashes, acknowledged: total(writers), faults };
  } finally {
    demo.process.kill('SIGTERM');
    await demo.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

export const total = (writers: readonly Writer[]): number =>
  writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);

/** It answers again, and by its database. */
export async function ready(url: string): Promise<void> {
  await until(async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    return answer?.status === 200 ? true : null;
  });
}

export async function writersAt(
  url: string,
  random: () => number,
  hear?: (refusal: Answer) => void,
): Promise<Writer[]> {
  const usr = 'accounts-manager@demo.test';
  const login = await clientOf(url).post('/api/method/login', { usr, pwd: PASSWORD });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const client = clientOf(url, { cookie });
  const first = async (doctype: string): Promise<string> =>
    (await client.get(`/api/resource/${doctype}?limit=1`)).body.data[0].name;
  const item = { item_code: await first('Item'), qty: 1, rate: 1, amount: 1 };
  const template = {
    ...{ customer: await first('Customer'), company: 'Larkspur UK', cost_center: 'Leeds Retail' },
    ...{ posting_date: '2026-05-04', net_total: ITEMS },
    items: Array.from({ length: ITEMS }, () => item),
  };
  return Array.from(
    { length: WRITERS },
    (_, index) => new Writer(url, cookie, template, String(index), random, hear),
  );
}

export async function compareIn(dataDir: string, writers: readonly Writer[]): Promise<string[]> {
  const { admin, database } = await administrator(dataDir, null);
  const connection = await connectToMigrate(admin(database));
  try {
    return await compare(connection, writers);
  } finally {
    await connection.close();
  }
}
