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
    'somebody who holds and is also named is not said',
    'population.ts',
    'for (const number of others) setBit(people, number);',
    'for (const number of others) people[number >>> 5] = 0;',
  ),
  planted(
    'somebody who holds by two grants is said twice',
    'population.ts',
    'if (bundle > 0 && this.holders[bundle - 1] === holder)',
    'if (bundle < 0)',
  ),
  planted(
    'who may not act is said all the same',
    'population.ts',
    'if (holder !== NOBODY) setBit(this.enabled, bundle);',
    'setBit(this.enabled, bundle);',
  ),
  planted(
    'who can is kept though it hangs on two values',
    'who.ts',
    'if (more.length > 0 || path.table !== null) return null;',
    'if (path.table !== null) return null;',
  ),
  planted(
    'who can is kept though it hangs on all the rows',
    'who.ts',
    'if (more.length > 0 || path.table !== null) return null;',
    'if (more.length > 0) return null;',
  ),
  planted(
    'who can is kept beyond the end of a grant',
    'who.ts',
    'value !== null && index.isSteady(bundles)',
    'value !== null',
  ),
  planted(
    'who can is kept though a condition or a share says more of this document',
    'who.ts',
    'others.length === 0 ? onlyValue(doctype, request.document) : null',
    'onlyValue(doctype, request.document)',
  ),
  planted(
    'who can asks for three of four things that a document must be in',
    'who.ts',
    'left !== 0 && set < more.length',
    'left !== 0 && set < more.length - 1',
  ),
];
