/**
 * What is kept of a principal's access is what its definition says, after every kind of change.
 * A kept row that should not be used any more is made to lie, so that its use would show.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SmallCompany, sql } from './small-company.ts';

const ALPHA = ['INV-Leeds', 'INV-North', 'INV-Root', 'INV-South'];
const IN_ALPHA = [
  ['Company', 'Alpha'],
  ['Cost Center', '*'],
] as const;

let small: SmallCompany;
let invoices: string;

before(async () => {
  small = await SmallCompany.open();
  invoices = String(await small.value(`select id from sys.doctype where name = 'Sales Invoice'`));
});

after(async () => {
  await small.close();
});

/** Keeps the bits of whoever asks to read invoices, as the application does after an answer. */
async function keep(principal: string): Promise<void> {
  await small.as(principal, 'read', 'select sys.keep_access($1)', invoices);
}

/** Turns every kept bit over: from here on, what is kept is a lie. */
async function corrupt(principal: string): Promise<void> {
  await small.superuser.run(
    sql(`update sys.access set bits = ~bits where principal = $1`, principal),
  );
}

/** What the definition gives, without anything that is kept. */
async function defined(principal: string): Promise<string[]> {
  const [result] = await small.superuser.run(
    sql(
      `select name from doc.sales_invoice
       where cell_id in (select sys.reached_cells($1, 'read', $2)) order by name`,
      principal,
      invoices,
    ),
  );
  return (result?.rows ?? []).map(([name]) => String(name));
}

/** Keeps, makes what is kept a lie, changes something: from then on only the definition counts. */
async function afterChange(
  principal: string,
  change: () => Promise<unknown>,
  expected: readonly string[],
): Promise<void> {
  await keep(principal);
  await corrupt(principal);
  await change();
  assert.deepEqual(await small.sees(principal), expected);
  await keep(principal);
  assert.deepEqual(await small.sees(principal), expected, 'kept anew');
  assert.deepEqual(await defined(principal), expected, 'by the definition');
}

test('what is kept is used while nothing changes: else none of the tests here would tell', async () => {
  await small.give('kim', IN_ALPHA);
  assert.deepEqual(await small.sees('kim'), ALPHA);
  await keep('kim');
  assert.deepEqual(await small.sees('kim'), ALPHA);
  await corrupt('kim');
  assert.deepEqual(await small.sees('kim'), ['INV-Beta']);
  // And only for this principal and action.
  assert.deepEqual(await small.sees('lea'), []);
  assert.deepEqual(await small.sees('kim', 'write'), []);
});

test('a grant given, ended, and beginning or ending by time', async () => {
  await small.give('mia', [
    ['Company', 'Beta'],
    ['Cost Center', '(blank)'],
  ]);
  await afterChange('mia', () => small.give('mia', IN_ALPHA), ['INV-Beta', ...ALPHA]);
  const end = sql(`update doc."grant" set until = now() at time zone 'UTC' where grantee = 'mia'
    and name = (select max(name) from doc."grant" where grantee = 'mia')`);
  await afterChange('mia', () => small.superuser.run(end), ['INV-Beta']);

  const soon = async (column: 'from' | 'until'): Promise<void> => {
    const name = await small.give('mia', IN_ALPHA);
    await small.superuser.run(
      sql(
        `update doc."grant" set "${column}" = (now() + interval '700 ms') at time zone 'UTC' where name = $1`,
        name,
      ),
    );
  };
  const passed = async (): Promise<void> => {
    const sleep = `select pg_sleep_until(max(greatest("from", until)) at time zone 'UTC') from doc."grant"`;
    await small.superuser.run(sql(sleep));
  };
  await soon('until');
  assert.deepEqual(await small.sees('mia'), ['INV-Beta', ...ALPHA]);
  await afterChange('mia', passed, ['INV-Beta']);
  await soon('from');
  assert.deepEqual(await small.sees('mia'), ['INV-Beta']);
  await afterChange('mia', passed, ['INV-Beta', ...ALPHA]);
});

test('a rule changed, a member added and gone, by hand and by time', async () => {
  const name = await small.give('group clerks', IN_ALPHA);
  await small.insert('group', { name: 'clerks' });
  const join = sql(`insert into doc.group_member
      (name, parent_id, parenttype, parentfield, idx, "user")
    select 'm-noa', id, 'Group', 'members', 1, 'noa' from doc."group" where name = 'clerks'`);
  await afterChange('noa', () => small.superuser.run(join), ALPHA);
  const draft = (status: string) =>
    small.superuser.run(sql('update doc.role_rule set status = $2 where name = $1', name, status));
  await afterChange('noa', () => draft('draft'), []);
  await afterChange('noa', () => draft('in force'), ALPHA);
  const other = sql(`update doc.role_rule set actions = '["create"]' where name = $1`, name);
  await afterChange('noa', () => small.superuser.run(other), []);
  const back = sql(`update doc.role_rule set actions = '["submit"]' where name = $1`, name);
  await afterChange('noa', () => small.superuser.run(back), ALPHA);
  await small.superuser.run(
    sql(`update doc.group_member set until = (now() + interval '700 ms') at time zone 'UTC'`),
  );
  assert.deepEqual(await small.sees('noa'), ALPHA);
  const left = sql(`select pg_sleep_until(max(until) at time zone 'UTC') from doc.group_member`);
  await afterChange('noa', () => small.superuser.run(left), []);
});

