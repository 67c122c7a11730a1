/** Renaming and merging: what refers to a document follows, and nobody gains by it themselves. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bindStatement } from '../../src/store/opening.ts';
import { SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

let small: SmallCompany;
let engine: SmallEngine;

const EVERYWHERE = [
  ['Company', '*'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
] as const;
const ALL = { actions: ['read', 'write', 'create', 'delete'], levels: [0, 1] } as const;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  await small.give('ann', EVERYWHERE, { document_type: 'Company', ...ALL });
  await small.give('ann', EVERYWHERE, { document_type: 'Cost Center', ...ALL });
  await small.give('ann', [], { document_type: 'Customer', ...ALL });
  await small.insert('granting_authority', {
    ...{ name: 'A', holder_type: 'User', holder: 'ann', roles: ['*'], except_roles: [] },
  });
});

after(async () => {
  await small.close();
});

async function rename(doctype: string, from: string, name: string, merge = false, who = 'ann') {
  return await engine.write(who, 'rename', doctype, from, { name, merge });
}

async function centre(name: string, parent_cost_center: string | null = 'Root', company = 'Alpha') {
  const cost_center_name = name;
  await small.insert('cost_center', { name, cost_center_name, company, parent_cost_center });
}

async function customer(name: string, more: object = {}): Promise<void> {
  await small.insert('customer', { name, customer_name: name, ...more });
}

async function submitted(name: string, row: object): Promise<void> {
  await small.invoice(name, row as Record<string, unknown>);
  const text = `update doc.sales_invoice set docstatus = 1, version = version + 1 where name = $1`;
  await small.superuser.run({ text, values: [name] });
}

async function listed(who: string): Promise<string[]> {
  const fields = { fields: ['name', 'cost_center', 'customer'] };
  const found = await engine.documents.list(callerOf(who), 'Sales Invoice', fields);
  return found.map((row) => `${row['name']} ${row['cost_center']}`).sort();
}

test('a document gets another name, and with it the field that it is named after', async () => {
  await customer('Old & Co');
  await submitted('INV-C', { customer: 'Old & Co' });
  const { name, document } = await rename('Customer', 'Old & Co', ' New & Co ');
  assert.equal(name, 'New & Co');
  assert.deepEqual([document.name, document.customer_name], ['New & Co', 'New & Co']);
  const linked = `select customer || version || docstatus from doc.sales_invoice where name = 'INV-C'`;
  assert.equal(await small.value(linked), 'New & Co21');
  await refused(rename('Customer', 'Old & Co', 'Again'), 'not_found');
  // The old name is retired: nobody gets it, by renaming or by creating.
  await refused(rename('Customer', 'New & Co', 'Old & Co'), 'duplicate', 'name');
  const [newest] = await engine.documents.versions(callerOf('ann'), 'Customer', 'New & Co', {
    limit: 1,
    offset: 0,
  } as never);
  assert.deepEqual(
    [newest?.action, newest?.fields?.['name']],
    ['rename', ['Old & Co', 'New & Co']],
  );
  const entry = await small.value(
    `select document_name || ' ' || (detail ->> 'renamed_to') from doc.audit_entry
     where action = 'rename' and outcome = 'allowed' order by id desc limit 1`,
  );
  assert.equal(entry, 'Old & Co New & Co');
});

test('a value of grants: scopes, tree, cells and submitted documents follow', async () => {
  await centre('Trunk');
  await centre('Twig', 'Trunk');
  await submitted('INV-Trunk', { cost_center: 'Trunk' });
  await small.invoice('INV-Twig', { cost_center: 'Twig' });
  await small.give('bob', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Trunk', 1],
  ]);
  await small.give('cid', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Twig'],
  ]);
  assert.deepEqual(await small.sees('bob'), ['INV-Trunk', 'INV-Twig']);
  const asked = await small.value(`select (now() at time zone 'UTC')::text`);
  await rename('Cost Center', 'Trunk', 'Stem');
  assert.deepEqual(await small.sees('bob'), ['INV-Trunk', 'INV-Twig']);
  assert.deepEqual(await small.sees('cid'), ['INV-Twig']);
  assert.deepEqual(await listed('bob'), ['INV-Trunk Stem', 'INV-Twig Twig']);
  const node = `select parent from sys.tree_node where dimension = 'Cost Center' and value = 'Twig'`;
  assert.equal(await small.value(node), 'Stem');
  // The permissions of before are told in the names of now.
  const past = await small.store.policyAt(`${asked}`.padEnd(26, '0'));
  const scope = past.world.source.grants.find(({ grantee }) => grantee.name === 'bob')?.scope;
  assert.deepEqual(scope?.map(({ value }) => value).sort(), ['Alpha', 'Stem']);
  assert.deepEqual([...past.merged], []);
});

test('INVARIANT (no-self-gain): merging makes one of two scopes; whoever gains does not do it', async () => {
  await centre('One');
  await centre('Two');
  await centre('Below', 'One');
  await submitted('INV-One', { cost_center: 'One' });
  await small.invoice('INV-Two', { cost_center: 'Two' });
  const within = (value: string) => [
    ['Company', 'Alpha'] as const,
    ['Cost Center', value] as const,
  ];
  await small.give('dan', within('One'));
  await small.give('eve', [...within('Two'), ['Cost Center', 'One', 1]]);
  await small.give('fay', within('Two'));
  await small.give('fay', EVERYWHERE, { document_type: 'Cost Center', ...ALL });
  await small.insert('granting_authority', {
    ...{ name: 'F', holder_type: 'User', holder: 'fay', roles: ['*'], except_roles: [] },
  });
  await small.give('gus', EVERYWHERE, { document_type: 'Cost Center', ...ALL });
  const self = await refused(rename('Cost Center', 'One', 'Two', true, 'fay'), 'self_gain');
  assert.match(self.message, /gain by this yourself/);
  await refused(rename('Cost Center', 'One', 'Two', true, 'gus'), 'outside_authority');
  assert.deepEqual(await small.sees('dan'), ['INV-One'], 'nothing was changed');
  // Positive control: somebody who gains nothing and may give it.
  const { name } = await rename('Cost Center', 'One', 'Two', true);
  assert.equal(name, 'Two');
  for (const who of ['dan', 'eve', 'fay']) {
    assert.deepEqual(await small.sees(who), ['INV-One', 'INV-Two'], who);
    assert.deepEqual(await listed(who), ['INV-One Two', 'INV-Two Two'], who);
  }
  const scopes = await small.value(`select count(*) from doc.grant_scope s join doc."grant" g
    on g.id = s.parent_id where g.grantee = 'eve' and s.value = 'Two'`);
  assert.equal(scopes, '1', 'a scope that named both names it once');
  const below = `select parent from sys.tree_node where dimension = 'Cost Center' and value = 'Below'`;
  assert.equal(await small.value(below), 'Two');
  await refused(rename('Cost Center', 'Two', 'One'), 'duplicate', 'name');
  const past = await small.store.policyAt(await changeBefore());
  assert.deepEqual([...past.merged], ['Cost Center']);
});

/** An instant before the last merge. */
async function changeBefore(): Promise<string> {
  const text = `select to_char(max(c.at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
    from sys.permission_change c where c.number < (select max(change) from sys.name_change)`;
  return String(await small.value(text));
}

