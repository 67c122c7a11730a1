/**
 * A demo under load for a long time: writers, readers and somebody who changes access, all at once.
 * No answer may contradict the reference, and memory has to stay what it is.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseProcesses, freePort, type Program, start, until } from '../program.ts';
import type { Planted } from './changer.ts';
import { type Company, openCompany } from './company.ts';
import { Findings } from './findings.ts';
import { megabytes, type Sample, sampleMemory } from './memory.ts';
import { report, type SoakReport } from './report.ts';

const SAMPLE_MS = 10_000;
/** Until caches are full: a share of the time, and never longer than so. */
const WARM_UP = { share: 0.2, ms: 120_000 };

export type SoakOptions = {
  readonly seconds: number;
  readonly random: () => number;
  /** Everybody's of the demo. */
  readonly password: string;
  readonly tell?: (line: string) => void;
  /** Puts a demo into the data folder; without it, the program makes one. */
  readonly prepare?: (dataDir: string) => void;
  readonly planted?: Planted;
};

/** Runs it so long, or until enough was wrong. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'bw-soak-'));
  await chmod(folder, 0o711);
  const dataDir = join(folder, 'data');
  options.prepare?.(dataDir);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { BAILIWICK_DATA: dataDir, PORT: port, DEMO_PASSWORD: options.password };
  const demo: Program = start(['start'], { env });
  try {
    await demo.says(url);
    await until(async () => ((await fetch(`${url}/readyz`)).status === 200 ? true : null));
    const findings = new Findings();
    const company = await openCompany({ url, dataDir, findings, ...options });
    options.tell?.('Everything is there; the load begins.');
    const began = Date.now();
    const samples = await underLoad(company, options, () => sampleOf(demo, dataDir));
    const seconds = (Date.now() - began) / 1000;
    for (const difference of await company.differences()) findings.wrong(difference);
    // What fails inside is told to the operator, whatever was answered.
    const told = demo.errors().split('\n');
    for (const line of told.filter((one) => / request \S+: /.test(one))) findings.wrong(line);
    const { changer } = company;
    return report({ findings, samples, seconds, changes: changer.changes });
  } finally {
    demo.process.kill('SIGTERM');
    await demo.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everybody works until the time is over; meanwhile memory is looked at. */
async function underLoad(
  { scene, actors, changer }: Company,
  { seconds, tell = () => {} }: SoakOptions,
  sample: () => Sample,
): Promise<Sample[]> {
  const { findings } = scene;
  const [began, end] = [Date.now(), Date.now() + seconds * 1000];
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted || findings.isOver || Date.now() >= end;
  const works = actors.map(async ({ paceMs, step }) => {
    try {
      while (!isOver()) {
        await step();
        await sleep(paceMs);
      }
    } catch (error) {
      findings.wrong(error instanceof Error ? String(error.stack) : String(error));
      over.abort();
    }
  });
  const work = Promise.all(works).then(() => over.abort());
  const warmUntil = began + Math.min(WARM_UP.ms, seconds * 1000 * WARM_UP.share);
  const samples: Sample[] = [];
  while (!isOver()) {
    const wait = Math.min(SAMPLE_MS, Math.max(end - Date.now(), 0));
    await sleep(wait, undefined, { signal: over.signal }).catch(() => undefined);
    const now = sample();
    if (Date.now() >= warmUntil) samples.push(now);
    tell(
      `${Math.round((Date.now() - began) / 1000)} s: ${findings.requests} requests, ` +
        `${findings.decisions} decisions compared, ${changer.total} epochs, ` +
        `server ${megabytes(now.server)}, PostgreSQL ${megabytes(now.PostgreSQL)}, ` +
        `${findings.faults.length} faults`,
    );
  }
  await work;
  return samples;
}

function sampleOf(demo: Program, dataDir: string): Sample {
  return sampleMemory(Number(demo.process.pid), databaseProcesses(dataDir).postgres);
}
