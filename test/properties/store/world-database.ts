/** A database that takes one random world after the other, and the ways to ask it. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Action,
  ALWAYS,
  decide,
  type Filter,
  listFilter,
  type Principal,
} from '../../../src/authz/index.ts';
import { Refusal } from '../../../src/base/errors.ts';
import type { Doctype } from '../../../src/doctype/definition.ts';
import { tableName } from '../../../src/doctype/table-name.ts';
import { Database, type Transaction } from '../../../src/store/database.ts';
import { cellsFrom, selectCells } from '../../../src/store/known-cells.ts';
import { applyDoctypes } from '../../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../../src/store/migrate/migration-connection.ts';
import { bindStatement } from '../../../src/store/opening.ts';
import { selectCount, selectPage } from '../../../src/store/read-documents.ts';
import type { Statement } from '../../../src/store/statement.ts';
import type { Moment } from '../../../src/store/store.ts';
import { Store } from '../../../src/store/store.ts';
import { cloneDatabase, type TestDatabase } from '../../support/test-server.ts';
import { ROW, TABLES } from './doctypes.ts';
import { loadWorld } from './load.ts';
import type { SqlWorld } from './worlds.ts';

const DEFINITIONS = [...[...TABLES.values()].flat(), ROW];

/** A doctype without dimension paths. */
export const PLAIN_DOCTYPE = DEFINITIONS[0] as Doctype;

/** Names of the documents that an answer holds, sorted, by doctype. */
export type Answers = Readonly<Record<string, readonly string[]>>;

export class WorldDatabase {
  readonly superuser: Database;
  readonly app: Database;
  readonly store: Store;
  readonly clone: TestDatabase;
  private readonly policyDatabase: Database;

  private constructor(clone: TestDatabase) {
    this.superuser = new Database(clone.superuser, 1);
    this.app = new Database(clone.address, 4);
    this.policyDatabase = new Database(clone.address, 1);
    this.store = new Store(this.app, this.policyDatabase, Date.now);
    this.clone = clone;
  }

  static async open(): Promise<WorldDatabase> {
    const clone = await cloneDatabase('empty');
    const owner = await connectToMigrate(clone.superuser);
    // The template's roles are those of the installation that it was made for.
    const roles = rolesOf(clone.address.user.replace(/_app$/, ''));
    await owner.script(`set role "${roles.owner}"`);
    const outcomes = await applyDoctypes(owner, roles, DEFINITIONS);
    await owner.close();
    if (outcomes.some(({ outcome }) => outcome !== 'created')) {
      throw new Error(JSON.stringify(outcomes));
    }
    return new WorldDatabase(clone);
  }

  async load(sample: SqlWorld, more: readonly Statement[] = []): Promise<void> {
    const tables = DEFINITIONS.map(({ name }) => tableName(name));
    await loadWorld(this.superuser, sample, tables, more);
  }

  async close(): Promise<void> {
    await this.store.keeper.settled();
    await this.app.close();
    await this.policyDatabase.close();
    await this.superuser.close();
    await this.clone.drop();
  }

  /** The kernel's decision on each document, in the world that it loaded itself. */
  async decided(sample: SqlWorld, principal: Principal, action: Action): Promise<Answers> {
    const moment = await this.moment(principal, action);
    return this.each(sample, (doctype) => {
      const documents = sample.documents.filter((one) => one.doctype === doctype);
      return documents
        .filter(({ values }) => {
          const document = values;
          return decide(moment.policy.world, {
            principal,
            action,
            doctype,
            document,
            now: moment.now,
          }).allowed;
        })
        .map(({ values }) => String(values['name']));
    });
  }

  /**
   * The first line alone: the kernel's filter as SQL, by a login that no policy binds. With a
   * level, only where fields of that level are open.
   */
  async filtered(
    sample: SqlWorld,
    principal: Principal,
    action: Action,
    level?: number,
  ): Promise<Answers> {
    const moment = await this.moment(principal, action);
    const pages = this.pages(sample, moment, principal, action, level);
    const results = await this.superuser.read(...pages);
    return this.named(sample, results);
  }

