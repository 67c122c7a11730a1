/** The table of versions itself: what SQL of the application can do to it, and what it cannot. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { insertVersions } from '../../src/store/versions.ts';
import { ANYWHERE, DOSSIER, HistoryStage } from './history-stage.ts';
import { refusedWith, sql } from './small-company.ts';
import { refused } from './small-engine.ts';

let stage: HistoryStage;

before(async () => {
  stage = await HistoryStage.open();
  await stage.allow('beta', ['read'], [['Company', 'Beta']]);
  await stage.allow('linker', ['select'], ANYWHERE);
  for (const company of ['Alpha', 'Beta']) {
    await stage.write('create', `D-${company}`, { title: 'one', company });
    await stage.write('update', `D-${company}`, { title: 'two' });
    await stage.write('create', `G-${company}`, { title: 'one', company });
    await stage.write('delete', `G-${company}`);
  }
});

after(async () => {
  await stage.small.close();
});

const COUNT = 'select count(*) from sys.document_version';
const GONE = `select coalesce(string_agg(name, ' ' order by name), '') from sys.deleted_document`;

type Claim = 'read' | 'select' | 'write';

/** How many versions SQL under a claim is shown, of a document that it asks for. */
async function counted(who: string, action: Claim, name: string): Promise<number> {
  return await stage.small.within(who, action, async (transaction) => {
    const [, found] = await transaction.run(
      sql(`select sys.ask_history((select id from sys.doctype where name = 'Dossier'), $1)`, name),
      sql(COUNT),
    );
    return Number(found?.rows[0]?.[0]);
  });
}

const NAMES = ['D-Alpha', 'D-Beta', 'G-Alpha', 'G-Beta', 'D-nowhere'];

test('the policy follows the document, without the application', async () => {
  const seen = async (who: string, action: Claim = 'read'): Promise<number[]> => {
    const counts: number[] = [];
    for (const name of NAMES) counts.push(await counted(who, action, name));
    return counts;
  };
  const gone = async (who: string, action: Claim = 'read') =>
    (await stage.small.as(who, action, GONE)).rows[0]?.[0];
  assert.deepEqual(await seen('boss'), [2, 2, 2, 2, 0]);
  assert.deepEqual(await seen('beta'), [0, 2, 0, 2, 0]);
  assert.deepEqual(await seen('stranger'), [0, 0, 0, 0, 0]);
  assert.equal(await gone('boss'), 'G-Alpha G-Beta');
  assert.equal(await gone('beta'), 'G-Beta');
  // A document that may be linked to does not show what it was; nor does a claim to write.
  assert.equal(
    (await stage.small.as('linker', 'select', 'select count(*) from doc.dossier')).rows[0]?.[0],
    '2',
  );
  for (const [who, action] of [
    ['linker', 'select'],
    ['linker', 'read'],
    ['boss', 'write'],
  ] as const) {
    assert.deepEqual(await seen(who, action), [0, 0, 0, 0, 0]);
    assert.equal(await gone(who, action), '');
  }
  // Nothing is shown to whoever asks for nothing, or claims to be nobody.
  assert.equal((await stage.small.as('boss', 'read', COUNT)).rows[0]?.[0], '0');
  await refusedWith('BW001', stage.small.app.run(sql(COUNT)));
});

test('the versions of a long history are found by the index, decided once', async () => {
  const text = `explain (costs off) select version from sys.document_version h
    where doctype_id = 1 and document_id = (select sys.asked_document()) and version >= 1
    order by version desc limit 20`;
  const { rows } = await stage.small.within('boss', 'read', async (transaction) => {
    await transaction.run(
      sql('set local enable_seqscan = off'),
      sql('set local enable_bitmapscan = off'),
    );
    return (await transaction.run(sql(text)))[0] ?? { rows: [] };
  });
  const plan = rows.map(([line]) => line).join('\n');
  assert.match(plan, /Index (Only )?Scan Backward/, plan);
  // The policy is asked before any row is, and not of each.
  assert.match(plan, /One-Time Filter: .*InitPlan/, plan);
});

test('where documents are after their paths have changed, the gone ones are too, or nowhere', async () => {
  await stage.apply({ ...DOSSIER, dimension_paths: [{ dimension: 'Company', path: 'title' }] });
  // Of those that are there, none is in a company that is called `one` or `two`.
  assert.equal((await stage.small.as('beta', 'read', GONE)).rows[0]?.[0], '');
  await stage.apply(DOSSIER);
  assert.equal((await stage.small.as('beta', 'read', GONE)).rows[0]?.[0], 'G-Beta');
});

