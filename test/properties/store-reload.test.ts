/**
 * INVARIANT (one-truth) after changes: a node that fetched only what changed has the same world,
 * and gives the same answers, as one that loads everything.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../src/base/errors.ts';
import { Database } from '../../src/store/database.ts';
import { compilePolicy, type Policy } from '../../src/store/policy.ts';
import { Store } from '../../src/store/store.ts';
import { refusedWith, SmallCompany, sql } from '../security/small-company.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { Administration, deeds } from './store/administration.ts';
import { changes, statementsOf } from './store/changes.ts';
import { oddChanges, oddStatement } from './store/more-changes.ts';
import { answersOf, worldOf } from './store/same-policy.ts';

let small: SmallCompany;
let policyDatabase: Database;

before(async () => {
  small = await SmallCompany.open();
  policyDatabase = new Database(small.clone.address, 1);
  for (const name of ['ann', 'ben', 'cid']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  await small.insert('group', { name: 'team' });
  await small.give('ann', [['Company', 'Alpha']], { except: ['Cost Center'] });
  await small.give(
    'ben',
    [
      ['Company', '*'],
      ['Cost Center', 'North', 1],
    ],
    { when: null },
  );
  await small.give('group team', [['Company', 'Beta']], { actions: ['write'] });
});

after(async () => {
  await policyDatabase.close();
  await small.close();
});

/** What random changes break: nobody is listed in a group that is built in. */
const MEND = sql(`delete from doc.group_member m using doc."group" g
  where m.parent_id = g.id and g.name = 'Everyone'`);

async function holdsTogether(node: Store): Promise<boolean> {
  return await node.requireReady().then(
    () => true,
    (error: unknown) => {
      assert.ok(error instanceof Refusal && error.code === 'stale_policy', String(error));
      return false;
    },
  );
}

/** The policy of a node that has loaded nothing before. */
async function loadedWhole(): Promise<Policy> {
  return await new Store(small.app, policyDatabase, Date.now).policy();
}

test('INVARIANT (one-truth): a world that was followed is the world that is loaded whole', async (t) => {
  const census = new Census();
  const sequences = fc.array(
    fc.oneof(
      changes.map((change) => ({ kind: change.kind, statements: statementsOf(change) })),
      oddChanges.map((change) => ({ kind: change.kind, statements: [oddStatement(change)] })),
    ),
    { minLength: 10, maxLength: 30 },
  );
  await holdsForAllInTurn(t, 10, sequences, async (sequence) => {
    const node = new Store(small.app, policyDatabase, Date.now);
    await node.requireReady();
    const kinds: string[] = [];
    for (const [index, { kind, statements }] of sequence.entries()) {
      const before = await node.policy();
      kinds.push(kind);
      await small.superuser.transaction(
        async (transaction) => await transaction.run(...statements),
      );
      // A node that nobody asked for a while has several changes to catch up with.
      if (index % 3 === 1) continue;
      const pending = kinds.splice(0);
      const counts = { ...node.policyLoads };
      if (!(await holdsTogether(node))) {
        census.count('broken');
        await refusedWith('stale_policy', loadedWhole());
        await small.superuser.run(MEND);
      }
      await node.requireReady();
      const policy = await node.policy();
      const whole = await loadedWhole();
      assert.deepEqual(worldOf(policy), worldOf(whole), kind);
      const now = Date.now();
      const users = [...policy.world.source.users].sort();
      const answers = answersOf(policy.world, users, now);
      assert.deepEqual(answers, answersOf(whole.world, users, now), kind);
      const isFollowed = node.policyLoads.followed > counts.followed;
      const isOther = JSON.stringify(worldOf(before)) !== JSON.stringify(worldOf(policy));
      const how = isFollowed ? 'followed' : 'loaded';
      for (const one of isOther ? pending : ['nothing']) census.count(`${how} ${one}`);
      census.count(how);
      for (const answer of answers.flat(2)) if (answer === true) census.count('allowed');
    }
  });
  census.requires(t, {
    ...{ followed: 60, loaded: 3, allowed: 1000, 'loaded definition': 1, broken: 1 },
    ...{ 'followed grant with scope': 1, 'followed scope in place': 1, 'followed node moved': 1 },
  });
});

test('INVARIANT (one-truth): the same for changes through the pipeline, alone and together', async (t) => {
  const census = new Census();
  const administration = await Administration.open(small);
  const node = new Store(small.app, policyDatabase, Date.now);
  await node.requireReady();
  const sequences = fc.array(deeds, { minLength: 15, maxLength: 25 });
  await holdsForAllInTurn(t, 4, sequences, async (sequence) => {
    for (const deed of sequence) {
      const outcome = await administration.attempt(deed);
      census.count(`${deed.kind} ${outcome}`);
      const counts = { ...node.policyLoads };
      await node.requireReady();
      const [policy, whole] = [await node.policy(), await loadedWhole()];
      assert.deepEqual(worldOf(policy), worldOf(whole), deed.kind);
      const users = [...policy.world.source.users].sort();
      const now = Date.now();
      assert.deepEqual(
        answersOf(policy.world, users, now),
        answersOf(whole.world, users, now),
        deed.kind,
      );
      assert.equal(node.policyLoads.whole, counts.whole, `${deed.kind} was loaded whole`);
    }
  });
  census.requires(t, Object.fromEntries(administration.kinds.map((kind) => [`${kind} done`, 1])));
});

test('within a transaction, what follows its own changes is what loading all would give', async () => {
  const credential = { kind: 'named', principal: 'ivo' } as const;
  const actions = ['read', 'write', 'create', 'delete'] as const;
  for (const document_type of ['Group', 'Role', 'Grant']) {
    await small.give('ivo', [], { document_type, actions });
  }
  await small.insert('group', { name: 'crew' });
  const grant = await small.give('group crew', [['Company', 'Beta']]);
  const steps = [
    sql(
      `insert into doc.group_member (name, parent_id, parenttype, parentfield, idx, "user")
       select 'm1', id, 'Group', 'members', 1, 'ann' from doc."group" where name = 'crew'`,
    ),
    sql(
      `update doc."grant" set until = now() at time zone 'UTC', version = version + 1
         where name = $1`,
      grant,
    ),
    sql(`delete from doc.group_member where name = 'm1'`),
  ];
  await small.store.requireReady();
  const before = worldOf(await small.store.policy());
  await assert.rejects(
    small.store.write(credential, 'alone', async (opened) => {
      let transaction = opened;
      for (const step of steps) {
        const [written] = await transaction.run('write', step);
        assert.equal(written?.rowCount, 1);
        transaction = await small.store.renewed(transaction);
        const [told, at] = await transaction.run(
          'read',
          sql('select sys.world()'),
          sql('select (at at time zone $1)::text from sys.last_change()', 'UTC'),
        );
        const position = { change: 0, at: Date.parse(`${at?.rows[0]?.[0]?.slice(0, 23)}Z`) };
        const whole = compilePolicy(String(told?.rows[0]?.[0]), null, position);
        assert.deepEqual(worldOf(transaction.policy), worldOf(whole));
        assert.equal(transaction.policy.world.epoch, transaction.opening.epoch);
      }
      throw new Error('and nothing of it is kept');
    }),
    /nothing of it/,
  );
  await small.store.requireReady();
  assert.deepEqual(worldOf(await small.store.policy()), before);
});
