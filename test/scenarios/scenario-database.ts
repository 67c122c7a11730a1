/** A database with the doctypes of the scenarios, and its two lines asked one without the other. */
import { type Action, type Filter, listFilter, type Principal } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { tableName } from '../../src/doctype/table-name.ts';
import { hashPassword } from '../../src/identity/password.ts';
import { setPassword } from '../../src/store/credentials.ts';
import { Database, type Transaction } from '../../src/store/database.ts';
import { identifier } from '../../src/store/identifier.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { selectPage } from '../../src/store/read-documents.ts';
import type { Result, Statement } from '../../src/store/statement.ts';
import { type Moment, Store } from '../../src/store/store.ts';
import type { Table } from '../../src/store/table.ts';
import { insert } from '../properties/store/load.ts';
import { cloneDatabase, TEST_PASSWORD, type TestDatabase } from '../support/test-server.ts';
import { INSPECTOR, PEOPLE } from './cast.ts';
import { DOCTYPES, ORDER_ROW, OWN_DOCTYPES } from './doctypes.ts';
import { loadStage, storedValues } from './load-stage.ts';
import { rowPathsOf, saidOf } from './row-paths.ts';
import type { Stage, Values } from './scenario.ts';

export type Trial = {
  readonly doctype: string;
  /** The document as it would be. */
  readonly values: Values;
  /** The name of the document that changes; null for a new one. */
  readonly changed: string | null;
};

export class ScenarioDatabase {
  readonly superuser: Database;
  readonly app: Database;
  readonly store: Store;
  readonly clone: TestDatabase;
  private readonly policyDatabase: Database;

  private constructor(clone: TestDatabase) {
    this.clone = clone;
    this.superuser = new Database(clone.superuser, 2);
    this.app = new Database(clone.address, 4);
    this.policyDatabase = new Database(clone.address, 1);
    this.store = new Store(this.app, this.policyDatabase, Date.now);
  }

  static async open(): Promise<ScenarioDatabase> {
    const clone = await cloneDatabase('empty');
    const owner = await connectToMigrate(clone.superuser);
    const roles = rolesOf(clone.address.user.replace(/_app$/, ''));
    await owner.script(`set role "${roles.owner}"`);
    const outcomes = await applyDoctypes(owner, roles, [ORDER_ROW, ...OWN_DOCTYPES]);
    await owner.close();
    if (outcomes.some(({ outcome }) => outcome !== 'created')) {
      throw new Error(JSON.stringify(outcomes));
    }
    const database = new ScenarioDatabase(clone);
    const hash = await hashPassword(TEST_PASSWORD);
    const people = [...PEOPLE, INSPECTOR];
    const users = people.map((name) => ({ name, email: name, full_name: name, enabled: 1 }));
    await database.superuser.run(
      insert('user', users, 'name,email,full_name,enabled'),
      ...people.map((name) => setPassword(name, hash)),
    );
    return database;
  }

  async load(stage: Stage): Promise<void> {
    await loadStage(this.superuser, stage);
  }

  /** Closes the connections; the database itself goes with whoever else uses it, or by `drop`. */
  async close(): Promise<void> {
    await this.store.keeper.settled();
    await this.app.close();
    await this.policyDatabase.close();
    await this.superuser.close();
  }

  /** The first line alone: the kernel's filter as SQL, by a login that no policy binds. */
  async filtered(
    principal: Principal,
    action: Action,
    doctype: string,
    level?: number,
  ): Promise<string[]> {
    const page = await this.page(principal, action, doctype, level);
    return names((await this.superuser.read(page))[0]);
  }

  /** The second line alone: everything there is, under the claim. */
  async secured(principal: Principal, action: Action, doctype: string): Promise<string[]> {
    const all = { text: `select name from doc.${tableName(doctype)}`, values: [] };
    const results = await this.app.run(bindStatement(principal.id, action), all);
    return names(results[1]);
  }

