/**
 * INVARIANT (revoked-means-now) with two engines on one database: no write of one commits under a
 * grant that the other has revoked before. The order is made by who queues for the epoch's lock.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { Documents } from '../../src/documents/documents.ts';
import { Database } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf } from './small-engine.ts';
import { create } from './works-orders.ts';

const ROUNDS = 24;
const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];
const IN_LEEDS = [
  { dimension: 'Company', value: 'Alpha', descendants: 0 },
  { dimension: 'Cost Center', value: 'Leeds', descendants: 0 },
];

/** What is written to: a document within a company and a cost centre. */
const JOB: Doctype = {
  ...{ name: 'Job', app: 'test', autoname: 'prompt' },
  dimension_paths: [
    { dimension: 'Company', path: 'company' },
    { dimension: 'Cost Center', path: 'cost_center' },
  ],
  fields: [
    { fieldname: 'remarks', fieldtype: 'Data' },
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'cost_center', fieldtype: 'Link', options: 'Cost Center' },
  ],
};

type Node = { readonly documents: Documents; readonly store: Store; close(): Promise<void> };

let small: SmallCompany;
let nodes: [Node, Node];

before(async () => {
  small = await SmallCompany.open();
  await create(small.clone, JOB);
  await small.insert('job', { name: 'JOB-Leeds', company: 'Alpha', cost_center: 'Leeds' });
  for (const name of ['ann', 'boss']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  const actions = ['read', 'create', 'write', 'delete'] as const;
  await small.give('boss', [], { document_type: 'Grant', actions });
  for (const document_type of ['User', 'Role', 'Company', 'Cost Center']) {
    await small.give('boss', ANYWHERE, { document_type, actions: ['select'] });
  }
  await small.insert('role', { name: 'Writer' });
  await small.insert('role_rule', {
    ...{ name: 'writer', role: 'Writer', document_type: 'Job', levels: [0] },
    ...{ actions: ['read', 'write'], reach: 'within', status: 'in force' },
  });
  const authority = { name: 'boss', holder_type: 'User', holder: 'boss', roles: ['Writer'] };
  await small.insert('granting_authority', authority);
  for (const [dimension, value] of ANYWHERE) {
    await small.superuser.run(
      sql(
        `insert into doc.grant_scope
           (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
         select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $1, $2, 0
         from doc.granting_authority where name = 'boss'`,
        ...[dimension, value],
      ),
    );
  }
  nodes = [node(), node()];
});

after(async () => {
  for (const one of nodes ?? []) await one.close();
  await small.close();
});

/** A node as the composition root makes one, with connections of its own. */
function node(): Node {
  const [database, policies] = [
    new Database(small.clone.address, 6),
    new Database(small.clone.address, 1),
  ];
  const store = new Store(database, policies, Date.now);
  return {
    store,
    documents: new Documents({
      store,
      seal: sealWith('a key for tests'),
      cursors: sealedTokens('a key for tests'),
    }),
    close: async () => {
      await store.keeper.settled();
      await database.close();
      await policies.close();
    },
  };
}

async function give({ documents }: Node): Promise<string> {
  const input = { grantee_type: 'User', grantee: 'ann', role: 'Writer', scope: IN_LEEDS };
  const request = { doctype: 'Grant', name: null, input: { ...input, reason: 'a round' } };
  return (await documents.write(callerOf('boss'), 'create', { ...request, expectedModified: null }))
    .name;
}

async function revoke({ documents }: Node, name: string): Promise<void> {
  const request = { doctype: 'Grant', name, input: null, expectedModified: null };
  await documents.write(callerOf('boss'), 'delete', request);
}

/** Null where it was written, else the code of the refusal. */
async function write({ documents }: Node, remarks: string): Promise<string | null> {
  const request = { doctype: 'Job', name: 'JOB-Leeds', input: { remarks } };
  return await documents
    .write(callerOf('ann'), 'update', { ...request, expectedModified: null })
    .then(
      () => null,
      (error: unknown) => String((error as { code?: unknown }).code),
    );
}

/** Resolves once so many wait for the epoch's lock. */
async function waiting(count: number): Promise<void> {
  const found = `select count(*) from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while (Number(await small.value(found)) < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Starts the work in this order, each once those before it wait for the epoch; then lets go. */
async function queued(hold: 'shared' | 'alone', works: readonly (() => Promise<unknown>)[]) {
  const lock = hold === 'alone' ? 'lock_epoch' : 'lock_epoch_shared';
  return await small.superuser.transaction(async (transaction) => {
    await transaction.run(sql(`select sys.${lock}()`));
    const started: Promise<unknown>[] = [];
    for (const work of works) {
      started.push(work());
      await waiting(started.length);
    }
    return started;
  });
}

const stored = async () => await small.value(`select remarks from doc.job`);

test('INVARIANT (revoked-means-now): no write commits under a grant that another node has revoked', async () => {
  const counts = { written: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const [one, other] = round % 2 === 0 ? nodes : ([nodes[1], nodes[0]] as const);
    const grant = await give(round % 4 < 2 ? one : other);
    const isRevokedFirst = round % 3 !== 0;
    const remark = `round ${round}`;
    const writes = [async () => await write(other, remark), async () => await write(one, remark)];
    const revoking = async () => await revoke(one, grant);
    // Whoever writes shares the epoch: behind somebody who holds it alone, or waits to.
    const works = isRevokedFirst
      ? [revoking, ...writes]
      : [writes[0] as () => Promise<unknown>, revoking];
    const started = await queued(isRevokedFirst ? 'shared' : 'alone', works);
    const results = await Promise.all(started);
    const written = isRevokedFirst ? results.slice(1) : results.slice(0, 1);
    if (isRevokedFirst) {
      assert.deepEqual(written, ['unknown_doctype', 'unknown_doctype'], remark);
      assert.notEqual(await stored(), remark);
      counts.refused += 2;
    } else {
      assert.deepEqual(written, [null], remark);
      assert.equal(await stored(), remark);
      counts.written += 1;
    }
    assert.equal(await write(other, 'after'), 'unknown_doctype');
  }
  assert.ok(counts.written >= ROUNDS / 4 && counts.refused >= ROUNDS, JSON.stringify(counts));
});

test('INVARIANT (revoked-means-now): in whatever order they meet, what was written was written before', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const grant = await give(nodes[0]);
    const remark = `meeting ${round}`;
    const [written] = await Promise.all([
      write(nodes[1], remark),
      revoke(nodes[round % 2] as Node, grant),
    ]);
    const [of, revoked] = await Promise.all([
      small.value(
        `select epoch::text from doc.audit_entry where document_name = 'JOB-Leeds'
           and principal = 'ann' and outcome = 'allowed' order by id desc limit 1`,
      ),
      small.value('select epoch::text from sys.permission_change order by number desc limit 1'),
    ]);
    assert.equal((await stored()) === remark, written === null);
    if (written === null) assert.ok(Number(of) < Number(revoked), `${of} and ${revoked}`);
    else assert.equal(written, 'unknown_doctype');
  }
});

test('a read that began before a revocation answers as of its beginning, the next one does not', async () => {
  const grant = await give(nodes[0]);
  const names = sql('select name from doc.job');
  const wait = sql('select pg_advisory_xact_lock_shared(4711)');
  const read = async (...statements: (typeof names)[]) => {
    const credential = { kind: 'named', principal: 'ann' } as const;
    const { results, opening } = await nodes[1].store.read(
      credential,
      'ann',
      'read',
      () => statements,
    );
    return { names: results.at(-1)?.rows.map(([name]) => name), epoch: opening.epoch };
  };
  assert.deepEqual((await read(names)).names, ['JOB-Leeds']);
  const { reading, epoch } = await small.superuser.transaction(async (transaction) => {
    const [, value] = await transaction.run(
      sql('select pg_advisory_xact_lock(4711)'),
      sql('select value from sys.epoch'),
    );
    const begun = read(wait, names);
    await waiting(1);
    await revoke(nodes[0], grant);
    return { reading: begun, epoch: Number(value?.rows[0]?.[0]) };
  });
  assert.deepEqual(await reading, { names: ['JOB-Leeds'], epoch });
  const next = await read(names);
  assert.deepEqual(next.names, []);
  assert.ok(next.epoch > epoch);
});
