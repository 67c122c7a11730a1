/**
 * Rows that carry a dimension, attacked by SQL under the application's login: whatever is
 * committed, a document says of its rows exactly what they say themselves.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Doctype } from '../../src/doctype/definition.ts';
import { bindStatement } from '../../src/store/opening.ts';
import type { Statement } from '../../src/store/statement.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';
import { apply, create, inAlpha, LINE, ORDER } from './works-orders.ts';

const DIFFERS = '23514';
const HIDDEN = '42501';

let small: SmallCompany;
let doctypeId = '';
let count = 0;
let order = '';

before(async () => {
  small = await SmallCompany.open();
  await create(small.clone, LINE, ORDER);
  doctypeId = String(await small.value(`select id from sys.doctype where name = 'Works Order'`));
  const actions = ['read', 'create', 'write', 'delete', 'import'] as const;
  for (const [who, ...centres] of [
    ['leeds', 'Leeds'],
    ['both', 'Leeds', 'South'],
    ['any', '*'],
  ] as const) {
    await small.give(who, inAlpha(...centres), { document_type: 'Works Order', actions });
  }
});

after(async () => {
  await small.close();
});

beforeEach(async () => {
  count += 1;
  order = `O-${count}`;
  await small.superuser.run(...orderWith(order, 'Leeds', 'Leeds'));
});

const STANDARD = {
  ...{ owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
  ...{ docstatus: 0, version: 1, company: 'Alpha' },
};

function orderWith(name: string, ...centres: (string | null)[]): Statement[] {
  const said = { 'lines.cost_center': centres.length === 0 ? [null] : centres };
  return [
    insertion('works_order', { ...STANDARD, name, child_dimensions: said }),
    ...centres.map((centre, i) => line(name, `${name}/${i}`, centre)),
  ];
}

function line(parent: string, name: string, centre: string | null, field = 'lines'): Statement {
  return sql(
    `insert into doc.works_order_line (name, parent_id, parenttype, parentfield, idx, cost_center)
     select $2, id, 'Works Order', $4, 1, $3 from doc.works_order where name = $1`,
    parent,
    name,
    centre,
    field,
  );
}

const moved = (row: string, centre: string | null): Statement =>
  sql('update doc.works_order_line set cost_center = $2 where name = $1', row, centre);

const removed = (row: string): Statement =>
  sql('delete from doc.works_order_line where name = $1', row);

const says = (name: string, ...centres: (string | null)[]): Statement =>
  sql(
    `update doc.works_order set version = version + 1,
       child_dimensions = jsonb_build_object('lines.cost_center', $2::jsonb) where name = $1`,
    name,
    JSON.stringify(centres),
  );

async function writes(who: string, ...statements: Statement[]): Promise<void> {
  await small.app.run(bindStatement(who, 'write'), ...statements);
}

/** What the order's cell is made of, and what its rows say. */
async function stateOf(name: string): Promise<string | null> {
  return await small.value(
    `select concat(c.dimension_values[2], ' ', o.child_dimensions -> 'lines.cost_center', ' ',
       (select json_agg(l.cost_center order by l.name) from doc.works_order_line l
        where l.parent_id = o.id and l.parentfield = 'lines'))
     from doc.works_order o join sys.cell c on c.doctype_id = $2 and c.id = o.cell_id
     where o.name = $1`,
    name,
    doctypeId,
  );
}

const LEEDS_TWICE = '["Leeds"] ["Leeds"] ["Leeds", "Leeds"]';

test('rows that change without their document are refused when the transaction commits', async () => {
  const first = `${order}/0`;
  const isLost = ([one]: readonly Statement[]): boolean => one?.text.includes('= -1') === true;
  const attempts: readonly (readonly Statement[])[] = [
    [moved(first, 'South')],
    [moved(first, null)],
    [line(order, `${order}/new`, 'South')],
    [line(order, `${order}/new`, null)],
    [removed(first), removed(`${order}/1`)],
    [
      sql(
        `update doc.works_order_line set parentfield = 'others' where name like $1`,
        `${order}/%`,
      ),
    ],
    [sql(`update doc.works_order_line set parent_id = -1 where name like $1`, `${order}/%`)],
    [
      line(order, `${order}/aside`, 'South', 'others'),
      moved(`${order}/aside`, 'Leeds'),
      sql(
        `update doc.works_order_line set parentfield = 'lines', cost_center = 'South' where name = $1`,
        `${order}/aside`,
      ),
    ],
  ];
  for (const attempt of attempts) {
    for (const who of ['leeds', 'both', 'any']) {
      // No row goes where its writer sees no document.
      await refusedWith(isLost(attempt) ? HIDDEN : DIFFERS, writes(who, ...attempt));
    }
    await refusedWith(DIFFERS, small.superuser.run(...attempt));
    await refusedWith(DIFFERS, small.asOwner(...attempt));
    assert.equal(await stateOf(order), LEEDS_TWICE);
  }
  // Positive controls: rows that say the same, and rows of the field beside them.
  await writes('leeds', removed(first), line(order, `${order}/new`, 'Leeds'));
  await writes('leeds', line(order, `${order}/aside`, 'South', 'others'));
  assert.equal(await stateOf(order), LEEDS_TWICE);
});

