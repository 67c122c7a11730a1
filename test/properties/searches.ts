/**
 * Ways to find a mistake in a kernel, each on samples that are always the same: a bug is not
 * found today and missed tomorrow. What plants bugs, or changes the kernel bit by bit, tries
 * them all.
 */
import fc from 'fast-check';
import { kindOf, type Principal } from '../../src/authz/principal.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { type RandomChange, randomChanges } from '../model/random-gains.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { findAnswerMistake } from './answers.ts';
import { findForecastMistake, worldsWithAbsent } from './forecast.ts';
import { findUnsaid } from './gains.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { findInexact, randomReplacements } from './record-gains.ts';
import { aside, remembering } from './remembering.ts';
import {
  findConflictMistake,
  findMadeMistake,
  randomConflicts,
  randomSeparations,
} from './separation.ts';
import { findWhoDisagreement } from './who.ts';

const SEED = 20_261_122;

export type Search = {
  /** How many samples there are. */
  readonly count: number;
  /** What is wrong with the kernel on samples from one number up to another; null for nothing. */
  readonly find: (kernel: Kernel, from?: number, to?: number) => string | null;
};

function search<Sample>(
  arbitrary: fc.Arbitrary<Sample>,
  count: number,
  mistakeOf: (kernel: Kernel, sample: Sample) => string | null,
): Search {
  let samples: readonly Sample[] | null = null;
  return {
    count,
    find: (kernel, from = 0, to = count) => {
      samples ??= aside(() => fc.sample(arbitrary, { seed: SEED, numRuns: count }));
      for (const sample of samples.slice(from, to)) {
        const mistake = mistakeOf(kernel, sample);
        if (mistake !== null) return mistake;
      }
      return null;
    },
  };
}

const expectedRefusal = remembering(referenceRefusal);

/** A wrong judgement of what a change gives. */
function findMisjudged(kernel: Kernel, change: RandomChange): string | null {
  const { sample, actor, gains } = change;
  const compiled = kernel.compileWorld(sample.world);
  const who: Principal = { id: actor, kind: aside(() => kindOf(actor)), actor: null, ceilings: [] };
  const refusal = kernel.judgeGains(compiled, who, gains, sample.now);
  return refusal === expectedRefusal(change) ? null : `judged as ${refusal}`;
}

const nothing = () => {};

export const SEARCHES = {
  judgements: search(randomChanges, 2500, findMisjudged),
  /** A wrong decision, list, level or reason. */
  decisions: search(randomWorlds, 200, (kernel, sample) =>
    findDisagreement(kernel, sample, ['read', 'write', 'select', 'create']),
  ),
  /** The same at several moments of one compiled world. */
  moments: search(randomWorlds, 60, (kernel, sample) => {
    const moments = [sample.now, sample.now - 2, sample.now, sample.now + 1];
    return findDisagreement(kernel, sample, ['read'], nothing, moments);
  }),
  who: search(randomWorlds, 200, findWhoDisagreement),
  /** What may ever be done, who could give it, what it rests on. */
  answers: search(randomWorlds, 60, (kernel, sample) => findAnswerMistake(kernel, sample)),
  separations: search(randomSeparations, 800, findConflictMistake),
  /** Conflicts that a change makes. */
  made: search(randomConflicts, 400, (kernel, input) => findMadeMistake(kernel, input)),
  /** Something that a change gives and nobody says. */
  unsaid: search(randomGainChanges, 3000, findUnsaid),
  /** Gains that are said of what gives nothing, or not said. */
  records: search(randomReplacements, 600, (kernel, input) => findInexact(kernel, input)),
  previews: search(randomWorldChanges, 100, findPreviewDisagreement),
  /** What a recompiled world answers as before. */
  stale: search(randomWorldChanges, 100, findStale),
  forecasts: search(worldsWithAbsent, 150, findForecastMistake),
} as const satisfies Record<string, Search>;
