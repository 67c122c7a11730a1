/**
 * Permission changes that are made together: all or none, each judged on the world that the
 * changes before it would leave.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Change } from '../../src/documents/together.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const ALPHA = [{ dimension: 'Company', value: 'Alpha' }];
const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];
const RECORDS = ['Role', 'Role Rule', 'Group', 'Grant', 'Granting Authority'] as const;

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  for (const name of ['ann', 'bob', 'carl']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  for (const who of ['ann', 'bob']) {
    for (const document_type of RECORDS) {
      const actions = ['read', 'create', 'write', 'delete'] as const;
      await small.give(who, [], { document_type, actions });
    }
    for (const document_type of ['User', 'Company']) {
      await small.give(who, ANYWHERE, { document_type, actions: ['select'] });
    }
  }
  await small.insert('role', { name: 'Clerk' });
  // Ann may give every role, Bob one of them.
  await authority('ann', ['*']);
  await authority('bob', ['Clerk']);
});

after(async () => {
  await small.close();
});

async function authority(holder: string, roles: string[]): Promise<void> {
  const name = `authority of ${holder}`;
  await small.insert('granting_authority', { name, holder_type: 'User', holder, roles });
  for (const [dimension, value] of ANYWHERE) {
    const row = `insert into doc.grant_scope
        (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
      select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $2, $3, 0
      from doc.granting_authority where name = $1`;
    await small.superuser.run(sql(row, name, dimension, value));
  }
}

function create(doctype: string, input: object): Change {
  return { operation: 'create', doctype, name: null, input, expectedModified: null };
}

function remove(doctype: string, name: string): Change {
  return { operation: 'delete', doctype, name, input: null, expectedModified: null };
}

function grant(grantee: string, role: string, more: object = {}): Change {
  return create('Grant', { grantee_type: 'User', grantee, role, scope: ALPHA, ...more });
}

function rule(role: string, actions: readonly string[]): Change {
  const what = {
    document_type: 'Sales Invoice',
    actions,
    reach: 'within',
    except: ['Cost Center'],
  };
  return create('Role Rule', { role, status: 'in force', ...what });
}

async function together(who: string, changes: readonly Change[], isTrial = false) {
  const { epoch } = await small.store.open(callerOf(who).credential);
  return await engine.documents.together(callerOf(who), changes, { epoch, isTrial });
}

async function count(table: string): Promise<number> {
  return Number(await small.value(`select count(*) from doc."${table}"`));
}

async function counts(): Promise<readonly number[]> {
  return await Promise.all(['role', 'role_rule', 'group', 'grant', 'audit_entry'].map(count));
}

test('a role, its rules and its grants come in together, and open what they say', async () => {
  const changes = [
    create('Role', { name: 'Reader' }),
    rule('Reader', ['read']),
    grant('carl', 'Reader'),
  ];
  const before = await counts();
  await together('ann', changes, true);
  assert.deepEqual(await counts(), before, 'a trial keeps nothing');
  assert.deepEqual(await small.sees('carl'), []);
  const names = await together('ann', changes);
  assert.match(names.join(), /^Reader,RULE-\d+,GRANT-\d+$/);
  assert.deepEqual((await small.sees('carl')).length, 4, 'every invoice of Alpha');
  const entries = await small.value(
    `select string_agg(action || ' ' || document_type, ', ' order by id) from doc.audit_entry
     where document_name = any ($1::text[])`,
    names as string[],
  );
  assert.equal(entries, 'create Role, create Role Rule, create Grant');
});

test('INVARIANT (no-self-gain): a gain that is split over two changes is refused whole', async () => {
  // Neither gives Ann anything by itself: the group holds nothing, and she is not in it.
  await small.insert('group', { name: 'Club' });
  const { modified } = await engine.documents.read(callerOf('ann'), 'Group', 'Club');
  const enter: Change = {
    ...{ operation: 'update', doctype: 'Group', name: 'Club' },
    ...{ input: { members: [{ user: 'ann' }] }, expectedModified: String(modified) },
  };
  const give = grant('Club', 'Clerk', { grantee_type: 'Group' });
  const harmless = create('Role', { name: 'Harmless' });
  const before = await counts();
  await refused(together('ann', [harmless, give, enter]), 'self_gain');
  await refused(together('ann', [harmless, enter, give]), 'self_gain');
  assert.deepEqual((await counts()).slice(0, 4), before.slice(0, 4));
  // With a new group, too, and by an authority instead of a grant.
  const found = create('Group', { name: 'Founders', members: [{ user: 'ann' }] });
  const toFounders = { holder_type: 'Group', holder: 'Founders', roles: ['Clerk'], scope: ALPHA };
  await refused(together('ann', [found, create('Granting Authority', toFounders)]), 'self_gain');
  // The same for somebody else is in order.
  const other = create('Group', { name: 'Others', members: [{ user: 'carl' }] });
  await together('ann', [other, grant('Others', 'Clerk', { grantee_type: 'Group' })]);
});

test('INVARIANT (no-self-gain): authority over what comes in is asked for like any other', async () => {
  const before = await counts();
  const role = create('Role', { name: 'Made by Bob' });
  await refused(together('bob', [role, grant('carl', 'Made by Bob')]), 'outside_authority');
  // Though nobody holds the role yet: nobody puts a power there that they could not give.
  const made = [role, rule('Made by Bob', ['write']), grant('bob', 'Made by Bob')];
  await refused(together('bob', made), 'outside_authority');
  // A grant before its rule: then the rule is what gives.
  const grantFirst = [grant('carl', 'Clerk'), rule('Clerk', ['read']), rule('Reader', ['delete'])];
  await refused(together('bob', grantFirst), 'outside_authority');
  assert.deepEqual((await counts()).slice(0, 4), before.slice(0, 4));
  await together('bob', [grant('carl', 'Clerk')]);
});

test('every refusal of a step is told, each with its place, and recorded', async () => {
  const changes = [grant('carl', 'Clerk'), grant('ann', 'Clerk'), grant('ann', 'Reader')];
  const error = await refused(together('ann', changes), 'self_gain');
  const { refusals } = error as unknown as { refusals: { index: number }[] };
  assert.deepEqual(
    refusals.map(({ index }) => index),
    [1, 2],
  );
  const recorded = `select count(*) from doc.audit_entry
    where principal = 'ann' and code = 'self_gain' and document_type = 'Grant'`;
  assert.ok(Number(await small.value(recorded)) >= 2);
});

test('two authorities that go together do not leave nobody who gives access', async () => {
  const both = ['ann', 'bob'].map((who) => remove('Granting Authority', `authority of ${who}`));
  const there = await count('granting_authority');
  await refused(together('ann', both), 'forbidden');
  assert.equal(await count('granting_authority'), there);
  await together('ann', both.slice(1), true);
});

test('revoked-means-now: what was planned on other permissions is not done', async () => {
  const { epoch } = await small.store.open(callerOf('ann').credential);
  await together('ann', [create('Role', { name: 'Meanwhile' })]);
  const late = engine.documents.together(callerOf('ann'), [grant('carl', 'Clerk')], {
    epoch,
    isTrial: false,
  });
  await refused(late, 'version_conflict');
});

test('only permission records go together, and only those one may know of', async () => {
  const company = create('Company', { name: 'Gamma' });
  await refused(together('ann', [company]), 'bad_value');
  await refused(together('carl', [create('Role', { name: 'Mine' })]), 'unknown_doctype');
  await refused(together('carl', [create('Nothing', {})]), 'unknown_doctype');
  assert.deepEqual(await together('ann', []), []);
  const many = Array.from({ length: 10_001 }, () => grant('carl', 'Clerk'));
  await refused(together('ann', many), 'too_large');
});

test('complete-or-error: everything of a doctype is read, rows included, or nothing', async () => {
  const { documents } = engine;
  const all = await documents.readEvery(callerOf('ann'), 'Grant');
  assert.equal(all.documents.length, await count('grant'));
  const scopes = all.documents.map(({ scope }) => JSON.stringify(scope));
  assert.ok(scopes.some((scope) => scope.includes('"value":"Alpha"')));
  await small.give('carl', [], { document_type: 'Grant', when: [['owner', '=', '$me']] });
  await refused(documents.readEvery(callerOf('carl'), 'Grant'), 'forbidden');
  await refused(documents.readEvery(callerOf('carl'), 'Role'), 'unknown_doctype');
  const narrowed = callerOf('ann', [{ name: 'roles only', doctypes: ['Role'] }]);
  await refused(documents.readEvery(narrowed, 'Grant'), 'unknown_doctype');
});

test('hidden-equals-missing: names that may be selected are told, all others alike', async () => {
  const asked = ['Alpha', 'Nowhere', 'Beta', 'bad\0name'];
  const found = await engine.documents.selectable(callerOf('ann'), 'Company', asked);
  assert.deepEqual([...found].sort(), ['Alpha', 'Beta']);
  await small.give('carl', [['Company', 'Beta']], {
    document_type: 'Company',
    actions: ['select'],
  });
  const less = await engine.documents.selectable(callerOf('carl'), 'Company', asked);
  assert.deepEqual([...less], ['Beta']);
});
