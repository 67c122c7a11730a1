/** Raw SQL for reports: what it answers, to whom, and what of it is written down. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Caller } from '../../src/identity/caller.ts';
import { ATTACKS } from './raw-sql-attacks.ts';
import { DEAL, RawSqlStage } from './raw-sql-stage.ts';
import { sql } from './small-company.ts';
import { refused } from './small-engine.ts';

let stage: RawSqlStage;
/** Level 0 of the deals of Alpha; all levels of all deals; level 1 in Beta only; nothing. */
let clerk: Caller;
let boss: Caller;
let split: Caller;
let nobody: Caller;

const ANYWHERE = [
  ['Company', '*'],
  ['Company', '(blank)'],
] as const;

before(async () => {
  stage = await RawSqlStage.open();
  await stage.give('clerk', 'Deal', [['Company', 'Alpha']]);
  await stage.give('boss', 'Deal', ANYWHERE, { levels: [0, 1, 2] });
  await stage.give('split', 'Deal', ANYWHERE);
  await stage.give('split', 'Deal', [['Company', 'Beta']], { levels: [0, 1] });
  await stage.give('nobody', 'Deal', [], { actions: ['read'] });
  [clerk, boss, split, nobody] = (await Promise.all(
    ['clerk', 'boss', 'split', 'nobody'].map((name) => stage.signIn(name)),
  )) as [Caller, Caller, Caller, Caller];
});

after(async () => {
  await stage?.close();
});

test('rows are those that the person may report on', async () => {
  const text = 'select name from deal order by name';
  assert.deepEqual(await stage.names(boss, text), ['A1', 'A2', 'B1']);
  assert.deepEqual(await stage.names(clerk, text), ['A1', 'A2']);
  assert.deepEqual(await stage.names(clerk, 'select count(*) from "Deal"'), ['2']);
});

test('a field above level 0 is null where its level is closed, and is not there where it is closed everywhere', async () => {
  const text = 'select name, fee from deal order by name';
  const rows = async (caller: Caller, statement = text) =>
    (await stage.reports.rawSql(caller, statement)).rows;
  assert.deepEqual(await rows(boss), [
    ['A1', '10.0000'],
    ['A2', '20.0000'],
    ['B1', '40.0000'],
  ]);
  assert.deepEqual(await rows(split), [
    ['A1', null],
    ['A2', null],
    ['B1', '40.0000'],
  ]);
  // What is computed of it is of the rows where it is open, wherever it stands.
  assert.deepEqual(await rows(split, 'select sum(fee), count(*) from deal where fee > 0'), [
    ['40.0000', '1'],
  ]);
  assert.deepEqual(await stage.names(split, 'select name from deal order by fee limit 1'), ['B1']);
  await refused(stage.reports.rawSql(clerk, text), 'bad_value');
  await refused(stage.reports.rawSql(clerk, 'select d.fee from deal d'), 'unknown_field');
  const { columns, closed_somewhere } = await stage.reports.rawSql(split, 'select * from deal');
  assert.deepEqual(closed_somewhere, [{ doctype: 'Deal', fields: ['fee'] }]);
  assert.deepEqual(
    ['fee', 'note', 'pin', 'cell_id', 'version', 'id'].filter((name) => columns.includes(name)),
    ['fee'],
  );
});

test('INVARIANT (secrets-stay): a secret is no column, for whoever asks', async () => {
  for (const name of ['pin', 'd.pin']) {
    const error = await refused(
      stage.reports.rawSql(boss, `select ${name} from deal d`),
      name === 'pin' ? 'bad_value' : 'unknown_field',
    );
    assert.doesNotMatch(error.message, /pin A1/);
  }
  const columns = await stage.small.value(
    `select count(*) from pg_attribute where attrelid = 'reports.deal'::regclass and attname = 'pin'`,
  );
  assert.equal(columns, '0');
  assert.equal(await stage.small.value(`select count(pin) from doc.deal`), '3');
});

