/** What grants alone give, in examples; that it is exact, the property of least use tests. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DocumentGroup,
  type Grant,
  type GrantWorth,
  type Principal,
  type World,
  worthOfGrants,
} from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const UK = { Company: ['UK'], 'Cost Center': ['*'] };
const LEEDS = { ...UK, 'Cost Center': ['Leeds/'] };

function payslips(company: string, employee: string, count: number): DocumentGroup {
  return { facts: { company, employee }, count };
}

/** Three invoices in Leeds and five in London, seven payslips of one employee, and two notes. */
const DOCUMENTS: Readonly<Record<string, readonly DocumentGroup[]>> = {
  Invoice: [
    { facts: { company: 'UK', cost_center: 'London' }, count: 5 },
    { facts: { company: 'UK', cost_center: 'Leeds' }, count: 3 },
  ],
  Payslip: [payslips('UK', 'E1', 7)],
  Note: [
    { facts: { name: 'NOTE-1' }, count: 1 },
    { facts: { name: 'NOTE-2' }, count: 1 },
  ],
};

function worth(parts: Partial<World>, asked?: readonly Grant[], of: Principal | null = null) {
  const world = worldWith(parts);
  return worthOfGrants(compileWorld(world), {
    grants: asked ?? world.grants,
    of,
    groupsOf: (doctype) => DOCUMENTS[doctype] ?? [],
    now: TODAY,
  });
}

/**
 * `read Invoice 1 of 8, 8 pairs` and the like: people, documents, and pairs of both. Without
 * `select`, which comes with `read`.
 */
function alone({ alone: effects, aloneFields }: GrantWorth): string[] {
  const counted = (one: { people: number; documents: number; pairs: number }) =>
    `${one.people} of ${one.documents}, ${one.pairs} pairs`;
  const isTold = ({ action }: { action: string }) => action !== 'select';
  return [
    ...effects.filter(isTold).map((one) => `${one.action} ${one.doctype} ${counted(one)}`),
    ...aloneFields
      .filter(isTold)
      .map((one) => `${one.action} ${one.doctype} ${one.fields} at ${one.level} ${counted(one)}`),
  ];
}

const told = ({ grant: { name }, redundant, by }: GrantWorth) => [name, redundant, by];

const READ = rule('Accounts', 'Invoice');
const WRITE = rule('Approver', 'Invoice', { actions: ['write'] });

test('a grant alone gives what nothing else of the same person gives', () => {
  const grants = [grant('ada', 'Accounts', UK), grant('ada', 'Approver', LEEDS)];
  const [accounts, approver] = worth({ rules: [READ, WRITE], grants });
  assert.ok(accounts && approver);
  assert.deepEqual(alone(accounts), [
    'read Invoice 1 of 5, 5 pairs',
    'read Invoice company at 0 1 of 5, 5 pairs',
  ]);
  assert.deepEqual(alone(approver), ['write Invoice 1 of 3, 3 pairs']);
  assert.deepEqual([accounts.redundant, accounts.by], [null, []]);
});

test('a grant to a group counts for each of its members, and a document once', () => {
  const members = ['ada', 'ben'].map((user) => ({
    ...{ group: 'team', user },
    ...{ from: null, until: null },
  }));
  const grants = [grant('#team', 'Accounts', UK), grant('ben', 'Accounts', LEEDS)];
  const [team, ben] = worth({ rules: [READ], grants, members });
  assert.ok(team && ben);
  assert.deepEqual(alone(team)[0], 'read Invoice 2 of 8, 13 pairs');
  assert.deepEqual(told(ben), ['ben as Accounts', 'ever', ['#team as Accounts']]);
  const [ofBen] = worth({ rules: [READ], grants, members }, grants, person('ben'));
  assert.deepEqual(ofBen && alone(ofBen)[0], 'read Invoice 1 of 5, 5 pairs');
});

test('what two or three grants give alike is no gift of any of them alone', () => {
  const [first, second, third] = ['one', 'two', 'three'].map((name) =>
    grant('ada', 'Accounts', UK, { name }),
  );
  assert.ok(first && second && third);
  const names = (...grants: Grant[]) =>
    worth({ rules: [READ], grants }).map(({ redundant }) => redundant);
  assert.deepEqual(names(first), [null]);
  assert.deepEqual(names(first, second), ['ever', 'ever']);
  assert.deepEqual(names(first, second, third), ['ever', 'ever', 'ever']);
});

