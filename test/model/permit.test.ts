import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { decideForPermit, isPermit } from '../../src/authz/permit.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const world = compileWorld(
  worldWith({
    epoch: 41,
    rules: [rule('Employee', 'Note', { actions: ['write'] })],
    grants: [grant('ada', 'Employee', {}, { name: 'G-1' })],
    shares: [share('Note', 'NOTE-1', 'ada', { name: 'S-1', actions: ['write'] })],
  }),
);

const request = {
  principal: { ...person('ada'), actor: 'token-1' },
  action: 'write',
  doctype: 'Note',
  document: { name: 'NOTE-1' },
  now: TODAY,
} as const;

test('a permit names who, what, which version, by which epoch and whose word', () => {
  const { permit } = decideForPermit(world, request, 3);
  assert.deepEqual(permit, {
    principal: 'ada',
    actor: 'token-1',
    action: 'write',
    doctype: 'Note',
    name: 'NOTE-1',
    version: 3,
    epoch: 41,
    witnesses: ['grant G-1', 'share S-1'],
  });
});

test('a refusal gives none, and what looks like a permit is none', () => {
  const refused = decideForPermit(world, { ...request, principal: person('ben') }, 3);
  assert.equal(refused.permit, null);
  assert.equal(refused.decision.allowed, false);
  const { permit } = decideForPermit(world, request, 3);
  assert.ok(permit && isPermit(permit));
  assert.ok(!isPermit({ ...permit }) && !isPermit(structuredClone(permit)));
});
