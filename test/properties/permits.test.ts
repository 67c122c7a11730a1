import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, decideForPermit, isPermit } from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { referenceDecide } from '../model/reference.ts';
import { questionsOf } from './agreement.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

test('a permit is made only for an allowed decision, and names its principal and document', (t) => {
  const census = new Census();
  holdsForAll(t, 60, randomWorlds, (sample) => {
    const compiled = compileWorld(sample.world);
    for (const question of questionsOf(sample, ['write', 'submit'])) {
      const { permit, decision } = decideForPermit(compiled, question, 7);
      const isAllowed = referenceDecide(sample.world, question);
      census.count(isAllowed ? 'permitted' : 'refused');
      assert.equal(decision.allowed, isAllowed);
      assert.equal(permit !== null, isAllowed);
      if (permit === null) continue;
      const { witnesses, ...names } = permit;
      assert.deepEqual(names, {
        principal: question.principal.id,
        actor: question.principal.actor,
        action: question.action,
        doctype: question.doctype,
        name: question.document['name'],
        version: 7,
        epoch: sample.world.epoch,
      });
      assert.ok(witnesses.length > 0, 'a permit that nobody vouches for');
      assert.ok(isPermit(permit));
      assert.ok(!isPermit({ ...permit }), 'a copy passed for a permit');
      assert.throws(() => Object.assign(permit, { name: 'other' }), TypeError);
      assert.throws(() => Object.assign(witnesses, ['grant other']), TypeError);
    }
  });
  census.requires(t, { permitted: 150, refused: 1000 });
});
