/**
 * INVARIANT (submitted-is-immutable) by SQL: whoever writes, the application under a valid claim
 * or the owner of the tables, a submitted document and its rows stay as they were submitted.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ACTIONS } from '../../src/authz/index.ts';
import { bindStatement } from '../../src/store/opening.ts';
import type { Statement } from '../../src/store/statement.ts';
import { insertion, itemInsertion, refusedWith, SmallCompany, sql } from './small-company.ts';

const SUBMITTED = 'BW409';

let small: SmallCompany;
let count = 0;
let draft = '';
let submitted = '';
let cancelled = '';

before(async () => {
  small = await SmallCompany.open();
  await small.give(
    'ann',
    [
      ['Company', 'Alpha'],
      ['Cost Center', '*'],
    ],
    { actions: ACTIONS },
  );
});

after(async () => {
  await small.close();
});

beforeEach(async () => {
  count += 1;
  [draft, submitted, cancelled] = [`DRAFT-${count}`, `SUBMITTED-${count}`, `CANCELLED-${count}`];
  for (const name of [draft, submitted, cancelled]) await small.invoice(name);
  const submit = update('docstatus = 1', submitted, cancelled);
  assert.equal((await small.as('ann', 'submit', submit.text, ...submit.values)).rowCount, 2);
  const cancel = update('docstatus = 2', cancelled);
  assert.equal((await small.as('ann', 'cancel', cancel.text, ...cancel.values)).rowCount, 1);
});

function update(sets: string, ...names: string[]): Statement {
  return sql(
    `update doc.sales_invoice set ${sets}, version = version + 1 where name = any ($1)`,
    names,
  );
}

/** Everybody who can write at all: the application under each claim, the owner, the superuser. */
async function nobodyCan(statement: Statement): Promise<void> {
  await refusedWith(SUBMITTED, small.asOwner(statement));
  await refusedWith(SUBMITTED, small.superuser.run(statement));
  for (const action of ACTIONS) {
    const [, result] = await small.app
      .run(bindStatement('ann', action), statement)
      .catch(async (error: unknown) => {
        await refusedWith(/^(BW409|42501)$/, Promise.reject(error));
        return [];
      });
    assert.ok((result?.rowCount ?? 0) === 0, `${action}: ${statement.text}`);
  }
}

const stateOf = async (name: string): Promise<string | null> =>
  await small.value(
    `select to_jsonb(s)::text || coalesce((select jsonb_agg(i order by i.name)::text
       from doc.sales_invoice_item i where i.parent_id = s.id), '')
     from doc.sales_invoice s where name = $1`,
    name,
  );

test('no column of a submitted or cancelled document changes, but those of after_submit', async () => {
  const [columns] = await small.superuser.run(
    sql(`select attname from pg_attribute where attrelid = 'doc.sales_invoice'::regclass
      and attnum > 0 and not attisdropped and attidentity = ''`),
  );
  const free = new Set(['docstatus', 'version', 'cell_id', 'modified', 'modified_by', 'remarks']);
  const names = (columns?.rows ?? []).map(([name]) => String(name));
  assert.ok(names.includes('grand_total') && names.includes('customer'));
  const kinds: Record<string, string> = { posting_date: `'2000-01-01'`, due_date: `'2000-01-01'` };
  for (const name of names.filter((one) => !free.has(one))) {
    const isMoment = name === 'creation';
    const value = kinds[name] ?? (isMoment ? 'now()' : `'77'`);
    await refusedWith(SUBMITTED, small.asOwner(update(`"${name}" = ${value}`, submitted)));
    await refusedWith(SUBMITTED, small.asOwner(update(`"${name}" = ${value}`, cancelled)));
  }
  await nobodyCan(update('grand_total = 1', submitted));
  await nobodyCan(update(`remarks = 'late'`, cancelled));
  const remark = update(`remarks = 'paid in cash', modified = now()`, submitted);
  assert.equal((await small.as('ann', 'write', remark.text, ...remark.values)).rowCount, 1);
});

