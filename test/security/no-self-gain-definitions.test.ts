/**
 * INVARIANT (no-self-gain): an import that changes a doctype opens nothing to anybody who could
 * not read it before: a level that falls, a dimension path that goes, a field that comes back.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import { PermissionRows } from '../support/permission-rows.ts';
import { SmallCompany } from './small-company.ts';

let small: SmallCompany;
let owner: MigrationConnection;
let rows: PermissionRows;

before(async () => {
  small = await SmallCompany.open();
  owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
  rows = new PermissionRows(small.clone.superuser);
  await small.insert('role', { name: 'Reader' });
  await apply(line(), letter());
  const except = ['Cost Center'];
  await rows.rule('Reader', 'Letter', ['read'], { except });
});

after(async () => {
  await rows.close();
  await owner.close();
  await small.close();
});

const TITLE: Field = { fieldname: 'title', fieldtype: 'Data' };
const PAY: Field = { fieldname: 'pay', fieldtype: 'Currency', level: 1 };
const COMPANY: Field = { fieldname: 'company', fieldtype: 'Link', options: 'Company' };
const LINES: Field = { fieldname: 'lines', fieldtype: 'Table', options: 'Letter Line' };
const BY_COMPANY = { dimension_paths: [{ dimension: 'Company', path: 'company' }] };

function letter(fields: readonly Field[] = [TITLE, PAY], more: Partial<Doctype> = BY_COMPANY) {
  return { name: 'Letter', app: 'imported', fields: [...fields, COMPANY, LINES], ...more };
}

function line(level = 1): Doctype {
  const amount: Field = { fieldname: 'amount', fieldtype: 'Currency', level };
  return { name: 'Letter Line', app: 'imported', istable: true, fields: [amount] };
}

async function apply(...definitions: Doctype[]) {
  const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
  return await applyDoctypes(owner, roles, definitions, 'import');
}

/** Refused with the reason that somebody would gain. */
async function isRefused(definition: Doctype): Promise<void> {
  const [outcome] = await apply(definition);
  assert.equal(outcome?.outcome, 'refused', JSON.stringify(outcome));
  assert.match(outcome?.details.join(' ') ?? '', /would open .* to whoever holds Reader/);
}

async function isApplied(definition: Doctype): Promise<void> {
  const [outcome] = await apply(definition);
  assert.equal(outcome?.outcome, 'changed', JSON.stringify(outcome));
}

test('while nobody holds a role that reads it, a doctype may change', async () => {
  await isApplied(letter([TITLE, { ...PAY, level: 0 }]));
  await isApplied(letter());
  await isApplied(letter([TITLE, PAY], {}));
  await isApplied(letter());
});

test('a level that falls opens the field to whoever reads the doctype', async () => {
  const grant = await rows.grant('ann', 'Reader', [
    { dimension: 'Company', value: 'Alpha', descendants: 0 },
  ]);
  await isRefused(letter([TITLE, { ...PAY, level: 0 }]));
  await isRefused(line(0));
  await isApplied(letter([{ ...TITLE, level: 2 }, PAY]));
  await isRefused(letter());
  await rows.run(`update doc."grant" set until = '2001-01-01' where name = $1`, grant);
  await isApplied(letter());
});

test('a path that goes opens documents; one more, or a new field, opens nothing', async () => {
  await rows.grant('ben', 'Reader', [{ dimension: 'Company', value: 'Beta', descendants: 0 }]);
  await isRefused(letter([TITLE, PAY], {}));
  const center: Field = { fieldname: 'center', fieldtype: 'Link', options: 'Cost Center' };
  const more = [...BY_COMPANY.dimension_paths, { dimension: 'Cost Center', path: 'center' }];
  await isApplied(letter([TITLE, PAY, center], { dimension_paths: more }));
  await isApplied(letter([TITLE, PAY, center, { fieldname: 'new', fieldtype: 'Data' }]));
});

test('a field that was taken out comes back with its values, for whoever read them', async () => {
  await isApplied(letter([TITLE]));
  await isRefused(letter([TITLE, { ...PAY, level: 0 }]));
  await isApplied(letter([TITLE, PAY]));
});

test('an authority of the operator’s own lets them through within it', async () => {
  const beta = [{ dimension: 'Company', value: 'Beta', descendants: 0 as const }];
  await rows.authority('system:operator', ['Reader'], beta);
  await isApplied(letter([TITLE, { ...PAY, level: 0 }]));
});
