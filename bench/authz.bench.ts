/**
 * The decision alone, in one process: the kernel through the functions that the product calls,
 * against CASL and against a yardstick, rounds in turn. All engines give the right answers before
 * any of them is timed.
 *
 * In fairness: a compiled, additive model is compared with a general library. The kernel need not
 * do what CASL can do beyond this workload, such as rules that deny; CASL's abilities are all made
 * beforehand, as the kernel's world is. Times are of the processor, since machines are shared.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBitmaps } from './authz/bitmaps.ts';
import { loadCasl } from './authz/casl.ts';
import { cpuOf } from './authz/cpu.ts';
import type { Engine } from './authz/engine.ts';
import { growthResults } from './authz/growth.ts';
import { type KernelEngine, loadKernel } from './authz/kernel.ts';
import { memoryResults } from './authz/memory.ts';
import { secondWorldResults } from './authz/second-world.ts';
import { isAllowed, makeWorkload, type Workload } from './authz/workload.ts';
import { type Benchmark, compared, type Result } from './support/benchmark.ts';

const ROUNDS = 15;

export const benchmark: Benchmark = {
  seed: 42,
  run: async ({ root, seed, log }) => {
    const workload = makeWorkload(seed);
    const kernel = loadKernel(workload);
    const [casl, bitmaps] = [loadCasl(workload), loadBitmaps(workload)];
    log('verifying every answer');
    verify(workload, [kernel, casl, bitmaps]);
    verifyKernel(workload, kernel);
    log('checks and lists');
    const results: Result[] = [
      ...checkResults(workload, kernel, casl, bitmaps),
      ...listResults(workload, kernel, casl, bitmaps),
    ];
    log('who, why and what-if');
    results.push(...answerResults(workload, kernel));
    log('a second world: levels, conditions, shares, expiry, ceilings, 100,000 customers');
    results.push(...secondWorldResults(seed));
    log('growth');
    results.push(...growthResults(seed));
    log('memory');
    results.push(...memoryResults(workload));
    return { settings: {}, versions: versionsIn(root), results };
  },
};

function verify(workload: Workload, engines: readonly Engine[]): void {
  let allowed = 0;
  for (const request of workload.requests) {
    const expected = isAllowed(workload, request);
    if (expected) allowed += 1;
    for (const engine of engines) {
      const { person, action, document } = request;
      assert.equal(engine.check(person, action, document), expected, engine.name);
    }
  }
  const { length } = workload.requests;
  assert.ok(allowed > length / 20 && allowed < length / 2, String(allowed));
  for (const person of someOf(workload.people, 6)) {
    const expected = workload.documents
      .filter((document) => isAllowed(workload, { person, action: 'read', document }))
      .map(({ name }) => name);
    for (const { name, list } of engines) assert.deepEqual(list(person).toSorted(), expected, name);
  }
}

/** What only the kernel answers, against asking about everybody and everything. */
function verifyKernel(workload: Workload, { who, preview, grantAndCheck }: KernelEngine): void {
  for (const document of someOf(workload.documents, 60)) {
    const expected = workload.people
      .filter((person) => isAllowed(workload, { person, action: 'read', document }))
      .map(({ id }) => id);
    assert.deepEqual(who(document), expected);
  }
  for (const [role, doctype] of someRules(workload, 4)) {
    const one = { name: 'one more', role, doctype, actions: ['read'], ownOnly: false } as const;
    const after = { ...workload, rules: [one] };
    const people = new Set<string>();
    const documents = new Set<string>();
    let pairs = 0;
    for (const person of workload.people.filter(({ roles }) => roles.includes(role))) {
      for (const document of workload.documents.filter((each) => each.doctype === doctype)) {
        const question = { person, action: 'read', document } as const;
        if (!isAllowed(after, question) || isAllowed(workload, question)) continue;
        people.add(person.id);
        documents.add(document.name);
        pairs += 1;
      }
    }
    assert.deepEqual(preview(role, doctype), [people.size, documents.size, pairs]);
  }
  const [role = ''] = workload.roles;
  for (const person of someOf(workload.people, 20)) {
    const document = workload.documents[person.index * 31] as Workload['documents'][number];
    const roles = [...person.roles, role];
    const question = { person: { ...person, roles }, action: 'read', document } as const;
    assert.equal(grantAndCheck(person, role, document), isAllowed(workload, question));
  }
}

