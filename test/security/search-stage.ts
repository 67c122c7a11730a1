/** Cases with words of several levels in the small company, and who looks for them. */
import type { Doctype } from '../../src/doctype/definition.ts';
import type { Found } from '../../src/documents/operations/search.ts';
import { SmallCompany } from './small-company.ts';
import { callerOf, SmallEngine } from './small-engine.ts';
import { create } from './works-orders.ts';

export const CASE: Doctype = {
  ...{ name: 'Works Case', app: 'test', autoname: 'prompt', title_field: 'title' },
  search_fields: ['town', 'finding', 'opened'],
  dimension_paths: [{ dimension: 'Company', path: 'company' }],
  fields: [
    { fieldname: 'title', fieldtype: 'Data' },
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'town', fieldtype: 'Data' },
    { fieldname: 'finding', fieldtype: 'Data', level: 2 },
    { fieldname: 'opened', fieldtype: 'Date' },
    { fieldname: 'token', fieldtype: 'Password' },
  ],
};

/** Whose reading is recorded: a case of somebody's health. */
export const ILLNESS: Doctype = {
  ...{ name: 'Works Illness', app: 'test', autoname: 'prompt', title_field: 'person' },
  fields: [{ fieldname: 'person', fieldtype: 'Data', sensitivity: 'personal' }],
};

export class SearchStage {
  readonly small: SmallCompany;
  readonly engine: SmallEngine;

  private constructor(small: SmallCompany) {
    this.small = small;
    this.engine = new SmallEngine(small);
  }

  /**
   * `ann` reads cases of Alpha at level 0, `eve` all of them at levels 0 and 2, `sam` may only
   * link to those of Alpha, `bob` writes those of both companies.
   */
  static async open(): Promise<SearchStage> {
    const stage = new SearchStage(await SmallCompany.open());
    const { small } = stage;
    await create(small.clone, CASE, ILLNESS);
    const give = async (user: string, values: readonly string[], more: object) =>
      await small.give(
        user,
        values.map((value) => ['Company', value] as const),
        { document_type: CASE.name, ...more },
      );
    await give('ann', ['Alpha'], {});
    await give('eve', ['*'], { levels: [0, 2] });
    await give('sam', ['Alpha'], { actions: ['select'] });
    await give('bob', ['*'], { levels: [0, 2], actions: ['create', 'write', 'delete'] });
    await small.give('bob', [['Company', '*']], { document_type: 'Company', actions: ['select'] });
    await small.give('eve', [], { document_type: ILLNESS.name });
    return stage;
  }

  async close(): Promise<void> {
    await this.small.close();
  }

  /** A case as it is put there by SQL, which triggers notice. */
  async put(name: string, row: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.small.insert('works_case', { name, company: 'Alpha', title: name, ...row });
  }

  async found(user: string, text: string, limit?: number): Promise<Found[]> {
    const more = limit === undefined ? {} : { limit };
    return await this.engine.documents.search(callerOf(user), { text, ...more });
  }

  async names(user: string, text: string, limit?: number): Promise<string[]> {
    return (await this.found(user, text, limit)).map(({ name }) => name);
  }

  async links(user: string, text: string, filters?: unknown): Promise<string[]> {
    const request = { text, ...(filters === undefined ? {} : { filters }) };
    const { documents } = this.engine;
    const found = await documents.searchLinks(callerOf(user), CASE.name, request);
    return found.map(({ name }) => name);
  }

  /** The doctype's number, by which its entries are called. */
  async id(doctype: string = CASE.name): Promise<string> {
    return String(await this.small.value('select id from sys.doctype where name = $1', doctype));
  }
}
