/** A server that runs while its tables are migrated answers rightly, or says that it cannot. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Refusal } from '../../src/base/errors.ts';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { applyDoctypes, USUAL_PACE } from '../../src/store/migrate/apply-doctypes.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import { SmallCompany } from './small-company.ts';
import { callerOf, SmallEngine } from './small-engine.ts';

let small: SmallCompany;
let engine: SmallEngine;
let owner: MigrationConnection;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
});

after(async () => {
  await owner.close();
  await small.close();
});

const PRICE: Field = { fieldname: 'price', fieldtype: 'Currency' };
const COUNT: Field = { fieldname: 'count', fieldtype: 'Int' };
const COMPANY: Field = { fieldname: 'company', fieldtype: 'Link', options: 'Company' };

const served = (fields: readonly Field[], company: Field): Doctype => ({
  ...{ name: 'Served', app: 'test', autoname: 'prompt', fields: [...fields, company] },
  dimension_paths: [{ dimension: 'Company', path: company.fieldname }],
});

async function apply(definition: Doctype): Promise<void> {
  const pace = { ...USUAL_PACE, largeRows: 1, batchRows: 2 };
  const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
  const how = { pace };
  const [one] = await applyDoctypes(owner, roles, [definition], 'release', null, how);
  assert.notEqual(one?.outcome, 'refused', one?.details.join());
}

test('while fields are converted, renamed and taken out, every answer is the old or the new one', async () => {
  await apply(served([PRICE, COUNT], COMPANY));
  for (let i = 0; i < 12; i += 1) {
    const company = i % 2 === 0 ? 'Alpha' : 'Beta';
    await small.insert('served', { name: `s${i}`, price: 12_300, count: 5, company });
  }
  await small.give('rita', [['Company', 'Alpha']], { document_type: 'Served' });
  const rita = callerOf('rita');
  const told = { old: 0, new: 0, refused: 0 };
  const read = async (): Promise<void> => {
    try {
      const document = await engine.documents.read(rita, 'Served', 's0');
      const { price, count, amount } = document as Record<string, unknown>;
      if (price === 1.23 && count === 5) told.old += 1;
      else if (price === '1.23' && amount === 5 && count === undefined) told.new += 1;
      else assert.fail(JSON.stringify(document));
      await assert.rejects(
        engine.documents.read(rita, 'Served', 's1'),
        ({ code }: Refusal) => code === 'not_found' || code === 'stale_policy',
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      assert.equal(error.code, 'stale_policy');
      told.refused += 1;
    }
  };
  await read();
  assert.equal(told.old, 1);
  let done = false;
  const after = served(
    [
      { ...PRICE, fieldtype: 'Data' },
      { ...COUNT, fieldname: 'amount', renamed_from: 'count' },
    ],
    { ...COMPANY, fieldname: 'firm', renamed_from: 'company' },
  );
  const readers = [0, 1, 2].map(async () => {
    while (!done) await read();
  });
  await apply(after).finally(() => {
    done = true;
  });
  await Promise.all(readers);
  const seen = told.new;
  for (let i = 0; i < 20 && told.new === seen; i += 1) await read();
  assert.ok(told.new > seen, 'it goes on by the new definition, without being started again');
  assert.ok(told.old > 1, `${JSON.stringify(told)}`);
  // And one that was not asked meanwhile, with statements that were prepared for the old table.
  await apply(served([{ ...PRICE, fieldtype: 'Data' }], { ...COMPANY, fieldname: 'firm' }));
  const { amount } = (await engine.documents.read(rita, 'Served', 's0')) as Record<string, unknown>;
  assert.equal(amount, undefined);
});
