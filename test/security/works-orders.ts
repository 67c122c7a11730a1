/** Orders whose rows carry a cost centre, in the small company: what tests of such paths share. */
import assert from 'node:assert/strict';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import type { TestDatabase } from '../support/test-server.ts';
import type { Scope } from './small-company.ts';

export const LINE: Doctype = {
  ...{ name: 'Works Order Line', app: 'test', istable: true },
  fields: [
    { fieldname: 'what', fieldtype: 'Data' },
    { fieldname: 'cost_center', fieldtype: 'Link', options: 'Cost Center' },
  ],
};

export const ORDER: Doctype = {
  ...{ name: 'Works Order', app: 'test', autoname: 'prompt', is_submittable: true },
  dimension_paths: [
    { dimension: 'Company', path: 'company' },
    { dimension: 'Cost Center', path: 'lines.cost_center' },
  ],
  fields: [
    { fieldname: 'title', fieldtype: 'Data' },
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'note', fieldtype: 'Data', level: 1 },
    { fieldname: 'lines', fieldtype: 'Table', options: 'Works Order Line' },
    { fieldname: 'others', fieldtype: 'Table', options: 'Works Order Line' },
    { fieldname: 'amended_from', fieldtype: 'Link', options: 'Works Order', read_only: true },
  ],
};

/** Something about an order, which brings its title along. */
export const REMARK: Doctype = {
  ...{ name: 'Works Remark', app: 'test', autoname: 'prompt' },
  fields: [
    { fieldname: 'about', fieldtype: 'Link', options: 'Works Order' },
    { fieldname: 'title', fieldtype: 'Data', fetch_from: 'about.title' },
  ],
};

/** Brings doctypes into a database, and gives what became of each. */
export async function apply(clone: TestDatabase, ...definitions: Doctype[]) {
  const owner = await connectToMigrate(clone.superuser);
  try {
    const roles = rolesOf(clone.address.user.replace(/_app$/, ''));
    await owner.script(`set role "${roles.owner}"`);
    return await applyDoctypes(owner, roles, definitions);
  } finally {
    await owner.close();
  }
}

/** The same, where each has to be created. */
export async function create(clone: TestDatabase, ...definitions: Doctype[]): Promise<void> {
  const outcomes = await apply(clone, ...definitions);
  const faults = outcomes.filter(({ outcome }) => outcome !== 'created');
  assert.deepEqual(faults, []);
}

/** One line for each cost centre; null for one without. */
export function linesOf(...centres: readonly (string | null)[]) {
  return centres.map((cost_center, i) => ({ what: `line ${i + 1}`, cost_center }));
}

/** Company Alpha and these cost centres. */
export function inAlpha(...centres: readonly string[]): Scope {
  return [['Company', 'Alpha'], ...centres.map((value): Scope[number] => ['Cost Center', value])];
}
