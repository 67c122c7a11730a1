/** Bugs to plant in the forecast. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const FORECAST_BUGS: readonly PlantedBug[] = [
  planted(
    'those who may not act hold duties',
    'forecast.ts',
    "if (type === 'User') return this.users.has(name);",
    "if (type === 'User') return true;",
  ),
  planted(
    'members that may not act hold duties',
    'forecast.ts',
    'members.filter(({ user }) => this.users.has(user)),',
    'members,',
  ),
  planted(
    'only the last moment is looked at',
    'forecast.ts',
    'for (const at of moments) {',
    'for (const at of moments.slice(-1)) {',
  ),
  planted(
    'what is held again stays unheld',
    'forecast.ts',
    'found.push({ ...one, until: at });',
    'found.push(one);',
  ),
  planted('an end at the very moment is none', 'forecast.ts', 'moment <= last;', 'moment < last;'),
  planted(
    'grants that change do not count',
    'unheld.ts',
    'const others = [...held].flatMap((grant) => boxes.get(grant) ?? []);',
    'const others: Box[] = [];',
  ),
  planted(
    'grants that last do not count',
    'unheld.ts',
    'const others = boxesOf(kept);',
    'const others: Box[] = [];',
  ),
  planted(
    'memberships that end change nothing',
    'forecast.ts',
    'return (this.members.get(source.grantee.name) ?? []).some(turnsWithin);',
    'return false;',
  ),
  planted(
    'rules for one’s own documents are duties',
    'unheld.ts',
    'source.when === null || !speaksOfMe(source.when)',
    'true',
  ),
  planted(
    'a grant that names no dimension reaches',
    'unheld.ts',
    '.filter((way) => way.unnamed.length === 0)',
    '.filter(() => true)',
  ),
  planted(
    'a condition of another rule always holds',
    'region.ts',
    'if (!followsFrom(other.when, box.when)) {',
    'if (false) {',
  ),
  planted(
    'another level will do',
    'region.ts',
    'if (levels !== box.levels) rest.push({ ...box, actions, levels: box.levels & ~levels });',
    '',
  ),
  planted(
    'another action will do',
    'region.ts',
    'if (actions !== box.actions) rest.push({ ...box, actions: box.actions & ~actions });',
    '',
  ),
  planted('`*` covers a blank', 'region.ts', 'blank: coverage?.blank ?? true,', 'blank: true,'),
  planted(
    'a subtree is named where only its first nodes are meant',
    'region.ts',
    'const descendants = lowest > next && lowest <= last;',
    'const descendants = lowest > next;',
  ),
  planted(
    'spans are cut at their first gap only',
    'spans.ts',
    'first = at(taken, cut + 1) + 1;',
    'first = last + 1;',
  ),
];
