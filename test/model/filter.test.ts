import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  ALWAYS,
  every,
  everyRow,
  type Filter,
  fieldsOf,
  NEVER,
  not,
  some,
  strangeWord,
} from '../../src/authz/filter.ts';
import { matches } from '../../src/authz/matches.ts';
import { filters } from './random-filter.ts';

const blank: Filter = { kind: 'blank', field: 'title' };
const mine: Filter = { kind: 'is-me', field: 'owner' };

test('conditions simplify where their value is known', () => {
  assert.equal(every([]), ALWAYS);
  assert.equal(some([]), NEVER);
  assert.equal(every([ALWAYS, blank]), blank);
  assert.equal(every([blank, NEVER]), NEVER);
  assert.equal(some([NEVER, blank]), blank);
  assert.equal(some([blank, ALWAYS]), ALWAYS);
  assert.equal(not(ALWAYS), NEVER);
  assert.equal(not(NEVER), ALWAYS);
  assert.equal(not(not(blank)), blank);
});

test('simplified conditions hold for the same documents as plain ones', () => {
  const documents = [
    {},
    { owner: 'ada', title: 'pump', amount: 2, due: '2026-02-01' },
    { owner: 'ben', title: 'a_b', company: 'C1', amount: 0 },
  ];
  let held = 0;
  fc.assert(
    fc.property(fc.array(filters, { maxLength: 4 }), (of) => {
      for (const document of documents) {
        const holds = (filter: Filter) => matches(filter, document, 'ada');
        assert.equal(holds(every(of)), holds({ kind: 'every', of }));
        assert.equal(holds(some(of)), holds({ kind: 'some', of }));
        for (const one of of) assert.equal(holds(not(one)), !holds(one));
        if (holds(some(of))) held += 1;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(held > 100, `only ${held} held`);
});

test('all fields that a condition reads are found, however deep', () => {
  const condition = not(
    every([blank, some([mine, { kind: 'like', field: 'code', pattern: '%' }])]),
  );
  assert.deepEqual(fieldsOf(condition), new Set(['title', 'owner', 'code']));
  assert.deepEqual(fieldsOf(ALWAYS), new Set());
});

test('a word that is none of the language is found, however deep, and in rows as well', () => {
  const strange = { kind: 'sometimes' } as unknown as Filter;
  for (const inside of [not, (of: Filter) => every([mine, of]), (of: Filter) => some([mine, of])]) {
    assert.equal(strangeWord(inside(strange)), 'sometimes');
    assert.equal(strangeWord(everyRow('items', inside(strange))), 'sometimes');
    assert.equal(strangeWord(everyRow('items', inside(blank))), null);
  }
});

test('conditions are frozen: nobody changes one that another decision uses', () => {
  for (const condition of [every([blank, mine]), some([blank, mine]), not(blank), ALWAYS, NEVER]) {
    assert.ok(Object.isFrozen(condition));
  }
});
