/** Migrations: all or nothing, once, refused with a reason where they would lose or bend data. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { APPS } from '../../apps/all.ts';
import { completeDefinition } from '../../src/doctype/complete-definition.ts';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { administrator } from '../../src/store/installation/installation.ts';
import { applyDoctypes, type DoctypeOutcome } from '../../src/store/migrate/apply-doctypes.ts';
import { type AdminAddress, migrate } from '../../src/store/migrate/migrate.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import { applySystemMigrations } from '../../src/store/migrate/system-migrations.ts';
import { dataDirOfTests } from '../support/test-server.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;
let owner: MigrationConnection;

before(async () => {
  small = await SmallCompany.open();
  owner = await connectOwner();
});

after(async () => {
  await owner.close();
  await small.close();
});

const roles = () => rolesOf(small.ownerRole.replace(/_owner$/, ''));

async function connectOwner(): Promise<MigrationConnection> {
  const connection = await connectToMigrate(small.clone.superuser);
  await connection.script(`set role "${roles().owner}"`);
  return connection;
}

const apply = async (...definitions: Doctype[]): Promise<DoctypeOutcome[]> =>
  await applyDoctypes(owner, roles(), definitions);

const doctype = (name: string, fields: readonly Field[], more: Partial<Doctype> = {}): Doctype => ({
  name,
  app: 'test',
  fields,
  ...more,
});

const row = (name: string, more: object = {}) => ({
  ...{ name, owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
  ...{ docstatus: 0, ...more },
});

const insert = async (table: string, ...rows: object[]): Promise<void> => {
  await small.superuser.run(...rows.map((one) => insertion(table, one as Record<string, unknown>)));
};

const valuesOf = async (table: string, column: string): Promise<(string | null)[]> => {
  const [found] = await small.superuser.run(
    sql(`select "${column}" from doc."${table}" order by name`),
  );
  return (found?.rows ?? []).map(([value = null]) => value);
};

const refused = (outcomes: readonly DoctypeOutcome[]): string =>
  outcomes
    .filter(({ outcome }) => outcome === 'refused')
    .flatMap(({ details }) => details)
    .join('\n');

test('a file that was changed after it had been applied is refused', async () => {
  // A clone has the tables of its template, but not the rights on the database itself.
  const { database } = small.clone.address;
  await small.superuser.run(sql(`grant create on database ${database} to "${small.ownerRole}"`));
  assert.deepEqual(await applySystemMigrations(owner, roles()), []);
  await owner.script(`update sys.migration set checksum = 'x' where name like '000003%'`);
  await assert.rejects(
    applySystemMigrations(owner, roles()),
    /000003-reach\.sql was changed after/,
  );
});

test('fields added, widened, taken out and brought back keep every value', async () => {
  const count: Field = { fieldname: 'count', fieldtype: 'Int' };
  const price: Field = { fieldname: 'price', fieldtype: 'Currency' };
  assert.equal((await apply(doctype('Kept', [count, price])))[0]?.outcome, 'created');
  await insert(
    'kept',
    row('a', { count: 7, price: 123_400 }),
    row('b', { count: null, price: -5 }),
  );
  const flag: Field = { fieldname: 'is_new', fieldtype: 'Check' };
  const wide: Field = { fieldname: 'count', fieldtype: 'Float' };
  await apply(doctype('Kept', [wide, price, flag]));
  assert.deepEqual(await valuesOf('kept', 'count'), ['7', null]);
  // A Check has no third state, in rows that were there before it neither.
  assert.deepEqual(await valuesOf('kept', 'is_new'), ['0', '0']);
  const text: Field = { fieldname: 'price', fieldtype: 'Data' };
  await apply(doctype('Kept', [wide, text, flag]));
  assert.deepEqual(await valuesOf('kept', 'price'), ['12.34', '-0.0005']);
  await apply(doctype('Kept', [text]));
  assert.deepEqual(await valuesOf('kept', 'count'), ['7', null], 'no longer a field, still there');
  await insert('kept', row('c', { price: 'x' }));
  await apply(doctype('Kept', [text, wide, flag]));
  assert.deepEqual(await valuesOf('kept', 'count'), ['7', null, null]);
  assert.deepEqual(await valuesOf('kept', 'is_new'), ['0', '0', '0']);
  const [same] = await apply(doctype('Kept', [text, wide, flag]));
  assert.equal(same?.outcome, 'unchanged');
  await apply(doctype('Kept', [text, wide, { ...flag, fieldtype: 'Int' }]));
  await insert('kept', row('d', { is_new: null }));
});

test('what would lose or bend values is refused with a reason, and nothing of it is applied', async () => {
  const code: Field = { fieldname: 'code', fieldtype: 'Data' };
  const amount: Field = { fieldname: 'amount', fieldtype: 'Int' };
  await apply(doctype('Strict', [code, amount]));
  await insert('strict', row('a', { code: 'x', amount: 1 }), row('b', { code: 'x', amount: 2 }));
  const extra: Field = { fieldname: 'extra', fieldtype: 'Data' };
  const unique = [{ ...code, unique: true }, amount, extra];
  assert.match(refused(await apply(doctype('Strict', unique))), /code: cannot be unique, 1 of its/);
  const column = `select count(*) from pg_attribute where attrelid = 'doc.strict'::regclass and attname = 'extra'`;
  assert.equal(await small.value(column), '0');
  const together = await apply(doctype('Innocent', [code]), doctype('Strict', unique));
  assert.equal(together[0]?.outcome, 'created');
  assert.equal(await small.value(`select to_regclass('doc.innocent')`), null, 'all or nothing');
  const number = { ...code, fieldtype: 'Int' as const };
  assert.match(refused(await apply(doctype('Strict', [number, amount]))), /without losing values/);
  // Taken out, and back with another type: the column is still there, with the old values.
  await apply(doctype('Strict', [code]));
  const text = { ...amount, fieldtype: 'Data' as const };
  assert.match(refused(await apply(doctype('Strict', [code, text]))), /amount: an earlier field/);
  await insert('strict', row('c', { code: 'y' }));
  await small.superuser.run(sql(`update doc.strict set code = name`));
  assert.equal(
    (await apply(doctype('Strict', [{ ...code, unique: true }])))[0]?.outcome,
    'changed',
  );
  await refusedWith('23505', insert('strict', row('d', { code: 'a' })));
});

test('a field that a rule in force speaks of cannot be taken out', async () => {
  const state: Field = { fieldname: 'state', fieldtype: 'Data' };
  const other: Field = { fieldname: 'other', fieldtype: 'Data' };
  await apply(doctype('Spoken Of', [state, other]));
  const when = [['state', '=', 'open']];
  await small.give('ann', [], { document_type: 'Spoken Of', when });
  assert.match(refused(await apply(doctype('Spoken Of', [other]))), /rule `given \d+` in force/);
  await small.superuser.run(
    sql(`update doc.role_rule set status = 'draft' where document_type = 'Spoken Of'`),
  );
  assert.equal((await apply(doctype('Spoken Of', [other])))[0]?.outcome, 'changed');
  // A draft may speak of what is gone; everybody else's permissions stay as they are.
  await small.give('ann', [
    ['Company', 'Alpha'],
    ['Cost Center', '*'],
  ]);
  assert.ok((await small.store.policy()).world.epoch > 0);
  assert.equal((await small.sees('ann')).length, 4);
});

test('a dimension path that is added or taken away places every document anew', async () => {
  const fields: Field[] = [
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'note', fieldtype: 'Data' },
  ];
  const paths = [{ dimension: 'Company', path: 'company' }];
  const kinds = [{}, { is_submittable: true }, { append_only: true }];
  for (const [i, kind] of kinds.entries()) {
    const [name, table] = [`Placed ${i}`, `placed_${i}`];
    const principal: Field = { fieldname: 'principal', fieldtype: 'Data' };
    const all = 'append_only' in kind ? [...fields, principal] : fields;
    await apply(doctype(name, all, kind));
    for (const [document, company] of [
      ['a', 'Alpha'],
      ['b', 'Beta'],
      ['c', null],
    ] as const) {
      const status = 'is_submittable' in kind ? ['a', 'b', 'c'].indexOf(document) : 0;
      await insert(table, row(document, { company, docstatus: status }));
    }
    await small.give(`reader ${i}`, [['Company', 'Alpha']], { document_type: name });
    const seen = async () =>
      (
        await small.as(`reader ${i}`, 'read', `select name from doc.${table} order by name`)
      ).rows.map(([one]) => one);
    assert.deepEqual(await seen(), ['a', 'b', 'c'], 'no dimension yet');
    const versions = await valuesOf(table, 'version');
    assert.equal(
      (await apply(doctype(name, all, { ...kind, dimension_paths: paths })))[0]?.outcome,
      'changed',
    );
    assert.deepEqual(await seen(), ['a'], name);
    assert.deepEqual(await valuesOf(table, 'version'), versions, 'the documents are as they were');
    assert.equal((await apply(doctype(name, all, kind)))[0]?.outcome, 'changed');
    assert.deepEqual(await seen(), ['a', 'b', 'c']);
    const off = await small.value(
      `select count(*) from pg_trigger where tgrelid = 'doc.${table}'::regclass and tgenabled <> 'O'`,
    );
    assert.equal(off, '0', 'every trigger is in force again');
  }
});

test('a doctype that becomes a log, or stops being a tree, keeps nothing of what it was', async () => {
  const fields: Field[] = [
    { fieldname: 'principal', fieldtype: 'Data' },
    { fieldname: 'above', fieldtype: 'Link', options: 'Becoming' },
  ];
  const tree = { is_tree: true, is_dimension: true, parent_field: 'above' } as const;
  await apply(doctype('Becoming', fields, tree));
  await insert('becoming', row('a'), row('b', { above: 'a' }));
  const nodes = `select count(*) from sys.tree_node where dimension = 'Becoming'`;
  assert.equal(await small.value(nodes), '2');
  await apply(doctype('Becoming', fields, { append_only: true, is_dimension: true }));
  assert.equal(await small.value(nodes), '0');
  const [left] = await small.superuser.run(
    sql(
      `select (select string_agg(polname, ' ' order by polname) from pg_policy where polrelid = t.oid),
         (select string_agg(tgname, ' ' order by tgname) from pg_trigger
          where tgrelid = t.oid and not tgisinternal),
         has_table_privilege($1, t.oid, 'update') or has_table_privilege($1, t.oid, 'delete')
       from (select 'doc.becoming'::regclass as oid) t`,
      roles().app,
    ),
  );
  assert.deepEqual(left?.rows[0], [
    'add maintain report see',
    'append_only place_in_cell refuse_truncate',
    'f',
  ]);
});

test('two doctypes of one table are refused; names of system tables and of PostgreSQL’s do no harm', async () => {
  const field: Field = { fieldname: 'value', fieldtype: 'Data' };
  await apply(doctype('Twin Name', [field]));
  assert.match(refused(await apply(doctype('Twin-Name', [field]))), /same table as `Twin Name`/);
  assert.match(
    refused(await apply(doctype('Same Time', [field]), doctype('Same-Time', [field]))),
    /same table as `Same Time`/,
  );
  const names = [
    'Doctype',
    'Cell',
    'Epoch',
    'Session',
    'Access',
    'Mac Key',
    'Migration',
    'Pg Class',
    'Pg Authid',
    'Table',
    'Select',
    'Doc',
    'Sys',
    'Public',
    'Claim',
    'Opening',
  ];
  const outcomes = await apply(...names.map((name) => doctype(name, [field])));
  assert.ok(outcomes.every(({ outcome }) => outcome === 'created'));
  await small.give('ann', [], { document_type: 'Epoch' });
  assert.deepEqual((await small.as('ann', 'read', 'select name from doc.epoch')).rows, []);
  assert.ok((await small.sees('ann')).length > 0);
  await refusedWith('42501', small.app.run(sql('select * from sys.mac_key')));
  for (const name of ['ctid', 'xmin', 'tableoid']) {
    await assert.rejects(apply(doctype(`With ${name}`, [{ fieldname: name, fieldtype: 'Data' }])));
    assert.equal(await small.value(`select to_regclass('doc.with_${name}')`), null);
  }
});

test('sixty tables are applied in one go, quickly, and again for nothing', async (t) => {
  const fields = Array.from(
    { length: 20 },
    (_, i): Field => ({ fieldname: `f${i}`, fieldtype: 'Data' }),
  );
  const many = Array.from({ length: 60 }, (_, i) =>
    doctype(`Many ${i}`, fields, { is_submittable: i % 2 === 0 }),
  );
  const start = performance.now();
  await apply(...many);
  const first = performance.now() - start;
  const outcomes = await apply(...many);
  const second = performance.now() - start - first;
  t.diagnostic(`first ${Math.round(first)} ms, again ${Math.round(second)} ms`);
  assert.ok(outcomes.every(({ outcome }) => outcome === 'unchanged'));
  assert.ok(first < 20_000 && second < 2000);
});

test('wherever a change is cut off, nothing of it is there, and the next one carries it out', async () => {
  const fields: Field[] = [{ fieldname: 'value', fieldtype: 'Data', unique: true }];
  const table = doctype('Cut Off', fields, { is_submittable: true });
  let calls = 0;
  const counted: MigrationConnection = {
    ...owner,
    query: async (...words) => {
      calls += 1;
      return await owner.query(...words);
    },
    script: async (text) => {
      calls += 1;
      await owner.script(text);
    },
    close: async () => {},
  };
  await applyDoctypes(counted, roles(), [doctype('Not Cut Off', fields, { is_submittable: true })]);
  const epoch = await small.value('select value from sys.epoch');
  for (let last = 1; last < calls; last += Math.ceil(calls / 12)) {
    const doomed = await connectOwner();
    let left = last;
    const die = async (): Promise<void> => {
      left -= 1;
      // The backend itself goes, as when the machine of the migrator does.
      if (left === 0) await doomed.script('select pg_terminate_backend(pg_backend_pid())');
    };
    const cut: MigrationConnection = {
      ...doomed,
      query: async (...words) => {
        await die();
        return await doomed.query(...words);
      },
      script: async (text) => {
        await die();
        await doomed.script(text);
      },
      close: async () => {},
    };
    await assert.rejects(applyDoctypes(cut, roles(), [table]));
    await doomed.close().catch(() => {});
    const [left_] = await small.superuser.run(
      sql(`select to_regclass('doc.cut_off'), (select count(*) from sys.doctype where name = 'Cut Off'),
        (select value from sys.epoch)`),
    );
    assert.deepEqual(left_?.rows[0], [null, '0', epoch], `after ${last} statements`);
  }
  assert.equal((await apply(table))[0]?.outcome, 'created');
});

test('two migrators of one new database at once: one does it, the other finds it done', async () => {
  const { admin } = await administrator(dataDirOfTests(), null);
  const database = `twice_${process.pid}`;
  const apps = APPS.map((app) => ({ ...app, doctypes: app.doctypes.map(completeDefinition) }));
  const plan = {
    ...{ admin, database, apps, maintenanceDatabase: 'postgres' },
    ...{ appPassword: 'a-password', reportPassword: 'another' },
    ...{ grants: [], authorities: [] },
  };
  try {
    const reports = await Promise.all([migrate(plan), migrate(plan), migrate(plan)]);
    const applied = reports.map(({ migrations }) => migrations.length).sort();
    assert.deepEqual(applied.slice(0, 2), [0, 0]);
    assert.ok((applied[2] ?? 0) >= 6);
    const created = reports.map(
      ({ doctypes }) => doctypes.filter(({ outcome }) => outcome === 'created').length,
    );
    assert.equal(created.filter((count) => count > 0).length, 1);
  } finally {
    await dropDatabase(admin, database);
  }
});

async function dropDatabase(admin: AdminAddress, database: string): Promise<void> {
  const connection = await connectToMigrate(admin('postgres'));
  await connection.script(`drop database if exists ${database} with (force)`);
  const made = rolesOf(database);
  for (const role of [made.owner, made.app])
    await connection.script(`drop role if exists "${role}"`);
  await connection.close();
}
