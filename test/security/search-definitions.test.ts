/** What is searched changes with the definition, on tables that hold documents already. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes, USUAL_PACE } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import type { Pace } from '../../src/store/migrate/prepare-large.ts';
import { CASE, SearchStage } from './search-stage.ts';
import { refused } from './small-engine.ts';

let stage: SearchStage;

before(async () => {
  stage = await SearchStage.open();
  for (let i = 1; i <= 8; i++) {
    await stage.put(`C-${i}`, { title: `Case ${i}`, town: `Harbour ${i}`, finding: 'rust' });
  }
});

after(async () => {
  await stage.close();
});

/** Applies definitions where every table is large and a batch is three rows. */
async function apply(definition: Doctype, more: Partial<Pace> = {}): Promise<void> {
  const { clone, ownerRole } = stage.small;
  const owner = await connectToMigrate(clone.superuser);
  try {
    await owner.script(`set role "${ownerRole}"`);
    const pace = { ...USUAL_PACE, largeRows: 1, batchRows: 3, ...more };
    const roles = rolesOf(ownerRole.replace(/_owner$/, ''));
    const outcomes = await applyDoctypes(owner, roles, [definition], 'release', null, { pace });
    assert.notEqual(outcomes[0]?.outcome, 'refused');
  } finally {
    await owner.close();
  }
}

const WITHOUT_TOWN: Doctype = { ...CASE, search_fields: ['finding'] };

test('a field that is no longer searched is found no more, and the other way round', async () => {
  assert.equal((await stage.names('ann', 'harbour')).length, 8);
  await apply(WITHOUT_TOWN);
  assert.deepEqual(await stage.names('ann', 'harbour'), []);
  assert.equal((await stage.names('ann', 'case')).length, 8);
  await apply(CASE);
  assert.equal((await stage.names('ann', 'harbour')).length, 8);
});

test('a field that rises to another level is searched there', async () => {
  const fields = CASE.fields.map((one) => (one.fieldname === 'town' ? { ...one, level: 2 } : one));
  await apply({ ...CASE, fields });
  assert.deepEqual(await stage.names('ann', 'harbour'), []);
  assert.equal((await stage.names('eve', 'harbour')).length, 8);
  await apply(CASE);
  assert.equal((await stage.names('ann', 'harbour')).length, 8);
});

test('INVARIANT (complete-or-error): half gathered is an error; the next migration goes on', async () => {
  const lines: string[] = [];
  const progress = (line: string): void => {
    lines.push(line);
    if (line.includes('row 3 of')) throw new Error('cut off');
  };
  await assert.rejects(apply(WITHOUT_TOWN, { progress }), /cut off/);
  await refused(stage.found('ann', 'case 7'), 'unavailable');
  await refused(stage.links('ann', 'case 7'), 'unavailable');
  const id = await stage.id();
  const entries = `select count(*) from search.entries_${id}`;
  assert.equal(await stage.small.value(entries), '3');
  // Meanwhile documents change, come and go.
  await stage.put('C-9', { title: 'Case nine' });
  await stage.engine.write('bob', 'update', CASE.name, 'C-7', { title: 'Case seven' });
  await stage.engine.write('bob', 'delete', CASE.name, 'C-8');
  lines.length = 0;
  await apply(WITHOUT_TOWN, { progress: (line) => lines.push(line) });
  assert.match(lines.join('\n'), /row 6 of 8[\s\S]*search is ready/);
  assert.doesNotMatch(lines.join('\n'), /row 3 of/);
  assert.equal(await stage.small.value(entries), '8');
  assert.deepEqual(await stage.names('ann', 'case seven'), ['C-7']);
  assert.deepEqual(await stage.names('ann', 'nine'), ['C-9']);
  assert.deepEqual(await stage.names('ann', 'C-8'), []);
  lines.length = 0;
  await apply(WITHOUT_TOWN, { progress: (line) => lines.push(line) });
  assert.deepEqual(lines, [], 'nothing is left to do');
});
