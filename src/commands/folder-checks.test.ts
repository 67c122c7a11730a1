import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { folderChecks } from './folder-checks.ts';

let dataDir = '';
let secrets = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bw-doctor-'));
  secrets = join(dataDir, 'secrets');
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

async function secretsCheck() {
  const checks = await folderChecks(dataDir);
  const check = checks.find(({ name }) => name === 'secrets');
  assert.ok(check);
  return check;
}

test('secrets that only their owner can read are sound; others are named', async () => {
  await mkdir(secrets);
  await writeFile(join(secrets, 'app'), 'x', { mode: 0o600 });
  assert.equal((await secretsCheck()).ok, true);
  await chmod(join(secrets, 'app'), 0o640);
  const { ok, detail } = await secretsCheck();
  assert.equal(ok, false);
  assert.match(detail, /others can read app in /);
});

test('secrets that cannot be looked at are not sound', async () => {
  assert.deepEqual(await secretsCheck(), {
    name: 'secrets',
    ok: false,
    detail: `${secrets} cannot be looked at (ENOENT)`,
  });
  await mkdir(secrets);
  await symlink(join(dataDir, 'gone'), join(secrets, 'app'));
  assert.match((await secretsCheck()).detail, /cannot be looked at \(ENOENT\)/);
  await rm(secrets, { recursive: true });
  await writeFile(secrets, '');
  const { ok, detail } = await secretsCheck();
  assert.equal(ok, false);
  assert.match(detail, /cannot be looked at \(ENOTDIR\)/);
});
