/** Permission records as somebody with the database could put them there: for what nobody gives. */
import type { ScopeEntry } from '../../apps/demo/personas.ts';
import { Database, type DatabaseAddress } from '../../src/store/database.ts';
import type { Statement } from '../../src/store/statement.ts';

type Row = Readonly<Record<string, unknown>>;

/** Every value and the blank of each dimension. */
export function everywhere(dimensions: readonly string[]): ScopeEntry[] {
  return dimensions.flatMap((dimension) =>
    ['*', '(blank)'].map((value) => ({ dimension, value, descendants: 0 as const })),
  );
}

const CHAIN_ROWS = 500;

export class PermissionRows {
  private readonly database: Database;

  /** With the superuser's address. */
  constructor(address: DatabaseAddress) {
    this.database = new Database(address, 1);
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  /** A rule in force, of level 0 and within, unless it says otherwise. */
  async rule(role: string, document_type: string, actions: readonly string[], more: Row = {}) {
    const name = `${role}: ${document_type}, put there`;
    const inForce = { levels: [0], reach: 'within', status: 'in force' };
    await this.put('role_rule', { name, role, document_type, actions, ...inForce, ...more });
    return name;
  }

  /** A grant to a user, or to a group written `#group`. */
  async grant(to: string, role: string, scope: readonly ScopeEntry[] = [], more: Row = {}) {
    const name = `${role} of ${to}, put there`;
    const [grantee_type, grantee] = granteeOf(to);
    await this.put('grant', { name, grantee_type, grantee, role, ...more });
    await this.scope('grant', 'Grant', name, scope);
    return name;
  }

  /** An authority of a user, or of a group written `#group`. */
  async authority(of: string, roles: readonly string[], scope: readonly ScopeEntry[] = []) {
    const name = `authority of ${of}, put there`;
    const [holder_type, holder] = granteeOf(of);
    await this.put('granting_authority', { name, holder_type, holder, roles });
    await this.scope('granting_authority', 'Granting Authority', name, scope);
    return name;
  }

  /** Enables a user, whatever they hold. */
  async enable(user: string): Promise<void> {
    await this.run('update doc."user" set enabled = 1 where name = $1', user);
  }

  /** Documents of a tree, each below the one before it: put there without looking for cycles. */
  async chain(table: string, parentField: string, documents: readonly Row[]): Promise<void> {
    const rows = documents.map((one, depth) => ({
      ...{ owner: 'test', modified_by: 'test', docstatus: 0 },
      ...{ creation: '2026-01-01', modified: '2026-01-01' },
      ...{ ...one, [parentField]: documents[depth - 1]?.['name'] ?? null },
    }));
    const columns = Object.keys(rows[0] ?? {}).map((name) => `"${name}"`);
    const plain = (text: string): Statement => ({ text, values: [] });
    await this.database.run(plain(`alter table doc."${table}" disable trigger refuse_cycle`));
    // Every row makes a cell, and counting up costs more the more of it one transaction does.
    for (let first = 0; first < rows.length; first += CHAIN_ROWS) {
      await this.database.run({
        text:
          `insert into doc."${table}" (${columns.join(', ')}) select ${columns.join(', ')} ` +
          `from jsonb_populate_recordset(null::doc."${table}", $1)`,
        values: [JSON.stringify(rows.slice(first, first + CHAIN_ROWS))],
      });
    }
    await this.database.run(plain(`alter table doc."${table}" enable trigger refuse_cycle`));
  }

  /** A row of a doctype's table; lists become JSON. */
  async put(table: string, row: Row): Promise<void> {
    const standard = {
      ...{ owner: 'system:test', modified_by: 'system:test', docstatus: 0 },
      ...{ creation: '2026-01-01 00:00:00', modified: '2026-01-01 00:00:00' },
    };
    const full = { ...standard, ...row };
    const names = Object.keys(full).map((name) => `"${name}"`);
    await this.run(
      `insert into doc."${table}" (${names.join(', ')})
       select ${names.join(', ')} from jsonb_populate_record(null::doc."${table}", $1)`,
      JSON.stringify(full),
    );
  }

  async run(text: string, ...values: Statement['values']): Promise<void> {
    await this.database.run({ text, values });
  }

  private async scope(table: string, doctype: string, name: string, scope: readonly ScopeEntry[]) {
    for (const [index, { dimension, value, descendants }] of scope.entries()) {
      await this.run(
        `insert into doc.grant_scope
           (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
         select gen_random_uuid()::text, id, $2, 'scope', $3, $4, $5, $6
         from doc."${table}" where name = $1`,
        ...[name, doctype, index + 1, dimension, value, descendants],
      );
    }
  }
}

function granteeOf(to: string): readonly ['User' | 'Group', string] {
  return to.startsWith('#') ? ['Group', to.slice(1)] : ['User', to];
}
