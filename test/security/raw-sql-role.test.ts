/**
 * The second fence alone: SQL of anybody's choice under the reporting login, without the parser
 * before it, on the PostgreSQL that comes with us.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { Caller } from '../../src/identity/caller.ts';
import { Database } from '../../src/store/database.ts';
import { ALLOWED_FUNCTIONS } from '../../src/store/raw-sql/allowed-names.ts';
import { ReportingConnections } from '../../src/store/raw-sql/reporting-connection.ts';
import { digestOf } from '../../src/store/raw-sql/ticket.ts';
import { ATTACKS } from './raw-sql-attacks.ts';
import { RawSqlStage } from './raw-sql-stage.ts';
import { refusedWith, sql } from './small-company.ts';

const DENIED = /^(42501|25006)$/;
const NO_TICKET = /^BW001$/;
const SEEN = 'select name from reports.deal order by name';
const ANYWHERE = [
  ['Company', '*'],
  ['Company', '(blank)'],
] as const;

let stage: RawSqlStage;
let boss: Caller;
let clerk: Caller;
let split: Caller;

before(async () => {
  stage = await RawSqlStage.open();
  await stage.give('boss', 'Deal', ANYWHERE, { levels: [0, 1, 2] });
  await stage.give('clerk', 'Deal', [['Company', 'Alpha']]);
  await stage.give('split', 'Deal', ANYWHERE);
  await stage.give('split', 'Deal', [['Company', 'Beta']], { levels: [0, 1] });
  [boss, clerk, split] = (await Promise.all(
    ['boss', 'clerk', 'split'].map((name) => stage.signIn(name)),
  )) as [Caller, Caller, Caller];
});

after(async () => {
  await stage?.close();
});

const names = ({ rows }: { rows: readonly (readonly (string | null)[])[] }) =>
  rows.map(([name]) => name);

/** In a transaction of the reporting login that has redeemed a ticket of somebody's. */
async function redeemed<Value>(
  caller: Caller,
  text: string,
  work: (client: pg.Client) => Promise<Value>,
): Promise<Value> {
  return await stage.bare(async (client) => {
    await client.query('begin read only');
    const ticket = await stage.ticket(caller, text, client);
    await client.query('select ticket.redeem($1)', [ticket]);
    return await work(client);
  });
}

test('what is more than seeing the views is refused to the login, and works for others', async () => {
  for (const { what, text, control: other = text } of ATTACKS) {
    await refusedWith(DENIED, stage.pastFirst(boss, text)).catch((error) => {
      throw new Error(`${what}: ${error}`, { cause: error });
    });
    const control = stage.small.superuser.transaction(async ({ run }) => {
      await run(sql(other));
      throw new Error('undone');
    });
    await assert.rejects(control, /undone/, what);
  }
  assert.deepEqual(names(await stage.pastFirst(boss, SEEN)), ['A1', 'A2', 'B1']);
});

test('the login owns nothing, belongs to no role, and reads the views alone', async () => {
  const { user } = stage.address;
  const views = user.replace(/_report$/, '_views');
  const ask = async (text: string) =>
    (await stage.small.superuser.run(sql(text, user)))[0]?.rows.map(([name]) => name);
  const relations = `select c.oid::regclass::text from pg_class c
    where c.relkind in ('r', 'v', 'm', 'S', 'p', 'f') and c.relnamespace <> 'pg_toast'::regnamespace
      and case c.relkind when 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update')
        else has_table_privilege($1, c.oid, 'insert, update, delete, truncate, references, trigger')
          or c.relnamespace <> 'reports'::regnamespace and has_any_column_privilege($1, c.oid, 'select')
            and has_schema_privilege($1, c.relnamespace, 'usage') end`;
  assert.deepEqual(await ask(relations), []);
  const volatile = `select p.proname from pg_proc p where has_function_privilege($1, p.oid, 'execute')
    and p.provolatile = 'v' and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
    and has_schema_privilege($1, p.pronamespace, 'usage') order by 1`;
  assert.deepEqual(await ask(volatile), ['clock_timestamp', 'redeem']);
  const powers = `select rolname from pg_roles r where rolname = $1 and (rolsuper or rolbypassrls
    or rolcreaterole or rolcreatedb or rolreplication
    or exists (select from pg_auth_members m where m.member = r.oid)
    or exists (select from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o'))`;
  assert.deepEqual(await ask(powers), []);
  const bent = `select p.proname from pg_proc p
    where p.pronamespace in ('sys'::regnamespace, 'ticket'::regnamespace)
      and has_function_privilege($1, p.oid, 'execute')
      and not coalesce(p.proconfig::text[], '{}') @> array['search_path=""']`;
  assert.deepEqual(await ask(bent), []);
  const [odd, missing] = await stage.small.superuser.run(
    sql(
      `select c.relname from pg_class c where c.relnamespace = 'reports'::regnamespace
       and not (c.relkind = 'v' and 'security_barrier=true' = any (c.reloptions)
         and pg_get_userbyid(c.relowner) = $1)`,
      views,
    ),
    sql(`select d.name from sys.doctype d left join pg_views v
      on v.schemaname = 'reports' and v.viewname = d.table_name where v.viewname is null`),
  );
  assert.deepEqual([odd?.rows, missing?.rows], [[], []]);
});

