/**
 * INVARIANT (revoked-means-now) with two connections at once: no write commits under a grant that
 * was revoked before, none is answered by an older world, and nobody waits for ever.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decide, listFilter } from '../../src/authz/index.ts';
import { Database } from '../../src/store/database.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { selectPage } from '../../src/store/read-documents.ts';
import { type Moment, Store } from '../../src/store/store.ts';
import { refusedWith, SmallCompany, sql } from './small-company.ts';

const CENTRES = ['Root', 'North', 'Leeds', 'South'] as const;
const WRITES = ['read', 'write'] as const;

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
});

after(async () => {
  await small.close();
});

const credential = (principal: string) => ({ kind: 'named', principal }) as const;
const alpha = (centre: string) =>
  [
    ['Company', 'Alpha'],
    ['Cost Center', centre],
  ] as const;

/** Something that a test lets go on when it likes. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Resolves once somebody waits for the epoch's lock. */
async function someoneWaits(): Promise<void> {
  const waiting = `select count(*) from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await small.value(waiting)) === '0')
    await new Promise((resolve) => setImmediate(resolve));
}

const remark = (text: string, name: string) =>
  sql(
    `update doc.sales_invoice set remarks = $1, version = version + 1 where name = $2`,
    text,
    name,
  );

/** Ends a grant as the product does: at the moment of the transaction that ends it. */
const ending = (grant: string) => [
  sql('select sys.lock_epoch()'),
  sql(`update doc."grant" set until = now() at time zone 'UTC' where name = $1`, grant),
];

test('a write that is under way commits before a revocation does, and the next one is refused', async () => {
  const grant = await small.give('ann', alpha('Leeds'), { actions: WRITES });
  const order: string[] = [];
  const writing = gate();
  const written = gate();
  const write = small.store
    .write(credential('ann'), 'shared', async (transaction) => {
      writing.open();
      await written.opened;
      const [result] = await transaction.run('write', remark('in time', 'INV-Leeds'));
      assert.equal(result?.rowCount, 1);
      order.push('written');
    })
    .then(() => order.push('write committed'));
  await writing.opened;
  const revoke = small.superuser
    .transaction(async (transaction) => await transaction.run(...ending(grant)))
    .then(() => order.push('revoked'));
  await someoneWaits();
  assert.deepEqual(order, []);
  written.open();
  await Promise.all([write, revoke]);
  assert.deepEqual(order, ['written', 'write committed', 'revoked']);
  await small.store.write(credential('ann'), 'shared', async (transaction) => {
    const [result] = await transaction.run('write', remark('too late', 'INV-Leeds'));
    assert.equal(result?.rowCount, 0);
  });
});

test('a write that waited for a revocation is decided by what is left', async () => {
  const grant = await small.give('ben', alpha('Leeds'), { actions: WRITES });
  const order: string[] = [];
  const revoking = gate();
  const revoked = gate();
  const revoke = small.superuser
    .transaction(async (transaction) => {
      await transaction.run(...ending(grant));
      revoking.open();
      await revoked.opened;
    })
    .then(() => order.push('revoked'));
  await revoking.opened;
  const write = small.store.write(credential('ben'), 'shared', async (transaction) => {
    order.push('write began');
    const [result] = await transaction.run('write', remark('too late', 'INV-Leeds'));
    assert.equal(result?.rowCount, 0);
    assert.equal(allows(transaction, 'ben', 'write', 'Leeds'), false);
  });
  await someoneWaits();
  revoked.open();
  await Promise.all([revoke, write]);
  assert.deepEqual(order, ['revoked', 'write began']);
});

test('a transaction that began before a revocation and waited for it is not still in time', async () => {
  const grant = await small.give('cid', alpha('Leeds'), { actions: WRITES });
  await small.app.transaction(async (transaction) => {
    // Its own `now()` is from before the grant's end, whatever it waits for from here on.
    await transaction.run(sql('select 1'));
    await small.superuser.transaction(async (other) => await other.run(...ending(grant)));
    const end = `select until::text from doc."grant" where name = $1`;
    const until = String(await small.value(end, grant));
    const [, opened, seen, written] = await transaction.run(
      sql('select sys.lock_epoch_shared()'),
      sql(
        `select now() at time zone 'UTC' < $1::text::timestamp, (o.at at time zone 'UTC') >= $1::text::timestamp
         from sys.open_named('cid', 'write') o`,
        until,
      ),
      sql('select count(*) from doc.sales_invoice'),
      remark('too late', 'INV-Leeds'),
    );
    assert.deepEqual(opened?.rows[0], ['t', 't']);
    assert.equal(seen?.rows[0]?.[0], '0');
    assert.equal(written?.rowCount, 0);
  });
});

test('a clock that was set back does not stop the world: no moment lies in the future', async () => {
  const [moments] = await small.superuser.run(
    sql(`with was as materialized (select changed_at from sys.epoch) select 1 from was`),
    sql(`update sys.epoch set changed_at = now() + interval '1 hour'`),
  );
  assert.equal(moments?.rows.length, 1);
  const late = await small.value(
    `select sys.moment() <= clock_timestamp() and sys.moment() >= now()`,
  );
  await small.superuser.run(sql(`update sys.epoch set changed_at = now()`));
  assert.equal(late, 't');
});

test('a validity begins with its first moment and ends before its last', async () => {
  const [valid] = await small.superuser.run(
    sql(`select sys.is_valid(at, null, now()), sys.is_valid(at + interval '1 us', null, now()),
        sys.is_valid(null, at, now()), sys.is_valid(null, at + interval '1 us', now())
      from (select now() at time zone 'UTC' as at) moment`),
  );
  assert.deepEqual(valid?.rows[0], ['t', 'f', 'f', 't']);
});

test('a grant that expires between plan and answer, or by a clock that is behind, gives nothing', async () => {
  const soon = `${new Date(Date.now() + 400).toISOString().slice(0, 23)}`.replace('T', ' ');
  await small.give('dan', alpha('Leeds'), { until: soon });
  const policyDatabase = new Database(small.clone.address, 1);
  // By this clock the grant never ends.
  const behind = new Store(
    small.app,
    policyDatabase,
    () => Date.parse(`${soon}Z`.replace(' ', 'T')) - 300,
  );
  try {
    assert.deepEqual(await listed(behind, 'dan'), ['INV-Leeds']);
    await small.value('select pg_sleep_until($1::text::timestamptz)', `${soon}Z`);
    let plans = 0;
    assert.deepEqual(await listed(behind, 'dan', () => plans++), []);
    assert.equal(plans, 2, 'planned by its own clock, and again by the database’s');
  } finally {
    await policyDatabase.close();
  }
});

test('two hundred reads and writes between grants and revocations, each by its own epoch', async () => {
  const people = ['eve', 'fay', 'gil'];
  /** Who holds which centre, by the epoch that the change made. */
  const history = new Map<number, ReadonlyMap<string, ReadonlySet<string>>>();
  const grants = new Map<string, string>();
  for (const person of people) {
    for (const centre of CENTRES) {
      grants.set(
        `${person} ${centre}`,
        await small.give(person, alpha(centre), { actions: WRITES }),
      );
    }
  }
  let held = new Map(people.map((person) => [person, new Set<string>(CENTRES)]));
  history.set(Number(await small.value('select value from sys.epoch')), held);
  const counts = { reads: 0, changes: 0, written: 0, refused: 0 };
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(Math.random() * items.length)] as Item;

  const changeOne = async (): Promise<void> => {
    const [person, centre] = [pick(people), pick(CENTRES)];
    await small.superuser.transaction(async (transaction) => {
      await transaction.run(sql('select sys.lock_epoch()'));
      const next = new Map([...held].map(([name, centres]) => [name, new Set(centres)]));
      const has = next.get(person)?.has(centre) === true;
      if (has) next.get(person)?.delete(centre);
      else next.get(person)?.add(centre);
      const until = has ? `now() at time zone 'UTC'` : 'null';
      const [, epoch] = await transaction.run(
        sql(
          `update doc."grant" set until = ${until} where name = $1`,
          grants.get(`${person} ${centre}`) ?? '',
        ),
        sql('select value from sys.epoch'),
      );
      held = next;
      history.set(Number(epoch?.rows[0]?.[0]), next);
    });
    counts.changes += 1;
  };
  const readOne = async (): Promise<void> => {
    const person = pick(people);
    let epoch = 0;
    const found = await listed(small.store, person, (moment) => {
      epoch = moment.policy.world.epoch;
    });
    const expected = [...(history.get(epoch)?.get(person) ?? ['an epoch that never was'])];
    assert.deepEqual(found, expected.map((centre) => `INV-${centre}`).sort(), `at epoch ${epoch}`);
    counts.reads += 1;
  };
  const writeOne = async (): Promise<void> => {
    const [person, centre] = [pick(people), pick(CENTRES)];
    await small.store.write(credential(person), 'shared', async (transaction) => {
      const { epoch } = transaction.opening;
      const [result, now] = await transaction.run(
        'write',
        remark(`${person} ${epoch}`, `INV-${centre}`),
        sql('select value from sys.epoch'),
      );
      assert.equal(Number(now?.rows[0]?.[0]), epoch, 'the epoch stands while a write is under way');
      const may = history.get(epoch)?.get(person)?.has(centre) === true;
      assert.equal(result?.rowCount, may ? 1 : 0);
      assert.equal(allows(transaction, person, 'write', centre), may);
      counts[may ? 'written' : 'refused'] += 1;
    });
  };
  const work = Array.from({ length: 200 }, () => pick([changeOne, readOne, readOne, writeOne]));
  const worker = async (): Promise<void> => {
    for (let next = work.pop(); next; next = work.pop()) await next();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  assert.ok(Math.min(...Object.values(counts)) >= 3, JSON.stringify(counts));
});

test('grants, groups, trees and documents are written at once without waiting for each other in a ring', async () => {
  const all = { actions: ['read', 'write', 'create', 'delete'] } as const;
  await small.give('ivo', [...alpha('*')], { ...all, document_type: 'Cost Center' });
  await small.give('ivo', [...alpha('*')], all);
  for (const document_type of ['Grant', 'Group', 'Role Rule']) {
    await small.give('ivo', [], { ...all, document_type });
  }
  await small.insert('group', { name: 'crew' });
  const grant = await small.give('group crew', alpha('Leeds'));
  const epochBefore = Number(await small.value('select value from sys.epoch'));
  const kinds = [
    [
      'alone',
      sql(
        `update doc.cost_center set parent_cost_center = 'North', version = version + 1 where name = 'South'`,
      ),
    ],
    [
      'alone',
      sql(
        `update doc.cost_center set parent_cost_center = 'Root', version = version + 1 where name = 'South'`,
      ),
    ],
    [
      'alone',
      sql(`update doc."grant" set reason = 'again', version = version + 1 where name = $1`, grant),
    ],
    [
      'alone',
      sql(`update doc."group" set description = 'x', version = version + 1 where name = 'crew'`),
    ],
    ['shared', remark('at once', 'INV-Leeds')],
    ['shared', remark('at once', 'INV-South')],
  ] as const;
  let changes = 0;
  await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const [hold, statement] = kinds[i % kinds.length] ?? kinds[0];
      await small.store.write(credential('ivo'), hold, async (transaction) => {
        const [result] = await transaction.run('write', statement);
        assert.equal(result?.rowCount, 1, statement.text);
        if (hold === 'alone') changes += 1;
      });
    }),
  );
  const epochAfter = Number(await small.value('select value from sys.epoch'));
  assert.equal(epochAfter - epochBefore, changes, 'each change of permissions is one epoch');
});

test('a write is not decided by permissions that the database does not have yet, or any more', async () => {
  const write = async () =>
    await small.store.write(credential('ann'), 'shared', async ({ policy, opening }) => {
      assert.equal(policy.world.epoch, opening.epoch);
    });
  await write();
  // As after a backup was put back: what is known here is of a time that never was.
  const setBack = async (by: number) =>
    await small.superuser.run(sql('update sys.epoch set value = value - $1::bigint', by));
  await setBack(1);
  try {
    await refusedWith('stale_policy', write());
  } finally {
    await setBack(-1);
  }
  await write();
});

test('all statements of one read are of one moment, whatever commits between them', async () => {
  await small.give('eva', alpha('Leeds'));
  const names = sql('select name from doc.sales_invoice order by name');
  const rows = sql('select count(*) from doc.sales_invoice_item');
  const [held, released] = [gate(), gate()];
  const lock = small.superuser.transaction(async (transaction) => {
    await transaction.run(sql('select pg_advisory_xact_lock(4711)'));
    held.open();
    await released.opened;
  });
  await held.opened;
  const wait = sql('select pg_advisory_xact_lock_shared(4711)');
  const reading = small.app.read(bindStatement('eva', 'read'), names, rows, wait, names, rows);
  await someoneWaits();
  await small.invoice('INV-Meanwhile');
  released.open();
  const [, first, count, , again, countAgain] = (await Promise.all([reading, lock]))[0];
  assert.deepEqual([again?.rows, countAgain?.rows], [first?.rows, count?.rows]);
  assert.deepEqual(first?.rows, [['INV-Leeds']]);
  assert.equal((await small.sees('eva')).length, 2);
});

test('permission changes that only share the epoch, as none should, are done one after the other', async () => {
  await small.give('jon', [], { actions: WRITES, document_type: 'Group' });
  await small.insert('group', { name: 'pair' });
  const version = async () =>
    Number(await small.value(`select version from doc."group" where name = 'pair'`));
  const before = await version();
  const change = sql(
    `update doc."group" set description = 'y', version = version + 1 where name = 'pair'`,
  );
  const both = gate();
  let inside = 0;
  const work = () =>
    small.store.write(credential('jon'), 'shared', async (transaction) => {
      inside += 1;
      if (inside === 2) both.open();
      await both.opened;
      await transaction.run('write', change);
    });
  // Each waits for the other; PostgreSQL gives one up, and it is run again from its beginning.
  await Promise.all([work(), work()]);
  assert.ok(inside >= 3, String(inside));
  assert.equal(await version(), before + 2);
});

async function listed(store: Store, principal: string, see: (moment: Moment) => void = () => {}) {
  const me = { id: principal, kind: 'user', actor: null, ceilings: [] } as const;
  const { results } = await store.read(credential(principal), principal, 'read', (moment) => {
    see(moment);
    const table = moment.policy.tables.get('Sales Invoice');
    assert.ok(table);
    const request = {
      principal: me,
      action: 'read',
      doctype: 'Sales Invoice',
      now: moment.now,
    } as const;
    const where = listFilter(moment.policy.world, request);
    return [
      selectPage({
        table,
        columns: ['name'],
        where,
        me: principal,
        orderBy: [],
        limit: 100,
        offset: 0,
      }),
    ];
  });
  return (results[0]?.rows ?? []).map(([name]) => String(name)).sort();
}

function allows(
  moment: Moment,
  principal: string,
  action: 'read' | 'write',
  centre: string,
): boolean {
  return decide(moment.policy.world, {
    principal: { id: principal, kind: 'user', actor: null, ceilings: [] },
    action,
    doctype: 'Sales Invoice',
    document: { name: `INV-${centre}`, company: 'Alpha', cost_center: centre },
    now: moment.now,
  }).allowed;
}
