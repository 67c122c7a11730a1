/** Cells: which combination of dimension values a document is in, decided by its table alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decideForPermit } from '../../src/authz/index.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { insertDocuments } from '../../src/store/write-documents.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

const ALL = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
] as const;

let small: SmallCompany;
let invoices: string;

before(async () => {
  small = await SmallCompany.open();
  invoices = String(await small.value(`select id from sys.doctype where name = 'Sales Invoice'`));
  await small.give('wide', ALL, { actions: ['read', 'create', 'write', 'import', 'delete'] });
  await small.give(
    'leeds',
    [
      ['Company', 'Alpha'],
      ['Cost Center', 'Leeds'],
    ],
    {
      actions: ['read', 'create', 'write'],
    },
  );
});

after(async () => {
  await small.close();
});

const cellOf = async (name: string): Promise<string | null> =>
  await small.value(
    `select array_to_string(c.dimension_values, '/', '(blank)') from doc.sales_invoice s
     join sys.cell c on c.doctype_id = $2 and c.id = s.cell_id where s.name = $1`,
    name,
    invoices,
  );

const cells = async (): Promise<number> =>
  Number(await small.value('select cells from sys.doctype where id = $1', invoices));

const row = (name: string, more: object = {}) =>
  insertion('sales_invoice', {
    ...{ name, owner: 'wide', modified_by: 'wide', creation: '2026-01-01', modified: '2026-01-01' },
    ...{ docstatus: 0, version: 1, company: 'Alpha', cost_center: 'Leeds', ...more },
  });

const change = (sets: string, name: string) =>
  sql(`update doc.sales_invoice set ${sets}, version = version + 1 where name = $1`, name);

test('a cell follows the values and is never taken from whoever writes', async () => {
  const other = Number(
    await small.value(`select cell_id from doc.sales_invoice where name = 'INV-Beta'`),
  );
  await small.app.run(bindStatement('wide', 'create'), row('C-1', { cell_id: other }));
  assert.equal(await cellOf('C-1'), 'Alpha/Leeds');
  await small.app.run(bindStatement('wide', 'write'), change(`cell_id = ${other}`, 'C-1'));
  assert.equal(await cellOf('C-1'), 'Alpha/Leeds');
  await small.asOwner(change(`cell_id = ${other}`, 'C-1'));
  assert.equal(await cellOf('C-1'), 'Alpha/Leeds');
  const steps: [sets: string, cell: string][] = [
    [`company = 'Beta'`, 'Beta/Leeds'],
    [`cost_center = 'South'`, 'Beta/South'],
    ['company = null', '(blank)/South'],
    [`cost_center = ''`, '(blank)/(blank)'],
    [`company = 'Alpha', cost_center = 'Leeds', cell_id = ${other}`, 'Alpha/Leeds'],
    [`remarks = 'moves nothing'`, 'Alpha/Leeds'],
  ];
  for (const [sets, cell] of steps) {
    await small.asOwner(change(sets, 'C-1'));
    assert.equal(await cellOf('C-1'), cell, sets);
  }
});

test('a document is neither pushed out of a scope nor pulled into one', async () => {
  await small.app.run(bindStatement('leeds', 'create'), row('C-2'));
  const out = change(`cost_center = 'South'`, 'C-2');
  await refusedWith('42501', small.app.run(bindStatement('leeds', 'write'), out));
  await small.asOwner(out);
  const pull = change(`cost_center = 'Leeds'`, 'C-2');
  assert.equal((await small.as('leeds', 'write', pull.text, ...pull.values)).rowCount, 0);
  assert.equal(await cellOf('C-2'), 'Alpha/South');
  for (const more of [{ cost_center: 'South' }, { cost_center: null }, { company: null }]) {
    await refusedWith('42501', small.app.run(bindStatement('leeds', 'create'), row('C-3', more)));
  }
});

test('a value that is called like a word of scopes is a value', async () => {
  await small.invoice('C-star', { cost_center: '*' });
  await small.invoice('C-blank', { cost_center: '(blank)' });
  await small.give('any', [
    ['Company', 'Alpha'],
    ['Cost Center', '*'],
  ]);
  await small.give('none', [
    ['Company', 'Alpha'],
    ['Cost Center', '(blank)'],
  ]);
  const any = await small.sees('any');
  assert.ok(any.includes('C-star') && any.includes('C-blank'));
  assert.deepEqual(await small.sees('none'), []);
});

test('eight connections that make the same new cell at once make one', async () => {
  const before = await cells();
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      small.app.transaction(async (transaction) => {
        const intern = sql(`select sys.intern_cell($1, array['Alpha', 'Crowded'])`, invoices);
        const [, cell] = await transaction.run(bindStatement('wide', 'create'), intern);
        await transaction.run(row(`C-crowd-${i}`, { cost_center: 'Crowded' }));
        return cell?.rows[0]?.[0];
      }),
    ),
  );
  assert.equal(new Set(made).size, 1);
  assert.equal(await cells(), before + 1);
  const found = await small.value(
    `select count(distinct cell_id) || ' ' || count(*) from doc.sales_invoice where name like 'C-crowd-%'`,
  );
  assert.equal(found, '1 8');
});

test('connections that make many of the same new cells at once make each of them once', async () => {
  const before = await cells();
  // Each of them makes some that the next one makes as well, and some twice.
  const wanted = (first: number) =>
    Array.from({ length: 40 }, (_, i) => ['Alpha', i === 0 ? null : `Many ${first + (i % 30)}`]);
  const intern = (first: number, ...more: (string | null)[][]) =>
    sql(
      "select sys.intern_cells($1, $2, '{}')",
      invoices,
      JSON.stringify([...wanted(first), ...more]),
    );
  await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      small.app.run(bindStatement('wide', 'create'), intern(i * 10)),
    ),
  );
  const made = await small.value(
    `select count(*) || ' ' || count(distinct id) from sys.cell
     where doctype_id = $1 and dimension_values[2] like 'Many %'`,
    invoices,
  );
  assert.equal(made, '80 80');
  // Those with a blank were there before, or came once.
  assert.ok([80, 81].includes((await cells()) - before));
  await small.app.run(bindStatement('wide', 'create'), intern(0));
  assert.ok([80, 81].includes((await cells()) - before), 'nothing new, nothing made');
  const one = ['Alpha', 'One by one'];
  await small.app.run(
    bindStatement('wide', 'create'),
    sql(`select sys.intern_cell($1, array['Alpha', 'One by one'])`, invoices),
    intern(0, one),
  );
  const same = `select count(*) from sys.cell where dimension_values = array['Alpha', 'One by one']`;
  assert.equal(await small.value(same), '1');
});

test('ids of cells are dense and never given again, also where documents or their maker go', async () => {
  await refusedWith(
    /undo/,
    small.app.transaction(async (transaction) => {
      await transaction.run(sql(`select sys.intern_cell($1, array['Alpha', 'Undone'])`, invoices));
      throw Object.assign(new Error('undo'), { code: 'undo' });
    }),
  );
  await small.invoice('C-gone', { cost_center: 'Passing' });
  const id = await small.value(`select cell_id from doc.sales_invoice where name = 'C-gone'`);
  await small.asOwner(sql(`delete from doc.sales_invoice where name = 'C-gone'`));
  await small.invoice('C-next', { cost_center: 'Other' });
  await small.invoice('C-back', { cost_center: 'Passing' });
  assert.equal(
    await small.value(`select cell_id from doc.sales_invoice where name = 'C-back'`),
    id,
  );
  const state = await small.value(
    `select count(*) = count(distinct id) and max(id) + 1 = count(*) and count(*) =
       (select cells from sys.doctype where id = $1) from sys.cell where doctype_id = $1`,
    invoices,
  );
  assert.equal(state, 't');
});

test('an import of many documents with new cells makes them known first', async () => {
  const count = 1500;
  const before = await cells();
  const credential = { kind: 'named', principal: 'wide' } as const;
  const principal = { id: 'wide', kind: 'user', actor: null, ceilings: [] } as const;
  await small.store.write(credential, 'shared', async (transaction) => {
    const { policy, now, opening } = transaction;
    const table = policy.tables.get('Sales Invoice');
    assert.ok(table);
    const documents = Array.from({ length: count }, (_, i) => ({
      version: 1,
      values: {
        ...{ name: `I-${i}`, owner: 'wide', modified_by: 'wide', docstatus: 0 },
        ...{ creation: opening.at, modified: opening.at, company: 'Alpha', cost_center: `I ${i}` },
      },
      tables: {},
    }));
    const permits = documents.map(({ values: document }) => {
      const request = {
        principal,
        action: 'import',
        doctype: 'Sales Invoice',
        document,
        now,
      } as const;
      const { permit } = decideForPermit(policy.world, request, 0);
      assert.ok(permit);
      return permit;
    });
    await transaction.run('import', ...insertDocuments(opening, table, documents, permits));
  });
  assert.equal(await cells(), before + count);
  assert.ok((await small.sees('wide')).length > count);
});

test('beyond the bits to spare a statement is refused as a whole, and never lets anything in', async () => {
  const flood = (prefix: string) =>
    sql(
      `insert into doc.sales_invoice (name, owner, modified_by, creation, modified, company, cost_center)
       select $1 || i, 'wide', 'wide', now(), now(), 'Alpha', $1 || i from generate_series(1, 1200) i`,
      prefix,
    );
  // Its cells come into being while it runs: nobody covers them yet, whoever they are.
  await refusedWith(/^(42501|2202E)$/, small.app.run(bindStatement('wide', 'create'), flood('F-')));
  assert.equal(
    await small.value(`select count(*) from doc.sales_invoice where name like 'F-%'`),
    '0',
  );
  // What was kept before is too short for the new cells, and is not used.
  await small.as('wide', 'read', 'select sys.keep_access($1)', invoices);
  const seen = (await small.sees('wide')).length;
  await small.superuser.run(flood('G-'));
  assert.equal((await small.sees('wide')).length, seen + 1200);
  assert.deepEqual(
    (await small.sees('leeds')).filter((name) => name?.startsWith('G-')),
    [],
  );
});

test('a reader on one snapshot is not disturbed by cells that come meanwhile', async () => {
  const read = sql('select count(*) from doc.sales_invoice');
  const [first, again] = await small.app.transaction(async (transaction) => {
    const begin = sql('set transaction isolation level repeatable read');
    const [, , one] = await transaction.run(begin, bindStatement('wide', 'read'), read);
    await small.superuser.run(
      sql(`insert into doc.sales_invoice (name, owner, modified_by, creation, modified, company, cost_center)
        select 'H-' || i, 'wide', 'wide', now(), now(), 'Beta', 'H ' || i from generate_series(1, 1100) i`),
    );
    const [two] = await transaction.run(read);
    return [one?.rows[0]?.[0], two?.rows[0]?.[0]];
  });
  assert.equal(first, again);
});