test('what the first fence lists is in the catalogue, and none of it changes or reads anything', async () => {
  const [missing, odd] = await stage.small.superuser.run(
    sql(
      `select name from unnest($1::text[]) name where not exists (select from pg_proc
       where proname = name and pronamespace = 'pg_catalog'::regnamespace)`,
      [...ALLOWED_FUNCTIONS],
    ),
    // Of what opens catalogues or files, PostgreSQL itself takes the right from everybody.
    sql(
      `select distinct p.proname from pg_proc p where p.proname = any ($1)
       and p.pronamespace = 'pg_catalog'::regnamespace
       and (p.provolatile = 'v' or not has_function_privilege($2, p.oid, 'execute'))`,
      [...ALLOWED_FUNCTIONS],
      stage.address.user,
    ),
  );
  // `coalesce`-like words that are functions to the grammar only would show up here.
  assert.deepEqual([missing?.rows, odd?.rows], [[], []]);
});

test('without a ticket there is no row, and a setting is none', async () => {
  const claim = `boss\x1f${digestOf(SEEN)}\x1f${'0'.repeat(64)}`;
  await stage.bare(async (client) => {
    await refusedWith(NO_TICKET, client.query(SEEN));
    for (const forged of [claim, '', `boss\x1f\x1f`, 'boss']) {
      await client.query('begin');
      await client.query(`set local "bailiwick.report" = '${forged}'`);
      await refusedWith(NO_TICKET, client.query(SEEN));
      await client.query('rollback');
    }
    // A claim of the application's kind is no ticket either.
    const { rows } = await stage.small.as(
      ...(['boss', 'report', `select current_setting('bailiwick.claim')`] as const),
    );
    await client.query('begin');
    await client.query(`set local "bailiwick.claim" = '${rows[0]?.[0]}'`);
    await refusedWith(NO_TICKET, client.query(SEEN));
    await client.query('rollback');
    for (const text of ['', 'x', claim, `a\x1f`.repeat(6), 'é'.repeat(9)]) {
      await refusedWith(NO_TICKET, client.query('select ticket.redeem($1)', [text]));
    }
    await refusedWith(NO_TICKET, client.query('select ticket.redeem(null)'));
  });
  assert.equal((await redeemed(boss, SEEN, (client) => client.query(SEEN))).rowCount, 3);
});

test('a ticket opens rows to its own statement and to no other', async () => {
  const other = 'select count(*) from reports.deal';
  await redeemed(boss, SEEN, async (client) => {
    await refusedWith(NO_TICKET, client.query(other));
  });
  await redeemed(boss, SEEN, async (client) => {
    await refusedWith(NO_TICKET, client.query(`${other}; ${SEEN}`));
  });
  await redeemed(boss, SEEN, async (client) => {
    await client.query(`prepare p as ${SEEN}`);
    await refusedWith(NO_TICKET, client.query('execute p'));
  });
  assert.equal((await redeemed(boss, other, (client) => client.query(other))).rows[0].count, '3');
});

