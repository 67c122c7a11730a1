/** Numbers of naming series: each is given once, and nobody waits for another's document. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype } from '../../src/doctype/definition.ts';
import { Numbers } from '../../src/store/series.ts';
import { SmallCompany, sql } from './small-company.ts';
import { refused, SmallEngine } from './small-engine.ts';
import { create } from './works-orders.ts';

const BOSS = { kind: 'named', principal: 'boss' } as const;
const TICKET: Doctype = {
  ...{ name: 'Ticket', app: 'test', autoname: 'TICK-.####', dimension_paths: [] },
  fields: [
    { fieldname: 'title', fieldtype: 'Data', reqd: true },
    { fieldname: 'code', fieldtype: 'Data', unique: true },
  ],
};

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  await create(small.clone, TICKET);
  await small.give('boss', [], { document_type: 'Ticket', actions: ['read', 'create'] });
});

after(async () => {
  await small.close();
});

/** Makes a ticket; its name. */
async function ticket(input: object = {}): Promise<string> {
  return (await engine.write('boss', 'create', 'Ticket', null, { title: 'x', ...input })).name;
}

const current = async (prefix: string): Promise<number> =>
  Number(await small.value('select current from sys.series where prefix = $1', prefix));

test('documents that are made at once have all the numbers, each once', async () => {
  const first = await current('TICK-');
  const names = await Promise.all(Array.from({ length: 30 }, async () => await ticket()));
  const expected = Array.from(
    { length: 30 },
    (_, index) => `TICK-${String(first + index + 1).padStart(4, '0')}`,
  );
  assert.deepEqual(names.toSorted(), expected);
});

test('who holds a number does not keep others from saving', async () => {
  const before = await current('TICK-');
  const [held, other] = await small.store.write(BOSS, 'shared', async (transaction) => {
    const { last } = await transaction.takeNumbers('TICK-', 1);
    // It would wait for the end of this transaction, and this for it.
    return [last, await ticket()];
  });
  assert.deepEqual([held, other], [before + 1, `TICK-${String(before + 2).padStart(4, '0')}`]);
});

test('what is refused gives its number back, where no later one was taken', async () => {
  const before = await current('TICK-');
  await refused(ticket({ title: null }), 'invalid_document', 'title');
  assert.equal(await current('TICK-'), before);
  await assert.rejects(
    small.store.write(BOSS, 'shared', async (transaction) => {
      await transaction.takeNumbers('TICK-', 1);
      await ticket();
      throw new Error('thought better of it');
    }),
    /thought better/,
  );
  assert.equal(await current('TICK-'), before + 2, 'one is missing, and none comes twice');
});

test('a name that somebody has already is passed over', async () => {
  const next = (await current('TICK-')) + 1;
  const taken = `TICK-${String(next).padStart(4, '0')}`;
  await small.insert('ticket', { name: taken, title: 'by hand' });
  await refused(ticket(), 'duplicate', 'name');
  assert.equal(await ticket(), `TICK-${String(next + 1).padStart(4, '0')}`);
});

test('nodes that take numbers of several series at once do not stop each other', async () => {
  const nodes = [new Numbers(small.app), new Numbers(small.app)];
  const series = ['A-', 'B-', 'C-'];
  const taken = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const order = index % 2 === 0 ? series : series.toReversed();
      const node = nodes[index % 2];
      return await Promise.all(order.map(async (prefix) => await node?.take(prefix, 2)));
    }),
  );
  for (const prefix of series) {
    const lasts = taken.flat().filter((one) => one?.prefix === prefix);
    const numbers = lasts.flatMap((one) => [one?.last, (one?.last ?? 0) - 1]);
    assert.equal(new Set(numbers).size, 120);
    assert.equal(await current(prefix), 120);
  }
});

test('a counter that cannot be reached is an error, and the next one is not', async () => {
  const numbers = new Numbers(small.app);
  await small.superuser.run(sql(`revoke update on sys.series from "${small.clone.address.user}"`));
  try {
    const both = await Promise.allSettled([numbers.take('A-', 1), numbers.take('D-', 1)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  } finally {
    await small.superuser.run(sql(`grant update on sys.series to "${small.clone.address.user}"`));
  }
  assert.equal((await numbers.take('D-', 1)).last, 1);
});
