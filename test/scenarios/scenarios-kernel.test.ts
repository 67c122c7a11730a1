/** Every scenario at the first door: the kernel's check, list and levels, and its plain model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACTIONS,
  type CompiledWorld,
  compileWorld,
  isVisible,
  listFilter,
  matches,
} from '../../src/authz/index.ts';
import { referenceDecide } from '../model/reference.ts';
import { Census } from '../properties/census.ts';
import { answerOf, factsOf, sortedBecause } from './answer.ts';
import { principalOf } from './cast.ts';
import { NOW } from './read-moment.ts';
import { readScenarios } from './read-scenarios.ts';
import type { Expected, Line, Stage } from './scenario.ts';

const SCENARIOS = readScenarios();

test('there are at least 80 scenarios, and they speak of every action', () => {
  assert.ok(SCENARIOS.length >= 80, `${SCENARIOS.length} scenarios`);
  const asked = new Set(
    SCENARIOS.flatMap(({ stages }) => stages.flatMap(({ lines }) => lines)).map(
      ({ action }) => action,
    ),
  );
  assert.deepEqual(
    ACTIONS.filter((action) => !asked.has(action)),
    [],
  );
});

for (const { file, name, stages, leftOut } of SCENARIOS) {
  test(`${file}: ${name}`, { skip: leftOut.get('kernel') ?? false }, () => {
    for (const stage of stages) {
      const world = compileWorld(stage.world);
      for (const line of stage.lines) {
        assert.deepEqual(answerOf(world, stage, line), expectedOf(line), line.text);
        checkWhole(world, stage, line);
      }
      for (const { text, who, doctype, visible } of stage.visibilities) {
        assert.equal(isVisible(world, principalOf(stage, who), doctype, NOW), visible, text);
      }
    }
  });
}

test('the scenarios hold enough that is allowed, and that is refused for each reason', (t) => {
  const census = new Census();
  const lines = SCENARIOS.flatMap(({ stages }) => stages.flatMap((stage) => stage.lines));
  for (const { expected } of lines) {
    census.count(expected.allowed ? 'allowed' : 'denied');
    if (!expected.allowed) census.count(`denied for lack of ${expected.lack}`);
  }
  census.requires(t, {
    allowed: 150,
    denied: 200,
    'denied for lack of role': 20,
    'denied for lack of dimension': 10,
    'denied for lack of scope': 60,
    'denied for lack of when': 10,
    'denied for lack of ceiling': 10,
    'denied for lack of level': 5,
    'denied for lack of grant': 1,
  });
});

function expectedOf({ expected }: Line): Expected {
  if (!expected.allowed) return expected;
  return { ...expected, because: sortedBecause(expected.because) };
}

/** The list, the levels of a list and the plain model say the same of the whole document. */
function checkWhole(world: CompiledWorld, stage: Stage, line: Line): void {
  const { action, doctype, field, change, expected } = line;
  if (field !== null || change !== null) return;
  if (!expected.allowed && expected.lack === 'level') return;
  const principal = principalOf(stage, line.who);
  const document = factsOf(stage, line);
  const question = { principal, action, doctype, now: NOW };
  const isListed = (level?: number): boolean =>
    matches(listFilter(world, question, level), document, principal.id);
  assert.equal(isListed(), expected.allowed, `in a list: ${line.text}`);
  const levels = expected.allowed ? expected.levels : [];
  for (let level = 0; level < 10; level++) {
    assert.equal(isListed(level), levels.includes(level), `level ${level}: ${line.text}`);
  }
  const model = referenceDecide(stage.world, { ...question, document: document as never });
  assert.equal(model, expected.allowed, `by the plain model: ${line.text}`);
}
