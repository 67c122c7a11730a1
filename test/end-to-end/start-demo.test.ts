/** `npm start` as a stranger meets it: killed, started again, asked while it works, stopped. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { generateDemo } from '../../apps/demo/generate.ts';
import { PERSONAS } from '../../apps/demo/personas.ts';
import { clientOf, signIn } from '../support/client.ts';
import { query } from '../support/people.ts';
import {
  databaseProcesses,
  freePort,
  type Program,
  run,
  runs,
  start,
  until,
} from '../support/program.ts';

const PASSWORD = 'a password that was said';
/** Process ids are read from /proc. */
const skip = process.platform === 'linux' ? false : 'needs Linux';
const TIMEOUT = { timeout: 240_000, skip };

let scratch = '';
let dataDir = '';
let port = '';
let url = '';
let demo: Program | null = null;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bw-start-'));
  await chmod(scratch, 0o711);
  dataDir = join(scratch, 'data');
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
});

after(async () => {
  demo?.process.kill('SIGTERM');
  await demo?.ended;
  await rm(scratch, { recursive: true, force: true });
});

function startDemo(more: Record<string, string> = {}): Program {
  demo = start(['start'], { env: { BAILIWICK_DATA: dataDir, PORT: port, ...more } });
  return demo;
}

/** The status of a path; null while nothing answers. */
async function statusOf(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url + path, { headers }).catch(() => null);
  return answer === null ? null : { status: answer.status, text: await answer.text() };
}

test('settings that cannot be are refused before anything is made', {
  timeout: 60_000,
}, async () => {
  const env = { BAILIWICK_DATA: dataDir, PORT: port };
  const refused = await Promise.all([
    run(['start'], { env: { ...env, HOST: '0.0.0.0' } }),
    run(['start'], { env: { ...env, BAILIWICK_X: '1' } }),
    run(['start'], { env: { ...env, PORT: 'http' } }),
    run(['serve'], { env: { PORT: port } }),
  ]);
  assert.deepEqual(
    refused.map(({ code }) => code),
    [2, 2, 2, 2],
  );
  const words = [/loopback/, /BAILIWICK_X/, /PORT/, /BAILIWICK_DATA/];
  for (const [index, { errors }] of refused.entries()) {
    assert.match(errors, words[index] ?? /never/);
    assert.doesNotMatch(errors, / at .*\.ts:/, 'no stack trace');
  }
  assert.ok(!existsSync(dataDir));
});

/** Resolves, with what the server answers then, when the demo has more documents than these. */
async function whenDemoHas(documents: number) {
  return await until(async () => {
    const answer = await statusOf('/api/resource/Company');
    const count = Number(/(\d+) documents/.exec(answer?.text ?? '')?.[1] ?? 0);
    return answer && count > documents ? answer : null;
  });
}

test('a first start that is told to stop while it makes the demo does so', TIMEOUT, async () => {
  const first = startDemo({ DEMO_PASSWORD: PASSWORD });
  await whenDemoHas(1_000);
  const { postgres, guardian } = databaseProcesses(dataDir);
  first.process.kill('SIGINT');
  const { code, output } = await first.ended;
  assert.equal(code, 0);
  assert.equal(output, '', 'nobody is told how to sign in');
  assert.deepEqual([runs(postgres), runs(guardian)], [false, false]);
});

test('one that is killed while it makes the demo leaves nothing running', TIMEOUT, async () => {
  const first = startDemo({ DEMO_PASSWORD: PASSWORD });
  const making = await whenDemoHas(4_000);
  assert.equal(making.status, 503);
  assert.equal(JSON.parse(making.text).code, 'unavailable');
  const page = await statusOf('/', { accept: 'text/html' });
  assert.equal(page?.status, 503);
  assert.match(page?.text ?? '', /Making the demo company: \d+ documents so far/);
  assert.equal((await statusOf('/healthz'))?.status, 200);
  assert.equal((await statusOf('/readyz'))?.status, 503);
  const { postgres, guardian } = databaseProcesses(dataDir);
  first.process.kill('SIGKILL');
  assert.equal((await first.ended).signal, 'SIGKILL');
  await until(async () => (runs(postgres) || runs(guardian) ? null : true));
});

