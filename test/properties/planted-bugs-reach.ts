/** Bugs to plant in the question who can, asked of whole doctypes. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const REACH_BUGS: readonly PlantedBug[] = [
  planted(
    'of a field, whoever may do it at all is told',
    'reach.ts',
    'if (level !== undefined && !way.rule.levels.has(level)) return [];',
    '',
  ),
  planted('a share opens every level', 'reach.ts', 'if (level !== 0) return [];', ''),
  planted(
    'a share is told for every action',
    'reach.ts',
    'if (!withImplied(share.actions).has(action)) return [];',
    '',
  ),
  planted(
    'what one person may do with their own is told of everybody',
    'reach.ts',
    'speaksOfMe(rule.source.when)',
    'speaksOfMe(rule.source.when) && false',
  ),
  planted(
    'documents that are reached twice count twice',
    'reach.ts',
    'return [...all].sort((a, b) => a - b);',
    'return by.flatMap(({ groups }) => groups);',
  ),
  planted(
    'only what the first reason reaches is counted',
    'reach.ts',
    'if (first && others.length === 0)',
    'if (first && others.length >= 0)',
  ),
  planted(
    'a grant that leaves a dimension out is told of all its values',
    'reach.ts',
    'if (way.unnamed.length > 0) return [];',
    '',
  ),
  planted(
    'the rules of one grant are taken for one',
    'reach.ts',
    'own.get(rule) ??',
    '[...own.values()][0] ??',
  ),
  planted(
    'whoever is in a group twice is told each reason twice',
    'reach.ts',
    'if (told.has(key)) return [];',
    '',
  ),
  planted(
    'guests are nobody',
    'reach.ts',
    '= world.population().names,',
    '= world.source.users.toSorted(),',
  ),
  planted(
    'one grant is enough for what another must cover',
    'reach.ts',
    'return compiledPaths.map((path) => tests.find((test) => test.path === path)?.coverage ?? null);',
    'return compiledPaths.map((path, at) => at > 0 ? null : tests.find((test) => test.path === path)?.coverage ?? null);',
  ),
  planted(
    'a document counts once for each of its rows',
    'document-groups.ts',
    'of new Set(values)) {',
    'of values) {',
  ),
  planted(
    'of whom: groups are counted, not documents',
    'document-groups.ts',
    '(counts.get(name) ?? 0) + count',
    '(counts.get(name) ?? 0) + 1',
  ),
  planted(
    'of whom: blank values are left out',
    'document-groups.ts',
    'const name = value === null ? BLANK_VALUE : String(value);',
    `if (value === null) continue;
        const name = String(value);`,
  ),
  planted(
    'whom the document names, sees it wherever it lies',
    'document-groups.ts',
    'return named.filter((place) => this.reaches(tests, part, place, me));',
    'return [...named];',
  ),
  planted(
    'only the first dimension path is looked at',
    'document-groups.ts',
    'if (this.reaches(tests, part, place, me)) found.push(place);',
    'found.push(place);',
  ),
];