test('a parent is merged into its child, which moves up to its place', async () => {
  await centre('Upper');
  await centre('Lower', 'Upper');
  await centre('Lowest', 'Lower');
  await refused(
    rename('Cost Center', 'Upper', 'Lowest', true),
    'invalid_document',
    'parent_cost_center',
  );
  await rename('Cost Center', 'Upper', 'Lower', true);
  const node = `select parent from sys.tree_node where dimension = 'Cost Center' and value = 'Lower'`;
  assert.equal(await small.value(node), 'Root');
});

test('the rules: a hidden name answers as a visible one, and much is never renamed', async () => {
  await customer('Seen');
  await customer('Hidden', { owner: 'zoe' });
  await customer('Mine');
  const scope = [] as const;
  const when = [['owner', '!=', 'zoe']];
  await small.give('hal', scope, { document_type: 'Customer', ...ALL, when });
  const seen = await refused(rename('Customer', 'Mine', 'Seen', false, 'hal'), 'duplicate', 'name');
  const hidden = await refused(
    rename('Customer', 'Mine', 'Hidden', false, 'hal'),
    'duplicate',
    'name',
  );
  assert.equal(hidden.message, seen.message);
  await refused(rename('Customer', 'Hidden', 'Other', false, 'hal'), 'not_found');
  const into = await refused(rename('Customer', 'Mine', 'Hidden', true, 'hal'), 'not_found');
  const missing = await refused(rename('Customer', 'Mine', 'Missing', true, 'hal'), 'not_found');
  assert.equal(into.message.replace('Hidden', 'Missing'), missing.message);
  await refused(rename('Customer', 'Mine', ' '), 'bad_value', 'name');
  await refused(rename('Customer', 'Mine', 'Mine'), 'bad_value', 'name');
  await small.give('ann', EVERYWHERE, ALL);
  await refused(rename('Sales Invoice', 'INV-Leeds', 'INV-Other'), 'forbidden');
  // A right by a share alone is no right to call it otherwise.
  await small.insert('share', {
    ...{ name: 'S', document_type: 'Customer', document_name: 'Mine', user: 'ivy' },
    actions: ['write'],
  });
  await small.give('ivy', [['Customer', 'None']], {
    document_type: 'Customer',
    actions: ['create'],
  });
  await refused(rename('Customer', 'Mine', 'Yours', false, 'ivy'), 'forbidden');
  await rename('Customer', 'Mine', 'Yours', false, 'hal');
  assert.equal(await small.value(`select document_name from doc.share where name = 'S'`), 'Yours');
  await rename('Customer', 'Yours', 'Seen', true);
  assert.equal(await small.value(`select count(*) from doc.share where name = 'S'`), '0');
});

