/** Bugs in what is said of a change, and in duties kept apart: planted, and found. */
import fc from 'fast-check';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { ROLES } from '../model/random-world.ts';
import type { Kernel } from './agreement.ts';
import { findUnsaid } from './gains.ts';
import { firstOf, testPlanted } from './plant.ts';
import { GAIN_BUGS, POWER_BUGS, SEPARATION_BUGS } from './planted-bugs-gains.ts';
import { findUngivable, leavingOut, onlyPowers, unheld } from './power.ts';
import { findConflictMistake, randomSeparations } from './separation.ts';

// Always the same changes, so that a bug is not found today and missed tomorrow.
const changes = fc.sample(randomGainChanges, { seed: 20261122, numRuns: 3000 });
const separations = fc.sample(randomSeparations, { seed: 20261122, numRuns: 800 });

const powers = changes.filter(({ change }) => onlyPowers(change)).map(unheld);
const byRules = powers.filter(({ change }) => change.rules !== undefined);
const narrower = ROLES.flatMap((role) => byRules.map((change) => leavingOut(change, role)));

function findInSeparations(kernel: Kernel): string | null {
  return firstOf(separations, (separation) => findConflictMistake(kernel, separation));
}

/** Something that a change gives and nobody says. */
function findInChanges(kernel: Kernel): string | null {
  return firstOf(changes, (change) => findUnsaid(kernel, change));
}

/** Power that a change puts into a role, and its maker could not have given. */
function findInPowers(kernel: Kernel): string | null {
  return firstOf([...powers, ...narrower], (change) => findUngivable(kernel, change));
}

testPlanted([
  { name: 'gains', bugs: GAIN_BUGS, finds: [findInChanges] },
  { name: 'separations', bugs: SEPARATION_BUGS, finds: [findInSeparations] },
  { name: 'powers', bugs: POWER_BUGS, finds: [findInPowers] },
]);
