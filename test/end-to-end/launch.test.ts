/**
 * The commands of a fresh clone, with npm as a person has it. Installs everything once, into a
 * folder whose name holds a space; the later tests use what the first one left.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = [
  ...['package.json', 'package-lock.json', '.npmrc', 'bin', 'web/package.json'],
  ...['tools/launch.sh', 'tools/launch.mjs', 'tools/launch'],
  ...['runtime/package.json', 'runtime/package-lock.json', 'runtime/.npmrc'],
];

/** Stands for the program: says how it was run, and serves until a signal, or ends at once. */
const PROBE = `
const words: string[] = process.argv.slice(2);
const { pid, ppid } = process;
const major = Number(process.versions.node.split('.')[0]);
const say = (what: object) => console.log(JSON.stringify(what));
if (words[0] === 'exit') process.exitCode = Number(words[1]);
else {
  const alive = setInterval(() => undefined, 1000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      say({ stopped: signal });
      clearInterval(alive);
    });
  }
}
say({ words, pid, ppid, major, folder: process.cwd() });
`;

type Said = { words: string[]; pid: number; ppid: number; major: number; folder: string };

let clone = '';

before(() => {
  clone = join(mkdtempSync(join(tmpdir(), 'launch-')), 'a clone');
  for (const part of PARTS) cpSync(join(PROJECT, part), join(clone, part), { recursive: true });
  mkdirSync(join(clone, 'src'));
  writeFileSync(join(clone, 'src', 'main.ts'), PROBE);
  // The pinned Node.js is large; what is at hand is taken along.
  const runtime = join('runtime', 'node_modules');
  if (existsSync(join(PROJECT, runtime))) {
    execFileSync('cp', ['-a', join(PROJECT, runtime), join(clone, runtime)]);
  }
});

after(() => rmSync(join(clone, '..'), { recursive: true, force: true }));

type Command = {
  readonly process: ChildProcess;
  /** The lines on standard output that are JSON, as they come. */
  readonly said: Record<string, unknown>[];
  readonly first: Promise<Said>;
  readonly exit: Promise<{ status: number | null; signal: string | null; errors: string }>;
};

/** Settings of an npm that runs these tests must not reach the npm that they run. */
function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const own = /^npm_(lifecycle|package|config_local_prefix|command|execpath|node_execpath)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

function command(words: string[], more: Record<string, string> = {}, folder = clone): Command {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, {
    cwd: folder,
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const said: Record<string, unknown>[] = [];
  const exit = new Promise<{ status: number | null; signal: string | null; errors: string }>(
    (resolve) => child.once('close', (status, signal) => resolve({ status, signal, errors })),
  );
  const first = new Promise<Said>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      said.push(JSON.parse(line));
      resolve(said[0] as Said);
    });
    exit.then(() => reject(new Error(`it said nothing: ${errors}`)), reject);
  });
  first.catch(() => undefined);
  return { process: child, said, first, exit };
}

const OFFLINE = { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0' };

test('two fresh starts at once install once, and both run', { timeout: 300_000 }, async () => {
  const both = [command(['npm', 'start']), command(['npm', 'start', '--', 'a b', '$x'])];
  const [one, two] = await Promise.all(both.map((each) => each.first));
  assert.deepEqual(one?.words, ['start']);
  assert.deepEqual(two?.words, ['start', 'a b', '$x']);
  assert.ok((one?.major ?? 0) >= 24);
  assert.ok(existsSync(join(clone, 'node_modules', 'fastify')));
  assert.ok(!existsSync(join(clone, 'node_modules', 'typescript')), 'nothing for development');
  // No process stays between npm and the program.
  assert.equal(one?.ppid, both[0]?.process.pid);
  both[0]?.process.kill('SIGINT');
  both[1]?.process.kill('SIGTERM');
  const ends = await Promise.all(both.map((each) => each.exit));
  assert.deepEqual(both[0]?.said.at(-1), { stopped: 'SIGINT' });
  assert.deepEqual(both[1]?.said.at(-1), { stopped: 'SIGTERM' });
  const installations = ends.map((end) => end.errors.match(/^Installing/gm)?.length ?? 0);
  assert.deepEqual(installations.sort(), [0, 1]);
});

test('a second start needs no network, and passes words and exit status on', async () => {
  const run = command(['npm', 'run', 'bailiwick', '--', 'exit', '7', '--json', "it's"], OFFLINE);
  assert.deepEqual((await run.first).words, ['exit', '7', '--json', "it's"]);
  const { status, errors } = await run.exit;
  assert.equal(status, 7);
  assert.doesNotMatch(errors, /Installing/);
});

test('npx runs the program of the clone from any folder in it, without network', async () => {
  const folder = join(clone, 'src');
  const run = command(['npx', 'bailiwick', 'exit', '3', 'a b'], OFFLINE, folder);
  const { words, folder: seen, major } = await run.first;
  assert.deepEqual(words, ['exit', '3', 'a b']);
  assert.equal(seen, folder);
  assert.ok(major >= 24);
  assert.equal((await run.exit).status, 3);
});

test('a signal to the command line reaches the program', async () => {
  const run = command(['node', join(clone, 'bin', 'bailiwick.mjs'), 'wait'], OFFLINE, tmpdir());
  const { pid, folder } = await run.first;
  assert.equal(folder, tmpdir());
  run.process.kill('SIGTERM');
  assert.equal((await run.exit).status, 0);
  assert.deepEqual(run.said.at(-1), { stopped: 'SIGTERM' });
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  const killed = command(['node', join(clone, 'bin', 'bailiwick.mjs'), 'wait'], OFFLINE);
  process.kill((await killed.first).pid, 'SIGKILL');
  assert.equal((await killed.exit).signal, 'SIGKILL');
});

test('an installation that fails says so and is not taken for a good one', async () => {
  rmSync(join(clone, 'node_modules', 'fastify', 'package.json'));
  const cache = { npm_config_cache: join(clone, 'empty cache') };
  const run = command(['npm', 'start'], { ...OFFLINE, ...cache });
  const { status, errors } = await run.exit;
  assert.equal(status, 3);
  assert.match(errors, /fastify is gone/);
  assert.match(errors, /could not be installed/);
  assert.deepEqual(run.said, []);
  assert.ok(!existsSync(join(clone, 'node_modules', '.package-lock.json')));
  assert.ok(!existsSync(join(clone, '.runtime', 'install.lock')));
});
