import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { decide } from '../../src/authz/decide.ts';
import { waysOf } from '../../src/authz/holdings.ts';
import type { Principal } from '../../src/authz/principal.ts';
import { isValid } from '../../src/authz/validity.ts';
import { canRead, grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const note = { name: 'NOTE-1' };
const rules = [rule('Employee', 'Note')];
const guest: Principal = { id: 'visitor', kind: 'guest', actor: null, ceilings: [] };
const ledger: Principal = { id: 'system:ledger', kind: 'system', actor: null, ceilings: [] };

test('Everyone is who signed in: no guest and no system principal', () => {
  const world = worldWith({ rules, grants: [grant('#Everyone', 'Employee')] });
  assert.ok(canRead(world, 'ada', 'Note', note));
  assert.ok(!canRead(world, guest, 'Note', note));
  assert.ok(!canRead(world, ledger, 'Note', note));
});

test('Guests is who did not sign in: no user, who could hold more, and no system principal', () => {
  const world = worldWith({ rules, grants: [grant('#Guests', 'Employee')] });
  assert.ok(canRead(world, guest, 'Note', note));
  assert.ok(!canRead(world, 'ada', 'Note', note));
  assert.ok(!canRead(world, ledger, 'Note', note));
});

test('a guest and a user of one name are two principals, whoever asks first', () => {
  const world = compileWorld(
    worldWith({ rules, grants: [grant('#Guests', 'Employee'), grant('#Everyone', 'HR')] }),
  );
  const asks = (principal: Principal) =>
    decide(world, { principal, action: 'read', doctype: 'Note', document: note, now: TODAY })
      .allowed;
  const namesake: Principal = { ...guest, id: 'ada' };
  assert.deepEqual([asks(namesake), asks(person('ada')), asks(namesake)], [true, false, true]);
});

test('without grants, neither built-in group may do anything', () => {
  const world = worldWith({ rules });
  assert.ok(!canRead(world, 'ada', 'Note', note));
  assert.ok(!canRead(world, guest, 'Note', note));
});

test('a system principal does what is granted to its own name', () => {
  const world = worldWith({ rules, grants: [grant('system:ledger', 'Employee')] });
  assert.ok(canRead(world, ledger, 'Note', note));
  assert.ok(!canRead(world, 'ada', 'Note', note));
});

test('a member holds what the group holds, while a member', () => {
  const grants = [grant('#sales', 'Employee')];
  const reads = (from: number | null, until: number | null) => {
    const members = [{ group: 'sales', user: 'ada', from, until }];
    return canRead(worldWith({ rules, grants, members }), 'ada', 'Note', note);
  };
  assert.ok(reads(null, null));
  assert.ok(reads(TODAY, TODAY + 1));
  assert.ok(!reads(TODAY + 1, null), 'not a member yet');
  assert.ok(!reads(null, TODAY), 'a member no longer');
});

test('a group and a user of the same name are not the same', () => {
  const members = [{ group: 'sales', user: 'ada', from: null, until: null }];
  const toUser = worldWith({ rules, grants: [grant('sales', 'Employee')], members });
  assert.ok(!canRead(toUser, 'ada', 'Note', note));
  const toGroup = worldWith({ rules, grants: [grant('#sales', 'Employee')], members });
  assert.ok(!canRead(toGroup, 'sales', 'Note', note));
});

test('an expired or future grant holds nothing; one of several still does', () => {
  const past = grant('ada', 'Employee', {}, { until: TODAY });
  const future = grant('ada', 'Employee', {}, { from: TODAY + 1 });
  const present = grant('ada', 'Employee', {}, { from: TODAY, until: TODAY + 1 });
  assert.ok(!canRead(worldWith({ rules, grants: [past, future] }), 'ada', 'Note', note));
  assert.ok(canRead(worldWith({ rules, grants: [past, present, future] }), 'ada', 'Note', note));
});

test('an expired share is no share', () => {
  const reads = (until: number) =>
    canRead(
      worldWith({ shares: [share('Note', 'NOTE-1', 'ada', { until })] }),
      'ada',
      'Note',
      note,
    );
  assert.ok(reads(TODAY + 1));
  assert.ok(!reads(TODAY));
});

test('a holding says through which membership it is held', () => {
  const member = { group: 'sales', user: 'ada', from: null, until: null };
  const world = compileWorld(
    worldWith({
      rules: ['Employee', 'HR', 'Accounts'].map((role) => rule(role, 'Note')),
      grants: [grant('ada', 'Employee'), grant('#sales', 'HR'), grant('#Everyone', 'Accounts')],
      members: [member],
    }),
  );
  const notes = world.doctypes.get('Note');
  assert.ok(notes);
  const held = waysOf(world, person('ada'), 'read', notes, TODAY);
  assert.deepEqual(
    held.map(({ holding: { grant, member } }) => [grant.source.role, member?.group ?? null]),
    [
      ['Employee', null],
      ['HR', 'sales'],
      ['Accounts', 'Everyone'],
    ],
  );
});

test('what has no beginning held before 1970 as well', () => {
  assert.ok(isValid({ from: null, until: null }, -1));
  assert.ok(isValid({ from: null, until: 0 }, -1) && !isValid({ from: 0, until: null }, -1));
});
