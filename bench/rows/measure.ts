/** Measures one question against the hand-written query, in turns. */
import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import type { Row, Statement } from '../../src/store/statement.ts';
import type { Store } from '../../src/store/store.ts';
import { absolute, compared, type Result } from '../support/benchmark.ts';
import { askEngine, handWritten, type Question, unrestricted } from './questions.ts';

export type Bench = {
  readonly store: Store;
  /** With a login that no row-level security binds. */
  readonly bare: Database;
  /** Milliseconds of CPU that PostgreSQL has used so far, in all of its processes. */
  readonly postgresCpu: () => number;
};

type Measured = Pick<Bench, 'postgresCpu'>;

/** Asks once; the turn tells questions of one kind apart. */
export type Side = (turn: number) => Promise<unknown>;

const ROUNDS = 5;

/** CPU comes in ticks of 10 ms: a sample has to be many of them. */
const SAMPLE_MILLISECONDS = 120;
const SAMPLE_TIMES_MAX = 2000;

/** CPU of one answer, PostgreSQL and the client together; the target as the issue states it. */
export async function measure(
  bench: Bench,
  question: Question,
  target: number | null,
): Promise<Result[]> {
  const { store, bare } = bench;
  const { kind, person, subject } = question;
  const run = async (statement: Statement): Promise<readonly Row[]> =>
    (await bare.read(statement))[0]?.rows ?? [];
  const ours: Side = (turn) => askEngine(store, question, turn);
  const fastest = await fastestOf(bench, question, run);
  const hand: Side = (turn) => run(handWritten(question, turn)[fastest] as Statement);
  const none: Side = (turn) => run(unrestricted(question, turn));
  await sameAnswer(question, ours, hand);
  // What is kept and learnt aside is measured as it is once somebody has asked.
  await store.keeper.settled();
  await store.cells.settled();
  const rounds = await costsInTurns([ours, hand, none].map((side) => ({ bench, side })));
  const pairs = (other: number) =>
    rounds.map((costs): [number, number] => [costs[0] ?? 0, costs[other] ?? 0]);
  const metric = `${subject.doctype}, ${person.name}, ${kind}: CPU`;
  return [
    compared(metric, 'ms', `hand-written (form ${fastest + 1})`, pairs(1), target),
    compared(metric, 'ms', 'the same query without any permission', pairs(2), null),
  ];
}

/** What each side costs in milliseconds of CPU, in rounds that follow each other. */
export async function costsInTurns(
  sides: readonly { readonly bench: Measured; readonly side: Side }[],
): Promise<number[][]> {
  const times: number[] = [];
  for (const { bench, side } of sides) times.push(await timesOf(bench, side));
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const costs: number[] = [];
    for (const [index, { bench, side }] of sides.entries()) {
      costs.push(await cpuOf(bench, side, times[index] ?? 1));
    }
    rounds.push(costs);
  }
  return rounds;
}

/** The rows that a person reaches, by which its questions are told apart. */
export async function rowsReached(
  bench: Pick<Bench, 'store'>,
  question: Question,
): Promise<Result> {
  const [row] = await askEngine(bench.store, { ...question, kind: 'count' }, 0);
  const metric = `${question.subject.doctype}, ${question.person.name}: rows reached`;
  return absolute(metric, 'rows', Number(row?.[0]), null);
}

async function fastestOf(
  bench: Bench,
  question: Question,
  run: (statement: Statement) => Promise<readonly Row[]>,
): Promise<number> {
  const forms = handWritten(question, 0).length;
  if (forms === 1) return 0;
  const costs: number[] = [];
  for (let form = 0; form < forms; form++) {
    const side: Side = (turn) => run(handWritten(question, turn)[form] as Statement);
    costs.push(await cpuOf(bench, side, await timesOf(bench, side)));
  }
  return costs.indexOf(Math.min(...costs));
}

/** Both must have found the same, or the comparison says nothing. */
async function sameAnswer({ kind }: Question, ours: Side, hand: Side): Promise<void> {
  const [one, other] = [(await ours(0)) as readonly Row[], (await hand(0)) as readonly Row[]];
  if (kind === 'get') {
    // Columns stand in another order there.
    assert.deepEqual([one.length, other.length], [1, 1]);
    assert.equal(one[0]?.[0], other[0]?.[0]);
  } else {
    assert.ok(one.length > 0);
    assert.deepEqual(one, other);
  }
}

/** How often a side has to be asked for one sample. */
async function timesOf(bench: Measured, side: Side): Promise<number> {
  for (let turn = 0; turn < 6; turn++) await side(turn);
  for (let times = 2; ; times *= 5) {
    const cost = await cpuOf(bench, side, times);
    if (cost * times >= SAMPLE_MILLISECONDS || times >= SAMPLE_TIMES_MAX) {
      const wanted = Math.ceil(SAMPLE_MILLISECONDS / Math.max(cost, 0.01));
      return Math.min(Math.max(wanted, 2), SAMPLE_TIMES_MAX);
    }
  }
}

async function cpuOf({ postgresCpu }: Measured, side: Side, times: number): Promise<number> {
  const [before, from] = [postgresCpu(), process.cpuUsage()];
  for (let turn = 0; turn < times; turn++) await side(turn);
  const { user, system } = process.cpuUsage(from);
  return (postgresCpu() - before + (user + system) / 1000) / times;
}