test('a condition that speaks of the name stands in the way', async () => {
  await centre('Spoken');
  await small.give('jim', EVERYWHERE, { when: [['cost_center', '!=', 'Spoken']] });
  await refused(rename('Cost Center', 'Spoken', 'Silent'), 'linked');
  await centre('Other');
  await rename('Cost Center', 'Other', 'Another');
  // Called as somebody is, a document would be theirs.
  await customer('Nobody');
  const when = [['customer', '=', '$me']];
  const rule = await small.give('lou', EVERYWHERE, { when });
  await refused(rename('Customer', 'Nobody', 'lou'), 'linked');
  await small.superuser.run({ text: 'delete from doc.role_rule where name = $1', values: [rule] });
  await rename('Customer', 'Nobody', 'Somebody');
});

test('nobody pulls a value into a scope that names nothing yet', async () => {
  await centre('Plain');
  await small.give('kim', [['Cost Center', 'Phantom']], {});
  await refused(rename('Cost Center', 'Plain', 'Phantom'), 'duplicate', 'name');
});

test('INVARIANT (submitted-is-immutable) and names: they change by the functions only, by a claim that reaches them', async () => {
  await centre('Held');
  await customer('Kept');
  await submitted('INV-Held', { cost_center: 'Held', customer: 'Kept' });
  const change = `update doc.customer set name = 'Stolen' where name = 'Kept'`;
  await refused(small.as('ann', 'write', change), 'forbidden');
  const link = `update doc.sales_invoice set customer = 'New & Co', version = version + 1
    where name = 'INV-Held'`;
  await refused(small.as('ann', 'write', link), 'submitted');
  const insert = 'insert into sys.renaming values (pg_current_xact_id())';
  await refused(small.as('ann', 'write', insert), 'forbidden');
  const call = (
    name: string,
  ) => `select sys.rename_document(d.id, c.id, c.version, '${name}', now()::timestamp)
    from sys.doctype d, doc.customer c where d.name = 'Customer' and c.name = 'Kept'`;
  await refused(small.as('ann', 'read', call('Stolen')), 'forbidden');
  const mallory = `select sys.rename_document((select id from sys.doctype where name = 'Customer'),
    ${await small.value(`select id from doc.customer where name = 'Kept'`)}, 0, 'Stolen', now()::timestamp)`;
  const answer = (await small.as('mallory', 'write', mallory)).rows[0]?.[0];
  assert.equal(answer, 'f', 'of another version');
  const version = await small.value(`select version from doc.customer where name = 'Kept'`);
  const exact = mallory.replace(', 0,', `, ${version},`);
  await refused(small.as('mallory', 'write', exact), 'forbidden');
  const merge = `select sys.merge_document((select id from sys.doctype where name = 'Customer'),
    'Kept', c.id, c.version, now()::timestamp) from doc.customer c where c.name = 'New & Co'`;
  await refused(small.as('ann', 'write', merge), 'forbidden');
  assert.equal(
    await small.value(`select customer from doc.sales_invoice where name = 'INV-Held'`),
    'Kept',
  );
  // Positive control.
  assert.equal((await small.as('ann', 'write', call('Gone on'))).rows[0]?.[0], 't');
  assert.equal(
    await small.value(`select customer from doc.sales_invoice where name = 'INV-Held'`),
    'Gone on',
  );
  assert.equal(await small.value('select count(*) from sys.renaming'), '0');
});

