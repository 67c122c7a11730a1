import assert from 'node:assert/strict';
import test from 'node:test';
import { isAmong, isScopeWithin } from '../../src/authz/authority.ts';
import { compileWorld } from '../../src/authz/compile.ts';
import { judgeGains } from '../../src/authz/judge-gains.ts';
import type { GrantingAuthority, Member } from '../../src/authz/world.ts';
import { grant, grantee, person, scope, TODAY, worldWith } from './example-world.ts';

type Values = Readonly<Record<string, readonly string[]>>;

const company = compileWorld(worldWith({}));
const within = (inner: Values, outer: Values) => isScopeWithin(company, scope(inner), scope(outer));

function worldOf(holder: string, values: Values, members: readonly Member[] = []) {
  const authority: GrantingAuthority = {
    name: 'may give',
    holder: grantee(holder),
    roles: ['Accounts', 'HR'],
    exceptRoles: [],
    scope: scope(values),
  };
  return compileWorld(worldWith({ authorities: [authority], members }));
}

const gain = (to: string, role: string, values: Values) => ({
  grantee: grantee(to),
  role,
  scope: scope(values),
});

test('a gain inside an authority is given: its roles, to others, within its scope', () => {
  const world = worldOf('ada', { Company: ['UK', 'SG'] });
  const judge = (...gains: ReturnType<typeof gain>[]) =>
    judgeGains(world, person('ada'), gains, TODAY);
  assert.equal(judge(gain('ben', 'Accounts', { Company: ['UK'] })), null);
  assert.equal(judge(gain('ben', 'Accounts', { Company: ['UK'], Employee: ['*'] })), null);
  assert.equal(judge(gain('ben', 'Approver', { Company: ['UK'] })), 'outside_authority');
  assert.equal(judge(gain('ben', 'Accounts', { Company: ['DE'] })), 'outside_authority');
  assert.equal(judge(gain('ben', 'Accounts', {})), 'outside_authority');
  const other = judgeGains(
    world,
    person('cleo'),
    [gain('ben', 'Accounts', { Company: ['UK'] })],
    TODAY,
  );
  assert.equal(other, 'outside_authority');
});

test('values side by side lie inside only where each of them does', () => {
  const gives = { Company: ['UK', 'SG', 'DE', 'FR'] };
  const companies = compileWorld(worldWith({ grants: [grant('ben', 'Accounts', gives)] }));
  const lie = (inner: readonly string[], outer: readonly string[]) =>
    isScopeWithin(companies, scope({ Company: inner }), scope({ Company: outer }));
  assert.ok(lie(['UK', 'SG'], ['UK', 'SG']));
  assert.ok(lie(['SG', 'FR'], ['UK', 'SG', 'FR']));
  assert.ok(!lie(['UK', 'SG'], ['UK']));
  assert.ok(!lie(['UK', 'SG'], ['SG']));
  assert.ok(!lie(['UK', 'SG', 'DE'], ['UK', 'DE']));
  assert.ok(!lie(['DE'], ['UK', 'SG', 'FR']));
});

test('INVARIANT (no-self-gain): nobody gives to themselves, a group of theirs, or Everyone', () => {
  const members = [
    { group: 'sales', user: 'ada', from: null, until: null },
    { group: 'later', user: 'ada', from: TODAY + 1, until: null },
    { group: 'before', user: 'ada', from: null, until: TODAY - 1 },
  ];
  const world = worldOf('ada', {}, members);
  for (const to of ['ada', '#sales', '#later', '#before', '#Everyone', '#Guests']) {
    const gains = [gain('ben', 'Accounts', {}), gain(to, 'Accounts', {})];
    assert.equal(judgeGains(world, person('ada'), gains, TODAY), 'self_gain', to);
  }
  assert.equal(judgeGains(world, person('ada'), [gain('#stock', 'Accounts', {})], TODAY), null);
});

test('self-gain is the answer even where the gain is outside every authority as well', () => {
  const world = worldOf('ben', {});
  assert.equal(judgeGains(world, person('ada'), [gain('ada', 'HR', {})], TODAY), 'self_gain');
});

