/** The reader of scenarios: what it takes, and that it refuses whatever it does not know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorld } from '../../src/authz/index.ts';
import { answerOf } from './answer.ts';
import { FormatError } from './piece.ts';
import { readScenarioFile } from './read-scenarios.ts';

/** A whole file; tests spoil one line of it each. */
const WHOLE = `
about: an example
world:
  documents:
    Payslip:
      P-1: { company: UK, employee: E-1, net_pay: 5 }
      P-2: { company: SG, employee: E-2 }
  trees:
    Cost Center: { All: { North: [Leeds] } }
scenarios:
  - name: example
    why: It shows what a scenario looks like.
    answers: W1
    roles:
      HR: { on: Payslip, may: [read, write], levels: [0, 1], reach: within, except: Employee }
    groups:
      Team: [ann, { user: ben, until: 2 days ago }]
    grants:
      hr: { to: group Team, role: HR, within: { Company: UK }, until: in 3 hours, request: REQ-7 }
    shares:
      shared: { doctype: Payslip, document: P-2, with: ann, may: read }
    tokens:
      phone: { of: ann, actions: read }
    expect:
      - ann may read Payslip P-1 at levels 0, 1 because hr by request REQ-7
      - ann may read Payslip P-2 because shared
      - ann by phone may not write Payslip P-1 for lack of ceiling
      - ann by phone may not write any other Payslip for lack of scope
      - ann may write Payslip P-1 with net_pay 6 at levels 0, 1 because hr by request REQ-7
      - ben does not know Payslip
    then:
      - change: the share is taken back
        without: { shares: shared }
        expect:
          - ann may read net_pay of Payslip P-1 because hr by request REQ-7
          - ann may not read net_pay of any other Payslip for lack of scope
`;

test('a whole file is read into worlds and questions, and the kernel answers them', () => {
  const [scenario, ...more] = readScenarioFile('whole.yaml', WHOLE);
  assert.ok(scenario);
  assert.deepEqual([scenario.name, scenario.answers, more], ['example', ['W1'], []]);
  const [first, later] = scenario.stages;
  assert.deepEqual([first?.lines.length, later?.lines.length], [5, 2]);
  assert.deepEqual(
    first?.visibilities.map(({ visible }) => visible),
    [false],
  );
  assert.deepEqual(
    [...(first?.world.trees[0]?.parents ?? [])],
    [
      ['All', null],
      ['North', 'All'],
      ['Leeds', 'North'],
    ],
  );
  for (const stage of scenario.stages) {
    const world = compileWorld(stage.world);
    for (const line of stage.lines) {
      assert.deepEqual(answerOf(world, stage, line), line.expected, line.text);
    }
  }
});

