import assert from 'node:assert/strict';
import test from 'node:test';
import { fieldOfMe, speaksOfMe } from './field-of-me.ts';
import { everyRow, type Filter, not } from './filter.ts';

const ASKER: Filter = { kind: 'is-me', field: 'owner' };
const BLANK: Filter = { kind: 'blank', field: 'closed_on' };
const both = (...of: Filter[]): Filter => ({ kind: 'every', of });
const either = (...of: Filter[]): Filter => ({ kind: 'some', of });

test('a condition insists on a field where it cannot hold without it naming whoever asks', () => {
  assert.equal(fieldOfMe(ASKER), 'owner');
  assert.equal(fieldOfMe(both(ASKER, BLANK)), 'owner');
  assert.equal(fieldOfMe(both(BLANK, ASKER)), 'owner', 'wherever it stands');
  assert.equal(fieldOfMe(both(BLANK, both(BLANK, ASKER))), 'owner', 'however deep it stands');
});

test('a condition that can hold for others as well insists on nothing', () => {
  const others = [BLANK, both(BLANK), both(), not(ASKER), everyRow('items', ASKER)];
  for (const condition of [...others, either(ASKER), either(ASKER, BLANK)]) {
    assert.equal(fieldOfMe(condition), null, JSON.stringify(condition));
  }
});

test('a condition speaks of whoever asks where any part of it does', () => {
  const wrapped = [both(BLANK, ASKER), either(BLANK, ASKER), not(ASKER), everyRow('items', ASKER)];
  for (const condition of [ASKER, ...wrapped, both(BLANK, either(not(ASKER)))]) {
    assert.ok(speaksOfMe(condition), JSON.stringify(condition));
  }
  for (const condition of [BLANK, both(BLANK), either(BLANK), not(BLANK), both(), either()]) {
    assert.ok(!speaksOfMe(condition), JSON.stringify(condition));
  }
  assert.ok(!speaksOfMe(everyRow('items', BLANK)));
});