test('one gain outside refuses the whole change', () => {
  const world = worldOf('ada', { Company: ['UK'] });
  const gains = [
    gain('ben', 'HR', { Company: ['UK'] }),
    gain('cleo', 'HR', { Company: ['UK', 'SG'] }),
  ];
  assert.equal(judgeGains(world, person('ada'), gains, TODAY), 'outside_authority');
});

test('INVARIANT (revoked-means-now): a group gives through those who are members now', () => {
  const judge = (from: number | null, until: number | null) => {
    const world = worldOf('#board', {}, [{ group: 'board', user: 'ada', from, until }]);
    return judgeGains(world, person('ada'), [gain('ben', 'HR', {})], TODAY);
  };
  assert.equal(judge(null, null), null);
  assert.equal(judge(TODAY, TODAY + 1), null);
  assert.equal(judge(null, TODAY), 'outside_authority');
  assert.equal(judge(TODAY + 1, null), 'outside_authority');
});

test('what one group may give, members of another group may not', () => {
  const members = [{ group: 'sales', user: 'ada', from: null, until: null }];
  const judge = (holder: string) =>
    judgeGains(worldOf(holder, {}, members), person('ada'), [gain('ben', 'HR', {})], TODAY);
  assert.equal(judge('#sales'), null);
  assert.equal(judge('#board'), 'outside_authority');
});

test('two authorities are not added up for one gain', () => {
  const [uk, sg] = ['UK', 'SG'].map((value) => ({
    name: value,
    holder: grantee('ada'),
    roles: ['HR'],
    exceptRoles: [],
    scope: scope({ Company: [value] }),
  }));
  assert.ok(uk && sg);
  const world = compileWorld(worldWith({ authorities: [uk, sg] }));
  const judge = (values: Values) =>
    judgeGains(world, person('ada'), [gain('ben', 'HR', values)], TODAY);
  assert.equal(judge({ Company: ['UK'] }), null);
  assert.equal(judge({ Company: ['UK', 'SG'] }), 'outside_authority');
});

test('a scope lies within another dimension by dimension', () => {
  assert.ok(within({ Company: ['UK'] }, {}), 'what the authority does not name is not limited');
  assert.ok(within({ Company: ['UK'] }, { Company: ['*'] }));
  assert.ok(!within({ Company: ['*'] }, { Company: ['UK'] }));
  assert.ok(!within({ Company: ['(blank)'] }, { Company: ['*'] }));
  assert.ok(within({ Company: ['(blank)', 'UK'] }, { Company: ['UK', '(blank)'] }));
  assert.ok(!within({ Company: ['UK'] }, { Company: ['UK'], Employee: ['*'] }), 'no blank held');
  assert.ok(within({ Company: ['UK'] }, { Company: ['UK'], Employee: ['*', '(blank)'] }));
});

test('descendants lie within descendants, however far down', () => {
  const leeds = { 'Cost Center': ['Leeds/'] };
  assert.ok(within({ 'Cost Center': ['Leeds/'] }, leeds));
  assert.ok(within({ 'Cost Center': ['Shop Floor/'] }, leeds));
  assert.ok(within({ 'Cost Center': ['Shop Floor'] }, leeds));
  assert.ok(!within({ 'Cost Center': ['All'] }, leeds));
  assert.ok(!within({ 'Cost Center': ['London/'] }, leeds));
});

test('a subtree that will grow does not lie within the nodes it has today', () => {
  const today = ['Leeds Retail', 'Shop Floor'];
  assert.ok(within({ 'Cost Center': today }, { 'Cost Center': today }));
  assert.ok(!within({ 'Cost Center': ['Leeds Retail/'] }, { 'Cost Center': today }));
  const elsewhere = { 'Cost Center': ['London/', ...today] };
  assert.ok(!within({ 'Cost Center': ['Leeds Retail/'] }, elsewhere), 'London grows, Leeds not');
  assert.ok(within({ 'Cost Center': ['Leeds Retail/'] }, { 'Cost Center': ['*'] }));
  // Each value has to lie within: that others do, or other dimensions, is not enough.
  const beside = { 'Cost Center': ['Shop Floor', 'Leeds Retail/'] };
  assert.ok(!within(beside, { 'Cost Center': today }));
  const ofCompany = { Company: ['UK'], 'Cost Center': ['Leeds Retail/'] };
  assert.ok(!within(ofCompany, { 'Cost Center': today }));
});

