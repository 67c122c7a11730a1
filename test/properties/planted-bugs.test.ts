/** The properties are only worth something if they find bugs: these are planted, and found. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Kernel } from './agreement.ts';
import { kernelWith } from './kernel-copy.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { FORECAST_BUGS } from './planted-bugs-forecast.ts';
import { GAIN_BUGS } from './planted-bugs-gains.ts';
import { HELD_BUGS } from './planted-bugs-held.ts';
import { PREVIEW_BUGS } from './planted-bugs-preview.ts';
import { WHO_BUGS } from './planted-bugs-who.ts';
import { SEARCHES, type Search } from './searches.ts';

/** What gives the kernel away: a wrong answer or a crash; null for nothing. */
function given(kernel: Kernel, searches: readonly Search[]): string | null {
  try {
    for (const search of searches) {
      const found = search.find(kernel);
      if (found !== null) return found;
    }
    return null;
  } catch (error) {
    return String(error);
  }
}

const { judgements, decisions, moments, who, separations, unsaid, previews, stale, forecasts } =
  SEARCHES;

const SUITES = [
  { name: 'decision', bugs: PLANTED_BUGS, searches: [judgements, decisions, moments] },
  { name: 'held', bugs: HELD_BUGS, searches: [decisions, moments] },
  { name: 'who', bugs: WHO_BUGS, searches: [who] },
  { name: 'gains', bugs: GAIN_BUGS, searches: [separations, unsaid] },
  { name: 'preview', bugs: PREVIEW_BUGS, searches: [previews, stale] },
  { name: 'forecast', bugs: FORECAST_BUGS, searches: [forecasts] },
];

test('a copy of the kernel without a planted bug agrees with the reference', async () => {
  const kernel = await kernelWith(null, 'as-it-is');
  for (const { searches, name } of SUITES) assert.equal(given(kernel, searches), null, name);
});

for (const { name, bugs, searches } of SUITES) {
  for (const [index, planted] of bugs.entries()) {
    test(`a planted bug is caught: ${planted.bug}`, async () => {
      assert.notEqual(given(await kernelWith(planted, `${name}-${index + 1}`), searches), null);
    });
  }
}
