/**
 * What shows personal fields in more than so many pairs of a person and a document is refused to
 * one person, whichever way it is tried. Here ten pairs; six employees in Alpha, four in Beta.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ANYWHERE,
  create,
  grantOf,
  peopleOfSmallCompany,
  READERS,
  together,
} from './people-of-small-company.ts';
import { callerOf, refused } from './small-engine.ts';

type World = Awaited<ReturnType<typeof peopleOfSmallCompany>>;
let world: World;

const THRESHOLD = 10;
const TOMORROW = '2199-01-01 00:00:00';

before(async () => {
  world = await peopleOfSmallCompany(THRESHOLD);
});

after(async () => {
  await world.small.close();
});

async function write(
  operation: 'create' | 'update',
  doctype: string,
  name: string | null,
  input: object,
) {
  const document =
    name === null ? null : await world.engine.documents.read(callerOf('ann'), doctype, name);
  const modified = document === null ? null : String(document['modified']);
  return await world.engine.write('ann', operation, doctype, name, input, modified);
}

async function give(grantee: string, company: string, more: object = {}) {
  return await write('create', 'Grant', null, grantOf(grantee, company, more));
}

async function group(...users: string[]): Promise<string> {
  const name = `group ${++groups}`;
  const members = users.map((user) => ({ user }));
  await world.engine.write('ann', 'create', 'Group', name, { members });
  return name;
}
let groups = 0;

/** Refused for want of a second person, and for so many pairs; nothing of it is kept. */
async function tooMuch(pairs: number, work: () => Promise<unknown>): Promise<void> {
  const before = await contents();
  const { message } = await refused(work(), 'approval_required');
  assert.match(message, new RegExp(`in ${pairs} pairs .* may give ${THRESHOLD} at once`));
  assert.match(message, /POST \/api\/access\/changes/);
  assert.deepEqual(await contents(), before);
}

async function contents(): Promise<string | null> {
  return await world.small.value(
    `select string_agg(content::text, '|' order by relation, key)
     from sys.permission_history where until_change is null`,
  );
}

async function endAll(): Promise<void> {
  const { small, engine } = world;
  const rows = await small.superuser.run({
    text: `select name from doc."grant" where role = 'HR' and until is null`,
    values: [],
  });
  for (const [name = ''] of rows[0]?.rows ?? []) await engine.write('ann', 'delete', 'Grant', name);
}

test('a grant is counted by people and documents, and what is no more passes', async () => {
  const three = await group(...READERS.slice(0, 3));
  await tooMuch(18, () => give(three, 'Alpha', { grantee_type: 'Group' }));
  await tooMuch(12, () => give(three, 'Beta', { grantee_type: 'Group' }));
  const two = await group(...READERS.slice(0, 2));
  await give(two, 'Beta', { grantee_type: 'Group' });
  // Exactly as many as the threshold says are not more.
  await give('rut', '*');
  // Only what is new counts: two of three have Beta already.
  await give(three, 'Beta', { grantee_type: 'Group' });
  // Piece after piece passes, each with its own entry in the audit log.
  await give('rae', 'Alpha');
  await give('ria', 'Alpha');
  await endAll();
});

test('many small changes in one transaction are one change', async () => {
  const both = ['rae', 'ria'].map((who) => create('Grant', grantOf(who, 'Alpha')));
  await tooMuch(12, () => together(world, 'ann', both));
  await tooMuch(12, () => together(world, 'ann', both, true));
  const apart = [both[0], create('Group', { name: 'between' }), both[1]].filter((one) => !!one);
  await tooMuch(12, () => together(world, 'ann', apart));
  const documents = ['rae', 'ria'].map((who, index) => ({
    name: `brought ${index}`,
    values: grantOf(who, 'Alpha'),
  }));
  await tooMuch(12, () => world.engine.documents.import(callerOf('ann'), 'Grant', documents));
  // What one part opens and another closes again is not given.
  await give('roy', 'Alpha');
  const [grant = ''] = await together(world, 'ann', [create('Grant', grantOf('rob', 'Beta'))]);
  const swapped = [
    create('Grant', grantOf('roy', '*')),
    { ...create('Grant', {}), operation: 'delete' as const, name: grant, input: null },
    create('Grant', grantOf('rob', 'Alpha')),
  ];
  await together(world, 'ann', swapped);
  await endAll();
});

test('members count when they come, whatever day they begin and whether or not they are enabled', async () => {
  const empty = await group();
  await give(empty, 'Alpha', { grantee_type: 'Group' });
  const enter = (...members: object[]) => write('update', 'Group', empty, { members });
  await tooMuch(12, () => enter({ user: 'rae' }, { user: 'ria' }));
  await tooMuch(12, () => enter({ user: 'rae' }, { user: 'ria', from: TOMORROW }));
  await tooMuch(12, () => enter({ user: 'rae' }, { user: 'idle' }));
  await enter({ user: 'rae' });
  const later = await group();
  const waiting = READERS.map((user) => ({ user, from: TOMORROW }));
  await write('update', 'Group', later, { members: waiting });
  await tooMuch(20, () => give(later, 'Beta', { grantee_type: 'Group' }));
  await tooMuch(20, () => give(later, 'Beta', { grantee_type: 'Group', from: TOMORROW }));
  await endAll();
});

