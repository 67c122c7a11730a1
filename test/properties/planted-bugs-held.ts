/** Bugs to plant in what principals hold, and in what roles may do. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const HELD_BUGS: readonly PlantedBug[] = [
  planted(
    'two grants of one value each cover a document of both',
    'held-scope.ts',
    'if (canJoin && scopes.length > 1)',
    'if (scopes.length > 1)',
  ),
  planted(
    'a scope is joined with one that differs in another dimension',
    'held-scope.ts',
    ' ${ids.all(coverages, slot)}`;',
    '`;',
  ),
  planted(
    'a scope is joined with one of other roles',
    'held-scope.ts',
    ' ${JSON.stringify(roles)} ',
    ' ',
  ),
  planted(
    'a scope that names nothing is joined with one that names something',
    'held-scope.ts',
    '`${coverages[slot] === null} ',
    '`',
  ),
  planted(
    'of the roles held within one scope only the first counts',
    'held-scope.ts',
    '{ ...first, roles: [...roles].sort() }',
    'first',
  ),
  planted(
    'an exception is taken for one of the first path',
    'rule-table.ts',
    'bits |= 1 << path;',
    'bits |= 1;',
  ),
  planted(
    'a rule that reaches everything is one within a scope',
    'rule-table.ts',
    "if (source.reach === 'everything') return EVERYTHING;",
    '',
  ),
  planted(
    'only the first rule of a role for a doctype counts',
    'rule-table.ts',
    'const last = index === own.length - 1 ? LAST_RULE : 0;',
    'const last = LAST_RULE;',
  ),
  planted(
    'a document is taken for the one before it',
    'profile-words.ts',
    'numbers[path] = UNKNOWN_NUMBER;',
    'void numbers[path];',
  ),
  planted(
    'only the first scope counts',
    'profile-words.ts',
    'if (isEnough && levels !== 0) return levels;',
    'return levels;',
  ),
];