/** What is spoiled, how, and what the refusal says. */
const SPOILED: readonly [what: string, from: string, to: string, says: RegExp][] = [
  ['an unknown key of the file', 'about: an example', 'abut: an example', /unknown key `abut`/],
  ['a file that says not what it is about', 'about: an example', '', /lacks `about`/],
  ['an unknown key of a scenario', '    why:', '    wy:', /unknown key `wy`/],
  ['a scenario without a reason', 'why: It shows what a scenario looks like.', '', /lacks `why`/],
  ['an unknown key of a rule', 'reach: within', 'reaches: within', /unknown key `reaches`/],
  ['an unknown reach', 'reach: within', 'reach: far', /not `far`/],
  ['an unknown key of a grant', 'until: in 3 hours', 'til: in 3 hours', /unknown key `til`/],
  ['an unknown key of a share', 'with: ann, may: read', 'to: ann, may: read', /unknown key `to`/],
  ['an unknown key of a token', 'actions: read }', 'action: read }', /unknown key `action`/],
  ['a moment that nobody can tell', 'in 3 hours', 'in 3 weeks', /takes `now`/],
  ['a rule for no doctype', 'on: Payslip', 'on: Payslop', /no doctype `Payslop`/],
  ['documents of no doctype', '    Payslip:\n', '    Payslop:\n', /no doctype `Payslop`/],
  ['a field that is not there', 'net_pay: 5', 'net_bay: 5', /no field `net_bay`/],
  ['a tree of what is none', 'Cost Center: {', 'Company: {', /Company is no tree/],
  ['a scope of no dimension', '{ Company: UK }', '{ Payslip: UK }', /is no dimension/],
  ['an exception of no dimension', 'except: Employee', 'except: Task', /no dimension `Task`/],
  ['an action that is not there', 'may: [read, write]', 'may: [reed]', /not `reed`/],
  ['a level beyond 9', 'levels: [0, 1]', 'levels: [0, 10]', /levels from 0 to 9/],
  ['a role that is not there', 'role: HR', 'role: HM', /no role of this world/],
  ['a group that is not there', 'group Team', 'group Crew', /there is no Crew/],
  ['a stranger in a group', '[ann, {', '[amy, {', /nobody is called `amy`/],
  ['a share of nothing', 'document: P-2', 'document: P-3', /shares nothing/],
  ['no expectations', '\n    then:', '\n    tokens2:', /unknown key `tokens2`/],
  ['an empty later change', 'change: the share is taken back', '', /lacks `change`/],
  ['taking away what is not there', 'shares: shared }', 'shares: other }', /no `other` to take/],
  ['a stranger who asks', '- ann may read Payslip P-2', '- amy may read Payslip P-2', /`amy`/],
  [
    'a token that is not theirs',
    'ann by phone may not write any',
    'ben by phone may not write any',
    /no token `phone`/,
  ],
  ['an action nobody knows', 'may read Payslip P-2', 'may see Payslip P-2', /no action `see`/],
  [
    'a sentence of another form',
    'ann may read Payslip P-2',
    'ann reads Payslip P-2',
    /no known sentence/,
  ],
  [
    'a sentence about no doctype',
    'may read Payslip P-2',
    'may read Payslop P-2',
    /names no doctype/,
  ],
  ['a sentence about no document', 'may read Payslip P-2', 'may read Payslip', /names documents/],
  [
    'a document that is not there',
    'may read Payslip P-2',
    'may read Payslip P-9',
    /no Payslip `P-9`/,
  ],
  [
    'a document spoken of twice',
    'may read Payslip P-2 b',
    'may read Payslip P-1 b',
    /speaks twice/,
  ],
  [
    'a document left unsaid',
    '      - ann may read Payslip P-2 because shared\n',
    '',
    /says nothing of Payslip P-2/,
  ],
  ['an allow without a reason', ' because shared', '', /takes `because` once/],
  ['an allow by what is not there', 'because shared', 'because shred', /no grant or share `shred`/],
  ['a refusal without a reason', ' for lack of ceiling', '', /takes `for lack of` once/],
  ['a refusal for no known reason', 'lack of ceiling', 'lack of luck', /no lack of `luck`/],
  [
    'levels of what is refused',
    'P-1 for lack',
    'P-1 at levels 0, 1 for lack',
    /levels of what is refused/,
  ],
  [
    'any document where one is named',
    'any other Payslip for lack of scope\n      - ann may w',
    'any Payslip for lack of scope\n      - ann may w',
    /any other/,
  ],
  [
    'a change that is no write',
    'may write Payslip P-1 with',
    'may read Payslip P-1 with',
    /only `write` takes/,
  ],
  ['a change of no field', 'with net_pay 6', 'with net_bay 6', /no field `net_bay`/],
  [
    'a door that is not there',
    '    answers: W1',
    '    doors: { window: why }',
    /unknown key `window`/,
  ],
  [
    'a door left out for no reason',
    '    answers: W1',
    "    doors: { http: '' }",
    /has to be a text/,
  ],
  [
    'the same told twice',
    'groups:',
    'documents: { Payslip: { P-1: {} } }\n    groups:',
    /a second time/,
  ],
  ['the same key twice', '    answers: W1', '    answers: W1\n    answers: W2', /unique/],
];

for (const [what, from, to, says] of SPOILED) {
  test(`it refuses ${what}`, () => {
    assert.ok(WHOLE.includes(from), `the example has no \`${from}\``);
    assert.throws(() => readScenarioFile('spoiled.yaml', WHOLE.replace(from, to)), says);
  });
}

test('it refuses a scenario and a file that expect nothing', () => {
  const silent = `${WHOLE.slice(0, WHOLE.indexOf('    expect:'))}    expect: []\n`;
  assert.throws(() => readScenarioFile('silent.yaml', silent), /expects nothing/);
  const without = WHOLE.slice(0, WHOLE.indexOf('    expect:'));
  assert.throws(() => readScenarioFile('silent.yaml', without), /lacks `expect`/);
  const empty = `${WHOLE.slice(0, WHOLE.indexOf('scenarios:'))}scenarios: []\n`;
  assert.throws(() => readScenarioFile('empty.yaml', empty), FormatError);
});

test('an expectation that is wrong is told apart from one that is right', () => {
  const wrong = WHOLE.replace('P-2 because shared', 'P-2 because hr')
    .replace('P-1 at levels 0, 1 because', 'P-1 because')
    .replace('for lack of ceiling', 'for lack of role');
  const [stage] = readScenarioFile('wrong.yaml', wrong)[0]?.stages ?? [];
  assert.ok(stage);
  const world = compileWorld(stage.world);
  const failing = stage.lines.filter((line) => {
    return JSON.stringify(answerOf(world, stage, line)) !== JSON.stringify(line.expected);
  });
  assert.equal(failing.length, 3, failing.map(({ text }) => text).join('\n'));
});
