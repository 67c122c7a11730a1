/** Plants bugs in copies of the kernel, and fails for each that nothing finds. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Kernel } from './agreement.ts';
import { kernelWith } from './kernel-copy.ts';
import type { PlantedBug } from './planted-bugs.ts';

/** What a kernel does wrong, in words; null for nothing. */
export type Find = (kernel: Kernel) => string | null;

export type Suite = {
  readonly name: string;
  readonly bugs: readonly PlantedBug[];
  readonly finds: readonly Find[];
};

/** One test for each bug, and one that nothing is found where none was planted. */
export function testPlanted(suites: readonly Suite[]): void {
  const names = suites.map(({ name }) => name).join('-');
  test(`a copy of the kernel without a planted bug agrees: ${names}`, async () => {
    const kernel = await kernelWith(null, `as-it-is-${names}`);
    for (const { finds, name } of suites) assert.equal(given(kernel, finds), null, name);
  });
  for (const { name, bugs, finds } of suites) {
    for (const [index, planted] of bugs.entries()) {
      test(`a planted bug is caught: ${planted.bug}`, async () => {
        assert.notEqual(given(await kernelWith(planted, `${name}-${index + 1}`), finds), null);
      });
    }
  }
}

export function firstOf<Sample>(
  samples: readonly Sample[],
  find: (sample: Sample) => string | null,
): string | null {
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
