/**
 * A change that one person proposes and another approves: made once, by both, as it was seen, or
 * not at all. Ten personal pairs at most are for one person; six employees in Alpha, four in Beta.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Caller } from '../../src/identity/caller.ts';
import {
  ANYWHERE,
  authority,
  create,
  grantOf,
  peopleOfSmallCompany,
} from './people-of-small-company.ts';
import { callerOf, refused } from './small-engine.ts';

let world: Awaited<ReturnType<typeof peopleOfSmallCompany>>;

before(async () => {
  world = await peopleOfSmallCompany(10);
});

after(async () => {
  await world.small.close();
});

const caller = (who: string | Caller): Caller => (typeof who === 'string' ? callerOf(who) : who);
const grant = (grantee: string, company = '*', more: object = {}) => ({
  type: 'grant',
  ...grantOf(grantee, company, more),
});

// biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
type Wire = any;

/** Two people who would each see all ten employees: twenty pairs, unless more is said. */
async function propose(
  who: string | Caller = 'ann',
  request: object = { add: [grant('rae'), grant('ria')] },
): Promise<Wire> {
  return await world.changes.propose(caller(who), { reason: 'they start', ...request });
}

async function digestNow(name: string, who = 'bob'): Promise<string> {
  const { now } = await world.changes.show(callerOf(who), name);
  assert.ok(now && 'digest' in now, JSON.stringify(now));
  return now.digest;
}

async function approve(who: string | Caller, name: string, digest?: string): Promise<Wire> {
  return await world.changes.approve(caller(who), name, digest ?? (await digestNow(name)));
}

async function status(name: string): Promise<string | null> {
  return await world.small.value('select status from doc.permission_change where name = $1', name);
}

/** Grants in force to these people, which nothing but an approval has made. */
async function given(...users: string[]): Promise<number> {
  const text = `select count(*) from doc."grant" where grantee = any ($1) and role = 'HR'
    and (until is null or until > now() at time zone 'UTC')`;
  return Number(await world.small.value(text, users));
}

async function take(...users: string[]): Promise<void> {
  const { rows = [] } =
    (
      await world.small.superuser.run({
        text: `select name from doc."grant" where grantee = any ($1) and role = 'HR' and until is null`,
        values: [users],
      })
    )[0] ?? {};
  for (const [name = null] of rows) await world.engine.write('ann', 'delete', 'Grant', name);
}

/** Refused, and neither made nor decided. */
async function stays(code: string, name: string, work: () => Promise<unknown>): Promise<void> {
  await refused(work(), code);
  assert.equal(await given('rae', 'ria'), 0);
  assert.equal(await status(name), 'Proposed');
}

test('what is too much for one is made when another approves it, and names both', async () => {
  const { engine, small } = world;
  const input = grantOf('rae', '*');
  await engine.write('ann', 'create', 'Group', 'All', {
    members: [{ user: 'rae' }, { user: 'ria' }],
  });
  await refused(
    engine.write('ann', 'create', 'Grant', null, {
      ...input,
      grantee_type: 'Group',
      grantee: 'All',
    }),
    'approval_required',
  );
  const proposal = await propose();
  assert.deepEqual(
    [proposal.status, proposal.proposed_by, proposal.docstatus, proposal.personal_pairs],
    ['Proposed', 'ann', 0, 20],
  );
  assert.deepEqual(proposal.effect.gained[0], {
    ...{ doctype: 'Employee', action: 'select', people: 2, documents: 10, pairs: 20 },
  });
  assert.equal(await given('rae', 'ria'), 0, 'proposing gives nothing');
  const made = await approve('bob', proposal.name);
  assert.deepEqual(
    [made.status, made.docstatus, made.approved_by, made.proposed_by],
    ['Approved', 1, 'bob', 'ann'],
  );
  assert.deepEqual(made.effect, made.approved_effect);
  assert.equal(await given('rae', 'ria'), 2);
  const grants = await small.superuser.run({
    text: `select distinct granted_by, request, reason from doc."grant" where request is not null`,
    values: [],
  });
  assert.deepEqual(grants[0]?.rows, [['bob', proposal.name, 'they start']]);
  const entries = await small.superuser.run({
    text: `select principal, action, document_type, detail ->> 'proposed_by', detail ->> 'proposal'
      from doc.audit_entry where detail ? 'proposed_by' order by id`,
    values: [],
  });
  assert.deepEqual(entries[0]?.rows, [
    ['ann', 'create', 'Permission Change', 'ann', null],
    ['bob', 'submit', 'Permission Change', 'ann', null],
    ['bob', 'create', 'Grant', 'ann', proposal.name],
    ['bob', 'create', 'Grant', 'ann', proposal.name],
  ]);
  await take('rae', 'ria');
});