test('a tree moved, a new cell, and a share', async () => {
  await small.give('ole', [
    ['Company', '*'],
    ['Cost Center', 'North', 1],
  ]);
  assert.deepEqual(await small.sees('ole'), ['INV-Leeds', 'INV-North']);
  const move = (to: string) =>
    small.superuser.run(
      sql(`update doc.cost_center set parent_cost_center = $1 where name = 'South'`, to),
    );
  await afterChange('ole', () => move('Leeds'), ['INV-Leeds', 'INV-North', 'INV-South']);
  await afterChange('ole', () => move('Root'), ['INV-Leeds', 'INV-North']);
  const cells = await small.value('select cells from sys.doctype where id = $1', invoices);
  const made = () => small.invoice('INV-new-cell', { company: 'Beta', cost_center: 'Leeds' });
  await afterChange('ole', made, ['INV-Leeds', 'INV-North', 'INV-new-cell']);
  const more = await small.value('select cells from sys.doctype where id = $1', invoices);
  assert.equal(Number(more), Number(cells) + 1);
  // A share is no cell: it is read each time and shows beside what is kept.
  await small.insert('share', {
    ...{ name: 'S-1', document_type: 'Sales Invoice', document_name: 'INV-Beta' },
    ...{ user: 'ole', actions: ['read'] },
  });
  await keep('ole');
  assert.deepEqual(await small.sees('ole'), ['INV-Beta', 'INV-Leeds', 'INV-North', 'INV-new-cell']);
  await small.superuser.run(sql('delete from doc.share'));
  assert.deepEqual(await small.sees('ole'), ['INV-Leeds', 'INV-North', 'INV-new-cell']);
});

test('a keep that comes late does not replace a newer one', async () => {
  await small.give('pat', IN_ALPHA);
  await keep('pat');
  const epoch = () => small.value(`select epoch from sys.access where principal = 'pat'`);
  const newest = await epoch();
  await small.within('pat', 'read', async (transaction) => {
    await small.superuser.run(
      sql(`update sys.access set epoch = epoch + 10 where principal = 'pat'`),
    );
    await transaction.run(sql('select sys.keep_access($1)', invoices));
  });
  assert.equal(await epoch(), String(Number(newest) + 10));
});

test('after an answer that had to be computed the store has it kept, and not after others', async () => {
  await small.give('quin', IN_ALPHA);
  const kept = async () =>
    Number(await small.value(`select count(*) from sys.access where principal in ('quin', 'rob')`));
  const read = async (principal: string) => {
    const credential = { kind: 'named', principal } as const;
    const { results } = await small.store.read(credential, principal, 'read', () => [
      sql('select name from doc.sales_invoice order by name'),
    ]);
    await small.store.keeper.settled();
    return (results[0]?.rows ?? []).map(([name]) => name);
  };
  assert.deepEqual(await read('quin'), ALPHA);
  assert.equal(await kept(), 1);
  await corrupt('quin');
  assert.equal((await read('quin'))[0], 'INV-Beta', 'the second answer comes from what is kept');
  await small.give('quin', [
    ['Company', 'Beta'],
    ['Cost Center', '(blank)'],
  ]);
  assert.deepEqual(await read('quin'), ['INV-Beta', ...ALPHA]);
  assert.equal(await kept(), 1);
  // A request that is refused asks for no rows, so nothing is computed and nothing kept.
  const refused = small.store.read({ kind: 'named', principal: 'rob' }, 'rob', 'read', () => []);
  await refused;
  await small.store.keeper.settled();
  assert.equal(await kept(), 1);
});

test('a keep that fails costs no request anything', async () => {
  await small.give('sam', IN_ALPHA);
  await small.superuser.run(sql('alter table sys.access rename to access_gone'));
  try {
    // Reading goes on: the policy's own look-up is what would fail, so it is given an empty table.
    await small.superuser.run(
      sql('create view sys.access as select * from sys.access_gone where false'),
      sql(`grant all on sys.access to "${small.ownerRole}"`),
      sql('create rule none as on insert to sys.access do instead select 1 / 0'),
    );
    assert.deepEqual(await small.sees('sam'), ALPHA);
    await small.store.keeper.settled();
    assert.deepEqual(await small.sees('sam'), ALPHA);
  } finally {
    await small.store.keeper.settled();
    await small.superuser.run(
      sql('drop view sys.access'),
      sql('alter table sys.access_gone rename to access'),
    );
  }
});

test('the check of kept access finds each lie, and none where there is none', async () => {
  const wrong = async (): Promise<string[]> => await small.store.wrongAccess();
  await small.give('tom', IN_ALPHA);
  await small.give('uma', IN_ALPHA, { when: [['owner', '=', '$me']] });
  await keep('tom');
  await keep('uma');
  await small.superuser.run(sql(`delete from sys.access where principal not in ('tom', 'uma')`));
  assert.deepEqual(await wrong(), []);
  await corrupt('tom');
  assert.deepEqual(await wrong(), ['tom read Sales Invoice']);
  await keep('tom');
  await small.superuser.run(
    sql(`update sys.access set conditions = '[]' where principal = 'uma' and action = 'read'`),
  );
  assert.deepEqual(await wrong(), ['uma read Sales Invoice']);
  await keep('uma');
  assert.deepEqual(await wrong(), []);
  // No trigger lets a document out of its cell, so they are off while it is put elsewhere.
  const place = (sets: string) =>
    small.superuser.run(
      sql('alter table doc.sales_invoice disable trigger user'),
      sql(`update doc.sales_invoice set ${sets} where name = 'INV-Beta'`),
      sql(`alter table doc.sales_invoice enable trigger user`),
    );
  const cell = await small.value(`select cell_id from doc.sales_invoice where name = 'INV-Beta'`);
  await place(`cell_id = ${cell === '0' ? 1 : 0}`);
  assert.deepEqual(await wrong(), ['1 of Sales Invoice out of place']);
  await place(`cell_id = ${cell}`);
  assert.deepEqual(await wrong(), []);
});