test('the next start completes the demo, and tells how to sign in', TIMEOUT, async () => {
  await startDemo({ DEMO_PASSWORD: PASSWORD }).says('Stop with Ctrl-C');
  for (const { user } of PERSONAS) {
    assert.match(demo?.output() ?? '', new RegExp(`${user} +password ${PASSWORD} `));
  }
  const accounts = await signIn(url, 'accounts-manager', PASSWORD);
  const hr = await signIn(url, 'hr-manager', PASSWORD);
  const expected = countsOfDemo();
  for (const doctype of ['GL Entry', 'Sales Invoice', 'Payment Entry', 'Journal Entry']) {
    const { body } = await accounts.get(`/api/count/${doctype}`);
    assert.equal(body.data, expected.get(doctype), doctype);
  }
  const slips = await hr.get('/api/count/Salary Slip');
  assert.equal(slips.body.data, expected.get('Salary Slip of Larkspur UK'));
  const manager = await signIn(url, 'permission-manager', PASSWORD);
  const { body } = await manager.get('/api/resource/Grant/system:demo: Demo Loader');
  assert.ok(body.data.until, 'the loader gave its grant back');
  const authorities = await manager.get('/api/resource/Granting Authority');
  assert.equal(authorities.body.data.length, 1);
  const ofPersonas = query({ filters: [['grantee', 'like', '%@demo.test']] });
  const grants = await manager.get(`/api/count/Grant${ofPersonas}`);
  assert.equal(grants.body.data, PERSONAS.flatMap((persona) => persona.grants).length);
});

/** What the generator makes, by doctype. */
function countsOfDemo(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (key: string, count: number) => counts.set(key, (counts.get(key) ?? 0) + count);
  for (const { doctype, documents } of generateDemo()) {
    add(doctype, documents.length);
    const ours = documents.filter(({ values }) => values['company'] === 'Larkspur UK');
    add(`${doctype} of Larkspur UK`, ours.length);
  }
  return counts;
}

test(
  'another server on the same data or port is refused, and leaves nothing',
  TIMEOUT,
  async () => {
    const [sameData, samePort] = await Promise.all([
      run(['start'], { env: { BAILIWICK_DATA: dataDir, PORT: await freePort() } }),
      run(['start'], { env: { BAILIWICK_DATA: join(scratch, 'other'), PORT: port } }),
    ]);
    assert.deepEqual([sameData.code, samePort.code], [3, 3]);
    assert.match(sameData.errors, /is used by the server with process id \d+/);
    assert.match(samePort.errors, new RegExp(`Cannot listen on 127.0.0.1 port ${port}`));
    assert.ok(!existsSync(join(scratch, 'other')));
    assert.equal((await statusOf('/readyz'))?.status, 200);
  },
);