test('nobody is their own second person: not by a token, and not by whom they act as', async () => {
  const { name } = await propose();
  const digest = await digestNow(name);
  await stays('forbidden', name, () => approve('ann', name, digest));
  const withToken = (id: string): Caller => {
    const by = callerOf(id);
    return { ...by, principal: { ...by.principal, actor: `token:${id}` } };
  };
  await stays('forbidden', name, () => approve(withToken('ann'), name, digest));
  // Nobody's token is a person either.
  await stays('forbidden', name, () => approve(withToken('bob'), name, digest));
  await stays('forbidden', name, () => world.changes.reject(callerOf('ann'), name));
  // Proposing by a token is proposing oneself.
  const byToken = await propose(withToken('ann'));
  await stays('forbidden', byToken.name, async () => approve('ann', byToken.name, digest));
  await world.changes.withdraw(callerOf('ann'), byToken.name);
  await world.changes.withdraw(callerOf('ann'), name);
});

test('a part of the system is no person, whatever it holds', async () => {
  const { small } = world;
  for (const document_type of ['Permission Change', 'Grant', 'Role', 'User'] as const) {
    const actions = ['read', 'create', 'write', 'submit'] as const;
    await small.give('system:robot', [], { document_type, actions });
  }
  await small.give('system:robot', ANYWHERE, { document_type: 'Company', actions: ['select'] });
  await authority(small, 'system:robot', ['*'], ANYWHERE);
  await refused(propose('system:robot'), 'forbidden');
  const { name } = await propose();
  await stays('forbidden', name, async () => approve('system:robot', name, await digestNow(name)));
  await world.changes.withdraw(callerOf('ann'), name);
});

test('whoever approves needs the authority, and so does whoever proposed, at that moment', async () => {
  const { small, engine } = world;
  // Sam holds all rights on the records, and an authority over nothing that matters.
  for (const document_type of ['Permission Change', 'Grant', 'Role', 'User', 'Group'] as const) {
    const actions = ['read', 'create', 'write', 'submit'] as const;
    await small.give('sam', [], { document_type, actions });
  }
  await small.give('sam', ANYWHERE, { document_type: 'Company', actions: ['select'] });
  await refused(propose('sam'), 'outside_authority');
  const { name } = await propose();
  const digest = await digestNow(name);
  await stays('outside_authority', name, () => approve('sam', name, digest));
  await authority(small, 'sam', ['HR'], [['Company', 'Alpha']]);
  await stays('outside_authority', name, () => approve('sam', name, digest));
  const narrower = await propose('sam', { add: [grant('rae', 'Alpha'), grant('ria', 'Alpha')] });
  await world.changes.reject(callerOf('bob'), narrower.name);
  // The proposer's authority is gone by the time of the approval.
  const own = await small.value(`select name from doc.granting_authority where holder = 'ann'`);
  await engine.write('bob', 'delete', 'Granting Authority', own);
  await stays('outside_authority', name, async () => approve('bob', name, await digestNow(name)));
  await authority(small, 'ann', ['*'], ANYWHERE);
  await small.superuser.run({
    text: `update doc."user" set enabled = 0 where name = 'ann'`,
    values: [],
  });
  await stays('forbidden', name, async () => approve('bob', name, await digestNow(name)));
  await small.superuser.run({
    text: `update doc."user" set enabled = 1 where name = 'ann'`,
    values: [],
  });
  await approve('bob', name);
  await take('rae', 'ria');
});

