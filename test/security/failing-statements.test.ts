/** Whichever statement of an operation fails: nothing is written, and the next request works. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requestKeys } from '../../src/base/request-keys.ts';
import { Batches } from '../../src/documents/batches.ts';
import type { BulkChange } from '../../src/documents/bulk.ts';
import { onceByKey } from '../../src/documents/operations/answer-again.ts';
import { withFailing } from '../support/failing-statement.ts';
import { ANYWHERE, HistoryStage } from './history-stage.ts';
import { type SmallCompany, sql } from './small-company.ts';
import { callerOf } from './small-engine.ts';

const RECORDS = ['Role', 'Role Rule', 'Group', 'Grant', 'Share'] as const;
const AUTHORITY = [...ANYWHERE, ['Cost Center', '*'], ['Cost Center', '(blank)']] as const;

let stage: HistoryStage;
let small: SmallCompany;
let batches: Batches;
let fingerprint: () => Promise<string>;

before(async () => {
  stage = await HistoryStage.open();
  small = stage.small;
  batches = new Batches(small.store, stage.engine.documents);
  for (const name of ['boss', 'carl']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  for (const document_type of RECORDS) {
    const actions = ['read', 'create', 'write', 'delete'] as const;
    await small.give('boss', [], { document_type, actions });
  }
  for (const document_type of ['User', 'Dossier']) {
    await small.give('boss', AUTHORITY, { document_type, actions: ['select'] });
  }
  const name = 'authority of boss';
  await small.insert('granting_authority', {
    ...{ name, holder_type: 'User', holder: 'boss', roles: ['*'] },
  });
  for (const [dimension, value] of AUTHORITY) {
    await small.superuser.run(
      sql(
        `insert into doc.grant_scope
          (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
        select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $2, $3, 0
        from doc.granting_authority where name = $1`,
        ...[name, dimension, value],
      ),
    );
  }
  fingerprint = await everything();
});

after(async () => {
  await small.close();
});

/** What every table holds, but for what is computed anew whenever it is missing. */
async function everything(): Promise<() => Promise<string>> {
  const [tables] = await small.superuser.run(
    sql(`select format('%I.%I', n.nspname, c.relname) from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('sys', 'doc') and c.relkind = 'r' and c.oid <> 'sys.access'::regclass`),
  );
  const parts = (tables?.rows ?? []).map(
    ([table]) => `(select '${table} ' || count(*) || md5(coalesce(
      string_agg(t::text, ' ' order by t::text collate "C"), '')) from ${table} t)`,
  );
  assert.ok(parts.length > 40);
  const text = `select array_to_string(array[${parts.join(', ')}], e'\\n')`;
  return async () => String(await small.value(text));
}

let made = 0;
/** A new draft, made before anything fails. */
async function draft(): Promise<string> {
  const name = `F-${++made}`;
  await stage.write('create', name, { title: 't', company: 'Alpha', parts: [{ what: 'a' }] });
  return name;
}

async function submitted(): Promise<string> {
  const name = await draft();
  await stage.write('submit', name);
  return name;
}

const boss = callerOf('boss');
const change = (operation: BulkChange['operation'], name: string, input: object): BulkChange => ({
  ...{ operation, doctype: 'Dossier', name: operation === 'create' ? null : name },
  ...{ input, expectedModified: null },
});

const write = async (
  operation: 'create' | 'update' | 'delete',
  doctype: string,
  name: string | null,
  input: object = {},
) => await stage.engine.write('boss', operation, doctype, name, input);

type Prepared = () => Promise<unknown>;

