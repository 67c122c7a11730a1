/** The properties are only worth something if they find bugs: these are planted, and found. */
import fc from 'fast-check';
import { kindOf, type Principal } from '../../src/authz/principal.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomChanges } from '../model/random-gains.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { firstOf, testPlanted } from './plant.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { HELD_BUGS } from './planted-bugs-held.ts';
import { PREVIEW_BUGS } from './planted-bugs-preview.ts';
import { WHO_BUGS } from './planted-bugs-who.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { findWhoDisagreement } from './who.ts';

// Always the same worlds, so that a bug is not found today and missed tomorrow.
const worlds = fc.sample(randomWorlds, { seed: 20261122, numRuns: 200 });
const changes = fc.sample(randomChanges, { seed: 20261122, numRuns: 2500 });

const worldChanges = fc.sample(randomWorldChanges, { seed: 20261122, numRuns: 100 });

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

function findInPreviews(kernel: Kernel): string | null {
  return firstOf(
    worldChanges,
    (change) => findPreviewDisagreement(kernel, change) ?? findStale(kernel, change),
  );
}

testPlanted([
  { name: 'decision', bugs: PLANTED_BUGS, finds: [findInGains, findInDecisions] },
  { name: 'held', bugs: HELD_BUGS, finds: [findInDecisions] },
  { name: 'who', bugs: WHO_BUGS, finds: [findInWho] },
  { name: 'preview', bugs: PREVIEW_BUGS, finds: [findInPreviews] },
]);
