import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutageLog } from './outage-log.ts';

test('of what fails alike, the first is told, and a minute later how many came between', () => {
  const lines: string[] = [];
  let now = 0;
  const outages = new OutageLog(
    (line) => lines.push(line),
    () => now,
  );
  outages.tell('full', 'one');
  outages.tell('full', 'two');
  outages.tell('gone', 'another kind');
  now = 59_999;
  outages.tell('full', 'three');
  assert.deepEqual(lines, ['one', 'another kind']);
  now = 60_000;
  outages.tell('full', 'four');
  outages.tell('full', 'five');
  assert.deepEqual(lines.slice(2), ['four; and 2 like it before']);
  now = 500_000;
  outages.tell('gone', 'long after');
  assert.deepEqual(lines.slice(3), ['long after']);
});
