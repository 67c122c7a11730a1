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
/** What Reader may do, by name. */
let rule: string;

before(async () => {
  small = await SmallCompany.open();
  owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
  rows = new PermissionRows(small.clone.superuser);
  await small.insert('role', { name: 'Reader' });
  await apply(line(), letter());
  rule = await rows.rule('Reader', 'Letter', ['read'], { except: ['Cost Center'] });
  await putInForce(false);
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

async function putInForce(isInForce: boolean): Promise<void> {
  const status = isInForce ? 'in force' : 'draft';
  await rows.run('update doc.role_rule set status = $2 where name = $1', rule, status);
}

async function isApplied(definition: Doctype): Promise<void> {
  const [outcome] = await apply(definition);
  assert.equal(outcome?.outcome, 'changed', JSON.stringify(outcome));
}

test('while the rules of its roles are drafts, a doctype may change', async () => {
  await isApplied(letter([TITLE, { ...PAY, level: 0 }]));
  await isApplied(letter());
  await isApplied(letter([TITLE, PAY], {}));
  await isApplied(letter());
});

test('what would be power in a role that nobody holds waits until its rules are drafts', async () => {
  await putInForce(true);
  await isRefused(letter([TITLE, { ...PAY, level: 0 }]));
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
  await isRefused(letter());
  await putInForce(false);
  await isApplied(letter());
  await putInForce(true);
});

test('a path that goes opens documents; one more, or a new field, opens nothing', async () => {
  await rows.grant('ben', 'Reader', [{ dimension: 'Company', value: 'Beta', descendants: 0 }]);
  await isRefused(letter([TITLE, PAY], {}));
  const center: Field = { fieldname: 'center', fieldtype: 'Link', options: 'Cost Center' };
  const more = [...BY_COMPANY.dimension_paths, { dimension: 'Cost Center', path: 'center' }];
  await isApplied(letter([TITLE, PAY, center], { dimension_paths: more }));
  await isApplied(letter([TITLE, PAY, center, { fieldname: 'new', fieldtype: 'Data' }]));
});

test('a path that goes is power where somebody gives the role for some values only', async () => {
  const both = [...BY_COMPANY.dimension_paths, { dimension: 'Cost Center', path: 'center' }];
  const center: Field = { fieldname: 'center', fieldtype: 'Link', options: 'Cost Center' };
  await isApplied(letter([TITLE, PAY, center], { dimension_paths: both }));
  const sales = [{ dimension: 'Cost Center', value: 'Sales', descendants: 0 as const }];
  await rows.authority('cleo', ['Reader'], sales);
  await isRefused(letter([TITLE, PAY, center]));
  await rows.run('update doc.granting_authority set roles = $1', '["Clerk"]');
  await isApplied(letter([TITLE, PAY, center]));
});

test('a field that was taken out comes back with its values, for whoever read them', async () => {
  await isApplied(letter([TITLE]));
  await isRefused(letter([TITLE, { ...PAY, level: 0 }]));
  await isApplied(letter([TITLE, PAY]));
});

test('an authority of the operator’s own lets them through within it', async () => {
  const beta = [{ dimension: 'Company', value: 'Beta', descendants: 0 as const }];
  // Nobody could give what is paid so far: that takes an authority over every role.
  await rows.authority('system:operator', ['Reader'], beta);
  await isRefused(letter([TITLE, { ...PAY, level: 0 }]));
  await rows.run(
    'update doc.granting_authority set roles = $1 where holder = $2',
    ...['["*"]', 'system:operator'],
  );
  await isApplied(letter([TITLE, { ...PAY, level: 0 }]));
});