test('being among the grantees is by name, and by membership at any time', () => {
  const members = [{ group: 'sales', user: 'ada', from: null, until: 0 }];
  const world = compileWorld(worldWith({ members }));
  assert.ok(isAmong(world, 'ada', grantee('ada')));
  assert.ok(isAmong(world, 'ada', grantee('#sales')));
  assert.ok(!isAmong(world, 'ada', grantee('sales')));
  assert.ok(!isAmong(world, 'ben', grantee('#sales')));
  assert.ok(!isAmong(world, 'sales', grantee('#sales')));
});

test('INVARIANT (ceiling-narrows): a token gives no further than it reaches itself', () => {
  const world = worldOf('ada', { Company: ['UK', 'SG'] });
  const judge = (limit: Values, values: Values) => {
    const token = person('ada', [{ name: 'token', scope: scope(limit) }]);
    return judgeGains(world, token, [gain('ben', 'HR', values)], TODAY);
  };
  assert.equal(judge({ Company: ['UK'] }, { Company: ['UK'] }), null);
  assert.equal(judge({ Company: ['UK'] }, { Company: ['SG'] }), 'outside_authority');
  assert.equal(judge({ Company: ['UK'] }, { Company: ['UK', 'SG'] }), 'outside_authority');
  assert.equal(judge({ Warehouse: ['Main'] }, { Company: ['UK'] }), 'outside_authority');
});

test('an authority over every role covers those to come, but not those it leaves out', () => {
  const all = {
    ...{ name: 'all', holder: grantee('ada'), roles: ['*'], exceptRoles: ['HR'] },
    scope: scope({ Company: ['UK'] }),
  };
  const world = compileWorld(worldWith({ authorities: [all] }));
  const judge = (role: string, exceptRoles?: readonly string[]) => {
    const given = { ...gain('ben', role, { Company: ['UK'] }), exceptRoles: exceptRoles ?? [] };
    return judgeGains(world, person('ada'), [given], TODAY);
  };
  assert.equal(judge('Accounts'), null);
  assert.equal(judge('A role of tomorrow'), null);
  assert.equal(judge('HR'), 'outside_authority');
  assert.equal(judge('*'), 'outside_authority');
  assert.equal(judge('*', ['HR']), null);
  assert.equal(judge('*', ['HR', 'Accounts']), null);
  assert.equal(judge('*', ['Accounts']), 'outside_authority');
});

test('who acts as another is among whatever that one is among, and so on', () => {
  const acting = [
    { name: 'first', holder: grantee('ada'), principal: 'ben' },
    { name: 'second', holder: grantee('ben'), principal: 'cleo' },
    { name: 'back', holder: grantee('cleo'), principal: 'ada' },
    { name: 'another', holder: grantee('dan'), principal: 'dan' },
  ];
  const members = [{ group: 'sales', user: 'cleo', from: null, until: null }];
  const world = compileWorld(worldWith({ acting, members }));
  for (const to of ['ada', 'ben', 'cleo', '#sales']) assert.ok(isAmong(world, 'ada', grantee(to)));
  for (const to of ['ada', 'cleo', '#sales']) assert.ok(!isAmong(world, 'dan', grantee(to)), to);
  assert.ok(isAmong(world, 'dan', grantee('dan')));
});

test('an authority of the guests is held by whoever did not sign in, and of Everyone by people', () => {
  const judge = (holder: string, kind: 'guest' | 'user' | 'system', id: string) => {
    const who = { id, kind, actor: null, ceilings: [] };
    return judgeGains(worldOf(holder, {}), who, [gain('ben', 'HR', {})], TODAY);
  };
  assert.equal(judge('#Guests', 'guest', 'Guest'), null);
  assert.equal(judge('#Guests', 'user', 'ada'), 'outside_authority');
  assert.equal(judge('#Everyone', 'user', 'ada'), null);
  assert.equal(judge('#Everyone', 'guest', 'Guest'), 'outside_authority');
});