  /**
   * The first line by cells, by a login that no policy binds: as a list that takes the first of
   * each cell, as one that walks an index, and as a count. They have to agree with each other.
   */
  async byCells(sample: SqlWorld, principal: Principal, action: Action): Promise<Answers> {
    const moment = await this.moment(principal, action);
    const found: Answers[] = [];
    const numbers: number[][] = [];
    for (const isLarge of [false, true]) {
      await this.learnCells(sample, moment, isLarge);
      const pages = this.pages(sample, moment, principal, action, undefined, true);
      for (const { text } of pages) this.count(text);
      const counts = this.wheres(sample, moment, principal, action).map(({ table, where }) =>
        selectCount(table, where, principal.id, true),
      );
      const results = await this.superuser.read(...pages, ...counts);
      found.push(this.named(sample, results));
      numbers.push(results.slice(pages.length).map(({ rows }) => Number(rows[0]?.[0])));
    }
    for (const { name } of sample.definitions) moment.policy.tables.get(name)?.cells.learn(null);
    const [first = {}, other = {}] = found;
    const lengths = sample.definitions.map(({ name }) => first[name]?.length);
    if (!isDeepStrictEqual(first, other) || !isDeepStrictEqual(numbers, [lengths, lengths])) {
      throw new Error(`forms disagree: ${JSON.stringify({ first, other, numbers })}`);
    }
    return first;
  }

  /** What is kept of anybody's access and is not what the definition says; and whether any is. */
  async kept() {
    await this.store.keeper.settled();
    const [rows, wrong] = await this.superuser.run(
      { text: 'select count(*) > 0 from sys.access', values: [] },
      { text: 'select * from sys.check_access()', values: [] },
    );
    return { checked: rows?.rows[0]?.[0] === 't', wrong: wrong?.rows };
  }

  /** Lists in each form, so that a test can tell that it had them all. */
  readonly forms = { values: 0, walk: 0, 'by cell': 0 };

  private count(text: string): void {
    const form = text.includes('"cell.wanted"')
      ? 'by cell'
      : text.includes('if_known')
        ? 'walk'
        : 'values';
    this.forms[form] += 1;
  }

  /** Worlds follow each other in one database, so cells are learnt for each of them. */
  private async learnCells(sample: SqlWorld, moment: Moment, isLarge: boolean): Promise<void> {
    for (const { name } of sample.definitions) {
      const table = moment.policy.tables.get(name);
      if (!table || table.cells.fields.length === 0) continue;
      const [result] = await this.superuser.run(selectCells(table.id));
      const known = cellsFrom(table.cells.fields, result);
      // As if each cell held most of a large table, so that walking is the cheaper way.
      const large = { rows: 1e9, parts: known?.parts.map(() => 1) ?? [] };
      table.cells.learn(known && { ...known, ...(isLarge ? large : {}) });
    }
  }

  /** The second line alone: everything there is, under the claim. */
  async secured(sample: SqlWorld, principal: Principal, action: Action): Promise<Answers> {
    const [, ...results] = await this.app.run(
      bindStatement(principal.id, action),
      ...sample.definitions.map(({ name }) => ({
        text: `select name from doc.${tableName(name)}`,
        values: [],
      })),
    );
    return this.named(sample, results);
  }

  /** Both lines, as the product asks. */
  async both(sample: SqlWorld, principal: Principal, action: Action): Promise<Answers> {
    const credential = { kind: 'named', principal: principal.id } as const;
    const { results } = await this.store.read(credential, principal.id, action, (moment) =>
      this.pages(sample, moment, principal, action),
    );
    return this.named(sample, results);
  }