test('a document that changes without its rows is refused, whatever it says', async () => {
  for (const centres of [['South'], ['Leeds', 'South'], [null], ['Leeds', null], []]) {
    await refusedWith(/^(23514|42501)$/, writes('leeds', says(order, ...centres)));
    await refusedWith(DIFFERS, small.superuser.run(says(order, ...centres)));
    await refusedWith(DIFFERS, small.asOwner(says(order, ...centres)));
  }
  const bare = 'update doc.works_order set version = version + 1, child_dimensions =';
  for (const value of ['null', `'{}'`, `'[]'`, `'{"lines.cost_center": "Leeds"}'`]) {
    await refusedWith(DIFFERS, small.asOwner(sql(`${bare} ${value} where name = $1`, order)));
  }
  await refusedWith(DIFFERS, small.superuser.run(...orderWith('lying', 'South').slice(0, 1)));
  const insert = insertion('works_order', { ...STANDARD, name: 'silent' });
  await refusedWith(DIFFERS, small.superuser.run(insert));
  // The same in other words is the same: it is kept in one form.
  await writes('leeds', says(order, 'Leeds', 'Leeds'));
  assert.equal(await stateOf(order), LEEDS_TWICE);
});

test('both together move only within the scope of who writes', async () => {
  const together = [moved(`${order}/0`, 'South'), says(order, 'South', 'Leeds')];
  // As the application does: a cell has to be known before a policy is asked about it.
  const cell = `select sys.intern_cell($1, array['Alpha', sys.set_of_rows('["South", "Leeds"]')])`;
  await writes('leeds', sql(cell, doctypeId));
  await refusedWith(HIDDEN, writes('leeds', ...together));
  await writes('both', ...together);
  assert.equal(await stateOf(order), '["Leeds", "South"] ["Leeds", "South"] ["South", "Leeds"]');
  const seen = async (who: string) =>
    (await small.as(who, 'read', 'select from doc.works_order where name = $1', order)).rowCount;
  assert.deepEqual([await seen('leeds'), await seen('both'), await seen('any')], [0, 1, 1]);
  const pulled = [moved(`${order}/0`, 'Leeds'), says(order, 'Leeds')];
  await writes('leeds', ...pulled);
  assert.equal(await seen('leeds'), 0, 'what is hidden is not pulled in');
});

test('a cell of rows is the same, made by itself or along with others', async () => {
  const many = [
    ['Alpha', '["West", "North", "West"]'],
    ['Alpha', '["North", "West"]'],
    [null, '[]'],
  ];
  const atOnce = sql(
    'select sys.intern_cells($1, $2, $3::int[])',
    doctypeId,
    JSON.stringify(many),
    ['2'],
  );
  await writes('both', atOnce);
  const count = `select count(*) from sys.cell where doctype_id = $1 and dimension_values[2] ~ 'West'`;
  assert.equal(await small.value(count, doctypeId), '1');
  const cell = `select sys.intern_cell($1, array['Alpha', sys.set_of_rows('["West", "North"]')])`;
  const cells = 'select cells from sys.doctype where id = $1';
  const before = await small.value(cells, doctypeId);
  await writes('both', sql(cell, doctypeId));
  assert.equal(await small.value(cells, doctypeId), before);
});

test('neither an early check nor a savepoint lets rows and document part', async () => {
  const south = moved(`${order}/0`, 'South');
  await refusedWith(DIFFERS, writes('any', sql('set constraints all immediate'), south));
  await refusedWith(
    DIFFERS,
    writes('any', sql('set constraints all immediate'), sql('set constraints all deferred'), south),
  );
  const [set, release] = [sql('savepoint s'), sql('release s')];
  await refusedWith(
    DIFFERS,
    small.within('any', 'write', async ({ run }) => {
      await run(moved(`${order}/1`, 'Leeds'), set, south, release);
    }),
  );
  await small.within('any', 'write', async ({ run }) => {
    await run(moved(`${order}/1`, 'Leeds'), set, south, sql('rollback to s'));
  });
  assert.equal(await stateOf(order), LEEDS_TWICE);
});

