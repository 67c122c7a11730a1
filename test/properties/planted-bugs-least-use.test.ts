/** Bugs in what is said of each grant alone. */
import { plant } from './plant.ts';
import { COVER_BUGS, WORTH_BUGS } from './planted-bugs-least-use.ts';
import { SEARCHES } from './searches.ts';

const { worth, covers } = SEARCHES;

plant([
  { name: 'worth', bugs: WORTH_BUGS, searches: [worth] },
  { name: 'cover', bugs: COVER_BUGS, searches: [covers] },
]);
