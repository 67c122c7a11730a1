/** A few companies, cost centres and invoices in a database of their own, put there by SQL. */
import assert from 'node:assert/strict';
import type { Action } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { Database, type Transaction } from '../../src/store/database.ts';
import { bindStatement } from '../../src/store/opening.ts';
import type { Result, Statement } from '../../src/store/statement.ts';
import { Store } from '../../src/store/store.ts';
import { cloneDatabase, type TestDatabase } from '../support/test-server.ts';

export type Scope = readonly (readonly [dimension: string, value: string, descendants?: 0 | 1])[];

type Row = Readonly<Record<string, unknown>>;

const STANDARD = {
  owner: 'ann',
  creation: '2026-01-01 00:00:00',
  modified: '2026-01-01 00:00:00',
  modified_by: 'ann',
  docstatus: 0,
};

/** All cost centres hang below `Root`; `North` has the child `Leeds`. */
const CENTRES = [
  ['Root', null],
  ['North', 'Root'],
  ['Leeds', 'North'],
  ['South', 'Root'],
] as const;

export class SmallCompany {
  readonly superuser: Database;
  readonly app: Database;
  readonly store: Store;
  readonly clone: TestDatabase;
  readonly ownerRole: string;
  private readonly policyDatabase: Database;
  private count = 0;

  private constructor(clone: TestDatabase) {
    this.clone = clone;
    this.superuser = new Database(clone.superuser, 4);
    this.app = new Database(clone.address, 12);
    this.policyDatabase = new Database(clone.address, 1);
    this.store = new Store(this.app, this.policyDatabase, Date.now);
    this.ownerRole = clone.address.user.replace(/_app$/, '_owner');
  }

  /** Two companies; in `Alpha`, an invoice for each cost centre; one without any in `Beta`. */
  static async open(database?: TestDatabase): Promise<SmallCompany> {
    const small = new SmallCompany(database ?? (await cloneDatabase('empty')));
    for (const name of ['Alpha', 'Beta']) await small.insert('company', { name });
    for (const [name, parent_cost_center] of CENTRES) {
      await small.insert('cost_center', { name, company: 'Alpha', parent_cost_center });
    }
    for (const [cost_center] of CENTRES) await small.invoice(`INV-${cost_center}`, { cost_center });
    await small.invoice('INV-Beta', { company: 'Beta', cost_center: null });
    return small;
  }

  async close(): Promise<void> {
    await this.store.keeper.settled();
    await this.app.close();
    await this.policyDatabase.close();
    await this.superuser.close();
    await this.clone.drop();
  }

  /** Inserts a row by the superuser, whom triggers bind and policies do not. */
  async insert(table: string, row: Row): Promise<void> {
    await this.superuser.run(insertion(table, { ...STANDARD, ...row }));
  }

  async invoice(name: string, row: Row = {}): Promise<void> {
    const defaults = { company: 'Alpha', cost_center: 'Leeds', grand_total: 10_000 };
    await this.insert('sales_invoice', { name, ...defaults, ...row });
    await this.superuser.run(itemInsertion(name, `${name}-1`));
  }

  /** A rule in force for a role of its own, and a grant of that role; the grant's name. */
  async give(
    user: string,
    scope: Scope,
    more: { readonly actions?: readonly Action[]; readonly when?: unknown } & Row = {},
  ): Promise<string> {
    const name = `given ${++this.count}`;
    const { actions = ['read'], levels = [0], when = null, except = [], ...others } = more;
    const { document_type, ...grant } = others;
    await this.insert('role', { name });
    await this.insert('role_rule', {
      ...{
        name,
        role: name,
        document_type: document_type ?? 'Sales Invoice',
        ...{ actions, levels },
      },
      ...{ reach: 'within', except, when, status: 'in force' },
    });
    const isGroup = user.startsWith('group ');
    await this.insert('grant', {
      ...{ name, role: name, grantee_type: isGroup ? 'Group' : 'User' },
      ...{ grantee: isGroup ? user.slice('group '.length) : user, ...grant },
    });
    for (const [dimension, value, descendants = 0] of scope) {
      await this.superuser.run({
        text: `insert into doc.grant_scope
            (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
          select gen_random_uuid()::text, id, 'Grant', 'scope', 1, $2, $3, $4
          from doc."grant" where name = $1`,
        values: [name, dimension, value, descendants],
      });
    }
    return name;
  }

  /** Runs one statement of the application under a claim. */
  async as(principal: string, action: Action, text: string, ...values: Statement['values']) {
    const results = await this.app.run(bindStatement(principal, action), { text, values });
    // What was computed is kept aside from this, and tests look at what is kept.
    await this.store.keeper.settled();
    return results[1] as Result;
  }

  /** Names of the invoices that row-level security alone shows. */
  async sees(principal: string, action: Action = 'read'): Promise<(string | null)[]> {
    const sql = 'select name from doc.sales_invoice order by name';
    return (await this.as(principal, action, sql)).rows.map(([name = null]) => name);
  }

  /** Runs statements in one transaction as the owner of the tables. */
  async asOwner(...statements: Statement[]): Promise<readonly Result[]> {
    const become = { text: `set local role "${this.ownerRole}"`, values: [] };
    return await this.superuser.transaction(async (transaction) => {
      return (await transaction.run(become, ...statements)).slice(1);
    });
  }

  /** Runs `work` in a transaction of the application under a claim. */
  async within<Value>(
    principal: string,
    action: Action,
    work: (transaction: Transaction) => Promise<Value>,
  ): Promise<Value> {
    return await this.app.transaction(async (transaction) => {
      await transaction.run(bindStatement(principal, action));
      return await work(transaction);
    });
  }

  /** A single value, by the superuser. */
  async value(text: string, ...values: Statement['values']): Promise<string | null> {
    const [result] = await this.superuser.run({ text, values });
    return result?.rows[0]?.[0] ?? null;
  }
}

export function sql(text: string, ...values: Statement['values']): Statement {
  return { text, values };
}

/** Inserts a row; objects and lists become JSON. */
export function insertion(table: string, row: Row): Statement {
  const names = Object.keys(row).map((name) => `"${name}"`);
  return {
    text:
      `insert into doc."${table}" (${names.join(', ')}) ` +
      `select ${names.join(', ')} from jsonb_populate_record(null::doc."${table}", $1)`,
    values: [JSON.stringify(row)],
  };
}

/** Inserts an item of an invoice. */
export function itemInsertion(invoice: string, name: string): Statement {
  return {
    text: `insert into doc.sales_invoice_item
        (name, parent_id, parenttype, parentfield, idx, qty, rate, amount)
      select $2, id, 'Sales Invoice', 'items', 1, 1, 10000, 10000
      from doc.sales_invoice where name = $1`,
    values: [invoice, name],
  };
}

/** Fails unless the work is refused with this SQL state, or this code of a `Refusal`. */
export async function refusedWith(
  code: string | RegExp,
  work: Promise<unknown> | (() => Promise<unknown>),
): Promise<void> {
  const fits = (found: string): boolean =>
    typeof code === 'string' ? found === code : code.test(found);
  await assert.rejects(typeof work === 'function' ? work() : work, (error: unknown) => {
    const cause = error instanceof Refusal ? (error.cause ?? error) : error;
    const states = [error, cause].map((one) => String((one as { code?: unknown }).code));
    assert.ok(states.some(fits), `refused with ${states.join(' / ')}: ${String(error)}`);
    return true;
  });
}