test('a link that is made meanwhile follows; a name that is taken meanwhile is taken', async () => {
  await customer('Busy');
  await small.give('ann', EVERYWHERE, { ...ALL, actions: ['create', 'write'] });
  let renamed: Promise<unknown> = Promise.resolve();
  await small.app.transaction(async (transaction) => {
    await transaction.run(sql('select sys.lock_epoch_shared()'), bindStatement('ann', 'write'));
    renamed = rename('Customer', 'Busy', 'Calm');
    renamed.catch(() => {});
    await waiting();
    await transaction.run(
      sql(
        `update doc.sales_invoice set customer = 'Busy', version = version + 1 where name = 'INV-South'`,
      ),
    );
  });
  await renamed;
  assert.equal(
    await small.value(`select customer from doc.sales_invoice where name = 'INV-South'`),
    'Calm',
  );
  let refusedRename: Promise<unknown> = Promise.resolve();
  await small.app.transaction(async (transaction) => {
    await transaction.run(sql('select sys.lock_epoch_shared()'), bindStatement('ann', 'create'));
    refusedRename = refused(rename('Customer', 'Calm', 'Quick'), 'duplicate', 'name');
    await waiting();
    await transaction.run(
      sql(`insert into doc.customer (name, customer_name, owner, creation, modified, modified_by)
        values ('Quick', 'Quick', 'ann', now(), now(), 'ann')`),
    );
  });
  await refusedRename;
});

/** Until somebody waits for the epoch. */
async function waiting(): Promise<void> {
  const text = `select count(*) from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await small.value(text)) === '0') await new Promise((done) => setImmediate(done));
}

test('whatever fails on the way, nothing is changed', async () => {
  await customer('Whole');
  await customer('Part');
  await small.invoice('INV-Whole', { customer: 'Whole' });
  const state = async () =>
    await small.value(`select jsonb_build_array(
      (select jsonb_agg(to_jsonb(c) order by c.id) from doc.customer c),
      (select jsonb_agg(to_jsonb(i) order by i.id) from doc.sales_invoice i),
      (select jsonb_agg(r order by r) from sys.retired_name r),
      (select count(*) from sys.document_version), (select count(*) from sys.name_change),
      (select count(*) from doc.audit_entry where outcome = 'allowed'),
      (select value from sys.epoch))::text`);
  const before = await state();
  for (const merge of [false, true]) {
    for (const table of [
      'doc.sales_invoice',
      'sys.name_change',
      'sys.document_version',
      'doc.audit_entry',
    ]) {
      const event = table === 'doc.sales_invoice' ? 'update' : 'insert';
      await small.superuser.run(
        sql(`create or replace function sys.fail_here() returns trigger language plpgsql
          as $$ begin raise exception 'here' using errcode = 'P0042'; end $$`),
        sql(
          `create trigger zz_fail before ${event} on ${table} for each row execute function sys.fail_here()`,
        ),
      );
      await assert.rejects(
        rename('Customer', 'Whole', merge ? 'Part' : 'Sum', merge),
        /here/,
        table,
      );
      await small.superuser.run(sql(`drop trigger zz_fail on ${table}`));
      assert.equal(await state(), before, `${table} ${merge}`);
    }
  }
  await rename('Customer', 'Whole', 'Part', true);
  assert.notEqual(await state(), before);
});

test('a version from before is restored, and the document keeps its name', async () => {
  const input = { customer_name: 'First', customer_type: 'Company', tax_id: '1' };
  await engine.write('ann', 'create', 'Customer', null, input);
  await engine.write('ann', 'update', 'Customer', 'First', { tax_id: '2' });
  const { document } = await rename('Customer', 'First', 'Second');
  const was = await engine.documents.version(callerOf('ann'), 'Customer', 'Second', 1);
  assert.deepEqual([was['name'], was['tax_id']], ['First', '1']);
  const version = { version: 1 };
  const restored = await engine.write(
    ...(['ann', 'restore', 'Customer', 'Second', version, document.modified] as const),
  );
  const { name, customer_name, tax_id } = restored.document;
  assert.deepEqual([name, customer_name, tax_id], ['Second', 'Second', '1']);
});