  /** Whether the first line lets the document be so: put there by the superuser, for a moment. */
  async filterTakes(principal: Principal, action: Action, trial: Trial): Promise<boolean> {
    const page = await this.page(principal, action, trial.doctype);
    const before = trial.changed === null || names((await this.superuser.read(page))[0]);
    if (before !== true && !before.includes(trial.changed ?? '')) return false;
    return await undone(this.superuser, async (transaction) => {
      const [, result] = await transaction.run(trialStatement(trial), page);
      return names(result).includes(String(trial.values['name']));
    });
  }

  /** Whether the second line lets the application make it so. It is rolled back. */
  async securityTakes(principal: Principal, action: Action, trial: Trial): Promise<boolean> {
    const { id } = await this.table(trial.doctype);
    try {
      return await undone(this.app, async (transaction) => {
        const bind = bindStatement(principal.id, action);
        // As the application does: a cell that a statement makes itself is covered by nobody.
        const intern = internStatement(id, trial);
        const results = await transaction.run(bind, intern, trialStatement(trial));
        return results[2]?.rowCount === 1;
      });
    } catch (error) {
      if (error instanceof Refusal && error.code === 'forbidden') return false;
      throw error;
    }
  }

  private async page(principal: Principal, action: Action, doctype: string, level?: number) {
    const { policy, now } = await this.moment(principal, action);
    const table = await this.table(doctype);
    const where: Filter = listFilter(policy.world, { principal, action, doctype, now }, level);
    const all = { columns: ['name'], orderBy: [], limit: 500, offset: 0 };
    return selectPage({ table, where, me: principal.id, ...all });
  }

  private async table(doctype: string): Promise<Table> {
    const table = (await this.store.policy()).tables.get(doctype);
    if (!table) throw new Error(`there is no table of ${doctype}`);
    return table;
  }

  private async moment({ id }: Principal, action: Action): Promise<Moment> {
    return await this.store.read({ kind: 'named', principal: id }, id, action, () => []);
  }
}

/** Makes the cell known that the document would lie in. */
function internStatement(doctypeId: number, { doctype, values }: Trial): Statement {
  const paths = DOCTYPES.get(doctype)?.dimension_paths ?? [];
  const rowPaths = rowPathsOf(doctype);
  const cell = paths.map(({ path }) => {
    if (rowPaths.includes(path)) return JSON.stringify(saidOf(path, values));
    return values[path] ? String(values[path]) : null;
  });
  const places = paths
    .map(({ path }, index) => {
      const place = `$${index + 2}`;
      return rowPaths.includes(path) ? `sys.set_of_rows(${place}::jsonb)` : place;
    })
    .join(', ');
  const text = `select sys.intern_cell($1, array[${places}]::text[])`;
  return { text, values: [doctypeId, ...cell] };
}

/** Inserts or changes one document, without asking for anything back. */
function trialStatement({ doctype, values, changed }: Trial): Statement {
  const table = tableName(doctype);
  const stored = storedValues(doctype, values);
  if (changed === null) return insert(table, [stored], Object.keys(stored).filter(isOwn).join());
  const row = `jsonb_populate_record(null::doc.${identifier(table)}, $1)`;
  const columns = Object.keys(stored).map((name) => `${identifier(name)} = r.${identifier(name)}`);
  return {
    text:
      `update doc.${identifier(table)} t set ${columns.join(', ')}, version = t.version + 1 ` +
      `from ${row} r where t.name = $2`,
    values: [JSON.stringify(stored), changed],
  };
}

/** `insert` names the standard columns itself. */
function isOwn(column: string): boolean {
  return column !== 'owner' && column !== 'docstatus';
}

async function undone<Value>(
  database: Database,
  work: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  const undo = new Error('undo');
  let value: Value | undefined;
  await database
    .transaction(async (transaction) => {
      value = await work(transaction);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return value as Value;
}

function names(result: Result | undefined): string[] {
  return (result?.rows ?? []).map(([name]) => String(name)).sort();
}