test('the command line answers beside the running server, and is audited', TIMEOUT, async () => {
  const env = { BAILIWICK_DATA: dataDir };
  const hr = await signIn(url, 'hr-manager', PASSWORD);
  const { body } = await hr.get('/api/resource/Salary Slip?limit_page_length=1');
  const slip = String(body.data[0].name);
  const about = (user: string): string[] => [user, 'read', 'Salary Slip', slip];
  const asHr = ['explain', '--as', 'hr-manager@demo.test', ...about('hr-manager@demo.test')];
  const [yes, no, asked, wrong, none, unknown, unknownDoctype] = await Promise.all([
    run(['explain', '--json', ...about('hr-manager@demo.test')], { env }),
    run(['explain', ...about('new-hire@demo.test')], { env }),
    run([...asHr, '--json'], { env, input: `${PASSWORD}\n` }),
    run(asHr, { env, input: 'not the password\n' }),
    run(asHr, { env }),
    run(['explain', ...about('nobody@demo.test')], { env }),
    run(['explain', 'new-hire@demo.test', 'read', 'Salary Slips'], { env }),
  ]);
  // 1 is the answer No, and nothing else is.
  assert.deepEqual(
    [yes, no, asked, wrong, none, unknown, unknownDoctype].map(({ code }) => code),
    [0, 1, 0, 2, 2, 2, 2],
  );
  assert.match(wrong.errors, /the password is not right/);
  assert.match(unknown.errors, /User `nobody@demo\.test` was not found/);
  assert.match(unknownDoctype.errors, /no doctype `Salary Slips`/);
  assert.equal(JSON.parse(yes.output).because[0].role, 'HR Manager');
  assert.match(no.output, /^No: new-hire@demo\.test may not read .*\n {2}missing: .*no Employee\n/);
  assert.deepEqual(JSON.parse(asked.output), JSON.parse(yes.output));
  const auditor = await signIn(url, 'auditor', PASSWORD);
  const entries = await auditor.get(
    `/api/resource/Audit Entry${query({
      filters: [['action', '=', 'command explain']],
      fields: ['principal', 'actor', 'document_name', 'door'],
    })}`,
  );
  const os = `os:${userInfo().username}`;
  const system = { principal: 'system:operator', actor: os, document_name: slip, door: 'cli' };
  const person = { ...system, principal: 'hr-manager@demo.test', actor: null };
  const found = entries.body.data as (typeof system | typeof person)[];
  assert.deepEqual(
    found.toSorted((a, b) => a.principal.localeCompare(b.principal)),
    [person, system, system],
  );
});

test('the command line answers about the past and the days to come', TIMEOUT, async () => {
  const env = { BAILIWICK_DATA: dataDir };
  const question = ['explain', 'hr-manager@demo.test', 'read', 'Salary Slip', '--json', '--at'];
  const [now, unknown, ahead, forecast, lines, none, asEmployee] = await Promise.all([
    run([...question, new Date().toISOString()], { env }),
    run([...question, '2001-01-01'], { env }),
    run([...question, '2999-01-01'], { env }),
    run(['forecast', '--days', '60', '--json'], { env }),
    run(['forecast'], { env }),
    run(['forecast', '--days', 'many'], { env }),
    run(['forecast', '--json', '--as', 'employee@demo.test'], { env, input: `${PASSWORD}\n` }),
  ]);
  assert.deepEqual(
    [now, unknown, ahead, forecast, lines, none, asEmployee].map(({ code }) => code),
    [0, 2, 2, 0, 0, 2, 0],
  );
  assert.match(JSON.parse(now.output).note, /^Decided by the permissions of .* UTC\.$/);
  assert.match(unknown.errors, /recorded since/);
  assert.match(ahead.errors, /lies ahead/);
  const { of, ending, unheld } = JSON.parse(forecast.output);
  assert.deepEqual([of, ending, unheld], ['everybody', [], []]);
  assert.match(lines.output, /^Nothing begins or ends until \d{4}-/);
  assert.match(none.errors, /`days` is a whole number/);
  assert.equal(JSON.parse(asEmployee.output).of, 'oneself');
});

test(
  'the command line says who sees a field, of whom, and what opens too much',
  TIMEOUT,
  async () => {
    const env = { BAILIWICK_DATA: dataDir };
    const who = ['who', 'read', 'Salary Slip', '--field', 'net_pay'];
    const asEmployee = ['--as', 'employee@demo.test'];
    const own = ['--user', 'employee@demo.test', '--json'];
    const input = `${PASSWORD}\n`;
    const [whole, lines, refused, self, mixed, lint] = await Promise.all([
      run([...who, '--by', 'Employee', '--limit', '1', '--json'], { env }),
      run([...who, '--by', 'Company'], { env }),
      run([...who, ...asEmployee], { env, input }),
      run([...who, ...asEmployee, ...own], { env, input }),
      run([...who.toSpliced(3, 0, 'SAL-1999-00001'), '--by', 'Company'], { env }),
      run(['lint', '--json'], { env }),
    ]);
    assert.deepEqual(
      [whole, lines, refused, self, mixed, lint].map(({ code }) => code),
      [0, 0, 2, 0, 2, 1],
    );
    const { principals, total } = JSON.parse(whole.output);
    assert.equal(principals.length, total);
    for (const { by } of principals) assert.equal(by.values.length, 1);
    assert.match(lines.output, /\n {2}hr-manager@demo.test: \d+ documents, .*company: Larkspur UK/);
    assert.match(lines.output, /\n {4}Larkspur UK: \d+\n/);
    const [one] = JSON.parse(self.output).principals;
    assert.equal(one.name, 'employee@demo.test');
    assert.match(mixed.errors, /--by does not go with/);
    const { findings } = JSON.parse(lint.output);
    assert.ok(findings.some(({ code }: { code: string }) => code === 'authority_over_all_roles'));
  },
);