test('docstatus goes from draft to submitted to cancelled, and nowhere else', async () => {
  for (const [name, status] of [
    [draft, 2],
    [submitted, 0],
    [cancelled, 0],
    [cancelled, 1],
    [cancelled, 2],
  ] as const) {
    await nobodyCan(update(`docstatus = ${status}`, name));
  }
  await nobodyCan(update('docstatus = 3', draft));
  await nobodyCan(sql('delete from doc.sales_invoice where name = $1', submitted));
  // Nor with a change smuggled along.
  await nobodyCan(update('docstatus = 2, grand_total = 1', submitted));
});

test('only the claim to submit submits, only the claim to cancel cancels, and nothing is created so', async () => {
  for (const [name, status, right] of [
    [draft, 1, 'submit'],
    [submitted, 2, 'cancel'],
  ] as const) {
    const { text, values } = update(`docstatus = ${status}`, name);
    for (const action of ['write', 'delete', right === 'submit' ? 'cancel' : 'submit'] as const) {
      await refusedWith('42501', small.as('ann', action, text, ...values));
    }
    assert.equal((await small.as('ann', right, text, ...values)).rowCount, 1);
  }
  await refusedWith('42501', small.app.run(bindStatement('ann', 'create'), arrival('CREATED')));
});

test('a version only grows, on drafts too', async () => {
  for (const version of ['version', 'version - 1', '0']) {
    const same = `update doc.sales_invoice set remarks = 'x', version = ${version} where name = $1`;
    await nobodyCan(sql(same, draft));
    await nobodyCan(sql(same, submitted));
  }
});

test('rows of a submitted document are neither changed, added, removed nor moved', async () => {
  for (const name of [submitted, cancelled]) {
    const before = await stateOf(name);
    const parent = `(select id from doc.sales_invoice where name = '${name}')`;
    const other = `(select id from doc.sales_invoice where name = '${draft}')`;
    const attacks = [
      `update doc.sales_invoice_item set amount = 1 where parent_id = ${parent}`,
      `update doc.sales_invoice_item set idx = 9 where parent_id = ${parent}`,
      `delete from doc.sales_invoice_item where parent_id = ${parent}`,
      // Out of it, into another document or into one of another doctype.
      `update doc.sales_invoice_item set parent_id = ${other} where parent_id = ${parent}`,
      `update doc.sales_invoice_item set parenttype = 'Purchase Invoice' where parent_id = ${parent}`,
      // Into it.
      `update doc.sales_invoice_item set parent_id = ${parent} where parent_id = ${other}`,
    ];
    for (const text of attacks) await nobodyCan(sql(text));
    await nobodyCan(itemInsertion(name, `late-${name}`));
    assert.equal(await stateOf(name), before);
  }
  // Control: all of it may be done to a draft.
  const add = itemInsertion(draft, `added-${draft}`);
  assert.equal((await small.as('ann', 'write', add.text, ...add.values)).rowCount, 1);
  const change = `update doc.sales_invoice_item set amount = 5
    where parent_id = (select id from doc.sales_invoice where name = $1)`;
  assert.equal((await small.as('ann', 'write', change, draft)).rowCount, 2);
});

