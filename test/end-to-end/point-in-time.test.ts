/**
 * Recovery of a PostgreSQL of somebody's own to a moment between two backups, as
 * `docs/guides/backup.md` says it: a base backup, an archive, and a time.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { urlFor } from '../support/external-postgres.ts';
import { run, until } from '../support/program.ts';

const PASSWORD = 'the-administrators-own-password';
const PROGRAMS = globSync('/usr/{lib,local}/{postgresql,pgsql}*/{*/bin,bin}/pg_basebackup')
  .map((path) => join(path, '..'))
  .find((folder) => existsSync(join(folder, 'initdb')));

const folder = mkdtempSync(join(tmpdir(), 'bw-pitr-'));
let stop = (): void => {};

after(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

/** PostgreSQL refuses to run as root. */
const account = ((): { uid: number; gid: number } | null => {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
})();

function command(program: string, ...words: string[]): void {
  execFileSync(join(PROGRAMS ?? '', program), words, {
    ...{ cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] as const, ...account },
    env: { PGPASSWORD: PASSWORD, PATH: process.env['PATH'] },
  });
}

const at = (name: string): string => join(folder, name);
const address = (database: string) => ({
  ...{ host: folder, port: 5432, database, user: 'dba', password: PASSWORD },
});

async function ask(text: string, database = 'bailiwick'): Promise<string> {
  const connection = new Database(address(database), 1);
  try {
    const [answer] = await connection.run({ text, values: [] });
    return String(answer?.rows[0]?.[0]);
  } finally {
    await connection.close();
  }
}

function startOn(data: string): void {
  const settings = `-k '${folder}' -c listen_addresses=''`;
  command('pg_ctl', '-D', data, '-w', '-l', at('log'), '-o', settings, 'start');
  stop = () => command('pg_ctl', '-D', data, '-m', 'fast', 'stop');
}

const skip = PROGRAMS === undefined && 'no PostgreSQL with pg_basebackup on this machine';

test('a server is recovered to the moment before a mistake, and answers as of then', {
  skip,
}, async () => {
  chmodSync(folder, 0o711);
  for (const name of ['archive', 'data', 'base', 'installation'])
    mkdirSync(at(name), { mode: 0o700 });
  if (account) {
    for (const name of ['', 'archive', 'data', 'base'])
      chownSync(at(name), account.uid, account.gid);
  }
  writeFileSync(at('password'), PASSWORD, { mode: 0o644 });
  command(
    'initdb',
    '-D',
    at('data'),
    '-U',
    'dba',
    '-A',
    'scram-sha-256',
    '--pwfile',
    at('password'),
    '-E',
    'UTF8',
    '-N',
  );
  appendFileSync(
    at('data/postgresql.conf'),
    `archive_mode = on\narchive_command = 'test ! -f ${at('archive')}/%f && cp %p ${at('archive')}/%f'\n`,
  );
  startOn(at('data'));
  const env = {
    BAILIWICK_DATA: at('installation'),
    DATABASE_URL: urlFor(address('bailiwick')),
  };
  const made = await run(['migrate'], { env });
  assert.equal(made.code, 0, made.errors);
  command(
    'pg_basebackup',
    '-D',
    at('base'),
    '-h',
    folder,
    '-p',
    '5432',
    '-U',
    'dba',
    '-X',
    'none',
    '-c',
    'fast',
  );
  const insert = (name: string): string =>
    `insert into doc.company (name, owner, creation, modified, modified_by)
     values ('${name}', 'ann', now(), now(), 'ann')`;
  await ask(insert('Good'));
  const moment = await ask(`select clock_timestamp()::text`);
  await until(async () =>
    (await ask(`select clock_timestamp() > '${moment}'`)) === 't' ? true : null,
  );
  await ask(insert('Mistake'));
  const segment = await ask('select pg_walfile_name(pg_switch_wal())');
  await until(async () => (existsSync(join(at('archive'), segment)) ? true : null));
  stop();
  appendFileSync(
    at('base/postgresql.conf'),
    `archive_mode = off\nrestore_command = 'cp ${at('archive')}/%f %p'
recovery_target_time = '${moment}'\nrecovery_target_action = 'promote'\n`,
  );
  writeFileSync(at('base/recovery.signal'), '');
  startOn(at('base'));
  await until(async () => ((await ask('select not pg_is_in_recovery()')) === 't' ? true : null));
  assert.equal(
    await ask(`select string_agg(name, ' ') from doc.company where name in ('Good', 'Mistake')`),
    'Good',
  );
  const health = await run(['doctor'], { env });
  assert.equal(health.code, 0, health.output + health.errors);
});
