/**
 * INVARIANT (one-truth) for what belongs to others: in any world, the visible comments are those of
 * readable documents, and the visible attachments those of fields that are open there, by the
 * reference, a list, a count, each read, the filter in SQL alone and row-level security alone.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { askGoverned, GovernedWorlds } from './store/governed-worlds.ts';
import { sqlWorlds } from './store/worlds.ts';

let worlds: GovernedWorlds;

before(async () => {
  worlds = await GovernedWorlds.open();
});

after(async () => {
  await worlds.close();
});

test('INVARIANT (one-truth): what belongs to a document is seen exactly where that is', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 5, sqlWorlds, async (sample) => {
    await worlds.load(sample);
    assert.equal(await askGoverned(worlds, sample, (what) => census.count(what)), null);
  });
  census.requires(t, {
    'Comment seen': 10,
    'Comment hidden': 40,
    'Attachment seen': 20,
    'Attachment hidden': 100,
    'Attachment hidden by its level': 5,
  });
});

/** Each opens too much, by one of the parts that have to hold; the check has to see it. */
const PLANTED: Readonly<Record<string, readonly [plant: string, mend: string]>> = {
  'a policy that lets every comment through': [
    'create policy planted on doc.comment for select using (true)',
    'drop policy planted on doc.comment',
  ],
  'a policy that lets through whatever names a document': [
    'create policy planted on doc.attachment for select using (attached_to_field is null)',
    'drop policy planted on doc.attachment',
  ],
  // Last, as the function stays so: the database ends with this file.
  'every level is open': [
    'create or replace function sys.open_cells(dt int, level int) returns bit varying ' +
      "language sql stable security definer as $$ select repeat('1', 2000)::bit varying $$",
    'select 1',
  ],
};

test('a planted bug of each kind is found', async (t) => {
  const samples = fc.sample(sqlWorlds, { seed: 20_261_122, numRuns: 6 });
  for (const [bug, [plant, mend]] of Object.entries(PLANTED)) {
    await worlds.plant(plant);
    let found: string | null = null;
    for (const sample of samples) {
      await worlds.load(sample);
      found = await askGoverned(worlds, sample, () => {});
      if (found !== null) break;
    }
    assert.notEqual(found, null, bug);
    t.diagnostic(`${bug}: found`);
    await worlds.plant(mend);
  }
});
