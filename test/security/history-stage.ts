/** Dossiers with closed levels, secrets and rows, whose history tests read and attack. */
import assert from 'node:assert/strict';
import type { Action } from '../../src/authz/index.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { type Scope, SmallCompany } from './small-company.ts';
import { callerOf, SmallEngine } from './small-engine.ts';

export const PART: Doctype = {
  ...{ name: 'Dossier Part', app: 'test', istable: true },
  fields: [
    { fieldname: 'what', fieldtype: 'Data' },
    { fieldname: 'margin', fieldtype: 'Int', level: 1 },
    { fieldname: 'code', fieldtype: 'Password' },
  ],
};

export const DOSSIER: Doctype = {
  ...{ name: 'Dossier', app: 'test', autoname: 'prompt', is_submittable: true },
  dimension_paths: [{ dimension: 'Company', path: 'company' }],
  fields: [
    { fieldname: 'title', fieldtype: 'Data', reqd: true },
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'amount', fieldtype: 'Currency' },
    { fieldname: 'pay', fieldtype: 'Currency', sensitivity: 'personal' },
    { fieldname: 'note', fieldtype: 'Data', level: 1 },
    { fieldname: 'pin', fieldtype: 'Password' },
    { fieldname: 'urgent', fieldtype: 'Check' },
    { fieldname: 'due', fieldtype: 'Datetime' },
    { fieldname: 'extra', fieldtype: 'JSON' },
    { fieldname: 'remark', fieldtype: 'Data', after_submit: true },
    { fieldname: 'parts', fieldtype: 'Table', options: 'Dossier Part' },
    { fieldname: 'amended_from', fieldtype: 'Link', options: 'Dossier', read_only: true },
  ],
};

export const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
];

export const WORK: readonly Action[] = [
  ...(['read', 'create', 'write', 'submit', 'cancel', 'amend', 'delete', 'import'] as const),
];

export class HistoryStage {
  readonly small: SmallCompany;
  readonly engine: SmallEngine;

  private constructor(small: SmallCompany) {
    this.small = small;
    this.engine = new SmallEngine(small);
  }

  /** `boss` opens every level of everything, and `clerk` level 0 of everything. */
  static async open(): Promise<HistoryStage> {
    const stage = new HistoryStage(await SmallCompany.open());
    await stage.apply(PART, DOSSIER);
    await stage.allow('boss', WORK, ANYWHERE, { levels: [0, 1] });
    await stage.allow('clerk', WORK, ANYWHERE);
    for (const who of ['boss', 'clerk']) {
      await stage.allow(who, ['select'], ANYWHERE, { document_type: 'Company' });
    }
    return stage;
  }

  /** Brings definitions in, as a release does. */
  async apply(...definitions: readonly Doctype[]): Promise<void> {
    const owner = await connectToMigrate(this.small.clone.superuser);
    await owner.script(`set role "${this.small.ownerRole}"`);
    const roles = rolesOf(this.small.ownerRole.replace(/_owner$/, ''));
    const outcomes = await applyDoctypes(owner, roles, definitions);
    await owner.close();
    assert.ok(
      outcomes.every(({ outcome }) => outcome !== 'refused'),
      JSON.stringify(outcomes),
    );
  }

  async allow(
    user: string,
    actions: readonly Action[],
    scope: Scope,
    more: object = {},
  ): Promise<string> {
    return await this.small.give(user, scope, { document_type: 'Dossier', actions, ...more });
  }

  /** Writes as the boss, and gives what they read of it then. */
  async write(
    operation: 'create' | 'update' | 'submit' | 'cancel' | 'amend' | 'delete',
    name: string,
    input: object = {},
    who = 'boss',
  ) {
    const modified = operation === 'update' ? (await this.read(name, who))['modified'] : null;
    const token = modified === null ? null : String(modified);
    return (await this.engine.write(who, operation, 'Dossier', name, input, token)).document;
  }

  async restore(name: string, version: number, who = 'boss', modified?: string | null) {
    const { documents } = this.engine;
    const token =
      modified === undefined ? String((await this.read(name, who))['modified']) : modified;
    const request = { doctype: 'Dossier', name, input: { version }, expectedModified: token };
    return (await documents.write(callerOf(who), 'restore', request)).document;
  }

  // biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
  async read(name: string, who = 'boss'): Promise<any> {
    return await this.engine.documents.read(callerOf(who), 'Dossier', name);
  }

  // biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
  async at(name: string, version: number, who = 'boss'): Promise<any> {
    return await this.engine.documents.version(callerOf(who), 'Dossier', name, version);
  }

  async versions(name: string, who = 'boss', page: { start?: number; limit?: number } = {}) {
    return await this.engine.documents.versions(callerOf(who), 'Dossier', name, page);
  }
}