test('no role of the running system changes or removes a version, and none writes for another', async () => {
  for (const table of ['sys.document_version', 'sys.deleted_document']) {
    for (const text of [
      `update ${table} set document_id = 0`,
      `delete from ${table}`,
      `truncate ${table}`,
    ]) {
      await refusedWith('42501', stage.small.app.run(sql(text)));
      await refusedWith('BW409', stage.small.asOwner(sql(text)));
    }
  }
  const add = (principal: string) => `insert into sys.document_version values
    (1, 1, 1, 'update', '${principal}', null, now() at time zone 'UTC', '{}')`;
  await refusedWith('42501', stage.small.as('boss', 'write', add('clerk')));
  await refusedWith(
    '42501',
    stage.small.as('boss', 'read', `insert into sys.deleted_document values (1, 1, 'x', '{}')`),
  );
});

test('each of the two lines holds alone: with a policy that lets everything through, the kernel refuses', async () => {
  const { small } = stage;
  const all = ['document_version', 'deleted_document'];
  const role = small.clone.address.user;
  for (const table of all) {
    await small.superuser.run(
      sql(`create policy everything on sys.${table} for select to "${role}" using (true)`),
    );
  }
  try {
    assert.equal((await small.as('beta', 'read', GONE)).rows[0]?.[0], 'G-Alpha G-Beta');
    assert.equal(await counted('beta', 'read', 'G-Alpha'), 8, 'the planted hole is there');
    for (const name of ['D-Alpha', 'G-Alpha']) {
      await refused(stage.versions(name, 'beta'), 'not_found');
      await refused(stage.at(name, 1, 'beta'), 'not_found');
    }
    assert.equal((await stage.versions('D-Beta', 'beta')).length, 2);
  } finally {
    for (const table of all) {
      await small.superuser.run(sql(`drop policy everything on sys.${table}`));
    }
  }
});

test('a version of a document that is not there fails, one or several', async () => {
  const table = (await stage.small.store.policy()).tables.get('Dossier');
  assert.ok(table);
  const version = (name: string) => ({
    ...{ documentId: null, name, version: 1, action: 'create', principal: 'boss', actor: null },
    ...{ at: '2026-01-01 00:00:00.000000', changes: '{}' },
  });
  for (const names of [['V-nowhere'], ['V-nowhere', 'V-neither']]) {
    await refusedWith(
      '23502',
      stage.small.within('boss', 'create', async (transaction) => {
        await transaction.run(insertVersions(table, names.map(version)));
      }),
    );
  }
});

test('whichever statement of an operation fails, nothing of it stays', async () => {
  const states = `select (select count(*) from doc.dossier) || '/' ||
    (select sum(version) from doc.dossier) || '/' || (select count(*) from sys.document_version) ||
    '/' || (select count(*) from sys.deleted_document) || '/' ||
    (select count(*) from doc.audit_entry where action not in ('read', 'history'))`;
  const { transaction } = Database.prototype;
  let runs = 0;
  let failing = 0;
  Database.prototype.transaction = async function <Value>(
    work: Parameters<typeof transaction<Value>>[0],
  ): Promise<Value> {
    return (await transaction.call(this, async (inner) => {
      const oneByOne = async (...statements: Parameters<typeof inner.run>) => {
        const done = [];
        // One by one, so that each of a round trip can be the one that fails.
        for (const statement of statements) {
          runs += 1;
          const broken = { text: 'select 1 / (random() * 0)::int', values: [] };
          done.push(...(await inner.run(runs === failing ? broken : statement)));
        }
        return done;
      };
      return await work({
        run: oneByOne,
        commit: async (...statements) => {
          await oneByOne(...statements);
          await inner.commit();
        },
      });
    })) as Value;
  };
  try {
    let made = 0;
    const operations = {
      create: () =>
        stage.write('create', 'F-1', {
          title: 'x',
          company: 'Alpha',
          parts: [{ what: 'a' }],
        }),
      update: () =>
        stage.engine.write('boss', 'update', 'Dossier', 'D-Alpha', { title: `${++made}` }),
      restore: async () => stage.restore('D-Alpha', 1),
      delete: () => stage.engine.write('boss', 'delete', 'Dossier', 'F-1'),
    };
    for (const [name, operation] of Object.entries(operations)) {
      const before = await stage.small.value(states);
      for (failing = 1; ; failing += 1) {
        runs = 0;
        const done = await operation().then(
          () => true,
          () => false,
        );
        if (done) break;
        assert.equal(await stage.small.value(states), before, `${name}, statement ${failing}`);
      }
      assert.ok(failing > 5, `${name} took ${failing} statements`);
      assert.notEqual(await stage.small.value(states), before, `${name} was done at last`);
      failing = 0;
    }
  } finally {
    Database.prototype.transaction = transaction;
  }
});
