import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeOwnership } from '../../src/store/embedded/ownership.ts';
import { processStart } from '../../src/store/embedded/running-process.ts';
import { ended, freshFolder } from './fixture.ts';

test('an owner that lives is respected and named; one that ended is not', async (t) => {
  const folder = await freshFolder(t);
  const owner = spawn('/bin/sleep', ['60']);
  const pid = owner.pid ?? 0;
  const start = await processStart(pid);
  await writeFile(join(folder, 'owner.lock'), JSON.stringify({ pid, start, nonce: 'a1' }));
  await assert.rejects(takeOwnership(folder), {
    code: 'in_use',
    message: new RegExp(`process id ${pid}\\.`),
  });
  await ended(owner, 'SIGKILL');
  const ownership = await takeOwnership(folder);
  await ownership.release();
  assert.deepEqual(await readdir(folder), []);
});

test('a process which got the id of a dead owner is not mistaken for it', async (t) => {
  const folder = await freshFolder(t);
  const stale = { pid: process.pid, start: 'another boot/1', nonce: 'b2' };
  await writeFile(join(folder, 'owner.lock'), JSON.stringify(stale));
  await (await takeOwnership(folder)).release();
});

test('a damaged lock is nobody', async (t) => {
  const folder = await freshFolder(t);
  for (const text of ['', '{', '{"pid":"1"}', '{"pid":1,"start":"x","nonce":"../../x"}']) {
    await writeFile(join(folder, 'owner.lock'), text);
    await (await takeOwnership(folder)).release();
  }
  assert.deepEqual(await readdir(folder), []);
});

test('of many that find a dead owner exactly one takes its place', async (t) => {
  const folder = await freshFolder(t);
  for (let round = 0; round < 20; round++) {
    const stale = { pid: 1, start: `round ${round}`, nonce: 'c3' };
    await writeFile(join(folder, 'owner.lock'), JSON.stringify(stale));
    const tries = Array.from({ length: 8 }, () => takeOwnership(folder));
    const results = await Promise.allSettled(tries);
    const winners = results.filter((result) => result.status === 'fulfilled');
    assert.equal(winners.length, 1);
    await winners[0]?.value.release();
  }
  assert.deepEqual(await readdir(folder), []);
});