test('rows of a document are as open as the document is, and as the field that holds them', async () => {
  const text = 'select parent, parentfield, item from deal_row order by parent, parentfield';
  const rows = async (caller: Caller, statement = text) =>
    (await stage.reports.rawSql(caller, statement)).rows.map((row) => row.join(' '));
  assert.deepEqual(await rows(boss), [
    'A1 costs hours',
    'A1 parts bolt',
    'A2 costs hours',
    'A2 parts bolt',
    'B1 costs hours',
    'B1 parts bolt',
  ]);
  assert.deepEqual(await rows(clerk), ['A1 parts bolt', 'A2 parts bolt']);
  assert.deepEqual(await rows(split), [
    'A1 parts bolt',
    'A2 parts bolt',
    'B1 costs hours',
    'B1 parts bolt',
  ]);
  assert.deepEqual(await rows(split, 'select sum(cost), count(*) from deal_row'), ['14.0000 4']);
});

test('conditions of rules, shares and ends of grants count as they do elsewhere', async () => {
  const guest = await stage.signIn('sharon');
  await stage.give('sharon', 'Deal', ANYWHERE, { when: [['title', '=', 'Deal A2']] });
  const text = 'select name from deal order by name';
  assert.deepEqual(await stage.names(guest, text), ['A2']);
  const share = { document_type: 'Deal', document_name: 'B1', user: 'sharon' };
  await stage.small.insert('share', { name: 's1', ...share, actions: ['report'] });
  assert.deepEqual(await stage.names(guest, text), ['A2', 'B1']);
  await stage.small.superuser.run(
    sql(`update doc.share set until = now() at time zone 'UTC' where name = 's1'`),
  );
  assert.deepEqual(await stage.names(guest, text), ['A2']);
});

test('joins, windows, grouping and dates are there to be used', async () => {
  const statements = [
    `with big as (select name, fee from deal where fee >= 20)
     select d.company, count(*) filter (where b.name is not null), sum(b.fee) over_20
     from deal d left join big b on b.name = d.name group by rollup (d.company) order by 1`,
    `select name, rank() over (partition by company order by fee desc), round(fee / 3, 2)
     from deal where title ilike 'deal%' and company in ('Alpha', 'Beta') -- the end`,
    `select date_trunc('month', d.creation)::date, extract(year from d.creation), current_date
     from deal d where exists (select 1 from deal_row r where r.parent = d.name) ; `,
    `select 'ä''; --' as text, coalesce(nullif(name, 'A1'), 'none') from "Deal" union select 'b', 'c'`,
  ];
  for (const text of statements) {
    assert.ok((await stage.reports.rawSql(boss, text)).rows.length > 0, text);
  }
});

test('hidden equals missing: a doctype one may not report on is not there, or is forbidden', async () => {
  const ask = async (caller: Caller, name: string) => {
    const error = await stage.reports.rawSql(caller, `select * from ${name}`).catch((e) => e);
    return [error.code, error.message.replaceAll(name, 'X')];
  };
  assert.deepEqual(await ask(clerk, 'sales_invoice'), await ask(clerk, 'no_such_thing'));
  assert.equal((await ask(clerk, 'sales_invoice'))[0], 'unknown_doctype');
  assert.equal((await ask(nobody, 'deal'))[0], 'forbidden');
  assert.equal((await ask(nobody, 'deal_row'))[0], 'forbidden');
});

test('what the second fence is attacked with does not reach it', async () => {
  for (const { what, text } of ATTACKS) {
    const error = await stage.reports.rawSql(boss, text).catch((reason) => reason);
    assert.match(error.code ?? String(error), /^(bad_value|unknown_doctype)$/, what);
  }
});

test('each report is audited by digest, doctypes and rows, and so is each that is refused', async () => {
  await stage.reports.rawSql(clerk, 'select title from deal');
  await refused(stage.reports.rawSql(clerk, 'select pg_sleep(1)'), 'bad_value');
  await refused(stage.reports.rawSql(clerk, 'select * from sales_invoice'), 'unknown_doctype');
  const [entries] = await stage.small.superuser.run(
    sql(`select outcome, code, detail from doc.audit_entry
      where principal = 'clerk' and action = 'report' order by id desc limit 3`),
  );
  const found = (entries?.rows ?? []).map(([outcome, code, detail]) => [
    outcome,
    code,
    JSON.parse(String(detail)),
  ]);
  const [unknown, sleeping, done] = found;
  assert.deepEqual([unknown?.[0], unknown?.[1]], ['refused', 'unknown_doctype']);
  assert.deepEqual([sleeping?.[0], sleeping?.[1]], ['refused', 'bad_value']);
  assert.equal(done?.[0], 'allowed');
  assert.deepEqual([done?.[2].doctypes, done?.[2].rows], [['Deal'], 2]);
  assert.match(done?.[2].digest, /^[0-9a-f]{64}$/);
  assert.doesNotMatch(JSON.stringify(found), /title/);
});

