/** What can be given on documents of a doctype, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTIONS } from '../../src/authz/actions.ts';
import { compileWorld, type World } from '../../src/authz/index.ts';
import { type RightsPart, rightNumbered, rightsOn } from '../../src/authz/rights.ts';
import { rule, share, worldWith } from './example-world.ts';

/** Payslips, with fields of these levels. */
function rightsWith(parts: Partial<World>, levels = [1, 0]): readonly RightsPart[] {
  const doctypes = worldWith({}).doctypes.map((shape) => ({
    ...shape,
    levels: new Map(levels.map((level) => [`field_${level}`, level])),
  }));
  const world = compileWorld(worldWith({ doctypes, ...parts }));
  const doctype = world.doctypes.get('Payslip');
  assert.ok(doctype);
  return rightsOn(world, doctype);
}

const words = (parts: readonly RightsPart[]) =>
  parts.map(({ rights }) =>
    rights.map((alike) =>
      alike.map((number) => {
        const { action, level } = rightNumbered(number);
        return level === null ? action : `${action} ${level}`;
      }),
    ),
  );

test('only what something gives is a right, and what goes together is one', () => {
  const rules = [rule('HR', 'Payslip'), rule('HR', 'Note', { name: 'notes', levels: [0, 1] })];
  const [select, read] = [
    ['select', 'select 0'],
    ['read', 'read 0'],
  ];
  assert.deepEqual(words(rightsWith({ rules })), [[[...select, ...read]]]);
  const writing = rule('HR', 'Payslip', { name: 'w', actions: ['write'], levels: [0, 1] });
  assert.deepEqual(words(rightsWith({ rules: [...rules, writing] })), [
    [
      [...select, ...read],
      ['select 1', 'read 1', 'write', 'write 0', 'write 1'],
    ],
  ]);
});

test('of shares, those of documents of the doctype count', () => {
  const shared = (doctype: string) => rightsWith({ shares: [share(doctype, 'X-1', 'ada')] });
  assert.deepEqual(words(shared('Note')), [[]]);
  assert.deepEqual(words(shared('Payslip')), [[['select', 'select 0', 'read', 'read 0']]]);
});

test('more rights than a word has bits for are several parts, each as full as can be', () => {
  const levels = [0, 1, 2];
  const rules = ACTIONS.flatMap((action) =>
    levels.map((level) =>
      rule('HR', 'Payslip', { name: `${action} ${level}`, actions: [action], levels: [level] }),
    ),
  );
  const parts = rightsWith({ rules }, levels);
  assert.deepEqual(
    parts.map(({ rights }) => rights.length),
    [32, 32],
  );
  const [first, second] = parts;
  for (const [number, action] of ACTIONS.entries()) {
    const atAll = [first?.atAll[number], second?.atAll[number]];
    assert.equal(atAll.filter((bit) => bit !== 0).length, 1, `${action} is in one of them`);
  }
});