test('INVARIANT (no-self-gain): neither of the two may be among those who gain', async () => {
  await refused(propose('ann', { add: [grant('ann')] }), 'self_gain');
  const both = [
    { type: 'group', name: 'Circle' },
    { type: 'member', group: 'Circle', user: 'ann' },
    grant('Circle', '*', { grantee_type: 'Group' }),
  ];
  await refused(propose('ann', { add: both }), 'self_gain');
  const forBob = await propose('ann', { add: [grant('bob'), grant('rae')] });
  await stays('self_gain', forBob.name, () => approve('bob', forBob.name));
  await approve('cleo', forBob.name);
  // It is so at the time of the approval: meanwhile the proposer has come into the group.
  const { engine } = world;
  await engine.write('ann', 'create', 'Group', 'Team', { members: [{ user: 'rob' }] });
  const team = await propose('ann', { add: [grant('Team', '*', { grantee_type: 'Group' })] });
  const { modified } = await engine.documents.read(callerOf('bob'), 'Group', 'Team');
  const members = [{ user: 'rob' }, { user: 'ann' }];
  await engine.write('bob', 'update', 'Group', 'Team', { members }, String(modified));
  await refused(approve('cleo', team.name), 'self_gain');
  assert.equal(await status(team.name), 'Proposed');
  await world.changes.reject(callerOf('cleo'), team.name);
  await take('bob', 'rae');
});

test('an approval is of what was seen: it names the digest, and what has grown is seen anew', async () => {
  const { small } = world;
  const { name, digest } = await propose();
  assert.equal(await digestNow(name), digest);
  const anew = { company: 'Beta', department: 'Sales', employee_name: 'x', status: 'Active' };
  await small.insert('employee', { name: 'Beta-new', ...anew });
  await stays('version_conflict', name, () => approve('bob', name, digest));
  await stays('version_conflict', name, () => approve('bob', name, ''));
  const { now } = await world.changes.show(callerOf('bob'), name);
  assert.ok(now && 'digest' in now);
  assert.equal(now.effect.personal_pairs, 22);
  const made = await approve('bob', name, now.digest);
  assert.deepEqual(
    [made.effect.personal_pairs, made.approved_effect.personal_pairs, made.personal_pairs],
    [20, 22, 20],
  );
  await take('rae', 'ria');
  await small.superuser.run({
    text: `delete from doc.employee where name = 'Beta-new'`,
    values: [],
  });
});

test('two approvals at the same time make it once', async () => {
  const { name, digest } = await propose();
  const racing = ['bob', 'cleo', 'bob', 'cleo'].map(
    async (who) => await approve(who, name, digest),
  );
  const outcomes = await Promise.allSettled(racing);
  const done = outcomes.filter(({ status: outcome }) => outcome === 'fulfilled');
  assert.equal(done.length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'submitted');
  }
  assert.equal(await given('rae', 'ria'), 2);
  await take('rae', 'ria');
  await refused(approve('bob', name, digest), 'submitted');
  assert.equal(await given('rae', 'ria'), 0);
});

test('an approval and a withdrawal at the same time: one of them, and never both', async () => {
  for (let round = 0; round < 4; round++) {
    const { name, digest } = await propose();
    const both = [approve('bob', name, digest), world.changes.withdraw(callerOf('ann'), name)];
    const [approved] = await Promise.allSettled(round % 2 === 0 ? both : both.toReversed());
    assert.ok(approved);
    const isMade = (await status(name)) === 'Approved';
    assert.equal(await given('rae', 'ria'), isMade ? 2 : 0);
    await take('rae', 'ria');
  }
});

