/** What is gained by records that come, or take the place of others, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type Gain,
  type GrantingAuthority,
  gainsOf,
  type Share,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, grantee, rule, share, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const NOTES = [rule('HR', 'Note'), rule('Accounts', 'Note')];

function gained(parts: Partial<World>, change: WorldChange): Gain[] {
  return gainsOf(compileWorld(worldWith({ rules: NOTES, ...parts })), change, TODAY);
}

/** True where Ben gains, whose grant is replaced; days are counted from a moment on. */
function isMore(old: Days, next: Days, start = TODAY): boolean {
  const lasting = ({ from = null, until = null }: Days) => {
    const moment = (days: number | null) => (days === null ? null : start + days * DAY);
    return grant('ben', 'HR', {}, { from: moment(from), until: moment(until) });
  };
  const [gone, added] = [lasting(old), lasting(next)];
  return gained({ grants: [gone] }, { grants: { gone: [gone], added: [added] } }).length > 0;
}
type Days = { readonly from?: number | null; readonly until?: number | null };

test('what takes the place of a grant gives something where it begins earlier', () => {
  assert.equal(isMore({ from: 5 }, { from: 4 }), true);
  assert.equal(isMore({ from: 5 }, { from: 5 }), false);
  assert.equal(isMore({ from: 5 }, { from: 6 }), false);
  assert.equal(isMore({ from: 5 }, {}), true, 'it has no beginning');
  assert.equal(isMore({}, { from: 5 }), false);
  assert.equal(isMore({ from: -9 }, {}, 0), true, 'before 1970 too');
});

test('what takes the place of a grant gives something where it ends later', () => {
  assert.equal(isMore({ until: 5 }, { until: 6 }), true);
  assert.equal(isMore({ until: 5 }, { until: 5 }), false);
  assert.equal(isMore({ until: 5 }, { until: 4 }), false);
  assert.equal(isMore({ until: 5 }, {}), true, 'it has no end');
  assert.equal(isMore({}, { until: 5 }), false);
  assert.equal(isMore({ until: -2 }, { until: -3 }, 0), false, 'before 1970 too');
});

test('who comes from one group into another gains what that one has', () => {
  const member = (group: string, until: number | null = null) => ({
    ...{ group, user: 'ben', from: null },
    until,
  });
  const [books, sales] = [member('books'), member('sales')];
  const grants = [grant('#books', 'HR'), grant('#sales', 'Accounts')];
  const turned = (gone: typeof books, added: typeof books) =>
    gained({ grants, members: [gone] }, { members: { gone: [gone], added: [added] } });
  assert.deepEqual(turned(sales, books), [{ grantee: grantee('ben'), role: 'HR', scope: [] }]);
  assert.deepEqual(turned(books, member('books', TODAY + DAY)), []);
});

test('a share of another document, or to somebody else, gives something, and of less not', () => {
  const old = share('Note', 'NOTE-1', 'ben', { actions: ['write'] });
  const instead = (next: Partial<Share>) => {
    const added = { ...old, ...next };
    return gained({ shares: [old] }, { shares: { gone: [old], added: [added] } }).length;
  };
  assert.equal(instead({ document: 'NOTE-2' }), 1);
  assert.equal(instead({ doctype: 'Invoice' }), 1);
  assert.equal(instead({ user: 'cleo' }), 1);
  assert.equal(instead({ actions: ['write', 'print'] }), 1);
  assert.equal(instead({ actions: ['read'] }), 0);
  assert.equal(instead({ until: TODAY + DAY }), 0);
});

/** Who gains a role by the change, powers aside. */
const whoGains = (gains: readonly Gain[]) =>
  gains.flatMap((gain) => ('grantee' in gain ? gain.grantee.name : []));

test('a rule gives to all who hold its role, but for those whose grant goes at once', () => {
  const grants = [grant('ben', 'HR'), grant('cleo', 'HR'), grant('dan', 'Accounts')];
  const rules = { gone: [], added: [rule('HR', 'Company')] };
  assert.deepEqual(whoGains(gained({ grants }, { rules })), ['ben', 'cleo']);
  const going = { grants: { gone: grants.slice(0, 1), added: [] } };
  assert.deepEqual(whoGains(gained({ grants }, { rules, ...going })), ['cleo']);
  const ended = [grant('ben', 'HR', {}, { until: TODAY })];
  assert.deepEqual(whoGains(gained({ grants: ended }, { rules })), []);
});

test('a rule that is not in force gives nothing: a draft, and one without a reach', () => {
  const grants = [grant('ben', 'HR')];
  const given = (parts: Parameters<typeof rule>[2]) =>
    gained({ grants }, { rules: { gone: [], added: [rule('HR', 'Company', parts)] } }).length;
  assert.equal(given({}), 2);
  assert.equal(given({ status: 'draft' }), 0);
  assert.equal(given({ reach: null }), 0);
});

test('who comes into a group gains its authorities, but for those that go at once', () => {
  const authority = (name: string, roles: string[]): GrantingAuthority => ({
    ...{ name, holder: grantee('#boards'), roles, exceptRoles: [], scope: [] },
  });
  const authorities = [authority('going', ['HR']), authority('staying', ['Accounts'])];
  const added = [{ group: 'boards', user: 'ben', from: null, until: null }];
  const roles = (change: WorldChange) =>
    gained({ authorities }, { members: { gone: [], added }, ...change }).map((gain) =>
      'role' in gain ? gain.role : null,
    );
  assert.deepEqual(roles({}), ['HR', 'Accounts']);
  const going = { authorities: { gone: authorities.slice(0, 1), added: [] } };
  assert.deepEqual(roles(going), ['Accounts']);
});
