/** `backup` and `restore` as a person runs them: embedded, to a PostgreSQL of others, and back. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Manifest } from '../../src/store/backup/manifest.ts';
import { Database } from '../../src/store/database.ts';
import {
  type ExternalPostgres,
  findPostgres,
  startPostgres,
  urlFor,
} from '../support/external-postgres.ts';
import { type Ended, run, start } from '../support/program.ts';

let server: ExternalPostgres;
let folder: string;

before(async () => {
  const { folder: programs, version } = await findPostgres();
  server = startPostgres(programs, version);
  folder = mkdtempSync(join(tmpdir(), 'bw-cli-backup-'));
  chmodSync(folder, 0o711);
});

after(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

async function did(words: string[], env: Record<string, string>, code = 0): Promise<Ended> {
  const ended = await run(words, { env });
  assert.equal(ended.code, code, ended.errors + ended.output);
  return ended;
}

/** Of each table that a restore leaves as it is, what its file said. */
function sums(backup: string): string[] {
  const { content } = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'));
  const own = ['epoch', 'permission_change', 'permission_history', 'audit_entry', 'token'];
  return (JSON.parse(content) as Manifest).tables
    .filter(({ name }) => !own.includes(name))
    .map(({ schema, name, rows, sha256 }) => `${schema}.${name} ${rows} ${sha256}`);
}

test('an installation goes to another PostgreSQL and back, and is healthy and equal there', async () => {
  const embedded = { BAILIWICK_DATA: at('first') };
  await did(['migrate'], embedded);
  await did(['backup', at('one')], embedded);
  const external = {
    BAILIWICK_DATA: at('second'),
    DATABASE_URL: urlFor(server.superuser('bailiwick')),
  };
  await did(['restore', at('one')], external);
  const again = await did(['restore', at('one')], external, 2);
  assert.match(again.errors, /holds an installation/);
  const { output } = await run(['doctor', '--json'], { env: external });
  const { checks } = JSON.parse(output) as { checks: { name: string; ok: boolean }[] };
  // The cluster of the tests does not wait for the disk, and is rightly told off for it.
  assert.deepEqual(
    checks.filter(({ ok }) => !ok).map(({ name }) => name),
    ['durability'],
    output,
  );
  assert.ok(checks.length >= 9);
  await did(['backup', at('two')], external);
  assert.deepEqual(sums(at('two')), sums(at('one')));
  const back = { BAILIWICK_DATA: at('third') };
  const said = await did(['restore', at('two')], back);
  assert.match(said.output, /each was compared/);
  await did(['doctor'], back);
  await did(['backup', at('three')], back);
  assert.deepEqual(sums(at('three')), sums(at('one')));
  assert.ok(sums(at('one')).length > 20);
});

test('who made the backup and who restored it stands in the log', async () => {
  const database = new Database(server.superuser('bailiwick'), 1);
  const [entries] = await database.run({
    text: `select action, principal from doc.audit_entry
      where action in ('command backup', 'command restore') order by id`,
    values: [],
  });
  await database.close();
  const words = ['command backup', 'command restore', 'command backup'];
  assert.deepEqual(
    entries?.rows,
    words.map((word) => [word, 'system:operator']),
  );
});

test('a dry run of a migration prints SQL and numbers, does nothing, and says what is refused', async () => {
  const env = { BAILIWICK_DATA: at('second'), DATABASE_URL: urlFor(server.superuser('bailiwick')) };
  const database = new Database(server.superuser('bailiwick'), 1);
  const ask = async (text: string): Promise<string> => {
    const [answer] = await database.run({ text, values: [] });
    return String(answer?.rows[0]?.[0]);
  };
  const left = `select count(*) from pg_attribute where attname = 'left_over' and not attisdropped`;
  await ask(`alter table doc.company add column left_over text default 'x'`);
  const same = await did(['migrate', '--dry-run'], env);
  assert.match(same.output, /Nothing was done\. 0 of \d+ doctypes would change/);
  const drop = ['--drop', 'Company.left_over'];
  const told = await did(['migrate', '--dry-run', ...drop], env);
  assert.match(told.output, /alter table doc\."company" drop column "left_over";/);
  assert.match(told.output, /drop left_over, with \d+ values/);
  assert.equal(await ask(left), '1');
  const wrong = ['--drop', 'Company.company_name', 'Company.nothing'];
  const refused = await did(['migrate', '--dry-run', ...wrong], env, 1);
  assert.match(refused.output, /nothing: there is no such field/);
  const failed = await did(['migrate', ...wrong], env, 2);
  assert.match(failed.errors, /nothing: there is no such field/);
  await did(['migrate', ...drop], env);
  assert.equal(await ask(left), '0');
  await database.close();
});

test("the application's login makes no backup", async () => {
  const password = readFileSync(join(at('second'), 'secrets', 'app'), 'utf8').trim();
  const address = server.address('bailiwick', 'bailiwick_app', password);
  const env = { BAILIWICK_DATA: at('second'), DATABASE_URL: urlFor(address) };
  const refused = await did(['backup', at('four')], env, 2);
  assert.match(refused.errors, /administrator's login/);
});

test('a backup or a restore that is killed leaves no backup, and nothing half restored', async () => {
  const env = { BAILIWICK_DATA: at('second'), DATABASE_URL: urlFor(server.superuser('bailiwick')) };
  const cut = start(['backup', at('cut')], { env });
  await errorsSay(cut, 'sys.doctype:');
  cut.process.kill('SIGKILL');
  await cut.ended;
  const half = await did(['restore', at('cut'), '--replace'], env, 2);
  assert.match(half.errors, /no backup, or one that was not finished/);
  const before = await documents();
  const killed = start(['restore', at('one'), '--replace'], { env });
  await errorsSay(killed, 'doc.role_rule:');
  killed.process.kill('SIGKILL');
  await killed.ended;
  assert.equal(await documents(), before);
  await did(['restore', at('one'), '--replace'], env);
});

/** Waits until the program has reported this. */
async function errorsSay(program: ReturnType<typeof start>, text: string): Promise<void> {
  const stream = program.process.stderr;
  assert.ok(stream);
  if (program.errors().includes(text)) return;
  await new Promise<void>((resolve, reject) => {
    stream.on('data', () => {
      if (program.errors().includes(text)) resolve();
    });
    program.ended.then(({ errors }) => reject(new Error(`it ended: ${errors}`)), reject);
  });
}

async function documents(): Promise<string> {
  const database = new Database(server.superuser('bailiwick'), 1);
  const [answer] = await database.run({
    text: `select (select count(*) from doc.audit_entry) || ' ' || (select value from sys.epoch)`,
    values: [],
  });
  await database.close();
  return String(answer?.rows[0]?.[0]);
}
