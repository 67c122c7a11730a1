/**
 * INVARIANT (one-truth) over real tables: the reference, the kernel, its filter as SQL without
 * any policy, row-level security without any filter, and both together give the same documents.
 *
 * Ceilings are the first line's alone: the database knows the principal, and not by which token
 * it asks. So where there is a ceiling, row-level security gives what the principal could see
 * without it, and both together give no more than the ceiling leaves.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action, type Principal } from '../../src/authz/index.ts';
import { type Question, referenceDecide } from '../model/reference.ts';
import { Census } from './census.ts';
import { kindsIn } from './kinds.ts';
import { holdsForAllInTurn } from './runs.ts';
import { type Answers, WorldDatabase } from './store/world-database.ts';
import { type SqlWorld, sqlWorlds } from './store/worlds.ts';

const inputs = fc.record({ sample: sqlWorlds, action: fc.constantFrom(...ACTIONS) });

let database: WorldDatabase;

before(async () => {
  database = await WorldDatabase.open();
});

after(async () => {
  await database.close();
});

test('INVARIANT (one-truth): reference, kernel, filter in SQL, row-level security, both', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 80, inputs, async ({ sample, action }) => {
    await database.load(sample);
    const kindsOf = kindsIn(sample.world);
    const see = (question: Question, isAllowed: boolean): void => {
      census.count('decisions');
      for (const kind of kindsOf(question, isAllowed)) census.count(kind);
    };
    for (const principal of sample.principals) {
      for (const asked of new Set<Action>(['read', 'write', action])) {
        const expected = referenceAnswers(sample, principal, asked, see);
        const free = referenceAnswers(sample, { ...principal, ceilings: [] }, asked);
        const found = {
          kernel: await database.decided(sample, principal, asked),
          filter: await database.filtered(sample, principal, asked),
          security: await database.secured(sample, principal, asked),
          both: await database.both(sample, principal, asked),
        };
        const wanted = { kernel: expected, filter: expected, security: free, both: expected };
        assert.deepEqual(found, wanted, `${principal.id} asks to ${asked}`);
      }
    }
  });
  census.requires(t, {
    decisions: 3000,
    allowed: 500,
    denied: 1500,
    'allowed by (blank)': 8,
    'allowed by *': 40,
    'allowed by built-in group': 10,
    'allowed by everything': 5,
    'allowed by except': 3,
    'allowed by group': 30,
    'allowed by rule with when': 15,
    'allowed by share': 8,
    'allowed guest': 8,
    'allowed system': 8,
    'allowed with different rows': 10,
    'allowed with no rows': 10,
    'denied by ceiling': 20,
    'denied by draft': 20,
    'denied by uncovered blank': 3,
    'denied by path through rows': 20,
    'denied by validity': 25,
    'denied by when': 15,
    'denied by within': 20,
    'denied with another row': 2,
    'denied with no rows': 5,
  });
});

test('INVARIANT (one-truth): row-level security alone lets write what the reference allows', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 32, inputs, async ({ sample }) => {
    await database.load(sample);
    for (const principal of sample.principals.filter(({ actor }) => actor === null)) {
      for (const [action, verb] of COMMANDS) {
        const found = await database.changed(sample, principal, action, verb);
        const allowed = referenceAnswers(sample, principal, action);
        const none = Object.fromEntries(Object.keys(allowed).map((name) => [name, []]));
        const wanted = SUITED.has(`${action} ${verb}`) ? allowed : none;
        assert.deepEqual(found, wanted, `${principal.id} ${verb}s by the claim to ${action}`);
        census.count(`${verb} by ${action}`, Object.values(found).flat().length);
      }
      for (const { doctype, values } of sample.documents) {
        if (database.isNamedByDimension(doctype)) continue;
        const document = { ...values, name: 'a new one' };
        const question = { principal, action: 'create', doctype, document, now: sample.now };
        const expected = referenceDecide(sample.world, question);
        const found = await database.inserts(principal, doctype, String(values['name']));
        assert.equal(found, expected, `${principal.id} creates ${JSON.stringify(document)}`);
        census.count(`insert ${expected ? 'allowed' : 'denied'}`);
      }
    }
  });
  census.requires(t, {
    'update by write': 15,
    'delete by delete': 2,
    'insert allowed': 15,
    'insert denied': 100,
  });
});

/** Claims and the commands tried under them. */
const COMMANDS = [
  ['write', 'update'],
  ['transition', 'update'],
  ['read', 'update'],
  ['create', 'update'],
  ['delete', 'delete'],
  ['write', 'delete'],
] as const;

const SUITED = new Set(['write update', 'transition update', 'delete delete']);

function referenceAnswers(
  sample: SqlWorld,
  principal: Principal,
  action: Action,
  see: (question: Question, isAllowed: boolean) => void = () => {},
): Answers {
  const { world, documents, definitions, now } = sample;
  const names = (wanted: string): string[] =>
    documents.flatMap(({ doctype, values: document }) => {
      if (doctype !== wanted) return [];
      const question = { principal, action, doctype, document, now };
      const isAllowed = referenceDecide(world, question);
      see(question, isAllowed);
      return isAllowed ? [String(document['name'])] : [];
    });
  return Object.fromEntries(definitions.map(({ name }) => [name, names(name).sort()]));
}
