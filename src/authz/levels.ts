/** Sets of field levels, kept as bits and given out as sets. */

/** Levels run from 0 to 9. */
const LEVELS = 10;
const SETS = 1 << LEVELS;

const given: (ReadonlySet<number> | undefined)[] = new Array(SETS);

/** The levels whose bits are set. The same set each time. */
export function levelSet(bits: number): ReadonlySet<number> {
  const place = bits & (SETS - 1);
  given[place] ??= levelsIn(bits);
  return given[place];
}

/** The same as a set of its own. */
export function levelsIn(bits: number): Set<number> {
  const levels = new Set<number>();
  for (let level = 0; level < LEVELS; level++) if ((bits & (1 << level)) !== 0) levels.add(level);
  return levels;
}
