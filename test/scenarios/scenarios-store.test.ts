/**
 * Every scenario at two more doors, each without the other: the kernel's filter as SQL where no
 * policy holds, and row-level security where no filter helps.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Census } from '../properties/census.ts';
import { factsOf } from './answer.ts';
import { principalOf } from './cast.ts';
import { readScenarios } from './read-scenarios.ts';
import { BRINGS_NEW, type Line, type Scenario, type Stage, type Values } from './scenario.ts';
import { ScenarioDatabase } from './scenario-database.ts';
import { fieldTopicsOf, namesAt, type Topic, topicsOf } from './topics.ts';

const LEVELS = [0, 1, 2];

const census = new Census();
let database: ScenarioDatabase;

before(async () => {
  database = await ScenarioDatabase.open();
});

after(async () => {
  await database.close();
  await database.clone.drop();
});

for (const scenario of readScenarios()) {
  test(`${scenario.file}: ${scenario.name}`, async () => {
    for (const stage of scenario.stages) {
      await database.load(stage);
      for (const topic of topicsOf(stage)) await askList(scenario, topic);
      for (const topic of fieldTopicsOf(stage)) await askField(scenario, topic);
      for (const line of stage.lines) await askTrial(scenario, stage, line);
    }
  });
}

test('both doors have been asked enough, and little was left out', (t) => {
  census.requires(t, {
    'filter allowed': 200,
    'filter denied': 350,
    'security allowed': 180,
    'security denied': 300,
  });
});

async function askList(scenario: Scenario, topic: Topic): Promise<void> {
  const { principal, action, doctype, names, lines } = topic;
  const what = `${lines[0]?.text}: `;
  if (!scenario.leftOut.has('filter')) {
    const found = await database.filtered(principal, action, doctype);
    assert.deepEqual(found, names, `${what}by the filter`);
    for (const level of LEVELS) {
      const open = await database.filtered(principal, action, doctype, level);
      assert.deepEqual(open, namesAt(topic, level), `${what}by the filter, level ${level}`);
    }
    count('filter', lines);
  }
  if (!scenario.leftOut.has('security') && !isByToken(topic.who)) {
    const found = await database.secured(principal, action, doctype);
    assert.deepEqual(found, names, `${what}by row-level security`);
    count('security', lines);
  }
}

async function askField(
  scenario: Scenario,
  topic: ReturnType<typeof fieldTopicsOf>[number],
): Promise<void> {
  const { principal, action, doctype, level, lines, names } = topic;
  if (scenario.leftOut.has('filter')) return;
  const found = await database.filtered(principal, action, doctype, level);
  assert.deepEqual(found, names, `${lines[0]?.text}: by the filter`);
  count('filter', lines);
  census.count('security left out: policies know rows, not fields', lines.length);
}

/** New documents and changes, tried and taken back. */
async function askTrial(scenario: Scenario, stage: Stage, line: Line): Promise<void> {
  if (!BRINGS_NEW.has(line.action) && line.change === null) return;
  if (!line.expected.allowed && line.expected.lack === 'level') {
    census.count('left out: levels are checked as a document is written');
    return;
  }
  const principal = principalOf(stage, line.who);
  const values = { ...factsOf(stage, line), ...line.change } as Values;
  const changed = line.change === null ? null : line.name;
  const trial = { doctype: line.doctype, values, changed };
  const { allowed } = line.expected;
  if (!scenario.leftOut.has('filter')) {
    const taken = await database.filterTakes(principal, line.action, trial);
    assert.equal(taken, allowed, `${line.text}: by the filter`);
    count('filter', [line]);
  }
  if (!scenario.leftOut.has('security') && !isByToken(line.who)) {
    const taken = await database.securityTakes(principal, line.action, trial);
    assert.equal(taken, allowed, `${line.text}: by row-level security`);
    count('security', [line]);
  }
}

/** The database knows the person, and not by which token they ask. */
function isByToken({ token }: Topic['who']): boolean {
  if (token !== null) census.count('security left out: it binds the person, not the token');
  return token !== null;
}

function count(door: 'filter' | 'security', lines: readonly Line[]): void {
  for (const { expected } of lines)
    census.count(`${door} ${expected.allowed ? 'allowed' : 'denied'}`);
}