test('a ticket is for one transaction of one connection, and is used once', async () => {
  await stage.bare(async (client) => {
    await client.query('begin read only');
    const ticket = await stage.ticket(boss, SEEN, client);
    await stage.bare(async (thief) => {
      await thief.query('begin read only');
      await refusedWith(NO_TICKET, thief.query('select ticket.redeem($1)', [ticket]));
    });
    await client.query('select ticket.redeem($1)', [ticket]);
    assert.equal((await client.query(SEEN)).rowCount, 3);
    const { rows } = await client.query('show "bailiwick.report"');
    await refusedWith(NO_TICKET, client.query('select ticket.redeem($1)', [ticket]));
    await client.query('rollback');
    await client.query('begin read only');
    await refusedWith(NO_TICKET, client.query('select ticket.redeem($1)', [ticket]));
    await client.query('rollback');
    // What a transaction was given is of no use in the next, in the same session neither.
    await client.query('begin read only');
    await client.query(`set local "bailiwick.report" = '${rows[0]['bailiwick.report']}'`);
    await refusedWith(NO_TICKET, client.query(SEEN));
  });
});

test('a ticket cannot be widened: not to another person, statement or time', async () => {
  await stage.bare(async (client) => {
    const attempt = async (change: (parts: string[]) => void): Promise<unknown> => {
      await client.query('begin read only');
      const parts = (await stage.ticket(clerk, SEEN, client)).split('\x1f');
      change(parts);
      const done = client.query('select ticket.redeem($1)', [parts.join('\x1f')]);
      return await done.finally(() => client.query('rollback'));
    };
    await attempt(() => {});
    const changes: ((parts: string[]) => void)[] = [
      (parts) => parts.splice(0, 1, 'boss'),
      (parts) => parts.splice(3, 1, digestOf('select 1')),
      (parts) => parts.splice(5, 1, '2099-01-01'),
      (parts) => parts.splice(0, 2, `${parts[0]}\x1f${parts[1]}`, ''),
      (parts) => parts.push(''),
      (parts) => parts.pop(),
    ];
    for (const change of changes) await refusedWith(NO_TICKET, attempt(change));
  });
});

test('INVARIANT (revoked-means-now): a ticket ends with its time, its session, its user, and with any change of permissions', async () => {
  const late = async (change: () => Promise<unknown>, caller: Caller): Promise<unknown> =>
    await stage.bare(async (client) => {
      await client.query('begin read only');
      const ticket = await stage.ticket(caller, SEEN, client);
      await change();
      return await client.query('select ticket.redeem($1)', [ticket]);
    });
  const run = async (text: string) => await stage.small.superuser.run(sql(text));
  await late(async () => {}, clerk);
  await refusedWith('BW503', () => late(() => stage.give('x', 'Deal', []), clerk));
  const eve = await stage.signIn('eve');
  await stage.give('eve', 'Deal', ANYWHERE);
  await refusedWith('BW401', () =>
    late(() => run(`delete from sys.session where user_name = 'eve'`), eve),
  );
  await refusedWith('BW401', stage.reports.rawSql(eve, 'select name from deal'));
  const ivy = await stage.signIn('ivy');
  await stage.give('ivy', 'Deal', ANYWHERE);
  await refusedWith('BW401', () =>
    late(
      () => run(`update doc."user" set enabled = 0, version = version + 1 where name = 'ivy'`),
      ivy,
    ),
  );
  // Only the owner can sign one that has ended; one that it signs for later is good.
  for (const [seconds, isGood] of [
    [-1, false],
    [5, true],
  ] as const) {
    await stage.bare(async (client) => {
      await client.query('begin read only');
      const { rows } = await client.query('select pg_backend_pid() pid, now()::text begun');
      const parts = (await stage.ticket(clerk, SEEN, client)).split('\x1f').slice(0, 6);
      parts[5] = new Date(Date.now() + seconds * 1000).toISOString();
      const content = parts.join('\x1f');
      const mac = await stage.small.value(
        `select sys.mac_for('ticket' || $1, $2::int, $3::timestamptz)`,
        ...[content, rows[0].pid, rows[0].begun],
      );
      const redeem = client.query('select ticket.redeem($1)', [`${content}\x1f${mac}`]);
      if (isGood) await redeem;
      else await refusedWith(NO_TICKET, redeem);
    });
  }
});

