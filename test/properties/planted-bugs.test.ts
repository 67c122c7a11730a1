/** The properties are only worth something if they find bugs: these are planted, and found. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { kindOf, type Principal } from '../../src/authz/principal.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { randomChanges } from '../model/random-gains.ts';
import { ROLES, randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { findUnsaid } from './gains.ts';
import { kernelWith } from './kernel-copy.ts';
import { findLeastUseMistake } from './least-use.ts';
import { crowded, findAddedDisagreement, findLintDisagreement } from './lint.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { GAIN_BUGS, POWER_BUGS } from './planted-bugs-gains.ts';
import { HELD_BUGS } from './planted-bugs-held.ts';
import { COVER_BUGS, WORTH_BUGS } from './planted-bugs-least-use.ts';
import { LINT_BUGS } from './planted-bugs-lint.ts';
import { PREVIEW_BUGS } from './planted-bugs-preview.ts';
import { REACH_BUGS } from './planted-bugs-reach.ts';
import { WHO_BUGS } from './planted-bugs-who.ts';
import { findUngivable, leavingOut, onlyPowers, unheld } from './power.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { randomOverlaps, randomTightOverlaps } from './random-overlaps.ts';
import { findReachDisagreement } from './reach.ts';
import { findConflictMistake, randomSeparations } from './separation.ts';
import { findWhoDisagreement } from './who.ts';

// Always the same worlds, so that a bug is not found today and missed tomorrow.
const worlds = fc.sample(randomWorlds, { seed: 20261122, numRuns: 200 });
const changes = fc.sample(randomChanges, { seed: 20261122, numRuns: 2500 });

const gainChanges = fc.sample(randomGainChanges, { seed: 20261122, numRuns: 10000 });
const separations = fc.sample(randomSeparations, { seed: 20261122, numRuns: 800 });
const worldChanges = fc.sample(randomWorldChanges, { seed: 20261122, numRuns: 250 });
const overlaps = fc.sample(randomOverlaps, { seed: 20261122, numRuns: 30 });
const tightOverlaps = fc.sample(randomTightOverlaps, { seed: 20261122, numRuns: 1000 });

type Find = (kernel: Kernel) => string | null;

/** A wrong judgement of what a change gives. */
function findInGains(kernel: Kernel): string | null {
  for (const change of changes) {
    const { sample, actor, gains } = change;
    const compiled = kernel.compileWorld(sample.world);
    const who: Principal = { id: actor, kind: kindOf(actor), actor: null, ceilings: [] };
    const refusal = kernel.judgeGains(compiled, who, gains, sample.now);
    if (refusal !== referenceRefusal(change)) return `judged as ${refusal}`;
  }
  return null;
}

/** A wrong decision, list, level or reason; at one moment, then at several of one world. */
function findInDecisions(kernel: Kernel): string | null {
  for (const sample of worlds) {
    const found = findDisagreement(kernel, sample, ['read', 'write', 'select', 'create']);
    if (found !== null) return found;
  }
  for (const sample of worlds.slice(0, 60)) {
    const moments = [sample.now, sample.now - 2, sample.now, sample.now + 1];
    const found = findDisagreement(kernel, sample, ['read'], () => {}, moments);
    if (found !== null) return found;
  }
  return null;
}

function findInWho(kernel: Kernel): string | null {
  return firstOf(worlds, (sample) => findWhoDisagreement(kernel, sample));
}

function findInReaches(kernel: Kernel): string | null {
  return firstOf(worlds, (sample) => findReachDisagreement(kernel, sample));
}

function findInLint(kernel: Kernel): string | null {
  return (
    firstOf(worlds, (sample) => findLintDisagreement(kernel, crowded(sample))) ??
    firstOf(worldChanges, (change) =>
      findAddedDisagreement(kernel, { ...change, sample: crowded(change.sample) }),
    )
  );
}

function findInSeparations(kernel: Kernel): string | null {
  return firstOf(separations, (separation) => findConflictMistake(kernel, separation));
}

/** Something that a change gives and nobody says. */
function findInChanges(kernel: Kernel): string | null {
  return firstOf(gainChanges, (change) => findUnsaid(kernel, change));
}

/** Power that a change puts into a role, and its maker could not have given. */
function findInPowers(kernel: Kernel): string | null {
  const powers = gainChanges.filter(({ change }) => onlyPowers(change)).map(unheld);
  const narrower = ROLES.flatMap((role) => powers.map((change) => leavingOut(change, role)));
  return firstOf([...powers, ...narrower], (change) => findUngivable(kernel, change));
}

function findInPreviews(kernel: Kernel): string | null {
  return firstOf(
    worldChanges,
    (change) => findPreviewDisagreement(kernel, change) ?? findStale(kernel, change),
  );
}

function findInWorth(kernel: Kernel): string | null {
  return firstOf(overlaps, (sample) => findLeastUseMistake(kernel, sample));
}

function findInCovers(kernel: Kernel): string | null {
  return firstOf(tightOverlaps, (sample) => findLeastUseMistake(kernel, sample));
}

function firstOf<Sample>(samples: readonly Sample[], find: (sample: Sample) => string | null) {
  for (const sample of samples) {
    const found = find(sample);
    if (found !== null) return found;
  }
  return null;
}

/** What gives the kernel away: a wrong answer or a crash; null for nothing. */
function given(kernel: Kernel, finds: readonly Find[]): string | null {
  try {
    return firstOf(finds, (find) => find(kernel));
  } catch (error) {
    return String(error);
  }
}

const SUITES = [
  { name: 'decision', bugs: PLANTED_BUGS, finds: [findInGains, findInDecisions] },
  { name: 'held', bugs: HELD_BUGS, finds: [findInDecisions] },
  { name: 'who', bugs: WHO_BUGS, finds: [findInWho] },
  { name: 'reach', bugs: REACH_BUGS, finds: [findInReaches] },
  { name: 'lint', bugs: LINT_BUGS, finds: [findInLint] },
  { name: 'gains', bugs: GAIN_BUGS, finds: [findInSeparations, findInChanges] },
  { name: 'powers', bugs: POWER_BUGS, finds: [findInPowers] },
  { name: 'preview', bugs: PREVIEW_BUGS, finds: [findInPreviews] },
  { name: 'worth', bugs: WORTH_BUGS, finds: [findInWorth] },
  { name: 'cover', bugs: COVER_BUGS, finds: [findInCovers] },
];

test('a copy of the kernel without a planted bug agrees with the reference', async () => {
  const kernel = await kernelWith(null, 'as-it-is');
  for (const { finds, name } of SUITES) assert.equal(given(kernel, finds), null, name);
});

for (const { name, bugs, finds } of SUITES) {
  for (const [index, planted] of bugs.entries()) {
    test(`a planted bug is caught: ${planted.bug}`, async () => {
      assert.notEqual(given(await kernelWith(planted, `${name}-${index + 1}`), finds), null);
    });
  }
}
