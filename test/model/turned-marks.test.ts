/** For which documents a change turns what one person may do, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  previewChange,
  recompile,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { turnedMarks } from '../../src/authz/turned-marks.ts';
import { grant, person, rule, TODAY, worldWith } from './example-world.ts';

const GROUPS = ['UK', 'SG', 'DE'].map((name) => ({ facts: { name }, count: 1 }));
const READ = rule('Accounts', 'Company');
const UK = { Company: ['UK'] };

function sidesOf(parts: Partial<World>, change: WorldChange) {
  const before = compileWorld(worldWith({ users: ['ada'], ...parts }));
  return { before, after: recompile(before, change), change };
}

/** Companies that ada can do something else with; or with `isEach`, all that she is asked about. */
function turned(parts: Partial<World>, change: WorldChange, isEach = false): string[] {
  const marks = turnedMarks(sidesOf(parts, change), 'Company', GROUPS, TODAY);
  const found: string[] = [];
  marks.each(person('ada'), (group) => found.push(GROUPS[group]?.facts.name ?? 'none'), isEach);
  return found.sort();
}

test('only what turns is told, unless all is asked for', () => {
  const grants = [grant('ada', 'Accounts', UK)];
  const parts = { rules: [READ], grants };
  assert.deepEqual(turned(parts, { grants: { gone: grants, added: [] } }), ['UK']);
  assert.deepEqual(turned(parts, {}), []);
  assert.deepEqual(turned(parts, {}, true), ['DE', 'SG', 'UK']);
});

test('a rule turns nothing where another one gives the same', () => {
  const parts = { rules: [READ], grants: [grant('ada', 'Accounts', { Company: ['UK', 'SG'] })] };
  const rules = (parts: Parameters<typeof rule>[2]) => ({
    rules: { gone: [], added: [rule('Accounts', 'Company', { name: 'new', ...parts })] },
  });
  assert.deepEqual(turned(parts, rules({})), []);
  assert.deepEqual(turned(parts, rules({ actions: ['write'] })), ['SG', 'UK']);
});

test('what comes together with a rule turns as well', () => {
  const rules = { gone: [], added: [READ] };
  const grants = { gone: [], added: [grant('ada', 'Accounts', UK)] };
  assert.deepEqual(turned({}, { rules, grants }), ['UK']);
  assert.deepEqual(turned({ rules: [READ] }, { grants }), ['UK']);
});

test('of a doctype that is not there, nobody can do anything', () => {
  const sides = sidesOf({ rules: [READ] }, {});
  const found: number[][] = [];
  const marks = turnedMarks(sides, 'Gone', GROUPS.slice(0, 1), TODAY);
  marks.each(person('ada'), (...told) => found.push(told), true);
  assert.deepEqual(found, [[0, 0, 0]]);
});

test('a value gets another name on the path that its doctype has from then on', () => {
  const [company, centre] = [
    { dimension: 'Company', path: 'company' },
    { dimension: 'Cost Center', path: 'cost_center' },
  ];
  const doctypes = worldWith({}).doctypes.map((shape) =>
    shape.name === 'Invoice' ? { ...shape, paths: [company] } : shape,
  );
  const grants = [grant('ada', 'Accounts', { ...UK, 'Cost Center': ['Leeds'] })];
  const sides = sidesOf(
    { doctypes, rules: [rule('Accounts', 'Invoice')], grants },
    {
      paths: [{ doctype: 'Invoice', paths: [centre] }],
      renames: [{ dimension: 'Cost Center', value: 'Leeds', to: 'York', merges: false }],
    },
  );
  const invoice = (company: string, cost_center: string) => ({
    ...{ facts: { name: company, company, cost_center }, count: 1 },
  });
  const groups = [invoice('UK', 'Leeds'), invoice('SG', 'Leeds'), invoice('UK', 'London')];
  const { gained, lost } = previewChange(sides, () => groups, TODAY);
  const reading = [gained, lost].map((effects) => effects.find(({ action }) => action === 'read'));
  assert.deepEqual(
    reading.map((effect) => effect?.documents),
    [1, 1],
  );
});