test('what was rejected, withdrawn or is too old is never made', async () => {
  const { small, changes } = world;
  const rejected = await propose();
  await refused(changes.withdraw(callerOf('bob'), rejected.name), 'forbidden');
  await changes.reject(callerOf('bob'), rejected.name);
  const withdrawn = await propose();
  await changes.withdraw(callerOf('ann'), withdrawn.name);
  const old = await propose();
  const days = (Date.parse(`${old.expires}Z`) - Date.parse(`${old.creation}Z`)) / 86_400_000;
  assert.ok(Math.abs(days - 14) < 0.001, `${days} days`);
  await small.superuser.run({
    text: `update doc.permission_change set expires = now() at time zone 'UTC',
      version = version + 1 where name = $1`,
    values: [old.name],
  });
  for (const [name, digest] of [rejected, withdrawn, old].map((one) => [one.name, one.digest])) {
    await refused(approve('cleo', name, digest), 'version_conflict');
    await refused(changes.reject(callerOf('cleo'), name), 'version_conflict');
    await refused(changes.withdraw(callerOf('ann'), name), 'version_conflict');
  }
  assert.deepEqual(await Promise.all([rejected, withdrawn, old].map(({ name }) => status(name))), [
    ...['Rejected', 'Withdrawn', 'Expired'],
  ]);
  assert.equal(await given('rae', 'ria'), 0);
});

test('a proposal is written by no other way: not changed, brought in, submitted or removed', async () => {
  const { engine, small } = world;
  for (const who of ['ann', 'bob']) {
    await small.give(who, [], {
      document_type: 'Permission Change',
      actions: ['read', 'create', 'write', 'submit', 'cancel', 'amend', 'delete', 'import'],
    });
  }
  const { name, digest } = await propose();
  const doctype = 'Permission Change';
  const write = (operation: Parameters<typeof engine.write>[1], input: object, who = 'ann') =>
    engine.write(who, operation, doctype, operation === 'create' ? null : name, input);
  const changes = { add: [grant('rob')] };
  await stays('forbidden', name, () => write('create', { changes, reason: 'x' }));
  await stays('forbidden', name, () =>
    write('create', { changes, reason: 'x', status: 'Approved', proposed_by: 'bob' }),
  );
  for (const input of [
    { status: 'Approved' },
    { status: 'Withdrawn' },
    { changes },
    { reason: 'another' },
    { proposed_by: 'bob' },
    { expires: '2199-01-01 00:00:00' },
    { digest: '' },
    {},
  ]) {
    await stays('forbidden', name, () => write('update', input));
  }
  await stays('forbidden', name, () => write('submit', {}, 'bob'));
  await stays('forbidden', name, () => write('delete', {}));
  const forged = { name: 'forged', values: { changes, reason: 'x', proposed_by: 'bob', digest } };
  const bring = engine.documents.import(callerOf('ann'), doctype, [forged]);
  await stays('forbidden', name, () => bring);
  assert.equal(await status('forged'), null);
  const { epoch } = await small.store.open(callerOf('ann').credential);
  const beside = engine.documents.together(
    callerOf('ann'),
    [create(doctype, { changes, reason: 'x' })],
    { epoch, isTrial: false },
  );
  await stays('bad_value', name, () => beside);
  await approve('bob', name, digest);
  for (const operation of ['update', 'submit', 'delete'] as const) {
    await refused(write(operation, {}), operation === 'update' ? 'forbidden' : 'submitted');
  }
  await refused(write('cancel', {}), 'forbidden');
  // Nor by SQL under a claim, once it is approved.
  await assert.rejects(
    small.as(
      'ann',
      'write',
      `update doc.permission_change set changes = '{}' where name = $1`,
      name,
    ),
  );
  await take('rae', 'ria');
});

