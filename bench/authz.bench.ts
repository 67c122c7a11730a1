/**
 * The decision alone, in one process: the kernel through its public `decide`, against CASL and
 * against a yardstick. All of them answer every request rightly before any of them is timed.
 *
 * A compiled, additive model is compared with a general library: the kernel need not do what
 * CASL can do beyond this workload, such as rules that deny.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBitmaps } from './authz/bitmaps.ts';
import { loadCasl } from './authz/casl.ts';
import type { Engine } from './authz/engine.ts';
import { loadKernel } from './authz/kernel.ts';
import { isAllowed, makeWorkload, type Workload } from './authz/workload.ts';
import { type Benchmark, compared, type Result } from './support/benchmark.ts';

const SEED = 42;
const ROUNDS = 15;
/** At most this part of the CPU that CASL takes. */
const OF_CASL_MAX = 0.2;

export const benchmark: Benchmark = {
  seed: SEED,
  run: async (context) => {
    const workload = makeWorkload(SEED);
    const engines = [loadKernel, loadCasl, loadBitmaps].map((load) => load(workload));
    context.log('verifying');
    verify(workload, engines);
    const [kernel, casl, bitmaps] = engines as [Engine, Engine, Engine];
    const rounds: (readonly [number, number, number])[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const times = [kernel, casl, bitmaps].map((engine) => cpuOf(engine, workload));
      // The first round warms up.
      if (round > 0) rounds.push(times as [number, number, number]);
    }
    const against = (index: 1 | 2) =>
      rounds.map((times): [number, number] => [times[0], times[index]]);
    const results: Result[] = [
      compared('CPU of a check', 'ns', casl.name, against(1), OF_CASL_MAX),
      compared('CPU of a check', 'ns', bitmaps.name, against(2), null),
    ];
    return { settings: {}, versions: versionsIn(context.root), results };
  },
};

function verify({ requests, ...workload }: Workload, engines: readonly Engine[]): void {
  let allowed = 0;
  for (const request of requests) {
    const expected = isAllowed({ requests, ...workload }, request);
    if (expected) allowed += 1;
    for (const engine of engines) {
      const { person, action, document } = request;
      assert.equal(engine.check(person, action, document), expected, engine.name);
    }
  }
  assert.ok(allowed > requests.length / 20 && allowed < requests.length / 2, String(allowed));
}

/** Nanoseconds of CPU, user and system, of one check on average. */
function cpuOf({ check }: Engine, { requests }: Workload): number {
  const before = process.cpuUsage();
  let allowed = 0;
  for (const { person, action, document } of requests) {
    if (check(person, action, document)) allowed += 1;
  }
  const { user, system } = process.cpuUsage(before);
  assert.ok(allowed > 0);
  return ((user + system) * 1000) / requests.length;
}

function versionsIn(root: string): Record<string, string> {
  const path = join(root, 'node_modules/@casl/ability/package.json');
  return { '@casl/ability': JSON.parse(readFileSync(path, 'utf8')).version };
}
