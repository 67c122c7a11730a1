/** New documents that come together: what they fetch, how they are called, what they link to. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { SmallCompany } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const REGION: Doctype = {
  ...{ name: 'Region', app: 'test', autoname: 'prompt' },
  fields: [{ fieldname: 'title', fieldtype: 'Data' }],
};

const SHOP: Doctype = {
  ...{ name: 'Shop', app: 'test', autoname: 'prompt' },
  fields: [{ fieldname: 'region', fieldtype: 'Link', options: 'Region' }],
};

/** Called by what is fetched, which is a link that is fetched from. */
const VISIT: Doctype = {
  ...{ name: 'Visit', app: 'test', autoname: 'format:{region}-{###}' },
  fields: [
    { fieldname: 'shop', fieldtype: 'Link', options: 'Shop' },
    { fieldname: 'region', fieldtype: 'Link', options: 'Region', fetch_from: 'shop.region' },
    { fieldname: 'region_title', fieldtype: 'Data', fetch_from: 'region.title' },
  ],
};

/** Nothing of it hangs on anything else: all is asked for at once. */
const CALL: Doctype = {
  ...{ name: 'Call', app: 'test', autoname: 'format:CALL-{###}' },
  fields: [
    { fieldname: 'region', fieldtype: 'Link', options: 'Region' },
    { fieldname: 'region_title', fieldtype: 'Data', fetch_from: 'region.title' },
  ],
};

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  const owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
  const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
  const outcomes = await applyDoctypes(owner, roles, [REGION, SHOP, VISIT, CALL]);
  await owner.close();
  assert.ok(outcomes.every(({ outcome }) => outcome === 'created'));
  engine = new SmallEngine(small);
  for (const document_type of ['Region', 'Shop', 'Visit', 'Call']) {
    await small.give('boss', [], { document_type, actions: ['read', 'create'] });
  }
  // `clerk` may read shops, and neither select nor read a region.
  for (const document_type of ['Shop', 'Visit', 'Call']) {
    await small.give('clerk', [], { document_type, actions: ['read', 'create'] });
  }
  for (const name of ['North', 'South']) {
    await engine.write('boss', 'create', 'Region', name, { title: `The ${name}` });
    await engine.write('boss', 'create', 'Shop', `Shop ${name}`, { region: name });
  }
});

after(async () => {
  await small.close();
});

async function together(who: string, doctype: string, inputs: readonly object[]) {
  const changes = inputs.map((input) => ({
    ...{ operation: 'create' as const, doctype, name: null, input, expectedModified: null },
  }));
  return await engine.documents.bulk(callerOf(who), changes);
}

test('names follow what is fetched, through two links, with numbers in the order asked', async () => {
  const shops = ['North', 'South', 'North', 'South', 'North'];
  const made = await together(
    'boss',
    'Visit',
    shops.map((region) => ({ shop: `Shop ${region}` })),
  );
  assert.deepEqual(
    made.map((one) => [one?.['name'], one?.['region'], one?.['region_title']]),
    [
      ['North-001', 'North', 'The North'],
      ['South-001', 'South', 'The South'],
      ['North-002', 'North', 'The North'],
      ['South-002', 'South', 'The South'],
      ['North-003', 'North', 'The North'],
    ],
  );
  const [next] = await together('boss', 'Visit', [{ shop: 'Shop South' }]);
  assert.equal(next?.['name'], 'South-003');
});

test('a fetched link is a link: to what one may not select it is refused, and none is made', async () => {
  const asked = together('clerk', 'Visit', [{ shop: 'Shop North' }, { shop: 'Shop South' }]);
  await refused(asked, 'link_not_found', 'changes.0.region');
  assert.equal(await small.value(`select count(*) from doc.visit where owner = 'clerk'`), '0');
});

test('where nothing hangs on the rest, each is still refused for its own fault alone', async () => {
  const made = await together('boss', 'Call', [{ region: 'North' }, { region: 'South' }, {}]);
  assert.deepEqual(
    made.map((one) => [one?.['name'], one?.['region_title']]),
    [
      ['CALL-001', 'The North'],
      ['CALL-002', 'The South'],
      ['CALL-003', null],
    ],
  );
  const wrong = together('boss', 'Call', [{ region: 'North' }, { region: 'Nowhere' }]);
  await refused(wrong, 'link_not_found', 'changes.1.region');
  const hidden = together('clerk', 'Call', [{ region: 'North' }]);
  await refused(hidden, 'link_not_found', 'changes.0.region');
  const unknown = together('boss', 'Call', [{}, { nonsense: 1 }]);
  await refused(unknown, 'unknown_field', 'changes.1.nonsense');
  // What was refused took no number along.
  const [next] = await together('boss', 'Call', [{ region: 'South' }]);
  assert.equal(next?.['name'], 'CALL-004');
});