/** Each is prepared where nothing fails, and gives what is then done with a statement failing. */
const OPERATIONS: Readonly<Record<string, () => Promise<Prepared>>> = {
  create: async () => {
    const input = { title: 'new', company: 'Alpha', parts: [{ what: 'a' }, { what: 'b' }] };
    return () => stage.write('create', `F-${++made}`, input);
  },
  update: async () => {
    const name = await draft();
    const token = (await stage.read(name)).modified;
    const input = { title: 'other', company: 'Beta', parts: [{ what: 'c' }] };
    return () => stage.engine.write('boss', 'update', 'Dossier', name, input, token);
  },
  restore: async () => {
    const name = await draft();
    const { modified } = (await stage.write('update', name, { title: 'second' })) ?? {};
    return () => stage.restore(name, 1, 'boss', String(modified));
  },
  submit: async () => {
    const name = await draft();
    return () => stage.write('submit', name);
  },
  cancel: async () => {
    const name = await submitted();
    return () => stage.write('cancel', name);
  },
  amend: async () => {
    const name = await submitted();
    await stage.write('cancel', name);
    return () => stage.write('amend', name);
  },
  delete: async () => {
    const name = await draft();
    return () => stage.write('delete', name);
  },
  import: async () => () =>
    stage.engine.documents.import(boss, 'Dossier', [
      { name: `F-${++made}`, values: { title: 'i', company: 'Alpha', parts: [{ what: 'a' }] } },
      { name: `F-${++made}`, values: { title: 'i', company: 'Beta' } },
    ]),
  'bulk of all kinds': async () => {
    const [changed, sent, gone] = [await draft(), await draft(), await draft()];
    return () =>
      stage.engine.documents.bulk(boss, [
        change('create', '', { name: `F-${++made}`, title: 'b', company: 'Alpha' }),
        change('update', changed, { title: 'b' }),
        change('submit', sent, {}),
        change('delete', gone, {}),
      ]);
  },
  'a create with a key': async () => {
    const said = { route: 'r', url: 'u', ifMatch: null, body: {} };
    const keyed = { ...boss, once: onceByKey(requestKeys('k')(`key-${++made}`, said)) };
    const input = { name: `F-${made}`, title: 'k', company: 'Alpha' };
    const request = { doctype: 'Dossier', name: null, input, expectedModified: null };
    return () => stage.engine.documents.write(keyed, 'create', request);
  },
  'beginning a batch': async () => () => batches.make(boss, 'label', 3),
  'making a role': async () => () => write('create', 'Role', null, { name: `R-${++made}` }),
  'giving a grant': async () => {
    const role = `R-${++made}`;
    await write('create', 'Role', null, { name: role });
    await write('create', 'Role Rule', null, {
      ...{ role, document_type: 'Dossier', actions: ['read'], levels: [0] },
      ...{ reach: 'within', except: [], status: 'in force' },
    });
    const scope = [{ dimension: 'Company', value: 'Alpha', descendants: 0 }];
    const input = { grantee_type: 'User', grantee: 'carl', role, scope, reason: 'r' };
    return () => write('create', 'Grant', null, input);
  },
  'ending a grant': async () => {
    const role = `R-${++made}`;
    await write('create', 'Role', null, { name: role });
    const input = { grantee_type: 'User', grantee: 'carl', role, scope: [], reason: 'r' };
    const { name } = await write('create', 'Grant', null, input);
    return () => write('delete', 'Grant', name);
  },
  'several permission records': async () => {
    const { epoch } = await small.store.open(boss.credential);
    const role = (name: string) => ({
      ...{ operation: 'create' as const, doctype: 'Role', name: null },
      ...{ input: { name }, expectedModified: null },
    });
    const roles = [role(`R-${++made}`), role(`R-${++made}`)];
    return () => stage.engine.documents.together(boss, roles, { epoch, isTrial: false });
  },
};

/** No operation takes so many; a loop that never ends would be a failure of its own. */
const STATEMENTS_MAX = 300;

for (const [title, prepare] of Object.entries(OPERATIONS)) {
  test(`INVARIANT (audit-with-write): ${title}, with each statement failing in turn`, async () => {
    let done = 0;
    for (let n = 1; ; n++) {
      assert.ok(n < STATEMENTS_MAX, 'it never ends');
      const work = await prepare();
      await small.store.keeper.settled();
      const before = await fingerprint();
      const { statement, error } = await withFailing(n, work);
      if (statement === null) {
        assert.equal(error, null, String((error as Error | null)?.stack));
        assert.notEqual(await fingerprint(), before, 'positive control: it writes something');
        break;
      }
      assert.ok(error !== null, `it was done though ${statement} failed`);
      assert.equal(await fingerprint(), before, `${statement} left something behind`);
      // The same goes through at once, on the same connections.
      await work();
      done++;
    }
    assert.ok(done >= 3, `only ${done} statements failed`);
  });
}
