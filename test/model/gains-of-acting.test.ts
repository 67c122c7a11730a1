/** What somebody gains who comes to act as another, or comes to act at all. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Acting,
  compileWorld,
  type Gain,
  gainsOf,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, grantee, rule, share, TODAY, worldWith } from './example-world.ts';

const UK = { Company: ['UK'], 'Cost Center': ['Leeds/'] };
const NOTE = share('Note', 'NOTE-1', 'robot');

/** A robot with a grant by name, one by a group, and a document that is shared with it. */
const WORLD = worldWith({
  users: ['ada', 'ben', 'robot'],
  rules: [rule('Accounts', 'Invoice'), rule('HR', 'Payslip'), rule('Employee', 'Note')],
  grants: [
    grant('robot', 'Accounts', UK),
    grant('#robots', 'HR', UK),
    grant('#Everyone', 'Employee'),
    grant('ben', 'Approver'),
  ],
  members: [{ group: 'robots', user: 'robot', from: null, until: null }],
  shares: [NOTE],
});

function acting(to: string, principal: string): Acting {
  return { name: `${to} as ${principal}`, holder: grantee(to), principal };
}

/** Gains in short: who gains, and which role or document. */
function told(gains: readonly Gain[]): string[] {
  return gains.map((gain) => {
    if ('power' in gain) return `power ${gain.power.role}`;
    const what = 'share' in gain ? gain.share.document : gain.role;
    return `${gain.grantee.type} ${gain.grantee.name}: ${what}`;
  });
}

const gained = (change: WorldChange, parts: Partial<World> = {}) =>
  gainsOf(compileWorld({ ...WORLD, ...parts }), change, TODAY);

const comes = (added: Acting, ...gone: Acting[]) => ({ acting: { gone, added: [added] } });

const ROBOTS = ['Accounts', 'HR', 'Employee', 'NOTE-1'];
const allTo = (to: string) => ROBOTS.map((what) => `${to}: ${what}`);

test('who comes to act as another gains all that this one has', () => {
  assert.deepEqual(told(gained(comes(acting('ada', 'robot')))), allTo('User ada'));
  assert.deepEqual(told(gained(comes(acting('#books', 'robot')))), allTo('Group books'));
});

test('nobody gains anything by acting as themself; a group of that name does', () => {
  assert.deepEqual(gained(comes(acting('robot', 'robot'))), []);
  assert.deepEqual(told(gained(comes(acting('#robot', 'robot')))), allTo('Group robot'));
});

test('what takes the place of the same acting gives nothing, and of another one all', () => {
  const added = acting('ada', 'robot');
  const beside = (old: Acting) => {
    const world = { acting: [old] };
    return told(gained(comes(added, old), world));
  };
  assert.deepEqual(beside({ ...added, name: 'by another webhook' }), []);
  assert.deepEqual(beside(acting('ben', 'robot')), allTo('User ada'));
  assert.deepEqual(beside(acting('ada', 'ben')), allTo('User ada'));
  assert.deepEqual(beside(acting('#ada', 'robot')), allTo('User ada'));
  assert.deepEqual(beside(acting('#ben', 'ada')), allTo('User ada'));
});

test('of what is shared, only what is shared with the other one and has not ended', () => {
  const shares = [
    share('Note', 'NOTE-2', 'ben'),
    share('Note', 'NOTE-3', 'robot', { until: TODAY }),
    share('Note', 'NOTE-4', 'robot', { until: TODAY + 1 }),
    share('Note', 'NOTE-5', 'robot', { from: TODAY + 9 }),
  ];
  const found = gained(comes(acting('ada', 'robot')), { grants: [], shares });
  assert.deepEqual(found, [
    { grantee: grantee('ada'), share: shares[2], levels: [0] },
    { grantee: grantee('ada'), share: shares[3], levels: [0] },
  ]);
});

test('who may act anew is given anew what is in their name, but not what everyone has', () => {
  const users = ['ada', 'ben'];
  const added = ['robot'];
  assert.deepEqual(
    told(gained({ users: { gone: [], added } }, { users })),
    allTo('User robot').filter((one) => !one.endsWith('Employee')),
  );
  assert.deepEqual(gained({ users: { gone: [], added } }), [], 'who may act already');
});

test('who is called like the group of everyone still has what is in their own name', () => {
  const grants = [grant('Everyone', 'Accounts', UK), grant('#Everyone', 'Employee')];
  const change = { users: { gone: [], added: ['Everyone'] } };
  assert.deepEqual(told(gained(change, { grants })), ['User Everyone: Accounts']);
});
