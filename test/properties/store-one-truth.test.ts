/**
 * INVARIANT (one-truth) over real tables: the reference, the kernel, its filter as SQL without
 * any policy, row-level security without any filter, and both together give the same documents.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../../src/authz/index.ts';
import { referenceDecide } from '../model/reference.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { Tally } from './stations.ts';
import { answersOf, askStore, expectedOf } from './store/ask-store.ts';
import { WorldDatabase } from './store/world-database.ts';
import { sqlWorlds } from './store/worlds.ts';

const inputs = fc.record({ sample: sqlWorlds, action: fc.constantFrom(...ACTIONS) });

let database: WorldDatabase;

before(async () => {
  database = await WorldDatabase.open();
});

after(async () => {
  await database.close();
});

test('INVARIANT (one-truth): reference, kernel, filter in SQL, row-level security, both', async (t) => {
  const tally = new Tally();
  await holdsForAllInTurn(t, 60, inputs, async ({ sample, action }) => {
    await database.load(sample);
    const actions = new Set<Action>(['read', 'write', action]);
    assert.equal(await askStore(database, sample, actions, tally), null);
  });
  tally.requires(t, { filter: 5000, security: 5000, both: 5000 });
  // A form that no world led to would be one that nothing was said of.
  for (const [form, times] of Object.entries(database.forms))
    assert.ok(times >= 30, `${form}: ${times}`);
  assert.deepEqual(await database.kept(), { checked: true, wrong: [] });
});

test('INVARIANT (one-truth): row-level security alone lets write what the reference allows', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 32, inputs, async ({ sample }) => {
    await database.load(sample);
    for (const principal of sample.principals.filter(({ actor }) => actor === null)) {
      for (const [action, verb] of COMMANDS) {
        const found = await database.changed(sample, principal, action, verb);
        const allowed = answersOf(sample, expectedOf(sample, principal, action));
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