const arrival = (name: string) =>
  insertion('sales_invoice', {
    ...{ name, owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
    ...{ docstatus: 1, version: 1, company: 'Alpha', cost_center: 'Leeds' },
  });

test('a document may arrive submitted with its rows, but they come in its own transaction', async () => {
  const name = `ARRIVED-${count}`;
  await small.within('ann', 'import', async (transaction) => {
    await transaction.run(arrival(name), itemInsertion(name, `${name}-1`));
    await transaction.run(itemInsertion(name, `${name}-2`));
  });
  const rows = `select count(*) from doc.sales_invoice_item i
    join doc.sales_invoice s on s.id = i.parent_id where s.name = $1`;
  assert.equal(await small.value(rows, name), '2');
  await nobodyCan(itemInsertion(name, `${name}-3`));
});

test('a transaction that first touches the document does not open it to new rows', async () => {
  const name = `TOUCHED-${count}`;
  await small.within('ann', 'import', async (transaction) => {
    await transaction.run(arrival(name), itemInsertion(name, `${name}-1`));
  });
  const touches = [
    update(`remarks = 'touched'`, name),
    sql('select from doc.sales_invoice where name = $1 for update', name),
    update('docstatus = 2', name),
  ];
  for (const touch of touches) {
    for (const row of [
      itemInsertion(name, `${name}-late`),
      sql(`delete from doc.sales_invoice_item where name = $1`, `${name}-1`),
    ]) {
      await refusedWith(SUBMITTED, small.asOwner(touch, row));
      await refusedWith(
        SUBMITTED,
        small.within('ann', 'cancel', async (transaction) => {
          await transaction.run(touch, bindStatement('ann', 'write'), row);
        }),
      );
    }
  }
  // Nor by taking it back to its first version, or by writing the row as if it were new.
  await refusedWith(
    SUBMITTED,
    small.asOwner(
      sql(`update doc.sales_invoice set remarks = 'x', version = 1 where name = $1`, name),
      itemInsertion(name, `${name}-late`),
    ),
  );
});

test('a doctype of which nothing may change after submit is as fixed as the others', async () => {
  const [tables] = await small.superuser.run(
    sql(`select d.name, d.table_name from sys.doctype d
      where (d.definition ->> 'is_submittable')::boolean and not exists (
        select from jsonb_array_elements(d.definition -> 'fields') f
        where (f ->> 'after_submit')::boolean)`),
  );
  const names = tables?.rows.map(([, table]) => String(table)) ?? [];
  assert.ok(names.length > 0);
  for (const table of names) {
    await small.insert(table, { name: 'fixed', docstatus: 1 });
    const change = `update doc."${table}" set amended_from = 'x', version = version + 1`;
    await refusedWith(SUBMITTED, small.superuser.run(sql(change)));
    await small.superuser.run(
      sql(`update doc."${table}" set docstatus = 2, version = version + 1`),
    );
  }
});

test('a draft that is submitted takes no rows in the same transaction afterwards', async () => {
  await refusedWith(
    SUBMITTED,
    small.within('ann', 'submit', async (transaction) => {
      await transaction.run(update('docstatus = 1', draft));
      await transaction.run(bindStatement('ann', 'write'), itemInsertion(draft, `${draft}-late`));
    }),
  );
});

test('a cancelled document goes with its rows, a draft too; a retired name stays retired', async () => {
  for (const name of [cancelled, draft]) {
    const gone = await small.as(
      'ann',
      'delete',
      'delete from doc.sales_invoice where name = $1',
      name,
    );
    assert.equal(gone.rowCount, 1);
    const rows = `select count(*) from doc.sales_invoice_item where name like $1`;
    assert.equal(await small.value(rows, `${name}-%`), '0');
    await refusedWith('23505', small.invoice(name));
    await refusedWith('23505', small.asOwner(update(`name = '${name}'`, 'INV-Leeds')));
  }
});

test('no table of documents is emptied at once, by the owner neither', async () => {
  for (const table of ['sales_invoice', 'sales_invoice_item', 'company', 'grant', 'cost_center']) {
    const empty = sql(`truncate doc."${table}"`);
    await refusedWith(SUBMITTED, small.asOwner(empty));
    await refusedWith('42501', small.app.run(bindStatement('ann', 'delete'), empty));
  }
});

test('every submittable doctype has the trigger, with exactly its own open columns', async () => {
  const [tables] = await small.superuser.run(
    sql(`select d.table_name, d.definition, (select string_agg(pg_get_triggerdef(t.oid), '; ')
        from pg_trigger t where t.tgrelid = ('doc.' || quote_ident(d.table_name))::regclass
        and t.tgname like 'keep_submitted%' and t.tgenabled = 'O')
      from sys.doctype d`),
  );
  let submittable = 0;
  for (const [name, text, triggers] of tables?.rows ?? []) {
    const definition = JSON.parse(String(text)) as {
      istable?: boolean;
      is_submittable?: boolean;
      fields: { fieldname: string; after_submit?: boolean }[];
    };
    if (definition.istable) {
      assert.equal(String(triggers).match(/keep_submitted_rows/g)?.length, 4, String(name));
    } else if (definition.is_submittable) {
      submittable += 1;
      const open = definition.fields.filter((field) => field.after_submit);
      const listed = open.map(({ fieldname }) => `'${fieldname}'`).join(', ');
      assert.ok(triggers?.includes(`sys.keep_submitted(${listed})`), `${name}: ${triggers}`);
    } else assert.equal(triggers, null, String(name));
  }
  assert.ok(submittable >= 5);
});
