import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { decideForGoverned, decideForPermit, isPermit } from '../../src/authz/permit.ts';
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

test('INVARIANT (ceiling-narrows): what belongs to a document is decided on that, for what it is', () => {
  const comment = { action: 'create', doctype: 'Comment', name: 'C-1', version: 0 } as const;
  const { permit, decision } = decideForGoverned(world, request, comment);
  assert.deepEqual(permit, {
    ...{ principal: 'ada', actor: 'token-1', epoch: 41, ...comment },
    witnesses: ['grant G-1', 'share S-1'],
  });
  assert.ok(decision.allowed && permit && isPermit(permit));
  const by = (ceiling: object) => {
    const principal = { ...person('ada'), ceilings: [{ name: 'token', ...ceiling }] };
    return decideForGoverned(world, { ...request, principal }, comment).permit !== null;
  };
  assert.ok(
    by({}) && by({ doctypes: ['Note', 'Comment'] }) && by({ actions: ['write', 'create'] }),
  );
  assert.ok(!by({ doctypes: ['Note'] }) && !by({ doctypes: ['Comment'] }));
  assert.ok(!by({ actions: ['write'] }) && !by({ actions: ['create'] }));
  const refused = decideForGoverned(world, { ...request, principal: person('ben') }, comment);
  assert.deepEqual([refused.permit, refused.decision.allowed], [null, false]);
});
