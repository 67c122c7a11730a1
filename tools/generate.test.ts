import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generated, outdated } from './generate.ts';

test('the committed files are what the code says', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  assert.deepEqual(outdated(root, generated()), []);
});

test('a file that differs in one route, or is missing, is seen', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'bw-generate-'));
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  const [inventory, openapi] = generated();
  assert.ok(inventory && openapi);
  // Planted: a route that asks people to sign in has become one for guests.
  const changed = inventory.text.replace('"guest": false', '"guest": true');
  assert.notEqual(changed, inventory.text);
  writeFileSync(join(root, inventory.path), changed);
  assert.deepEqual(outdated(root, [inventory, openapi]), [inventory.path, openapi.path]);
});
