import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const LOCK = new URL('./lock.mjs', import.meta.url).href;

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'launch lock '));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A process that holds the lock for a moment and writes down when it begins and ends. */
function worker(folder: string): Promise<number | null> {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { underLock } from ${JSON.stringify(LOCK)};
    const diary = process.argv[1] + '/diary';
    await underLock(process.argv[1], () => {
      appendFileSync(diary, 'in ');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      appendFileSync(diary, 'out ');
    });`;
  const words = ['--input-type=module', '-e', program, folder];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', resolve));
}

test('only one works at a time, also after one that died with the lock', async (t) => {
  const folder = folderFor(t);
  const dead = { pid: process.pid, start: 'another process with this id', nonce: 'aa' };
  writeFileSync(join(folder, 'install.lock'), JSON.stringify(dead));
  const statuses = await Promise.all(Array.from({ length: 5 }, () => worker(folder)));
  assert.deepEqual(statuses, [0, 0, 0, 0, 0]);
  assert.equal(readFileSync(join(folder, 'diary'), 'utf8'), 'in out '.repeat(5));
  assert.deepEqual(readdirSync(folder), ['diary']);
});

test('a damaged lock is taken over, and work that fails gives its lock back', async (t) => {
  const folder = folderFor(t);
  const { underLock } = (await import(LOCK)) as {
    underLock: (folder: string, work: () => void) => Promise<void>;
  };
  writeFileSync(join(folder, 'install.lock'), '{"pid":');
  const fail = () => {
    appendFileSync(join(folder, 'diary'), 'failed');
    throw new Error('the work failed');
  };
  await assert.rejects(underLock(folder, fail), /the work failed/);
  assert.deepEqual(readdirSync(folder), ['diary']);
});
