/**
 * Ways to find a mistake in a kernel, each on samples that are always the same: a bug is not
 * found today and missed tomorrow. What plants bugs, or changes the kernel bit by bit, tries
 * them all.
 */
import fc from 'fast-check';
import { kindOf, type Principal } from '../../src/authz/principal.ts';
import { type RandomWorldChange, randomWorldChanges } from '../model/random-change.ts';
import { type RandomGainChange, randomGainChanges } from '../model/random-gain-change.ts';
import { type RandomChange, randomChanges } from '../model/random-gains.ts';
import { ROLES, randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { findAnswerMistake } from './answers.ts';
import { findForecastMistake, worldsWithAbsent } from './forecast.ts';
import { findUnsaid } from './gains.ts';
import { findLeastUseMistake } from './least-use.ts';
import { crowded, findAddedDisagreement, findLintDisagreement } from './lint.ts';
import { NARROW_CHANGES } from './narrow-changes.ts';
import { eachAlone, findPairsMistake } from './personal-pairs.ts';
import { findUngivable, leavingOut, onlyPowers, unheld } from './power.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { randomOverlaps, randomTightOverlaps } from './random-overlaps.ts';
import { findReachDisagreement } from './reach.ts';
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

function findPowerMistake(kernel: Kernel, change: RandomGainChange): string | null {
  if (!onlyPowers(change.change)) return null;
  const power = unheld(change);
  const narrower = ROLES.map((role) => leavingOut(power, role));
  return firstMistake([power, ...narrower], (one) => findUngivable(kernel, one));
}

function findPairsMistakes(kernel: Kernel, change: RandomWorldChange): string | null {
  return firstMistake([change, ...eachAlone(change)], (one) => findPairsMistake(kernel, one));
}

function firstMistake<Sample>(
  samples: readonly Sample[],
  mistakeOf: (sample: Sample) => string | null,
): string | null {
  for (const sample of samples) {
    const mistake = mistakeOf(sample);
    if (mistake !== null) return mistake;
  }
  return null;
}

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
  previews: search(randomWorldChanges, 250, findPreviewDisagreement),
  /** What a recompiled world answers as before. */
  stale: search(randomWorldChanges, 100, findStale),
  /** What a change shows of people, all of it and each of its parts. */
  pairs: search(randomWorldChanges, 300, findPairsMistakes),
  pairsOfGains: search(randomGainChanges, 100, findPairsMistake),
  /** The same of small changes made by hand. */
  narrowPairs: search(fc.constantFrom(...NARROW_CHANGES), 60, (kernel, [change]) =>
    findPairsMistake(kernel, change),
  ),
  /** Power that a change puts into a role, and its maker could not have given. */
  powers: search(randomGainChanges, 3000, findPowerMistake),
  reaches: search(randomWorlds, 200, findReachDisagreement),
  lint: search(randomWorlds, 200, (kernel, sample) =>
    findLintDisagreement(kernel, crowded(sample)),
  ),
  /** What lint would say of a change. */
  added: search(randomWorldChanges, 100, (kernel, change) =>
    findAddedDisagreement(kernel, { ...change, sample: crowded(change.sample) }),
  ),
  worth: search(randomOverlaps, 30, findLeastUseMistake),
  covers: search(randomTightOverlaps, 1500, findLeastUseMistake),
  forecasts: search(worldsWithAbsent, 150, findForecastMistake),
} as const satisfies Record<string, Search>;