test('hidden-equals-missing: whoever may not know of proposals is told of none', async () => {
  const { changes } = world;
  const { name, digest } = await propose();
  for (const work of [
    () => changes.show(callerOf('rut'), name),
    () => approve('rut', name, digest),
    () => changes.reject(callerOf('rut'), name),
    () => changes.withdraw(callerOf('rut'), name),
    () => propose('rut'),
  ]) {
    await refused(work(), 'unknown_doctype');
  }
  await refused(approve('bob', 'CHANGE-none', digest), 'not_found');
  assert.equal((await changes.show(callerOf('bob'), name)).proposal['name'], name);
  // Who sees their own proposals only is told the same of others' as of none.
  const { small } = world;
  await small.give('roy', [], {
    ...{ document_type: 'Permission Change', actions: ['read', 'write', 'submit'] },
    when: [['owner', '=', '$me']],
  });
  await refused(changes.show(callerOf('roy'), name), 'not_found');
  await refused(approve('roy', name, digest), 'not_found');
  await changes.withdraw(callerOf('ann'), name);
});

test('every kind of change can be proposed, small ones too, and is made as it was previewed', async () => {
  const { engine, small } = world;
  await engine.write('ann', 'create', 'Group', 'Desk', {
    members: [{ user: 'rut' }, { user: 'roy' }],
  });
  const old = await engine.write('ann', 'create', 'Grant', null, grantOf('rob', 'Beta'));
  const other = await engine.write('ann', 'create', 'Grant', null, grantOf('rut', 'Beta'));
  const rule = {
    ...{ type: 'rule', role: 'Reader of staff', document_type: 'Employee', actions: ['read'] },
    ...{ reach: 'within', except: ['Employee', 'Department'], levels: [0, 1] },
  };
  const request = {
    add: [
      { type: 'role', name: 'Reader of staff' },
      rule,
      { type: 'group', name: 'New desk' },
      { type: 'member', group: 'New desk', user: 'rae' },
      { type: 'member', group: 'Desk', user: 'ria' },
      grant('New desk', '*', { grantee_type: 'Group', role: 'Reader of staff' }),
      grant('Desk', 'Alpha', { grantee_type: 'Group', role: 'Reader of staff' }),
      { type: 'expiry', name: other.name, until: '2199-01-01 00:00:00' },
    ],
    remove: [
      { type: 'grant', name: old.name },
      { type: 'member', group: 'Desk', user: 'roy' },
    ],
  };
  const proposal = await propose('ann', request);
  assert.deepEqual(
    proposal.personal_pairs,
    10 + 6 + 6,
    'the new desk sees ten, and two of the old desk six each',
  );
  const made = await approve('bob', proposal.name);
  assert.deepEqual(made.effect, proposal.effect);
  const seen = async (who: string) =>
    (await small.as(who, 'read', 'select from doc.employee')).rows.length;
  assert.deepEqual(await Promise.all(['rae', 'ria', 'roy', 'rut', 'rob'].map(seen)), [
    ...[10, 6, 0, 10, 0],
  ]);
  const one = await propose('ann', { remove: [{ type: 'grant', name: other.name }] });
  assert.equal(one.personal_pairs, 0);
  await approve('bob', one.name);
  assert.equal(await seen('rut'), 6);
  for (const [bad, code] of [
    [{}, 'bad_value'],
    [{ add: [{ type: 'level', doctype: 'Employee', field: 'gender', level: 1 }] }, 'bad_value'],
    [{ add: [{ type: 'group', name: 'G', members: [] }] }, 'bad_value'],
    [{ add: [{ ...grant('rae'), nonsense: 1 }] }, 'unknown_parameter'],
    [{ add: [{ type: 'miracle' }] }, 'bad_value'],
    [{ remove: [{ type: 'grant', name: 'none' }] }, 'not_found'],
    [{ add: [{ ...rule, role: 'HR', reach: 'everything' }] }, 'invalid_document'],
  ] as const) {
    const code1 = await propose('ann', bad).catch((error: { code: string }) => error.code);
    assert.equal(code1, code, JSON.stringify(bad));
  }
  await refused(propose('ann', { reason: '', add: [grant('rae')] }), 'invalid_document', 'reason');
});
