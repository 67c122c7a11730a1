/**
 * INVARIANT (one-truth) for raw SQL: on the demo company, each persona's reports show exactly the
 * documents, and of the fields above level 0 exactly the values, that the kernel opens to them.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { PERSONAS } from '../../apps/demo/personas.ts';
import { levelsAnywhere, listFilter, mayEver, principalNamed } from '../../src/authz/index.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { isColumn } from '../../src/doctype/definition.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Reports } from '../../src/reports/raw-sql.ts';
import { Database } from '../../src/store/database.ts';
import { filterToSql } from '../../src/store/filter-to-sql.ts';
import { ReportingConnections } from '../../src/store/raw-sql/reporting-connection.ts';
import { Parameters } from '../../src/store/statement.ts';
import { Store } from '../../src/store/store.ts';
import type { Table } from '../../src/store/table.ts';
import { cloneDatabase, type ReportingDatabase } from '../support/test-server.ts';

let clone: ReportingDatabase;
let databases: Database[];
let reporting: ReportingConnections;
let store: Store;
let reports: Reports;

before(async () => {
  clone = await cloneDatabase('demo');
  databases = [clone.superuser, clone.address, clone.address].map((at) => new Database(at, 4));
  const [, app, policies] = databases as [Database, Database, Database];
  reporting = new ReportingConnections(clone.reporting);
  store = new Store(app, policies, Date.now, { reporting });
  reports = new Reports(store);
});

after(async () => {
  await store?.keeper.settled();
  await reporting?.close();
  for (const database of databases ?? []) await database.close();
  await clone?.drop();
});

async function callerOf(user: string): Promise<Caller> {
  const hash = randomBytes(32);
  await databases[0]?.run({
    text: `insert into sys.session (hash, user_name, expires_at) values ($1, $2, now() + interval '1 hour')`,
    values: [hash, user],
  });
  const credential = { kind: 'session', hash } as const;
  const principal = principalNamed(user);
  return { principal, credential, requestId: 'r', door: 'test', address: null };
}

/** Names of documents that meet the kernel's filter, by the superuser, whom no policy binds. */
async function expected(
  table: Table,
  where: ReturnType<typeof listFilter>,
  me: string,
  more: string,
): Promise<(string | null)[]> {
  const parameters = new Parameters();
  const condition = filterToSql(where, table, me, parameters);
  const text = `select name from ${table.sql} where (${condition}) and ${more} order by name`;
  const [result] = (await databases[0]?.run({ text, values: parameters.values })) ?? [];
  return (result?.rows ?? []).map(([name = null]) => name);
}

test('INVARIANT (one-truth): raw SQL shows what the kernel opens for reports, and no more', async () => {
  let documents = 0;
  let partly = 0;
  for (const { user } of PERSONAS) {
    const caller = await callerOf(user);
    const { world, tables, doctypes } = await store.policy();
    for (const [doctype, table] of tables) {
      // What belongs to others is shown with those: see `belongings-reports.test.ts`.
      if (doctypes.get(doctype)?.istable || doctypes.get(doctype)?.governed_by) continue;
      const now = Date.now();
      const request = { principal: caller.principal, action: 'report' as const, doctype, now };
      const all = expected(table, listFilter(world, request), user, 'true');
      const names = async (where: string): Promise<(string | null)[] | string> =>
        await reports
          .rawSql(caller, `select name from "${doctype}" where ${where} order by name`)
          .then(({ rows }) => rows.map(([name = null]) => name))
          .catch((error) => error.code);
      if (!mayEver(world, request)) {
        assert.deepEqual(await all, [], `${user} ${doctype}`);
        assert.match(String(await names('true')), /^(forbidden|unknown_doctype)$/);
        continue;
      }
      const wanted = await all;
      if (wanted.length > LIMITS.reportRows) {
        assert.equal(await names('true'), 'too_large');
        continue;
      }
      assert.deepEqual(await names('true'), wanted, `${user} ${doctype}`);
      documents += wanted.length;
      const levels = levelsAnywhere(world, request);
      for (const field of doctypes.get(doctype)?.fields.filter(isColumn) ?? []) {
        const { fieldname, level = 0 } = field;
        if (level === 0 || !levels.has(level)) continue;
        const open = listFilter(world, request, level);
        const known = await expected(table, open, user, `"${fieldname}" is not null`);
        assert.deepEqual(await names(`"${fieldname}" is not null`), known, `${user} ${fieldname}`);
        partly += known.length;
      }
    }
  }
  assert.ok(documents > 5_000 && partly > 0, `${documents} documents, ${partly} values`);
});
