/** Bugs to plant in the question who can. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const WHO_BUGS: readonly PlantedBug[] = [
  planted(
    'whoever names no dimension is said to cover it',
    'holder-index.ts',
    'isExcepted ? side.unnamed.slice()',
    'true ? side.unnamed.slice()',
  ),
  planted(
    'an exception is not known from the side of the document',
    'holder-index.ts',
    'isExcepted ? side.unnamed.slice()',
    'false ? side.unnamed.slice()',
  ),
  planted(
    'rules alike but for their exceptions are taken for one',
    'holder-index.ts',
    ' ${JSON.stringify([...rule.except].sort())}`',
    '`',
  ),
  planted(
    'rules alike but for their condition are taken for one',
    'holder-index.ts',
    '${reach} ${condition} ',
    '${reach} ',
  ),
  planted(
    'who can for a field forgets the level',
    'holder-index.ts',
    'if (level !== undefined && !rule.levels.has(level)) continue;',
    '',
  ),
  planted(
    'who can is asked of one dimension path only',
    'who.ts',
    'of doctype.compiledPaths) {',
    'of doctype.compiledPaths.slice(0, 1)) {',
  ),
  planted(
    'who can says grants that have ended',
    'population.ts',
    'if (!isValid(source, now)) return;',
    '',
  ),
  planted(
    'who can says members who have left',
    'population.ts',
    'if (isValid(member, now)) add(member.number);',
    'add(member.number);',
  ),
  planted(
    'who can says whom a share that ended named',
    'population.ts',
    'if (number === undefined || !isValid(share, now)) continue;',
    'if (number === undefined) continue;',
  ),
  planted(
    'who can takes a share for every field',
    'who.ts',
    'if (request.level === undefined || request.level === 0)',
    'if (true)',
  ),
  planted(
    'who can does not ask for the condition',
    'population.ts',
    'if (when === null || ',
    'if (true || ',
  ),
  planted(
    'system principals are in Everyone',
    'population.ts',
    "[EVERYONE, 'user'],",
    "[EVERYONE, 'system'],",
  ),
  planted(
    'somebody who holds and is also named is said twice',
    'population.ts',
    'if (holder <= last) continue;',
    '',
  ),
  planted(
    'whoever comes after the last holder is not said',
    'population.ts',
    'for (; next < others.length; next++) {',
    'for (; next < 0; next++) {',
  ),
  planted(
    'who can asks for three of four things that a document must be in',
    'who.ts',
    'left !== 0 && set < more.length',
    'left !== 0 && set < more.length - 1',
  ),
];