function checkResults(
  { requests }: Workload,
  kernel: Engine,
  casl: Engine,
  bitmaps: Engine,
): Result[] {
  const rounds = inTurn([kernel, casl, bitmaps], ({ check }) => {
    let allowed = 0;
    const cpu = cpuOf(() => {
      for (const { person, action, document } of requests) {
        if (check(person, action, document)) allowed += 1;
      }
    });
    assert.ok(allowed > 0);
    return cpu / requests.length;
  });
  const metric = 'CPU of a check, through `decide`';
  return [
    compared(metric, 'ns', casl.name, pairs(rounds, 0, 1), 0.2),
    compared(metric, 'ns', bitmaps.name, pairs(rounds, 0, 2), null),
  ];
}

function listResults(
  { people }: Workload,
  kernel: Engine,
  casl: Engine,
  bitmaps: Engine,
): Result[] {
  const asking = someOf(people, 6);
  const rounds = inTurn([kernel, casl, bitmaps], ({ list }) => {
    const cpu = cpuOf(() => {
      for (const person of asking) assert.ok(list(person).length >= 0);
    });
    return cpu / asking.length / 1e6;
  });
  const metric = 'CPU of a list over 100,000 documents';
  return [
    compared(metric, 'ms', casl.name, pairs(rounds, 0, 1), 0.1),
    compared(metric, 'ms', bitmaps.name, pairs(rounds, 0, 2), null),
  ];
}

/** Each against a check, which is measured in the same rounds. */
function answerResults(workload: Workload, kernel: KernelEngine): Result[] {
  const { requests, documents } = workload;
  const some = requests.slice(0, 20_000);
  const rules = someRules(workload, 40);
  const [role = ''] = workload.roles;
  const gaining = someOf(workload.people, 40);
  const measured: readonly (readonly [string, number, number, () => number])[] = [
    [
      'who can read a document',
      10,
      5000,
      () => {
        let found = 0;
        for (const document of someOf(documents, 5000)) found += kernel.who(document).length;
        return found;
      },
    ],
    [
      'explaining with every witness',
      15,
      some.length,
      () => {
        let found = 0;
        for (const { person, action, document } of some) {
          found += kernel.explain(person, action, document);
        }
        return found;
      },
    ],
    [
      'a preview of one rule, counted exactly',
      20_000,
      rules.length,
      () => rules.reduce((sum, [one, doctype]) => sum + kernel.preview(one, doctype)[2], 0),
    ],
    [
      'one grant more, in force',
      5000,
      gaining.length,
      () => {
        let allowed = 0;
        for (const person of gaining) {
          const document = documents[person.index * 31] as Workload['documents'][number];
          if (kernel.grantAndCheck(person, role, document)) allowed += 1;
        }
        return allowed + 1;
      },
    ],
  ];
  const check = (): number => {
    let allowed = 0;
    for (const { person, action, document } of requests) {
      if (kernel.check(person, action, document)) allowed += 1;
    }
    return allowed;
  };
  return measured.map(([metric, target, times, work]) => {
    const rounds: [number, number][] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const ours = cpuOf(() => assert.ok(work() > 0)) / times;
      const one = cpuOf(() => assert.ok(check() > 0)) / requests.length;
      if (round > 0) rounds.push([ours, one]);
    }
    return compared(`CPU of ${metric}`, 'ns', 'a check', rounds, target);
  });
}

/** Rounds of all engines in turn; the first warms up. */
function inTurn(engines: readonly Engine[], measure: (engine: Engine) => number): number[][] {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => engines.map(measure));
  return rounds.slice(1);
}

function pairs(rounds: readonly number[][], ours: number, other: number): [number, number][] {
  return rounds.map((round) => [round[ours] as number, round[other] as number]);
}

/** Some of them, from the whole length. */
function someOf<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === 0).slice(0, count);
}

function someRules({ roles, doctypes }: Workload, count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [
    roles[(index * 7) % roles.length] as string,
    doctypes[(index * 11) % doctypes.length]?.name as string,
  ]);
}

function versionsIn(root: string): Record<string, string> {
  const path = join(root, 'node_modules/@casl/ability/package.json');
  return { '@casl/ability': JSON.parse(readFileSync(path, 'utf8')).version };
}
