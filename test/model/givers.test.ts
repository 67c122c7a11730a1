/** Who could give what is missing, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, type GrantingAuthority, giversFor } from '../../src/authz/index.ts';
import { grantee, rule, scope, worldWith } from './example-world.ts';

const RULES = [rule('HR', 'Invoice'), rule('Accounts', 'Invoice'), rule('Approver', 'Note')];
const INVOICE = { name: 'INV-1', company: 'UK', cost_center: 'Leeds' };

function authority(to: string, roles: readonly string[], company = 'UK'): GrantingAuthority {
  const name = `${to} in ${company}`;
  return {
    name,
    holder: grantee(to),
    roles,
    exceptRoles: [],
    scope: scope({ Company: [company] }),
  };
}

/** Who could give cleo something to read invoices with, and by which roles. */
function givers(authorities: readonly GrantingAuthority[], document: typeof INVOICE | null) {
  const world = compileWorld(worldWith({ rules: RULES, authorities }));
  const request = { user: 'cleo', action: 'read', doctype: 'Invoice', document } as const;
  return giversFor(world, request).map(({ holder, roles }) => [
    ...[holder.type, holder.name],
    ...roles,
  ]);
}

test('givers stand in the order of their names, with all roles of theirs that would help', () => {
  const all = [
    authority('dan', ['HR']),
    authority('ada', ['Approver', 'HR']),
    authority('#ben', ['*']),
    authority('ben', ['HR'], 'SG'),
    authority('ada', ['Accounts'], 'SG'),
    authority('cleo', ['HR']),
    authority('#sales', ['Approver']),
  ];
  for (const authorities of [all, all.toReversed()]) {
    assert.deepEqual(givers(authorities, null), [
      ['User', 'ada', 'Accounts', 'HR'],
      ['Group', 'ben', 'Accounts', 'HR'],
      ['User', 'ben', 'HR'],
      ['User', 'dan', 'HR'],
    ]);
    assert.deepEqual(givers(authorities, INVOICE), [
      ['User', 'ada', 'HR'],
      ['Group', 'ben', 'Accounts', 'HR'],
      ['User', 'dan', 'HR'],
    ]);
  }
});
