/** Bugs in what is said of changes: what they would do, and what they give. */
import { plant } from './plant.ts';
import { GAIN_BUGS, POWER_BUGS, SEPARATION_BUGS } from './planted-bugs-gains.ts';
import { PAIRS_BUGS } from './planted-bugs-pairs.ts';
import { PREVIEW_BUGS } from './planted-bugs-preview.ts';
import { SEARCHES } from './searches.ts';

const {
  separations,
  unsaid,

  powers,
  previews,
  stale,
  pairs,
  pairsOfGains,
  narrowPairs,
} = SEARCHES;

plant([
  { name: 'gains', bugs: GAIN_BUGS, searches: [unsaid] },
  { name: 'separations', bugs: SEPARATION_BUGS, searches: [separations] },
  { name: 'powers', bugs: POWER_BUGS, searches: [powers] },
  { name: 'preview', bugs: PREVIEW_BUGS, searches: [previews, stale] },
  { name: 'pairs', bugs: PAIRS_BUGS, searches: [narrowPairs, pairs, pairsOfGains] },
]);