test('INVARIANT (complete-or-error): too many rows, too wide ones and rules without level 0 are errors', async () => {
  const ten = '(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))';
  const rows = (count: number): string =>
    `select 1 from ${ten} a, ${ten} b, ${ten} c, ${ten} d, (values (1),(2)) e,
     (select 1 from deal limit 1) f limit ${count}`;
  assert.equal((await stage.reports.rawSql(clerk, rows(10_000))).rows.length, 10_000);
  await refused(stage.reports.rawSql(clerk, rows(10_001)), 'too_large');
  const doubled = (times: number): string => {
    const steps = Array.from(
      { length: times },
      (_, i) => `x${i + 1} as (select v || v as v from x${i})`,
    );
    const from = `x${times}, (select 1 from deal limit 1) d`;
    return `with x0 as (select '${'x'.repeat(64)}'::text as v), ${steps.join(', ')}
      select v from ${from}`;
  };
  assert.equal((await stage.names(clerk, doubled(6)))[0]?.length, 4096);
  await refused(stage.reports.rawSql(clerk, doubled(14)), 'too_large');
  await refused(stage.reports.rawSql(clerk, 'select 1'), 'bad_value');
  const odd = await stage.signIn('odd');
  await stage.give('odd', 'Deal', [['Company', 'Beta']], { levels: [1] });
  await refused(stage.reports.rawSql(odd, 'select name from deal'), 'forbidden');
});

test('a token that is limited to a scope reports nothing, one limited to other doctypes neither', async () => {
  const limited = (ceiling: object): Caller => ({
    ...clerk,
    principal: { ...clerk.principal, ceilings: [{ name: 'token', ...ceiling }] },
  });
  const text = 'select name from deal';
  const scope = [{ dimension: 'Company', value: 'Alpha', descendants: false }];
  await refused(stage.reports.rawSql(limited({ scope }), text), 'forbidden');
  await refused(stage.reports.rawSql(limited({ doctypes: ['Company'] }), text), 'unknown_doctype');
  await refused(stage.reports.rawSql(limited({ actions: ['read'] }), text), 'forbidden');
  assert.equal((await stage.names(limited({ doctypes: ['Deal'] }), text)).length, 2);
});

test('a doctype that changes takes its view along', async () => {
  const text = 'select note, extra, fee from deal order by name limit 1';
  const before = await stage.reports.rawSql(boss, 'select * from deal');
  assert.deepEqual(
    ['note', 'extra'].map((name) => before.columns.includes(name)),
    [true, false],
  );
  const fields = DEAL.fields.map((field) => {
    if (field.fieldname === 'note') return { ...field, level: 0 };
    return field.fieldname === 'fee' ? { ...field, fieldtype: 'Data' as const } : field;
  });
  const extra = { fieldname: 'extra', fieldtype: 'Data', sensitivity: 'secret' } as const;
  await stage.apply({ ...DEAL, fields: [...fields, extra] });
  await refused(stage.reports.rawSql(boss, text), 'bad_value');
  await stage.apply({ ...DEAL, fields: [...fields, { fieldname: 'other', fieldtype: 'Int' }] });
  const { rows } = await stage.reports.rawSql(
    boss,
    'select note, other, fee from deal order by name limit 1',
  );
  assert.deepEqual(rows, [['note A1', null, '10']]);
  assert.deepEqual(await stage.names(clerk, 'select note from deal order by 1'), [
    'note A1',
    'note A2',
  ]);
});

test('an alias makes no call of a function: not of the row that it stands behind', async () => {
  for (const name of ['array_agg', 'json_agg', 'pg_typeof', 'pg_column_size', 'row_to_json']) {
    await refused(stage.names(boss, `select 1 as ${name}, d.${name} from deal d`), 'bad_value');
    // The control: it would be called.
    await stage.small.superuser.run(sql(`select d.${name} from doc.deal d`));
  }
  const dated = 'select q.date, q.total from (select name as date, fee as total from deal) q';
  assert.equal((await stage.names(boss, dated)).length, 3, 'names that take no row are free');
});
