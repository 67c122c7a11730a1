/** Bugs to plant in the count of personal pairs, by which a second person is asked for. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const PAIRS_BUGS: readonly PlantedBug[] = [
  planted(
    'a grant that begins tomorrow shows nothing of anybody',
    'personal-pairs.ts',
    'const grants = begun(source.grants);',
    'const grants = source.grants;',
  ),
  planted(
    'who is a member from tomorrow on is nobody',
    'personal-pairs.ts',
    'const members = begun(source.members);',
    'const members = source.members;',
  ),
  planted(
    'what has ended has begun again',
    'personal-pairs.ts',
    'items.map((item) => (isAhead(item) ? { ...item, from: null } : item))',
    'items.map((item) => ({ ...item, from: null, until: null }))',
  ),
  planted(
    'somebody who is disabled is nobody',
    'personal-pairs.ts',
    'shares, users: [...users] })',
    'shares })',
  ),
  planted(
    'any field is a personal one',
    'preview.ts',
    'isPersonal ||= batch.isPersonal && opens > wasOpen;',
    'isPersonal ||= opens > wasOpen;',
  ),
  planted(
    'what was in sight already counts again',
    'preview.ts',
    'isPersonal ||= batch.isPersonal && opens > wasOpen;',
    'isPersonal ||= batch.isPersonal && opens === 1;',
  ),
  planted(
    'what goes out of sight counts as well',
    'preview.ts',
    'isPersonal ||= batch.isPersonal && opens > wasOpen;',
    'isPersonal ||= batch.isPersonal && opens !== wasOpen;',
  ),
  planted(
    'documents alike count as one pair',
    'preview.ts',
    'into.personalPairs += (groups[group] as DocumentGroup).count;',
    'into.personalPairs += 1;',
  ),
  planted(
    'members who come add nothing',
    'personal-pairs.ts',
    'return [rules, grants, members, shares].some(',
    'return [rules, grants, shares].some(',
  ),
  planted(
    'shares add nothing',
    'personal-pairs.ts',
    'return [rules, grants, members, shares].some(',
    'return [rules, grants, members].some(',
  ),
  planted(
    'a move in a tree adds nothing',
    'personal-pairs.ts',
    'if (renames || moves || levels || sensitivities || paths) return true;',
    'if (renames || levels || sensitivities || paths) return true;',
  ),
  planted(
    'a change of everything concerns no doctype',
    'personal-pairs.ts',
    '(doctypes?.has(name) ?? true)',
    '(doctypes?.has(name) ?? false)',
  ),
  planted(
    'a change concerns one person at most',
    'personal-pairs.ts',
    'const people = principals?.size ??',
    'const people = (principals ? 1 : null) ??',
  ),
];
