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
    'isPersonalNew ||= isPersonal && isNowOpen && !wasOpen;',
    'isPersonalNew ||= isNowOpen && !wasOpen;',
  ),
  planted(
    'what was in sight already counts again',
    'preview.ts',
    'isPersonalNew ||= isPersonal && isNowOpen && !wasOpen;',
    'isPersonalNew ||= isPersonal && isNowOpen;',
  ),
  planted(
    'what goes out of sight counts as well',
    'preview.ts',
    'isPersonalNew ||= isPersonal && isNowOpen && !wasOpen;',
    'isPersonalNew ||= isPersonal && isNowOpen !== wasOpen;',
  ),
  planted(
    'documents alike count as one pair',
    'preview.ts',
    'into.personalPairs += (groups[group] as DocumentGroup).count;',
    'into.personalPairs += 1;',
  ),
  planted(
    'members who come add nothing',
    'personal-reach.ts',
    'return [rules, grants, members, shares].some(',
    'return [rules, grants, shares].some(',
  ),
  planted(
    'shares add nothing',
    'personal-reach.ts',
    'return [rules, grants, members, shares].some(',
    'return [rules, grants, members].some(',
  ),
  planted(
    'a move in a tree adds nothing',
    'personal-reach.ts',
    'if (renames || moves || levels || sensitivities || paths) return true;',
    'if (renames || levels || sensitivities || paths) return true;',
  ),
  planted(
    'a change of everything concerns no doctype',
    'personal-reach.ts',
    '(doctypes?.has(one.name) ?? true)',
    '(doctypes?.has(one.name) ?? false)',
  ),
  planted(
    'a change concerns one person at most',
    'personal-reach.ts',
    'const people = principals?.size ??',
    'const people = (principals ? 1 : null) ??',
  ),
  planted(
    'only what a grant names is counted, though its rule reaches everything',
    'personal-reach.ts',
    "if (opening.some((way) => way.rules.some(({ reach }) => reach === 'everything'))) return null;",
    '',
  ),
  planted(
    'blanks and `*` are left out of the count',
    'personal-reach.ts',
    'cover && !cover.any && !cover.blank',
    'cover',
  ),
  planted(
    'of the grants of a group that somebody enters, none is counted',
    'personal-reach.ts',
    'return [...added, ...old];',
    'return added.length > 0 ? added : [...added, ...old];',
  ),
];
