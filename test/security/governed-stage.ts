/** Dossiers of two companies with what belongs to them, and people who see one, both or none. */
import type { Action } from '../../src/authz/index.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { ANYWHERE, HistoryStage } from './history-stage.ts';
import type { Scope, SmallCompany } from './small-company.ts';
import { type Answered, callerOf, type SmallEngine } from './small-engine.ts';

type Operation = 'create' | 'update' | 'submit' | 'delete' | 'import';

/** The fields by which each doctype names what its documents belong to. */
export const NAMED_BY: Readonly<Record<string, readonly [doctype: string, name: string]>> = {
  Comment: ['reference_doctype', 'reference_name'],
  Assignment: ['reference_type', 'reference_name'],
  'Tag Link': ['document_type', 'document_name'],
  Follow: ['ref_doctype', 'ref_docname'],
  Attachment: ['attached_to_doctype', 'attached_to_name'],
};

export class GovernedStage {
  readonly history: HistoryStage;
  readonly small: SmallCompany;
  readonly engine: SmallEngine;

  private constructor(history: HistoryStage) {
    this.history = history;
    this.small = history.small;
    this.engine = history.engine;
  }

  /**
   * `boss` and `clerk` read and write everything, `boss` every level; `alf` reads Alpha's dossiers
   * and `beth` Beta's; `ward` writes Alpha's. All of them know two colleagues.
   */
  static async open(): Promise<GovernedStage> {
    const stage = new GovernedStage(await HistoryStage.open());
    await stage.allow('alf', ['read'], [['Company', 'Alpha']]);
    await stage.allow('beth', ['read'], [['Company', 'Beta']]);
    await stage.allow('ward', ['read', 'write'], [['Company', 'Alpha']]);
    for (const name of ['alf', 'beth']) {
      await stage.small.insert('user', { name, email: name, full_name: name, enabled: 1 });
    }
    for (const who of ['alf', 'beth', 'boss', 'ward']) {
      await stage.small.give(who, [], { document_type: 'User', actions: ['select'] });
    }
    await stage.dossier('D-alpha', 'Alpha');
    await stage.dossier('D-beta', 'Beta');
    return stage;
  }

  async close(): Promise<void> {
    await this.small.close();
  }

  async allow(user: string, actions: readonly Action[], scope: Scope, more: object = {}) {
    return await this.history.allow(user, actions, scope, more);
  }

  async dossier(name: string, company: string, more: object = {}): Promise<void> {
    await this.history.write('create', name, { title: name, company, ...more });
  }

  async move(name: string, company: string): Promise<void> {
    await this.history.write('update', name, { company });
  }

  async comment(who: string, name: string, content: string, doctype = 'Dossier') {
    return await this.add(who, 'Comment', name, { content }, doctype);
  }

  /** Adds something to a document. */
  async add(
    who: string | Caller,
    kind: string,
    parent: string,
    more: object = {},
    doctype = 'Dossier',
  ): Promise<Answered> {
    const [doctypeField = '', nameField = ''] = NAMED_BY[kind] ?? [];
    const named = { [doctypeField]: doctype, [nameField]: parent };
    return await this.engine.write(who, 'create', kind, null, { ...named, ...more });
  }

  async write(who: string, operation: Operation, doctype: string, name: string, input = {}) {
    return await this.engine.write(who, operation, doctype, name, input);
  }

  // biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
  async read(who: string | Caller, doctype: string, name: string): Promise<any> {
    return await this.engine.documents.read(somebody(who), doctype, name);
  }

  async names(who: string | Caller, doctype: string, filters: unknown = []): Promise<string[]> {
    const request = { filters, orderBy: 'name asc', limit: 500 };
    const found = await this.engine.documents.list(somebody(who), doctype, request);
    return found.map(({ name }) => String(name));
  }

  async count(who: string | Caller, doctype: string, filters: unknown = []): Promise<number> {
    return await this.engine.documents.count(somebody(who), doctype, filters);
  }

  async groups(who: string, doctype: string, name: string) {
    return await this.engine.documents.aggregate(callerOf(who), doctype, {
      group_by: ['owner'],
      measures: [{ fn: 'count', as: 'n' }],
      filters: [['name', '=', name]],
    });
  }

  async versions(who: string, doctype: string, name: string) {
    return await this.engine.documents.versions(callerOf(who), doctype, name, {});
  }

  /** Names that row-level security alone shows. */
  async rows(who: string, table: string, action: Action = 'read'): Promise<string[]> {
    const text = `select name from doc.${table} order by name`;
    return (await this.small.as(who, action, text)).rows.map(([name]) => String(name));
  }
}

function somebody(who: string | Caller): Caller {
  return typeof who === 'string' ? callerOf(who) : who;
}

export { ANYWHERE };
