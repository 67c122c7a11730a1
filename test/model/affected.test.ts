import assert from 'node:assert/strict';
import test from 'node:test';
import { affectedBy } from '../../src/authz/affected.ts';
import { compileWorld } from '../../src/authz/compile.ts';
import type { Member } from '../../src/authz/world.ts';
import type { WorldChange } from '../../src/authz/world-change.ts';
import { grant, rule, share, worldWith } from './example-world.ts';

const member = (group: string, user: string): Member => ({ group, user, from: null, until: null });

/** Ada keeps the books alone, the sales team sells, everybody has notes, guests the companies. */
const world = compileWorld(
  worldWith({
    rules: [
      rule('Accounts', 'Invoice'),
      rule('HR', 'Payslip'),
      rule('Employee', 'Note'),
      rule('Approver', 'Company'),
    ],
    grants: [
      grant('ada', 'Accounts'),
      grant('#sales', 'HR'),
      grant('#Everyone', 'Employee'),
      grant('#Guests', 'Approver'),
    ],
    members: [member('sales', 'ben'), member('stock', 'cleo')],
  }),
);

function affected(change: WorldChange) {
  const { principals, doctypes } = affectedBy(world, change);
  return [principals && [...principals].sort(), doctypes && [...doctypes].sort()];
}

const coming = <Item>(...added: Item[]) => ({ gone: [], added });
const going = <Item>(...gone: Item[]) => ({ gone, added: [] });

test('a grant concerns who holds it and what its role is about, whether it comes or goes', () => {
  for (const turn of [coming, going]) {
    assert.deepEqual(affected({ grants: turn(grant('dan', 'HR')) }), [['dan'], ['Payslip']]);
    assert.deepEqual(affected({ grants: turn(grant('#stock', 'HR')) }), [['cleo'], ['Payslip']]);
    assert.deepEqual(affected({ grants: turn(grant('sales', 'HR')) }), [['sales'], ['Payslip']]);
    assert.deepEqual(affected({ grants: turn(grant('#Guests', 'HR')) }), [['Guest'], ['Payslip']]);
    assert.deepEqual(affected({ grants: turn(grant('#Everyone', 'HR')) }), [null, ['Payslip']]);
  }
});

test('a role without rules is about no doctype', () => {
  assert.deepEqual(affected({ grants: coming(grant('dan', 'Driver')) }), [['dan'], []]);
});

test('a rule concerns its doctype and all who hold its role', () => {
  const other = (role: string) => coming(rule(role, 'Stock Move'));
  assert.deepEqual(affected({ rules: other('Accounts') }), [['ada'], ['Stock Move']]);
  assert.deepEqual(affected({ rules: other('HR') }), [['ben'], ['Stock Move']]);
  assert.deepEqual(affected({ rules: other('Employee') }), [null, ['Stock Move']]);
  assert.deepEqual(affected({ rules: other('Approver') }), [['Guest'], ['Stock Move']]);
});

test('a member is concerned alone, by all that the group holds', () => {
  assert.deepEqual(affected({ members: coming(member('sales', 'dan')) }), [['dan'], ['Payslip']]);
  assert.deepEqual(affected({ members: going(member('stock', 'cleo')) }), [['cleo'], []]);
  // A user of the group's name has nothing to do with it.
  assert.deepEqual(affected({ members: coming(member('ada', 'dan')) }), [['dan'], []]);
});

test('a share concerns one person and one doctype', () => {
  const shares = coming(share('Invoice', 'INV-1', 'dan'));
  assert.deepEqual(affected({ shares }), [['dan'], ['Invoice']]);
});

test('what comes together concerns one another', () => {
  const change = {
    members: coming(member('new', 'dan')),
    grants: coming(grant('#new', 'Approver')),
    rules: coming(rule('Approver', 'Stock Move')),
  };
  assert.deepEqual(affected(change), [
    ['Guest', 'dan'],
    ['Company', 'Stock Move'],
  ]);
});

test('what changes values, roles or doctypes concerns everybody', () => {
  const moves = [{ dimension: 'Cost Center', value: 'Leeds', parent: null }];
  const renames = [{ dimension: 'Company', value: 'UK', to: 'GB', merges: false }];
  const levels = [{ doctype: 'Payslip', field: 'net_pay', level: 2 }];
  const paths = [{ doctype: 'Note', paths: [] }];
  const sensitivities = [
    { doctype: 'Invoice', field: 'company', sensitivity: 'personal', level: 0 } as const,
  ];
  assert.deepEqual(affected({ moves }), [null, ['Invoice']]);
  assert.deepEqual(affected({ renames }), [null, ['Company', 'Invoice', 'Payslip']]);
  assert.deepEqual(affected({ levels }), [null, ['Payslip']]);
  assert.deepEqual(affected({ paths }), [null, ['Note']]);
  assert.deepEqual(affected({ sensitivities }), [null, ['Invoice']]);
  assert.deepEqual(affected({ levels, paths, moves }), [null, ['Invoice', 'Note', 'Payslip']]);
  const others: WorldChange[] = [
    { rules: going(rule('HR', 'Payslip')) },
    { grants: going(grant('#sales', 'HR')) },
    { members: going(member('sales', 'ben')) },
    { shares: coming(share('Invoice', 'INV-1', 'dan')) },
  ];
  for (const other of others) assert.deepEqual(affected({ levels, ...other }), [null, null]);
  assert.deepEqual(affected({ roles: coming({ name: 'Driver' }) }), [null, null]);
});