test('doctor tells a sound installation from one that is not', TIMEOUT, async () => {
  const env = { BAILIWICK_DATA: dataDir };
  const sound = await run(['doctor'], { env });
  assert.equal(sound.code, 0, sound.output);
  assert.match(
    sound.output,
    /ok {4}row-level security: \d+ doctype tables, 0 of them without it\n/,
  );
  const secret = join(dataDir, 'secrets', 'app');
  await chmod(secret, 0o644);
  const unsound = await run(['doctor', '--json'], { env });
  await chmod(secret, 0o600);
  assert.equal(unsound.code, 1);
  const { healthy, checks } = JSON.parse(unsound.output);
  assert.equal(healthy, false);
  const failed = checks.filter(({ ok }: { ok: boolean }) => !ok);
  assert.deepEqual(
    failed.map(({ name }: { name: string }) => name),
    ['secrets'],
  );
});

test('what the README shows of the accident is what happens', TIMEOUT, async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const blocks = readme
    .split('```sh\n')
    .slice(1)
    .map((part) => part.split('```')[0] ?? '');
  const story = blocks.find((block) => block.startsWith('url='));
  const script = story
    ?.replace(/^url=.*$/m, `url=${url}`)
    .replace(/^password=.*$/m, `password='${PASSWORD}'`);
  const output = execFileSync('sh', ['-c', script ?? 'false'], { encoding: 'utf8' });
  const answers = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const told = answers.map(
    ({ message, data, allowed, code }) => code ?? allowed ?? data ?? message,
  );
  const [, none, missing, , slips, because, , manager, , ended, given, again, self] = told;
  assert.deepEqual([none, missing], [[], false]);
  assert.deepEqual([slips, because], [24, true]);
  assert.deepEqual([manager, ended], ['unknown_doctype', 'unknown_doctype']);
  assert.deepEqual([given.role, again, self], ['Employee', 24, 'self_gain']);
});

test('an ordinary user runs a copy beside it, without a demo', TIMEOUT, async (t) => {
  const nobody = 65_534;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) t.diagnostic('not root: the copy runs as this user');
  const folder = await mkdtemp(join(scratch, 'own-'));
  if (isRoot) await chown(folder, nobody, nobody);
  const env = { BAILIWICK_DATA: join(folder, 'data'), PORT: await freePort() };
  const copy = start(['serve'], { env, ...(isRoot ? { id: nobody } : {}) });
  await copy.says('Bailiwick serves on');
  const guest = clientOf(`http://127.0.0.1:${env.PORT}`);
  assert.equal((await guest.get('/readyz')).status, 200);
  const signingIn = guest.post('/api/method/login', { usr: 'employee@demo.test', pwd: PASSWORD });
  assert.equal((await signingIn).status, 401);
  copy.process.kill('SIGTERM');
  assert.equal((await copy.ended).code, 0);
  const secrets = await readdir(join(env.BAILIWICK_DATA, 'secrets'));
  assert.ok(secrets.includes('app') && !secrets.includes('demo-password'));
});

