/**
 * The one truth at length: `npm run nightly [-- --seed=N] [-- --decisions=N]`.
 *
 * Random worlds from a printed seed, until a million decisions were compared with the reference:
 * the kernel's check, its list and who can, the filter in SQL, row-level security, both of them
 * together, and a server asked by HTTP. Ends with what each station was asked, by kind; fails at
 * the first disagreement, and where a station saw too little of a kind.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import * as kernel from '../src/authz/index.ts';
import { randomWorlds } from '../test/model/random-world.ts';
import { findDisagreement } from '../test/properties/agreement.ts';
import { kindsIn } from '../test/properties/kinds.ts';
import { STATIONS, Tally } from '../test/properties/stations.ts';
import { askStore } from '../test/properties/store/ask-store.ts';
import { HttpStation } from '../test/properties/store/http-station.ts';
import { WorldDatabase } from '../test/properties/store/world-database.ts';
import { sqlWorlds } from '../test/properties/store/worlds.ts';
import { findWhoDisagreement } from '../test/properties/who.ts';
import { prepare } from '../test/support/prepare.ts';

const DECISIONS = 1_000_000;
const SEED_RANGE = 2 ** 31;
const TELL_MS = 10_000;

/** Worlds of one round: the kernel alone is asked a hundred times faster than a server. */
const ROUND = { kernel: 40, store: 5, http: 4 };

/** Stations that are asked questions of their own; the others hear the same ones. */
const ASKED = ['check', 'who', 'filter', 'http'] as const;

const action = fc.constantFrom(...kernel.ACTIONS);
// Of what is made new there is nothing to evaluate before it is made.
const stored = action.filter((one) => one !== 'create' && one !== 'import');
const sampled = <Value>(values: fc.Arbitrary<Value>, seed: number, numRuns: number): Value[] =>
  fc.sample(values, { seed, numRuns });

type Places = { readonly database: WorldDatabase; readonly station: HttpStation };

/** One round; the first disagreement, in words, or null. */
async function round(seed: number, places: Places, tally: Tally): Promise<string | null> {
  const worlds = fc.record({ sample: randomWorlds, action });
  for (const one of sampled(worlds, seed, ROUND.kernel)) {
    const found = askKernel(one.sample, one.action, tally);
    if (found !== null) return found;
  }
  const tables = fc.record({ sample: sqlWorlds, action: stored });
  const all = sampled(tables, seed, ROUND.store + ROUND.http);
  for (const [index, one] of all.entries()) {
    const actions = new Set<kernel.Action>(['read', 'write', one.action]);
    if (index >= ROUND.store) {
      const found = await places.station.ask(one.sample, actions, tally);
      if (found !== null) return found;
      continue;
    }
    await places.database.load(one.sample);
    const found = await askStore(places.database, one.sample, actions, tally);
    if (found !== null) return found;
  }
  return null;
}

type Sample = Parameters<typeof findDisagreement>[1];

function askKernel(sample: Sample, further: kernel.Action, tally: Tally): string | null {
  const kindsOf = kindsIn(sample.world);
  const actions = new Set<kernel.Action>(['read', 'write', 'select', 'create', further]);
  const differs = findDisagreement(kernel, sample, [...actions], (question, { isAllowed }) => {
    const kinds = kindsOf(question, isAllowed);
    tally.count('check', kinds);
    tally.count('list', kinds);
  });
  if (differs !== null) return differs;
  return findWhoDisagreement(kernel, sample, ({ questions, names, level }) => {
    if (level !== undefined) return;
    for (const question of questions) {
      tally.count('who', kindsOf(question, names.includes(question.principal.id)));
    }
  });
}

async function compareAll(seed: number, wanted: number, places: Places): Promise<boolean> {
  const tally = new Tally();
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const decisions = () => ASKED.reduce((sum, station) => sum + tally.seen(station), 0);
  let told = start;
  for (let number = 0; decisions() < wanted; number++) {
    const found = await round(seed + number, places, tally);
    if (found !== null) {
      console.log(`Disagreement in the round of seed ${seed + number}: ${found}`);
      return false;
    }
    if (Date.now() - told < TELL_MS) continue;
    told = Date.now();
    console.log(`${decisions()} of ${wanted} decisions, ${seconds()} s, no disagreement`);
  }
  console.log(`\n${tally.table()}\n`);
  const lacking = STATIONS.flatMap((station) => tally.lacking(station));
  for (const one of lacking) console.log(`Too few of a kind: ${one}`);
  console.log(`Seed ${seed}: ${decisions()} decisions in ${seconds()} s, no disagreement`);
  return lacking.length === 0;
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * SEED_RANGE)) },
      decisions: { type: 'string', default: String(DECISIONS) },
    },
  });
  const [seed, wanted] = [Number(values.seed), Number(values.decisions)];
  if (!Number.isSafeInteger(seed)) throw new Error('`--seed` takes a whole number');
  if (!(wanted > 0)) throw new Error('`--decisions` takes a number above 0');
  console.log(`Seed ${seed}. Starting a database and a server …`);
  const release = await prepare();
  try {
    const database = await WorldDatabase.open();
    const station = await HttpStation.open();
    try {
      return await compareAll(seed, wanted, { database, station });
    } finally {
      await station.close();
      await database.close();
    }
  } finally {
    await release();
  }
}

const passed = await main();
// The run is over and what it prepared is released: no handle left behind may keep it open.
process.stdout.write('', () => process.exit(passed ? 0 : 1));
