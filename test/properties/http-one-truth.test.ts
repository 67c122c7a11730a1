/** INVARIANT (one-truth) at the door: random worlds asked by HTTP, as people and as tokens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../../src/authz/index.ts';
import { holdsForAllInTurn } from './runs.ts';
import { Tally } from './stations.ts';
import { HttpStation } from './store/http-station.ts';
import { sqlWorlds } from './store/worlds.ts';

// Of what is made new there is nothing to evaluate before it is made.
const asked = ACTIONS.filter((action) => action !== 'create' && action !== 'import');
const inputs = fc.record({ sample: sqlWorlds, action: fc.constantFrom(...asked) });

let station: HttpStation;

before(async () => {
  station = await HttpStation.open();
});

after(async () => {
  await station.close();
});

test('INVARIANT (one-truth): a server says what the reference says', async (t) => {
  const tally = new Tally();
  await holdsForAllInTurn(t, 40, inputs, async ({ sample, action }) => {
    const actions = new Set<Action>(['read', 'write', action]);
    assert.equal(await station.ask(sample, actions, tally), null);
  });
  tally.requires(t, { http: 4000 });
});
