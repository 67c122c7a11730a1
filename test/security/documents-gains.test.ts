/**
 * INVARIANT (no-self-gain): all that a permission record would give, counted in full: what a
 * group holds by its authorities as well as by its grants, and grants that have an end.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const LATER = '2999-01-01 00:00:00';
const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  for (const name of ['ann', 'bob', 'carl']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  for (const who of ['ann', 'bob']) {
    for (const document_type of ['Group', 'Role Rule']) {
      await small.give(who, [], { document_type, actions: ['read', 'create', 'write'] });
    }
    for (const document_type of ['User', 'Role']) {
      await small.give(who, [], { document_type, actions: ['select'] });
    }
  }
  for (const name of ['Clerk', 'Chief', 'Keeper']) await small.insert('role', { name });
  // Ann may give all three roles, Bob only one of them.
  await authority('User', 'ann', ['Clerk', 'Chief', 'Keeper']);
  await authority('User', 'bob', ['Clerk']);
});

after(async () => {
  await small.close();
});

/** An authority within everything. */
async function authority(holder_type: string, holder: string, roles: string[]): Promise<void> {
  const name = `authority of ${holder}`;
  await small.insert('granting_authority', { name, holder_type, holder, roles });
  for (const [dimension, value] of ANYWHERE) {
    const row = `insert into doc.grant_scope
        (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
      select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $2, $3, 0
      from doc.granting_authority where name = $1`;
    await small.superuser.run(sql(row, name, dimension, value));
  }
}

/** A grant of the role within Alpha. */
async function grant(grantee_type: string, grantee: string, role: string, until: string | null) {
  const name = `${role} of ${grantee}`;
  await small.insert('grant', { name, grantee_type, grantee, role, until });
}

/** Makes somebody the one new member of a group. */
async function enter(who: string, group: string, user: string) {
  const { modified } = await engine.documents.read(callerOf(who), 'Group', group);
  const members = [{ user }];
  return await engine.write(who, 'update', 'Group', group, { members }, String(modified));
}

/** Puts a new rule of the role in force. */
async function rule(who: string, role: string) {
  const body = { role, document_type: 'Sales Invoice', actions: ['read'] };
  const inForce = { ...body, reach: 'within', status: 'in force' };
  return await engine.write(who, 'create', 'Role Rule', null, inForce);
}

test('a member of a group gains what its authorities let one give', async () => {
  await small.insert('group', { name: 'Givers' });
  await authority('Group', 'Givers', ['Chief']);
  await refused(enter('bob', 'Givers', 'bob'), 'self_gain');
  await refused(enter('bob', 'Givers', 'carl'), 'outside_authority');
  await refused(enter('ann', 'Givers', 'ann'), 'self_gain');
  await enter('ann', 'Givers', 'carl');
});

test('a member of a group gains its grants that have an end, and none that has come', async () => {
  for (const [group, until] of [
    ['Passing', LATER],
    ['Staying', null],
  ] as const) {
    await small.insert('group', { name: group });
    await grant('Group', group, 'Chief', until);
    await refused(enter('bob', group, 'bob'), 'self_gain');
    await refused(enter('bob', group, 'carl'), 'outside_authority');
    await enter('ann', group, 'carl');
  }
  await small.insert('group', { name: 'Over' });
  await grant('Group', 'Over', 'Chief', '2001-01-01 00:00:00');
  await enter('bob', 'Over', 'bob');
});

test('a rule gives to whoever holds its role for a time, too', async () => {
  // Clerks read invoices, so who may give that role may have another one read them.
  const name = 'Clerk reads invoices';
  const reading = { document_type: 'Sales Invoice', actions: ['read'], levels: [0] };
  await small.insert('role_rule', {
    ...{ name, role: 'Clerk', reach: 'within', status: 'in force', ...reading },
  });
  await grant('User', 'ann', 'Keeper', LATER);
  await grant('User', 'carl', 'Chief', LATER);
  await refused(rule('ann', 'Keeper'), 'self_gain');
  await refused(rule('bob', 'Chief'), 'outside_authority');
  assert.ok((await rule('ann', 'Chief')).name);
});