test('tickets are issued under a claim to report, and for a person by their own sign-in only', async () => {
  const call = 'select sys.issue_ticket($1, $2, $3, 1, now())';
  const hashOf = ({ credential }: Caller): string =>
    'hash' in credential ? credential.hash.toString('hex') : '';
  const issue = async (who: string, action: 'read' | 'report', kind: string, proof: string) =>
    await stage.small.as(who, action, call, kind, proof, digestOf(SEEN));
  await issue('clerk', 'report', 'session', hashOf(clerk));
  await refusedWith(NO_TICKET, issue('clerk', 'read', 'session', hashOf(clerk)));
  await refusedWith('BW401', issue('boss', 'report', 'session', hashOf(clerk)));
  await refusedWith('BW401', issue('boss', 'report', 'named', ''));
  await refusedWith('BW401', issue('boss', 'report', 'token', 'x'));
  await refusedWith('BW401', issue('boss', 'report', 'anything', hashOf(boss)));
  await refusedWith(NO_TICKET, stage.small.app.run(sql(call, 'named', '', 'x')));
});

test('errors speak of no row and no value that is hidden', async () => {
  const statements = (condition: string): string[] => [
    `select name from reports.deal where 1 / (case when ${condition} then 0 else 1 end) = 1`,
    `select name from reports.deal where (case when ${condition} then title else '1' end)::int = 1`,
    `select name from reports.deal order by 1 / (case when ${condition} then 0 else 1 end)`,
    `select sum(ln(case when ${condition} then -1 else 1 end)) from reports.deal`,
  ];
  for (const text of statements(`name = 'B1'`)) {
    await refusedWith(/^22/, stage.pastFirst(boss, text));
    await stage.pastFirst(clerk, text);
  }
  // A value that is closed on a row is nothing there, for errors too.
  for (const text of statements(`fee > 0 and company = 'Alpha'`)) {
    await refusedWith(/^22/, stage.pastFirst(boss, text));
    await stage.pastFirst(split, text);
  }
  const [, cast = ''] = statements(`name = 'A1'`);
  await assert.rejects(stage.pastFirst(clerk, cast), (error: Error) => {
    assert.match(String(error.cause), /Deal A1/);
    assert.doesNotMatch(error.message, /Deal A1/);
    return true;
  });
});

test('estimates are told to nobody: an EXPLAIN is no subquery', async () => {
  const text = 'explain select * from reports.deal';
  assert.ok((await stage.pastFirst(boss, text)).rows.length > 0);
  await refusedWith('42601', stage.pastFirst(boss, `select * from (${text}) q`));
});

test('a statement is stopped in time, whatever it says about it, and is one statement', async () => {
  const short = new ReportingConnections(stage.address, 1);
  const ask = async (text: string) =>
    await short.run(text, async ({ pid, begun }) => {
      const call = 'select sys.issue_ticket($1, $2, $3, $4, $5)';
      const hash = 'hash' in boss.credential ? boss.credential.hash.toString('hex') : '';
      const values = ['session', hash, digestOf(text), pid, begun] as const;
      const result = await stage.small.as('boss', 'report', call, ...values);
      return String(result.rows[0]?.[0]);
    });
  try {
    const endless =
      'with recursive a as (select 1 as n union all select n + 1 from a) select count(*) from a';
    await refusedWith('57014', ask(endless));
    await refusedWith('57014', ask('select count(*) from generate_series(1, 1e12)'));
    await refusedWith('42601', ask(`set statement_timeout = 0; ${endless}`));
    await refusedWith('42601', ask('select 1; select 2'));
    // Setting it for its own transaction is no statement before another: each has its own session.
    await ask('set statement_timeout = 0');
    await refusedWith('57014', ask(endless));
    assert.equal((await ask('select 1')).rows[0]?.[0], '1');
  } finally {
    await short.close();
  }
  const limit = await stage.bare(async (client) => await client.query('show temp_file_limit'));
  assert.equal(limit.rows[0].temp_file_limit, '512MB');
});

test('what somebody leaves behind is gone: settings, listening, locks', async () => {
  await stage.pastFirst(boss, `set "bailiwick.left" = 'x'`);
  await stage.pastFirst(boss, 'listen anything');
  for (let i = 0; i < 4; i++) {
    const { rows } = await stage.pastFirst(boss, `select pg_catalog.version() is not null`);
    assert.equal(rows[0]?.[0], 't');
    await refusedWith('42704', stage.pastFirst(boss, 'show "bailiwick.left"'));
  }
});

test('the application may not read the views, nor the reporting login open a request', async () => {
  const app = new Database(stage.small.clone.address, 1);
  try {
    await refusedWith('42501', app.run(sql(SEEN)));
    await refusedWith('42501', app.run(sql(`select ticket.redeem('x')`)));
  } finally {
    await app.close();
  }
});