test('two who each take one of the last two rows away do not both commit', async () => {
  const says1 = async (row: string) =>
    await small.within('any', 'write', async ({ run }) => {
      await run(removed(row));
      waiting -= 1;
      if (waiting === 0) go();
      await both;
    });
  let waiting = 2;
  let go = (): void => {};
  const both = new Promise<void>((resolve) => {
    go = resolve;
  });
  // Each sees the other's row still there, until one of them has committed.
  const done = await Promise.allSettled([says1(`${order}/0`), says1(`${order}/1`)]);
  assert.deepEqual(done.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal(await stateOf(order), '["Leeds"] ["Leeds"] ["Leeds"]');
});

test('a transaction on an older picture changes no such rows', async () => {
  for (const level of ['repeatable read', 'serializable']) {
    await refusedWith(
      DIFFERS,
      small.app.transaction(async ({ run }) => {
        await run(sql(`set transaction isolation level ${level}`), bindStatement('any', 'write'));
        await run(removed(`${order}/0`));
      }),
    );
  }
  assert.equal(await stateOf(order), LEEDS_TWICE);
});

test('what keeps rows and documents together is out of reach for the application', async () => {
  for (const statement of [
    'select from sys.rows_to_compare',
    'delete from sys.rows_to_compare',
    'select from sys.long_set',
    `select sys.check_rows_${doctypeId}(1)`,
    `select sys.rows_say_${doctypeId}(1)`,
    `select sys.refuse_older_picture()`,
    'alter table doc.works_order_line disable trigger all',
    `set session_replication_role = 'replica'`,
  ]) {
    await refusedWith(HIDDEN, writes('any', sql(statement)));
  }
  assert.equal(await small.value('select count(*) from sys.rows_to_compare'), '0');
});

test('an order of very many centres is reached by whoever covers them all', async () => {
  const centres = Array.from({ length: 200 }, (_, i) => `A centre of a long name ${i}`);
  await small.superuser.run(...orderWith('wide', ...centres));
  const narrow = inAlpha(...centres.slice(1));
  await small.give('nearly', narrow, { document_type: 'Works Order' });
  await small.give('all of them', inAlpha(...centres), { document_type: 'Works Order' });
  const ask = `select from doc.works_order where name = 'wide'`;
  const seen = await Promise.all(
    ['any', 'all of them', 'nearly', 'leeds'].map(
      async (who) => (await small.as(who, 'read', ask)).rowCount,
    ),
  );
  assert.deepEqual(seen, [1, 1, 0, 0]);
  assert.equal(await small.value('select count(*) from sys.long_set'), '1');
});

test('a path through rows that comes later, or goes, places every document anew', async () => {
  const later: Doctype = {
    ...ORDER,
    name: 'Later Order',
    dimension_paths: [],
    is_submittable: false,
    fields: ORDER.fields.filter(({ fieldname }) => fieldname !== 'amended_from'),
  };
  await create(small.clone, later);
  for (const [name, ...centres] of [['a', 'Leeds'], ['b', 'Leeds', 'South'], ['c']] as const) {
    await small.superuser.run(
      insertion('later_order', { ...STANDARD, name }),
      ...centres.map((centre, i) =>
        sql(
          `insert into doc.works_order_line (name, parent_id, parenttype, parentfield, idx, cost_center)
          select $1, id, 'Later Order', 'lines', 1, $2 from doc.later_order where name = $3`,
          `later ${name}${i}`,
          centre,
          name,
        ),
      ),
    );
  }
  await small.give('later', inAlpha('Leeds'), { document_type: 'Later Order' });
  const seen = async () =>
    (await small.as('later', 'read', 'select name from doc.later_order order by name')).rows.flat();
  assert.deepEqual(await seen(), ['a', 'b', 'c'], 'no dimension yet');
  const path = { dimension: 'Cost Center', path: 'lines.cost_center' };
  const placed: Doctype = { ...later, dimension_paths: [path] };
  assert.deepEqual(
    (await apply(small.clone, placed)).map(({ outcome }) => outcome),
    ['changed'],
  );
  assert.deepEqual(await seen(), ['a']);
  const row = `later a0`;
  await refusedWith(DIFFERS, small.superuser.run(moved(row, 'South')));
  // Other rows carry it from now on: there are none, so all is blank.
  const others: Doctype = { ...later, dimension_paths: [{ ...path, path: 'others.cost_center' }] };
  assert.deepEqual(
    (await apply(small.clone, others)).map(({ outcome }) => outcome),
    ['changed'],
  );
  assert.deepEqual(await seen(), []);
  await small.superuser.run(moved(row, 'South'));
  assert.deepEqual(
    (await apply(small.clone, later)).map(({ outcome }) => outcome),
    ['changed'],
  );
  assert.deepEqual(await seen(), ['a', 'b', 'c']);
});

test('a path through rows that do not carry the dimension is refused, from either side', async () => {
  const refusals = async (...definitions: Doctype[]) =>
    (await apply(small.clone, ...definitions)).map(({ outcome }) => outcome);
  const wrong: Doctype = {
    ...{ ...ORDER, name: 'Wrong Order', is_submittable: false },
    dimension_paths: [{ dimension: 'Company', path: 'lines.cost_center' }],
    fields: ORDER.fields.filter(({ fieldname }) => fieldname !== 'amended_from'),
  };
  assert.deepEqual(await refusals(wrong), ['refused']);
  const [what] = LINE.fields;
  assert.ok(what);
  assert.deepEqual(await refusals({ ...LINE, fields: [what] }), ['refused']);
  const secret = LINE.fields.map((one) =>
    one.fieldname === 'cost_center'
      ? { ...one, fieldtype: 'Data' as const, options: undefined }
      : one,
  );
  assert.deepEqual(await refusals({ ...LINE, fields: secret as Doctype['fields'] }), ['refused']);
  await refusedWith(DIFFERS, small.superuser.run(moved(`${order}/0`, 'South')));
});
