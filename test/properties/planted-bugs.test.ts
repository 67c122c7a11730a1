/** The properties are only worth something if they find bugs: these are planted, and found. */
import { plant } from './plant.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { HELD_BUGS } from './planted-bugs-held.ts';
import { SEARCHES } from './searches.ts';

const { judgements, decisions, moments } = SEARCHES;

plant([
  { name: 'decision', bugs: PLANTED_BUGS, searches: [judgements, decisions, moments] },
  { name: 'held', bugs: HELD_BUGS, searches: [decisions, moments] },
]);