  /** What an update or delete of everything gets hold of, under the claim; it is rolled back. */
  async changed(
    sample: SqlWorld,
    principal: Principal,
    action: Action,
    verb: 'update' | 'delete',
  ): Promise<Answers> {
    const text = (name: string): string =>
      verb === 'delete'
        ? `delete from doc.${tableName(name)} returning name`
        : `update doc.${tableName(name)} set title = title returning name`;
    return await this.undone(async (transaction) => {
      const [, ...results] = await transaction.run(
        bindStatement(principal.id, action),
        ...sample.definitions.map(({ name }) => ({ text: text(name), values: [] })),
      );
      return this.named(sample, results);
    });
  }

  /** Whether the principal may insert a document like the one of that name. It is rolled back. */
  async inserts(principal: Principal, doctype: string, name: string): Promise<boolean> {
    const [found] = await this.superuser.run({
      text: `select to_jsonb(t) from doc.${tableName(doctype)} t where name = $1`,
      values: [name],
    });
    const { id: _, cell_id: cell, ...row } = JSON.parse(String(found?.rows[0]?.[0]));
    const names = Object.keys(row)
      .map((column) => `"${column}"`)
      .join(', ');
    const insert = {
      text:
        `insert into doc.${tableName(doctype)} (${names}) ` +
        `select ${names} from jsonb_populate_record(null::doc.${tableName(doctype)}, $1)`,
      values: [JSON.stringify({ ...row, name: 'a new one', cell_id: cell })],
    };
    try {
      const bind = bindStatement(principal.id, 'create');
      return await this.undone(async (transaction) => {
        await transaction.run(bind, insert);
        return true;
      });
    } catch (error) {
      if (error instanceof Refusal && error.code === 'forbidden') return false;
      throw error;
    }
  }

  isNamedByDimension(doctype: string): boolean {
    const definition = DEFINITIONS.find(({ name }) => name === doctype);
    return definition?.dimension_paths?.some(({ path }) => path === 'name') === true;
  }

  private async undone<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    let value: Value | undefined;
    const undo = new Error('undo');
    await this.app
      .transaction(async (transaction) => {
        value = await work(transaction);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return value as Value;
  }

  private pages(
    sample: SqlWorld,
    moment: Moment,
    principal: Principal,
    action: Action,
    level?: number,
    byCells = false,
  ) {
    const me = principal.id;
    return this.wheres(sample, moment, principal, action, level).map(({ table, where }) => {
      const orderBy = byCells ? [{ field: 'modified', descending: true }] : [];
      return selectPage({
        ...{ table, columns: ['name'], where, me, orderBy, limit: 500, offset: 0, byCells },
      });
    });
  }

  private wheres(
    sample: SqlWorld,
    moment: Moment,
    principal: Principal,
    action: Action,
    level?: number,
  ) {
    return sample.definitions.map(({ name: doctype }) => {
      const question = { principal, action, doctype, now: moment.now };
      const where = listFilter(moment.policy.world, question, level);
      const table = moment.policy.tables.get(doctype);
      if (!table) throw new Error(`there is no ${doctype}`);
      return { table, where };
    });
  }

  /** A page of names; `ALWAYS` leaves the choice to the policies. */
  page(moment: Moment, doctype: string, where: Filter = ALWAYS, me = '') {
    const table = moment.policy.tables.get(doctype);
    if (!table) throw new Error(`there is no ${doctype}`);
    return selectPage({ table, columns: ['name'], where, me, orderBy: [], limit: 500, offset: 0 });
  }

  private async moment(principal: Principal, action: Action): Promise<Moment> {
    const credential = { kind: 'named', principal: principal.id } as const;
    return await this.store.read(credential, principal.id, action, () => []);
  }

  private named(
    sample: SqlWorld,
    results: readonly { readonly rows: readonly (readonly (string | null)[])[] }[],
  ): Answers {
    const all = sample.definitions.map(({ name }, i) => [
      name,
      (results[i]?.rows ?? []).map((row) => String(row[0])).sort(),
    ]);
    return Object.fromEntries(all);
  }

  private each(sample: SqlWorld, names: (doctype: string) => string[]): Answers {
    return Object.fromEntries(sample.definitions.map(({ name }) => [name, names(name).sort()]));
  }
}