test('what is covered of all documents there are, but not of all there could be, is so now', () => {
  const grants = [grant('ada', 'Accounts', UK), grant('ada', 'HR', LEEDS)];
  const others = { ...UK, 'Cost Center': ['Leeds', 'London'] };
  const rules = [READ, rule('HR', 'Invoice')];
  const lasting = worth({ rules, grants: [...grants, grant('ada', 'HR', others)] }, [
    grants[1] as Grant,
  ]);
  assert.deepEqual(lasting.map(told), [['ada as HR', 'ever', ['ada as Accounts']]]);
  const today = worth({ rules, grants: [grants[0] as Grant, grant('ada', 'HR', others)] }, [
    grants[0] as Grant,
  ]);
  assert.deepEqual(today.map(told), [['ada as Accounts', 'now', ['ada as HR']]]);
});

test('a share takes from what a grant alone gives, for now and by its name', () => {
  const rules = [rule('Employee', 'Note')];
  const shares = [share('Note', 'NOTE-1', 'ada'), share('Note', 'NOTE-2', 'ada', { name: 'more' })];
  const grants = [grant('ada', 'Employee')];
  const [one] = worth({ rules, grants, shares: shares.slice(0, 1) });
  assert.deepEqual(one && alone(one), ['read Note 1 of 1, 1 pairs']);
  assert.deepEqual(worth({ rules, grants, shares }).map(told), [
    ['ada as Employee', 'now', ['more', 'shared']],
  ]);
});

test('fields are told of reading, and else of what can be done without them', () => {
  const pay = (role: string, parts: Parameters<typeof rule>[2]) => rule(role, 'Payslip', parts);
  const rules = [
    pay('HR', { actions: ['write'], levels: [0, 1] }),
    pay('Accounts', { actions: ['read'], levels: [0] }),
    pay('Approver', { actions: ['write'], levels: [0] }),
  ];
  const scope = { Company: ['UK'], Employee: ['*'] };
  const given = (...roles: string[]) => {
    const grants = roles.map((role) => grant('ada', role, scope));
    const [first] = worth({ rules, grants }, grants.slice(0, 1));
    assert.equal(first?.redundant, null, 'fields are enough to need it');
    return alone(first);
  };
  const ofOne = '1 of 7, 7 pairs';
  assert.deepEqual(given('HR'), [
    `read Payslip ${ofOne}`,
    `write Payslip ${ofOne}`,
    `read Payslip net_pay at 1 ${ofOne}`,
  ]);
  assert.deepEqual(given('HR', 'Accounts'), [
    `write Payslip ${ofOne}`,
    `read Payslip net_pay at 1 ${ofOne}`,
  ]);
  assert.deepEqual(given('HR', 'Approver'), [
    `read Payslip net_pay at 1 ${ofOne}`,
    `write Payslip net_pay at 1 ${ofOne}`,
  ]);
});

test('what one has twice, another one may have by one grant alone', () => {
  const twice = ['one', 'two'].map((name) => grant('ada', 'Accounts', UK, { name }));
  const once = grant('ben', 'Accounts', UK);
  for (const users of [
    ['ada', 'ben'],
    ['ben', 'ada'],
  ]) {
    const found = worth({ users, rules: [READ], grants: [...twice, once] });
    assert.deepEqual(
      found.map(({ redundant }) => redundant),
      ['ever', 'ever', null],
    );
  }
});

test('what somebody else holds changes nothing, and grants come in the order asked', () => {
  const grants = [grant('ben', 'Accounts', UK), grant('ada', 'Accounts', LEEDS)];
  const found = worth({ rules: [READ], grants }, grants.toReversed());
  assert.deepEqual(
    found.map((one) => [one.grant.grantee.name, alone(one)[0]]),
    [
      ['ada', 'read Invoice 1 of 3, 3 pairs'],
      ['ben', 'read Invoice 1 of 8, 8 pairs'],
    ],
  );
});