test('the command line searches what somebody may read, and nothing else', TIMEOUT, async () => {
  const env = { BAILIWICK_DATA: dataDir };
  const input = `${PASSWORD}\n`;
  const search = ['search', 'payroll', '--doctype', 'Employee', '--limit', '1'];
  const as = (user: string) => ['--as', `${user}@demo.test`];
  const name = await aName('hr-manager', 'Employee');
  const [mine, lines, nobody, system, wrong] = await Promise.all([
    run(['search', name, '--json', ...as('hr-manager')], { env, input }),
    run(['search', name, '--doctype', 'Employee', ...as('hr-manager')], { env, input }),
    run(['search', name, ...as('new-hire')], { env, input }),
    run(['search', name, '--json'], { env }),
    run([...search.slice(0, -1), 'many'], { env }),
  ]);
  assert.deepEqual(
    [mine, lines, nobody, system, wrong].map(({ code }) => code),
    [0, 0, 0, 0, 2],
  );
  const [best] = JSON.parse(mine.output);
  assert.deepEqual([best.doctype, best.name, best.match], ['Employee', name, 'exact']);
  assert.match(lines.output, new RegExp(`^Employee  ${name} .*\\(exact\\)`));
  assert.equal(nobody.output, 'Nothing of that is to be found.\n');
  assert.deepEqual(JSON.parse(system.output), [], 'the operator holds no grant to read people');
});

/** The name of a document that somebody of the demo may read. */
async function aName(user: string, doctype: string): Promise<string> {
  const client = await signIn(url, user, PASSWORD);
  const { body } = await client.get(`/api/resource/${doctype}?limit_page_length=1`);
  return String(body.data[0].name);
}

test('PostgreSQL is killed: requests say so, and it comes back by itself', TIMEOUT, async () => {
  const client = await signIn(url, 'employee', PASSWORD);
  const { postgres } = databaseProcesses(dataDir);
  process.kill(postgres, 'SIGKILL');
  const seen = new Set<number>();
  const unavailable = await until(async () => {
    const answer = await client.get('/api/resource/Salary Slip');
    seen.add(answer.status);
    return answer.status === 503 ? answer : null;
  });
  assert.equal(unavailable.body.code, 'unavailable');
  assert.equal(unavailable.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  const answer = await until(async () => {
    const one = await client.get('/api/resource/Salary Slip');
    seen.add(one.status);
    return one.status === 200 ? one : null;
  });
  assert.ok(answer.body.data.length > 0);
  assert.deepEqual([...seen].sort(), seen.size === 2 ? [200, 503] : [503], 'nothing but these');
  assert.notEqual(databaseProcesses(dataDir).postgres, postgres);
});

test('Ctrl-C, which under npm comes twice, ends all of it', TIMEOUT, async () => {
  const { postgres, guardian } = databaseProcesses(dataDir);
  demo?.process.kill('SIGINT');
  demo?.process.kill('SIGINT');
  const end = await demo?.ended;
  assert.deepEqual([end?.code, end?.signal], [0, null]);
  assert.deepEqual([runs(postgres), runs(guardian)], [false, false]);
  assert.ok(!existsSync(join(dataDir, 'postgres.json')));
});

test('a second start keeps the data and the password, and is quick', TIMEOUT, async (t) => {
  const begun = performance.now();
  await startDemo().says('Stop with Ctrl-C');
  const total = performance.now() - begun;
  assert.match(demo?.output() ?? '', new RegExp(`password ${PASSWORD} `));
  assert.equal(demo?.errors(), '', 'nothing was made anew');
  await signIn(url, 'employee', PASSWORD);
  const own = await postgresStartMs(join(dataDir, 'log'));
  t.diagnostic(`ready after ${Math.round(total)} ms, of which PostgreSQL took ${own} ms`);
  demo?.process.kill('SIGTERM');
  assert.equal((await demo?.ended)?.code, 0);
});

/** From PostgreSQL's first line of its last start to its being ready, by its own log. */
async function postgresStartMs(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.join('\n').split('\n');
  const at = (part: string): number => {
    const line = lines.findLast((one) => one.includes(part)) ?? '';
    return Date.parse(`${line.slice(0, 10)}T${line.slice(11, 23)}Z`);
  };
  return at('is ready to accept connections') - at('starting PostgreSQL');
}
