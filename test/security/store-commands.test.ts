/**
 * Which rows each claimed action gets hold of by which command, by row-level security alone: on
 * documents, and on the rows of child tables, which are reached with their document.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ACTIONS, type Action } from '../../src/authz/index.ts';
import { bindStatement } from '../../src/store/opening.ts';
import type { Statement } from '../../src/store/statement.ts';
import { insertion, itemInsertion, refusedWith, SmallCompany, sql } from './small-company.ts';

const DENIED = '42501';
const ALPHA = ['Company', 'Alpha'] as const;
const LEEDS = [ALPHA, ['Cost Center', 'Leeds']] as const;
const ANYWHERE = [
  ['Company', '*'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
] as const;

/** The actions that each command takes; no other one may ever be added by accident. */
const TAKES = {
  insert: ['create', 'import'],
  update: ['write', 'submit', 'cancel', 'transition', 'delete'],
  delete: ['delete'],
} as const;

/** Rows of child tables change as part of these. */
const CHANGE_ROWS: readonly Action[] = ['create', 'import', 'write', 'delete', 'transition'];

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
  await small.give('ann', LEEDS, { actions: ACTIONS });
  await small.give('bob', ANYWHERE, { actions: ACTIONS });
  await small.give('tom', [ALPHA, ['Cost Center', 'North', 1]], { actions: ['read'] });
  const byName = [['name', '=', 'INV-South']];
  await small.give('when', ANYWHERE, { actions: ['read'], when: byName });
  await small.insert('share', {
    ...{ name: 'S-1', document_type: 'Sales Invoice', document_name: 'INV-Beta', user: 'shared' },
    actions: ['read'],
  });
});

after(async () => {
  await small.close();
});

/** The number of rows that a statement got hold of, or 0 where it was refused; it is undone. */
async function taken(principal: string, action: Action, statement: Statement): Promise<number> {
  let count = 0;
  const undo = Object.assign(new Error('undo'), { code: 'undo' });
  const work = small.within(principal, action, async (transaction) => {
    const [result] = await transaction.run(statement);
    count = result?.rowCount ?? 0;
    throw undo;
  });
  await refusedWith(/^(undo|42501)$/, work);
  return count;
}

const newInvoice = insertion('sales_invoice', {
  ...{ name: 'NEW', owner: 'ann', modified_by: 'ann', creation: '2026-01-01', docstatus: 0 },
  ...{ modified: '2026-01-01', version: 1, company: 'Alpha', cost_center: 'Leeds' },
});

test('each command on documents takes its own actions, and no right to another one helps', async () => {
  const commands = {
    insert: newInvoice,
    update: sql(`update doc.sales_invoice set remarks = 'x', version = version + 1`),
    delete: sql('delete from doc.sales_invoice'),
  };
  for (const action of ACTIONS) {
    for (const [command, statement] of Object.entries(commands)) {
      const takes: readonly Action[] = TAKES[command as keyof typeof TAKES];
      const expected = takes.includes(action) ? 1 : 0;
      assert.equal(await taken('ann', action, statement), expected, `${command} by ${action}`);
    }
  }
});

test('rows of a readable document change only by the actions that change it', async () => {
  const commands = [
    // The document comes with the claim: a row cannot be put under one that is hidden.
    itemInsertion('INV-Leeds', 'NEW-1'),
    sql('update doc.sales_invoice_item set qty = 7'),
    sql('delete from doc.sales_invoice_item'),
  ];
  for (const action of ACTIONS) {
    const expected = CHANGE_ROWS.includes(action) ? 1 : 0;
    for (const statement of commands) {
      assert.equal(await taken('ann', action, statement), expected, `${action}: ${statement.text}`);
    }
  }
});

test('INVARIANT (one-truth): rows are seen with their documents, and by nobody else', async () => {
  const names = 'select name from doc.sales_invoice_item order by name';
  const rowsOf = async (principal: string, action: Action = 'read') =>
    (await small.as(principal, action, names)).rows.map(([name]) => name);
  const all = ['INV-Beta', 'INV-Leeds', 'INV-North', 'INV-Root', 'INV-South'];
  for (const [principal, invoices] of [
    ['ann', ['INV-Leeds']],
    ['bob', all],
    ['tom', ['INV-Leeds', 'INV-North']],
    ['when', ['INV-South']],
    ['shared', ['INV-Beta']],
    ['nobody', []],
  ] as const) {
    assert.deepEqual(await small.sees(principal), invoices, principal);
    const rows = invoices.map((name) => `${name}-1`);
    assert.deepEqual(await rowsOf(principal), rows, principal);
  }
  // By an action that one does not have, the same documents have no rows.
  assert.deepEqual(await rowsOf('tom', 'write'), []);
});

test('a row is neither moved to a hidden document nor taken from one', async () => {
  const id = async (name: string) =>
    String(await small.value('select id from doc.sales_invoice where name = $1', name));
  const hidden = await id('INV-South');
  const move = `update doc.sales_invoice_item set parent_id = $1`;
  await refusedWith(DENIED, small.as('ann', 'write', move, hidden));
  const insert = `insert into doc.sales_invoice_item
      (name, parent_id, parenttype, parentfield, idx, qty, rate, amount)
    values ('STRAY', $1, 'Sales Invoice', 'items', 9, 1, 1, 1)`;
  await refusedWith(DENIED, small.as('ann', 'write', insert, hidden));
  const stranger = insert.replace(`'Sales Invoice'`, `'Company'`);
  await refusedWith(DENIED, small.as('ann', 'write', stranger, await id('INV-Leeds')));
});

test('an update that reads nothing cannot push a document out of a scope either', async () => {
  // Without a condition PostgreSQL asks no policy of select about the new row.
  const blind = sql(`update doc.sales_invoice set cost_center = 'South', version = 99`);
  await refusedWith(DENIED, small.app.run(bindStatement('ann', 'write'), blind));
  const inside = sql(`update doc.sales_invoice set cost_center = 'Leeds', version = 99`);
  assert.equal(await taken('ann', 'write', inside), 1);
});

test('every table of documents is under row-level security, its owner too', async () => {
  const [bare, all] = await small.superuser.run(
    sql(`select relname from pg_class where relnamespace = 'doc'::regnamespace and relkind = 'r'
      and not (relrowsecurity and relforcerowsecurity)`),
    sql(`select count(*) from pg_class where relnamespace = 'doc'::regnamespace and relkind = 'r'`),
  );
  assert.deepEqual(bare?.rows, []);
  assert.ok(Number(all?.rows[0]?.[0]) > 20);
});
