/** The properties are only worth something if they find bugs: these are planted, and found. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { kindOf, type Principal } from '../../src/authz/principal.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { randomChanges } from '../model/random-gains.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { findUnsaid } from './gains.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { GAIN_BUGS } from './planted-bugs-gains.ts';
import { PREVIEW_BUGS } from './planted-bugs-preview.ts';
import { WHO_BUGS } from './planted-bugs-who.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { findConflictMistake, randomSeparations } from './separation.ts';
import { findWhoDisagreement } from './who.ts';

const KERNEL = fileURLToPath(new URL('../../src/authz', import.meta.url));
const copies = mkdtempSync(join(tmpdir(), 'bailiwick-planted-'));
after(() => rmSync(copies, { recursive: true }));

// Always the same worlds, so that a bug is not found today and missed tomorrow.
const worlds = fc.sample(randomWorlds, { seed: 20261122, numRuns: 200 });
const changes = fc.sample(randomChanges, { seed: 20261122, numRuns: 1500 });

const gainChanges = fc.sample(randomGainChanges, { seed: 20261122, numRuns: 1200 });
const separations = fc.sample(randomSeparations, { seed: 20261122, numRuns: 200 });
const worldChanges = fc.sample(randomWorldChanges, { seed: 20261122, numRuns: 100 });

/** A copy of the kernel with the bug in it, or, for comparison, with none. */
async function kernelWith(planted: PlantedBug | null, folder: string): Promise<Kernel> {
  const copy = join(copies, folder);
  cpSync(KERNEL, copy, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  if (planted) {
    const path = join(copy, planted.file);
    const parts = readFileSync(path, 'utf8').split(planted.find);
    assert.equal(parts.length, 2, `the text stands in ${planted.file} not exactly once`);
    writeFileSync(path, parts.join(planted.replace));
  }
  return await import(pathToFileURL(join(copy, 'index.ts')).href);
}

/** What gives the kernel away: a wrong judgement, a wrong answer or a crash; null for nothing. */
function findBug(kernel: Kernel): string | null {
  try {
    for (const change of changes) {
      const { sample, actor, gains } = change;
      const compiled = kernel.compileWorld(sample.world);
      const who: Principal = { id: actor, kind: kindOf(actor), actor: null, ceilings: [] };
      const refusal = kernel.judgeGains(compiled, who, gains, sample.now);
      if (refusal !== referenceRefusal(change)) return `judged as ${refusal}`;
    }
    for (const sample of worlds) {
      const found = findDisagreement(kernel, sample, ['read', 'write', 'select', 'create']);
      if (found !== null) return found;
    }
    for (const sample of worlds) {
      const found = findWhoDisagreement(kernel, sample);
      if (found !== null) return found;
    }
    for (const change of worldChanges) {
      const found = findPreviewDisagreement(kernel, change) ?? findStale(kernel, change);
      if (found !== null) return found;
    }
    for (const sample of worlds.slice(0, 60)) {
      const moments = [sample.now, sample.now - 2, sample.now, sample.now + 1];
      const found = findDisagreement(kernel, sample, ['read'], () => {}, moments);
      if (found !== null) return found;
    }
  } catch (error) {
    return String(error);
  }
  return null;
}

/** The same of what is said of changes, and of duties kept apart. */
function findGainBug(kernel: Kernel): string | null {
  try {
    for (const separation of separations) {
      const found = findConflictMistake(kernel, separation);
      if (found !== null) return found;
    }
    for (const change of gainChanges) {
      const found = findUnsaid(kernel, change);
      if (found !== null) return found;
    }
  } catch (error) {
    return String(error);
  }
  return null;
}

test('a copy of the kernel without a planted bug agrees with the reference', async () => {
  const kernel = await kernelWith(null, 'as-it-is');
  assert.equal(findBug(kernel), null);
  assert.equal(findGainBug(kernel), null);
});

for (const [index, planted] of [...PLANTED_BUGS, ...WHO_BUGS, ...PREVIEW_BUGS].entries()) {
  test(`a planted bug is caught: ${planted.bug}`, async () => {
    assert.notEqual(findBug(await kernelWith(planted, `bug-${index + 1}`)), null);
  });
}

for (const [index, planted] of GAIN_BUGS.entries()) {
  test(`a planted bug is caught: ${planted.bug}`, async () => {
    assert.notEqual(findGainBug(await kernelWith(planted, `gain-bug-${index + 1}`)), null);
  });
}