test('a rule counts once it is in force, by everybody who holds its role', async () => {
  const { small } = world;
  await small.insert('role', { name: 'Empty' });
  const three = await group(...READERS.slice(0, 3));
  await give(three, 'Alpha', { grantee_type: 'Group', role: 'Empty' });
  const rule = {
    ...{ role: 'Empty', document_type: 'Employee', actions: ['read'], reach: 'within' },
    except: ['Employee', 'Department'],
  };
  await tooMuch(18, () => write('create', 'Role Rule', null, { ...rule, status: 'in force' }));
  const { name } = await write('create', 'Role Rule', null, rule);
  await tooMuch(18, () => write('update', 'Role Rule', name, { status: 'in force' }));
  // Base salaries are personal and stand at level 1: documents that are open already open further.
  await write('update', 'Role Rule', name, {
    status: 'in force',
    when: [['name', '=', 'Alpha-1']],
  });
  await tooMuch(15, () => write('update', 'Role Rule', name, { when: null }));
  await tooMuch(18, () => write('update', 'Role Rule', name, { when: null, levels: [0, 1] }));
  await write('update', 'Role Rule', name, { status: 'draft' });
});

test('a move in a tree counts what comes under a branch that people hold', async () => {
  const { small } = world;
  const scope = { scope: [{ dimension: 'Department', value: 'Sales', descendants: 1 }] };
  await small.insert('role', { name: 'Sales Lead' });
  await write('create', 'Role Rule', null, {
    ...{ role: 'Sales Lead', document_type: 'Employee', actions: ['read'], reach: 'within' },
    ...{ except: ['Employee', 'Company'], status: 'in force' },
  });
  // One after the other, six employees of Sales each.
  for (const who of ['rae', 'ria', 'rob']) await give(who, '*', { role: 'Sales Lead', ...scope });
  await small.give('ann', ANYWHERE, { document_type: 'Department', actions: ['read', 'write'] });
  const move = () => write('update', 'Department', 'Field', { parent_department: 'Sales' });
  await tooMuch(12, move);
  assert.equal(
    await small.value(`select parent_department from doc.department where name = 'Field'`),
    null,
  );
});

test('shares count, together with the rest', async () => {
  const { small } = world;
  await small.give('ann', ANYWHERE, { document_type: 'Employee', actions: ['read', 'share'] });
  await small.give('ann', [], { document_type: 'Share', actions: ['read', 'create'] });
  const share = (document_name: string) =>
    create('Share', { document_type: 'Employee', document_name, user: 'rut', actions: ['read'] });
  const shares = [1, 2, 3, 4, 5].map((number) => share(`Alpha-${number}`));
  await together(world, 'ann', shares.slice(0, 1));
  const grants = [
    create('Grant', grantOf('roy', 'Alpha')),
    create('Grant', grantOf('rut', 'Beta')),
  ];
  await tooMuch(14, () => together(world, 'ann', [...shares.slice(1), ...grants]));
});

test('what says nothing of a person needs nobody else, however much it is', async () => {
  const { small } = world;
  await small.insert('role', { name: 'Biller' });
  await write('create', 'Role Rule', null, {
    ...{ role: 'Biller', document_type: 'Sales Invoice', actions: ['read'], reach: 'within' },
    ...{ except: ['Cost Center'], status: 'in force' },
  });
  const all = await group(...READERS);
  const { document } = await give(all, 'Alpha', { grantee_type: 'Group', role: 'Biller' });
  assert.equal(document.role, 'Biller');
  assert.ok((await small.sees('rob')).length * READERS.length > THRESHOLD);
});

test('whoever may not give it is told so, and no numbers', async () => {
  const five = await group(...READERS);
  const input = grantOf(five, 'Alpha', { grantee_type: 'Group' });
  const { small, engine } = world;
  await small.give('sam', [], { document_type: 'Grant', actions: ['read', 'create'] });
  await small.give('sam', ANYWHERE, { document_type: 'Company', actions: ['select'] });
  await small.give('sam', [], { document_type: 'Group', actions: ['select'] });
  await small.give('sam', [], { document_type: 'Role', actions: ['select'] });
  const error = await refused(
    engine.write('sam', 'create', 'Grant', null, input),
    'outside_authority',
  );
  assert.doesNotMatch(error.message, /\d/);
  const own = { ...input, grantee: await group(...READERS, 'ann') };
  await refused(engine.write('ann', 'create', 'Grant', null, own), 'self_gain');
  const entry = `select count(*) from doc.audit_entry where code = 'approval_required'
    and principal = 'ann' and outcome = 'refused'`;
  assert.ok(Number(await small.value(entry)) > 5, 'each refusal is recorded');
});
