/** Sets of field levels, kept as bits and given out as sets. */

/** Levels run from 0 to 9. */
const SETS = 1 << 10;

const given: (ReadonlySet<number> | undefined)[] = new Array(SETS);

/** The levels whose bits are set. The same set each time. */
export function levelSet(bits: number): ReadonlySet<number> {
  const known = given[bits & (SETS - 1)];
  if (known) return known;
  const levels = new Set<number>();
  for (let level = 0; level < 10; level++) if ((bits & (1 << level)) !== 0) levels.add(level);
  given[bits & (SETS - 1)] = levels;
  return levels;
}
