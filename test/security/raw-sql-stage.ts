/**
 * A small company with raw SQL: people who signed in, what they may report on, and three ways to
 * run a statement: through both fences, past the first one, and as somebody would who holds the
 * reporting login and speaks PostgreSQL's protocol.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Action } from '../../src/authz/index.ts';
import { principalNamed } from '../../src/authz/index.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Reports } from '../../src/reports/raw-sql.ts';
import { Database, type DatabaseAddress } from '../../src/store/database.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import {
  type RawRows,
  ReportingConnections,
} from '../../src/store/raw-sql/reporting-connection.ts';
import { issueTicket } from '../../src/store/raw-sql/ticket.ts';
import { Store } from '../../src/store/store.ts';
import { cloneDatabase, type ReportingDatabase } from '../support/test-server.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';

const FIELDS = [
  { fieldname: 'title', fieldtype: 'Data' },
  { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
  { fieldname: 'fee', fieldtype: 'Currency', level: 1 },
  { fieldname: 'note', fieldtype: 'Data', level: 2 },
  { fieldname: 'pin', fieldtype: 'Password' },
] as const;

/** Fields of three levels and a secret; rows with levels of their own. */
const DEAL_ROW: Doctype = {
  ...{ name: 'Deal Row', app: 'imported', istable: true, module: 'Test' },
  fields: [
    { fieldname: 'item', fieldtype: 'Data' },
    { fieldname: 'cost', fieldtype: 'Currency', level: 1 },
  ],
};
export const DEAL: Doctype = {
  ...{ name: 'Deal', app: 'imported', module: 'Test' },
  dimension_paths: [{ dimension: 'Company', path: 'company' }],
  fields: [
    ...FIELDS,
    { fieldname: 'parts', fieldtype: 'Table', options: 'Deal Row' },
    { fieldname: 'costs', fieldtype: 'Table', options: 'Deal Row', level: 1 },
  ],
};

export class RawSqlStage {
  readonly small: SmallCompany;
  readonly reports: Reports;
  readonly store: Store;
  readonly reporting: ReportingConnections;
  readonly address: DatabaseAddress;
  private readonly policies: Database;

  private constructor(small: SmallCompany, clone: ReportingDatabase) {
    this.small = small;
    this.address = clone.reporting;
    this.reporting = new ReportingConnections(clone.reporting);
    this.policies = new Database(clone.address, 1);
    const { reporting } = this;
    this.store = new Store(small.app, this.policies, Date.now, { reporting });
    this.reports = new Reports(this.store);
  }

  /** Two doctypes more than the small company has, of both of which there are documents. */
  static async open(database?: ReportingDatabase): Promise<RawSqlStage> {
    const clone = database ?? (await cloneDatabase('empty'));
    const small = await SmallCompany.open(clone);
    const name = clone.address.database;
    // A clone has the tables of its template but not the rights on the database itself.
    await small.superuser.run(sql(`revoke all on database "${name}" from public`));
    await small.superuser.run(
      sql(
        `grant connect on database "${name}" to "${clone.address.user}", "${clone.reporting.user}"`,
      ),
    );
    const stage = new RawSqlStage(small, clone);
    await stage.apply(DEAL_ROW, DEAL);
    await stage.deal('A1', 'Alpha', 100_000);
    await stage.deal('A2', 'Alpha', 200_000);
    await stage.deal('B1', 'Beta', 400_000);
    return stage;
  }

  /** As the process that migrates would: with the owner's rights. */
  async apply(...definitions: Doctype[]): Promise<void> {
    const owner = await connectToMigrate(this.small.clone.superuser);
    await owner.script(`set role "${this.small.ownerRole}"`);
    const roles = rolesOf(this.small.ownerRole.replace(/_owner$/, ''));
    const outcomes = await applyDoctypes(owner, roles, definitions);
    await owner.close();
    const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
  }

  async close(): Promise<void> {
    await this.reporting.close();
    await this.store.keeper.settled();
    await this.policies.close();
    await this.small.close();
  }

  async deal(name: string, company: string, fee: number): Promise<void> {
    const values = { title: `Deal ${name}`, note: `note ${name}`, pin: `pin ${name}` };
    await this.small.insert('deal', { name, company, fee, ...values });
    for (const [table, item] of [
      ['parts', 'bolt'],
      ['costs', 'hours'],
    ] as const) {
      await this.small.superuser.run(
        sql(
          `insert into doc.deal_row (name, parent_id, parenttype, parentfield, idx, item, cost)
           select gen_random_uuid()::text, id, 'Deal', $2, 1, $3, 70000 from doc.deal where name = $1`,
          name,
          table,
          item,
        ),
      );
    }
  }

  /** A rule and a grant to report on a doctype; the grant's name. */
  async give(
    user: string,
    document_type: string,
    scope: Scope,
    more: { readonly levels?: readonly number[]; readonly actions?: readonly Action[] } & Record<
      string,
      unknown
    > = {},
  ): Promise<string> {
    return await this.small.give(user, scope, { document_type, actions: ['report'], ...more });
  }

  /** Somebody who exists and signed in, with a session of their own. */
  async signIn(user: string): Promise<Caller> {
    const hash = randomBytes(32);
    const known = await this.small.value('select name from doc."user" where name = $1', user);
    if (known === null) {
      await this.small.insert('user', { name: user, email: user, full_name: user, enabled: 1 });
    }
    await this.small.superuser.run(
      sql(
        `insert into sys.session (hash, user_name, expires_at) values ($1, $2, now() + interval '1 hour')`,
        hash,
        user,
      ),
    );
    return {
      principal: principalNamed(user),
      credential: { kind: 'session', hash },
      ...{ requestId: 'r', door: 'test', address: null },
    };
  }

  /** Through both fences: the first column of each row. */
  async names(caller: Caller, text: string): Promise<(string | null)[]> {
    const { rows } = await this.reports.rawSql(caller, text);
    return rows.map(([name = null]) => name);
  }

  /** Past the first fence: with a ticket for just this text, as a parser fooled would leave it. */
  async pastFirst(caller: Caller, text: string): Promise<RawRows> {
    return await this.store.query(caller.credential, caller.principal.id, () => text, []);
  }

  /** A ticket for a statement in the transaction that a client has open. */
  async ticket({ principal, credential }: Caller, text: string, client: pg.Client) {
    const { rows } = await client.query('select pg_backend_pid() pid, now()::text begun');
    const { text: call, values } = issueTicket(credential, text, rows[0]);
    const result = await this.small.as(principal.id, 'report', call, ...values);
    return String(result.rows[0]?.[0]);
  }

  /** Runs work on a bare connection of the reporting login. */
  async bare<Value>(work: (client: pg.Client) => Promise<Value>): Promise<Value> {
    return await RawSqlStage.bareOf(this.address, work);
  }

  /** The same with any login. */
  static async bareOf<Value>(
    address: DatabaseAddress,
    work: (client: pg.Client) => Promise<Value>,
  ): Promise<Value> {
    const client = new pg.Client({ ...address });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}
