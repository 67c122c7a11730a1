/** How many pairs of a person and a document show a personal field that was hidden before. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  personalPairs,
  previewChange,
  recompile,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

const TOMORROW = TODAY + 86_400_000;
const UK = { Company: ['UK'], Employee: ['*', '(blank)'] };
const RULES = [rule('HR', 'Payslip', { levels: [0, 1] })];
/** Three payslips of the UK, and one of them by the name P-1. */
const PAYSLIPS = [
  { facts: { name: 'P-1', company: 'UK', employee: 'E-1' }, count: 1 },
  { facts: { name: 'P-2', company: 'UK', employee: 'E-2' }, count: 2 },
];
const payslips = (doctype: string) => (doctype === 'Payslip' ? PAYSLIPS : []);
const noDocuments = (doctype: string): never => assert.fail(`${doctype} is counted again`);

const adding = <Item>(...added: Item[]) => ({ gone: [], added });
const member = (group: string, user: string, from: number | null = null) => ({
  ...{ group, user, from },
  until: null,
});

function changing(change: WorldChange, parts: Partial<World> = {}) {
  const before = compileWorld(worldWith({ users: ['ada', 'ben'], rules: RULES, ...parts }));
  return { before, after: recompile(before, change), change };
}

function pairs(change: WorldChange, parts: Partial<World> = {}): number {
  return personalPairs(changing(change, parts), payslips, TODAY);
}

test('people count by documents, those who may not sign in at present included', () => {
  const grants = adding(grant('ada', 'HR', UK));
  assert.equal(pairs({ grants }), 3);
  assert.equal(pairs({ grants: adding(grant('zoe', 'HR', UK)) }), 3);
  const hr = grant('#hr', 'HR', UK);
  const members = [member('hr', 'zoe'), member('hr', 'ada')];
  assert.equal(pairs({ grants: adding(hr) }, { members }), 6);
});

test('of what everyone is given, those have their part who are named anywhere', () => {
  const everyones = { grants: adding(grant('#Everyone', 'HR', UK)) };
  assert.equal(pairs(everyones), 6);
  assert.equal(pairs(everyones, { grants: [grant('zoe', 'Accounts')] }), 9);
  assert.equal(pairs(everyones, { members: [member('books', 'zoe')] }), 9);
  assert.equal(pairs(everyones, { shares: [share('Note', 'N-1', 'zoe')] }), 9);
  assert.equal(pairs(everyones, { members: [member('books', 'ada')] }), 6, 'once only');
});

test('what begins later counts now, and has counted when it does', () => {
  const later = grant('ada', 'HR', UK, { from: TOMORROW });
  assert.equal(pairs({ grants: adding(later) }), 3);
  assert.equal(pairs({ grants: adding(grant('ada', 'HR', UK)) }, { grants: [later] }), 0);
  const grants = [grant('#hr', 'HR', UK)];
  assert.equal(pairs({ members: adding(member('hr', 'ada', TOMORROW)) }, { grants }), 3);
  const open = { rules: [rule('HR', 'Payslip', { levels: [1] })] };
  assert.equal(pairs({ grants: adding(grant('ada', 'HR', UK)) }, open), 3);
});

test('a share that begins later opens a field by then', () => {
  const change = {
    shares: adding(share('Payslip', 'P-1', 'ada', { from: TOMORROW })),
    sensitivities: [
      { doctype: 'Payslip', field: 'net_pay', sensitivity: 'personal' as const, level: 0 },
    ],
  };
  assert.equal(pairs(change), 1);
});

test('what has ended shows nothing, and what began before is shown already', () => {
  const ended = grant('ada', 'HR', UK, { from: TODAY - 2, until: TODAY - 1 });
  assert.equal(pairs({ grants: adding(ended) }), 0);
  const old = grant('ada', 'HR', UK, { from: TODAY - 1, until: TOMORROW });
  assert.equal(pairs({ grants: adding(grant('ada', 'HR', UK)) }, { grants: [old] }), 0);
});

test('whoever is enabled was counted when they were given what they hold', () => {
  const grants = [grant('zoe', 'HR', UK)];
  assert.equal(pairs({ users: adding('zoe') }, { grants }), 0);
  const change = changing({ users: adding('zoe') }, { grants });
  const preview = previewChange(change, payslips, TODAY);
  assert.equal(preview.personalPairs, 3);
  assert.equal(personalPairs(change, payslips, TODAY, preview), 0);
});

test('what a preview has counted is not counted again', () => {
  const began = { from: TODAY, until: TOMORROW };
  const parts = {
    grants: [grant('ben', 'HR', UK, began)],
    members: [{ group: 'hr', user: 'ben', ...began }],
    shares: [share('Note', 'N-1', 'ben', began)],
  };
  const change = changing({ grants: adding(grant('ada', 'HR', UK)) }, parts);
  const preview = previewChange(change, payslips, TODAY);
  assert.equal(personalPairs(change, noDocuments, TODAY, preview), 3);
});

test('a preview has not counted what begins later, nor who may not sign in at present', () => {
  const counted = (change: WorldChange, parts: Partial<World> = {}) => {
    const whole = changing(change, parts);
    const preview = previewChange(whole, payslips, TODAY);
    return [preview.personalPairs, personalPairs(whole, payslips, TODAY, preview)];
  };
  const later = { from: TOMORROW };
  const [now, then] = [grant('ada', 'HR', UK), grant('ada', 'HR', UK, later)];
  assert.deepEqual(counted({ grants: adding(now) }, { grants: [then] }), [3, 0], 'before it');
  const sooner = { grants: { gone: [then], added: [now] } };
  assert.deepEqual(counted(sooner, { grants: [then] }), [3, 0], 'instead of it');
  assert.deepEqual(counted({ grants: adding(then) }), [0, 3], 'by it');
  const grants = [grant('#hr', 'HR', UK)];
  assert.deepEqual(counted({ members: adding(member('hr', 'ada', TOMORROW)) }, { grants }), [0, 3]);
  assert.deepEqual(counted({ grants: adding(grant('zoe', 'HR', UK)) }), [0, 3]);
  const shared = { shares: [share('Payslip', 'P-1', 'ada', later)] };
  const open = { levels: [{ doctype: 'Payslip', field: 'net_pay', level: 0 }] };
  assert.deepEqual(counted(open, shared), [0, 1]);
});
