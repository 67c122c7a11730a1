/** Permission records that lint finds lying about, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DoctypeShape,
  type Finding,
  type GrantingAuthority,
  NO_OPENING,
  type Share,
  suspectsIn,
  type World,
} from '../../src/authz/index.ts';
import { lint, told } from './example-lint.ts';
import { grant, grantee, share, TODAY, worldWith } from './example-world.ts';

const TOMORROW = TODAY + 86_400_000;
/** Applications, whose home address is open to whoever sees them at all. */
const APPLICATION: DoctypeShape = {
  ...{ name: 'Application', paths: [] },
  levels: new Map(Object.entries({ title: 0, phone: 0, home: 0, health: 1 })),
  personal: new Set(['phone', 'home', 'health']),
};
const doctypes = [...worldWith({}).doctypes, APPLICATION];

function shared(...shares: Share[]) {
  return lint({ doctypes, roles: [], shares });
}

test('a share without an end of what is personal is told, with the fields that it opens', () => {
  const [found, ...more] = shared(share('Application', 'A-1', 'ben'));
  assert.deepEqual(more, []);
  assert.deepEqual(found, {
    code: 'share_without_end',
    subject: { kind: 'share', name: 'shared', role: null, to: 'ben' },
    ...{ doctype: 'Application', isPersonal: true, fields: ['home', 'phone'] },
    opening: NO_OPENING,
  });
});

test('a share with an end, of what is not personal at level 0, or of nothing is not told', () => {
  const ending = share('Application', 'A-1', 'ben', { until: TOMORROW });
  const ended = share('Application', 'A-1', 'ben', { until: TODAY });
  const payslip = share('Payslip', 'PAY-1', 'ben');
  assert.deepEqual(shared(ending, ended, payslip, share('Gone', 'G-1', 'ben')), []);
});

test('a share is counted as the one document that it opens to one person', () => {
  const documents = (count: number) => ({
    Application: [{ facts: { name: 'A-1' }, count }],
  });
  const opening = (user: string, count: number) => {
    const shares = [share('Application', 'A-1', user)];
    return lint({ doctypes, roles: [], shares }, documents(count))[0]?.opening;
  };
  assert.deepEqual(opening('ben', 1), {
    ...{ people: 1, documents: 1, pairs: 1 },
    ...{ readersOfADocument: 1, documentsOfAPerson: 1 },
  });
  assert.deepEqual(opening('ben', 0), NO_OPENING, 'it is not there');
  assert.deepEqual(opening('dismissed', 1), NO_OPENING, 'who may not act sees nothing');
  assert.equal(opening('Guest', 1)?.pairs, 1);
});

test('of a change, only shares of the doctypes that it touches are looked at', () => {
  const world = compileWorld(
    worldWith({ doctypes, roles: [], shares: [share('Application', 'A-1', 'ben')] }),
  );
  assert.equal(suspectsIn(world, new Set(['Application']), TODAY).length, 1);
  assert.deepEqual(suspectsIn(world, new Set(['Payslip']), TODAY), []);
});

/** What is told of a record, without what counts documents. */
function records(parts: Partial<World>, code: Finding['code']) {
  return lint({ roles: [], ...parts })
    .filter((finding) => finding.code === code)
    .map(({ subject: { name, role, to } }) => [name, role, to]);
}

test('what somebody keeps who may not act is told, as long as it has no end', () => {
  const roles = [{ name: 'HR' }];
  const grants = [
    grant('gone', 'HR'),
    grant('gone', 'HR', {}, { name: 'ending', until: TOMORROW }),
    ...[grant('ben', 'HR'), grant('Guest', 'HR'), grant('#gone', 'HR')],
  ];
  assert.deepEqual(records({ roles, grants }, 'grant_to_disabled'), [['gone as HR', 'HR', 'gone']]);
  const member = (user: string, until: number | null) => ({
    ...{ group: 'sales', user, from: null },
    until,
  });
  const members = [member('gone', null), member('leaving', TOMORROW), member('ben', null)];
  assert.deepEqual(records({ members }, 'member_disabled'), [['gone', null, 'group sales']]);
});

test('an authority over all roles is told with whom it is given to', () => {
  const authority = (to: string, roles: string[]): GrantingAuthority => ({
    ...{ name: `${to} may give`, holder: grantee(to), roles, exceptRoles: [], scope: [] },
  });
  const authorities = [
    authority('ada', ['*']),
    authority('#boards', ['HR', '*']),
    authority('ben', ['HR']),
  ];
  assert.deepEqual(records({ authorities }, 'authority_over_all_roles'), [
    ['#boards may give', '*', 'group boards'],
    ['ada may give', '*', 'ada'],
  ]);
});

test('records tell of no document, and of nothing personal', () => {
  const [found] = lint({ roles: [{ name: 'HR' }] });
  assert.deepEqual(found, {
    code: 'role_nobody_holds',
    subject: { kind: 'role', name: 'HR', role: 'HR', to: null },
    ...{ doctype: null, isPersonal: false, fields: [], opening: NO_OPENING },
  });
  assert.deepEqual(told({ roles: [{ name: 'HR' }] }), []);
});

/** True where nobody holds the role, told of grants and members. */
function isUnheld(grants: World['grants'], members: World['members'] = []): boolean {
  return records({ roles: [{ name: 'HR' }], grants, members }, 'role_nobody_holds').length > 0;
}

test('a role is held by whoever may act, from now on or later, and by nobody who has it no more', () => {
  assert.equal(isUnheld([]), true);
  assert.equal(isUnheld([grant('ben', 'HR')]), false);
  assert.equal(isUnheld([grant('gone', 'HR')]), true, 'of somebody who may not act');
  assert.equal(isUnheld([grant('ben', 'HR', {}, { until: TODAY })]), true, 'it has ended');
  assert.equal(isUnheld([grant('ben', 'HR', {}, { from: TOMORROW })]), false, 'it will begin');
  assert.equal(isUnheld([grant('Guest', 'HR')]), false);
  assert.equal(isUnheld([grant('#Everyone', 'HR')]), false);
  assert.equal(isUnheld([grant('#Guests', 'HR')]), false);
});

test('a role given to a group is held where somebody is in it who may act', () => {
  const sales = [grant('#sales', 'HR')];
  const member = (user: string, until: number | null = null, group = 'sales') => ({
    ...{ group, user, from: null },
    until,
  });
  assert.equal(isUnheld(sales), true);
  assert.equal(isUnheld(sales, [member('ben')]), false);
  assert.equal(isUnheld(sales, [member('gone')]), true);
  assert.equal(isUnheld(sales, [member('ben', TODAY)]), true, 'who has left');
  assert.equal(isUnheld(sales, [member('ben', null, 'books')]), true);
  assert.equal(isUnheld(sales, [{ ...member('ben'), from: TOMORROW }]), false, 'who will come');
});
