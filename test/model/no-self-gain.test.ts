/**
 * INVARIANT (no-self-gain), item by item: by whatever kind of change access is given, who would
 * gain does not make it, and who makes it has an authority over all that is gained.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  applyChange,
  compileWorld,
  type DocumentFacts,
  type GrantingAuthority,
  gainsOf,
  judgeGains,
  type Principal,
  previewChange,
  recompile,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import {
  canRead,
  grant,
  grantee,
  person,
  rule,
  scope,
  share,
  TODAY,
  worldWith,
} from './example-world.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/** One who may give these roles within these values. */
function authority(to: string, roles: readonly string[], values: Values = {}): GrantingAuthority {
  const name = `${to} may give ${roles.join()}`;
  return { name, holder: grantee(to), roles, exceptRoles: [], scope: scope(values) };
}

const INVOICE: DocumentFacts = { name: 'INV-1', company: 'UK', cost_center: 'Leeds' };
const UK = { Company: ['UK'], 'Cost Center': ['Leeds/'] };
const INVOICES = rule('Accounts', 'Invoice', { actions: ['read', 'share'] });

/** Ben keeps the books of Leeds; whoever changes something tells by an authority who they are. */
function books(parts: Partial<World> = {}): World {
  return worldWith({ rules: [INVOICES], grants: [grant('ben', 'Accounts', UK)], ...parts });
}

function judge(world: World, actor: string | Principal, change: WorldChange) {
  const who = typeof actor === 'string' ? person(actor) : actor;
  const compiled = compileWorld(world);
  const gains = gainsOf(compiled, change, TODAY);
  return judgeGains(compiled, who, gains, TODAY, (_, name) => (name === 'INV-1' ? INVOICE : null));
}

/** The change is refused to Ben who would gain, to others without authority, and else allowed. */
function isBound(world: World, change: WorldChange, role: string, values: Values): void {
  const withAuthority = (given: Values) => ({
    ...world,
    authorities: [authority('ada', [role], given), authority('ben', [role], given)],
  });
  assert.equal(judge(withAuthority({}), 'ben', change), 'self_gain');
  assert.equal(judge(world, 'cleo', change), 'outside_authority');
  assert.equal(judge(withAuthority(values), 'ada', change), null);
  const elsewhere = Object.fromEntries(Object.keys(values).map((name) => [name, ['SG']]));
  assert.equal(judge(withAuthority(elsewhere), 'ada', change), 'outside_authority');
}

test('INVARIANT (no-self-gain): a grant', () => {
  const world = worldWith({ rules: [INVOICES] });
  isBound(world, { grants: { gone: [], added: [grant('ben', 'Accounts', UK)] } }, 'Accounts', UK);
  isBound(
    { ...world, members: [{ group: 'books', user: 'ben', from: TODAY + 9, until: null }] },
    { grants: { gone: [], added: [grant('#books', 'Accounts', UK)] } },
    'Accounts',
    UK,
  );
});

test('a grant that takes the place of one which gave no less gives nothing', () => {
  const long = grant('ben', 'Accounts', UK);
  const world = { ...worldWith({ rules: [INVOICES], grants: [long] }) };
  const gains = (next: ReturnType<typeof grant>) =>
    gainsOf(compileWorld(world), { grants: { gone: [long], added: [next] } }, TODAY).length;
  assert.equal(gains({ ...long, until: TODAY + 1 }), 0);
  assert.equal(gains({ ...long, scope: scope({ ...UK, Company: ['UK'] }) }), 0);
  assert.equal(gains({ ...long, scope: scope({ ...UK, Company: ['UK', 'SG'] }) }), 1);
  assert.equal(gains({ ...long, role: 'HR' }), 1);
  const short = { ...long, until: TODAY + 1 };
  const before = compileWorld({ ...world, grants: [short] });
  const longer = { grants: { gone: [short], added: [{ ...long, until: TODAY + 2 }] } };
  assert.equal(gainsOf(before, longer, TODAY).length, 1);
});

test('INVARIANT (no-self-gain): a rule', () => {
  const other = rule('Accounts', 'Note', { name: 'notes' });
  const change = { rules: { gone: [], added: [other] } };
  const world = books();
  const whole = (to: string) => authority(to, ['*']);
  assert.equal(judge({ ...world, authorities: [whole('ben')] }, 'ben', change), 'self_gain');
  assert.equal(judge(world, 'cleo', change), 'outside_authority');
  assert.equal(judge({ ...world, authorities: [whole('ada')] }, 'ada', change), null);
  const elsewhere = authority('ada', ['*'], { Company: ['SG'] });
  assert.equal(judge({ ...world, authorities: [elsewhere] }, 'ada', change), 'outside_authority');
  const draft = { rules: { gone: [], added: [{ ...other, status: 'draft' as const }] } };
  assert.equal(judge(world, 'ben', draft), null);
});

test('a rule of a role that nobody holds is judged by what other roles of the giver can do', () => {
  const notes = rule('HR', 'Note', { name: 'notes', actions: ['write'], levels: [0, 1] });
  const world = worldWith({ rules: [notes], authorities: [authority('ada', ['Employee', 'HR'])] });
  const given = (parts: Parameters<typeof rule>[2], more: Partial<World> = {}) => {
    const added = [rule('Employee', 'Note', { name: 'new', ...parts })];
    return judge({ ...world, ...more }, 'ada', { rules: { gone: [], added } });
  };
  for (const covered of [{}, { actions: ['read', 'write'] as const }, { levels: [1] }]) {
    assert.equal(given(covered), null);
  }
  for (const wider of [{ actions: ['write', 'delete'] as const }, { levels: [0, 2] }]) {
    assert.equal(given(wider), 'outside_authority');
  }
  const own = { when: { kind: 'is-me', field: 'owner' } as const };
  const owned = { rules: [{ ...notes, ...own }] };
  assert.equal(given(own, owned), null);
  assert.equal(given({}, owned), 'outside_authority');
  const other = { when: { kind: 'is-me', field: 'modified_by' } as const };
  assert.equal(given(other, owned), 'outside_authority');
});

test('an authority over every role gives no power that only a role has which it leaves out', () => {
  const all = { ...authority('ada', ['*']), exceptRoles: ['Approver'] };
  const approving = rule('Approver', 'Invoice', { actions: ['submit'], levels: [0, 1] });
  const world = worldWith({ rules: [approving], authorities: [all] });
  const given = (parts: Parameters<typeof rule>[2], more: Partial<World> = {}) => {
    const added = [rule('HR', 'Invoice', { name: 'new', ...parts })];
    return judge({ ...world, ...more }, 'ada', { rules: { gone: [], added } });
  };
  assert.equal(given({ actions: ['submit'] }), 'outside_authority');
  assert.equal(given({ actions: ['read'] }), 'outside_authority', 'which submitting implies');
  const mine = { when: { kind: 'is-me', field: 'owner' } as const };
  assert.equal(given({ actions: ['submit'], ...mine }), 'outside_authority', 'a part of it');
  assert.equal(given({ actions: ['submit'], except: ['Company'] }), 'outside_authority', 'more');
  assert.equal(given({ actions: ['create'] }), null, 'nobody has that yet');
  const others = { rules: [approving, rule('Accounts', 'Invoice', { actions: ['submit'] })] };
  assert.equal(given({ actions: ['submit'] }, others), null, 'another role has it too');
  assert.equal(given({ actions: ['submit'], levels: [1] }, others), 'outside_authority');
});

test('who could give a power within one company does not bring it to where others give the role', () => {
  const [here, everywhere] = [{ Company: ['UK'] }, { Company: ['*', '(blank)'] }];
  const notes = rule('HR', 'Note', { name: 'notes' });
  const change = { rules: { gone: [], added: [rule('Employee', 'Note')] } };
  const own = authority('ada', ['Employee', 'HR'], here);
  const world = worldWith({ rules: [notes], authorities: [own] });
  assert.equal(judge(world, 'ada', change), null);
  const wider = [own, authority('dan', ['Employee'], everywhere)];
  assert.equal(judge({ ...world, authorities: wider }, 'ada', change), 'outside_authority');
  const able = [own, authority('dan', ['Employee', 'HR'], everywhere)];
  assert.equal(judge({ ...world, authorities: able }, 'ada', change), null);
});

test('a new role gives nothing by itself', () => {
  assert.equal(judge(books(), 'cleo', { roles: { gone: [], added: [{ name: 'Clerk' }] } }), null);
});

test('INVARIANT (no-self-gain): a member of a group', () => {
  const world = worldWith({ rules: [INVOICES], grants: [grant('#books', 'Accounts', UK)] });
  const member = { group: 'books', user: 'ben', from: TODAY + 5, until: null };
  isBound(world, { members: { gone: [], added: [member] } }, 'Accounts', UK);
  const giving = worldWith({ authorities: [authority('#books', ['HR'])] });
  const change = { members: { gone: [], added: [member] } };
  assert.equal(judge(giving, 'ben', change), 'self_gain', 'what its authorities let one give');
});

test('INVARIANT (no-self-gain): a share, which is bound by what the sharer may do', () => {
  const shares = { gone: [], added: [share('Invoice', 'INV-1', 'dan')] };
  assert.equal(judge(books(), 'ben', { shares }), null);
  assert.equal(judge(books(), 'dan', { shares }), 'self_gain');
  assert.equal(judge(books(), 'cleo', { shares }), 'outside_authority');
  const more = { gone: [], added: [share('Invoice', 'INV-1', 'dan', { actions: ['write'] })] };
  assert.equal(judge(books(), 'ben', { shares: more }), 'outside_authority');
  const hidden = { gone: [], added: [share('Invoice', 'INV-2', 'dan')] };
  assert.equal(judge(books(), 'ben', { shares: hidden }), 'outside_authority');
  const upper = books({ rules: [{ ...INVOICES, levels: [1] }] });
  assert.equal(judge(upper, 'ben', { shares }), 'outside_authority', 'a share shows level 0');
});

test('INVARIANT (no-self-gain): a move in a tree', () => {
  const moves = [{ dimension: 'Cost Center', value: 'London', parent: 'Leeds' }];
  isBound(books(), { moves }, 'Accounts', { 'Cost Center': ['London/'] });
  const below = [{ dimension: 'Cost Center', value: 'Shop Floor', parent: 'All' }];
  assert.equal(judge(books(), 'ben', { moves: below }), null, 'out of its place nobody gains');
  const giving = { ...books(), authorities: [authority('ben', ['HR'], UK)] };
  assert.equal(judge(giving, 'ben', { moves }), 'self_gain', 'an authority that grows');
});

test('all that is below a value moves with it', () => {
  // Ben holds Leeds Retail itself already, and not what is below it.
  const own = grant('ben', 'Accounts', {
    Company: ['UK'],
    'Cost Center': ['London/', 'Leeds Retail'],
  });
  const world = books({ grants: [own] });
  const moves = [{ dimension: 'Cost Center', value: 'Leeds Retail', parent: 'London' }];
  isBound(world, { moves }, 'Accounts', { 'Cost Center': ['Shop Floor/'] });
});

test('of two paths of one dimension a move opens the old values together with the new ones', () => {
  const moving = rule('Accounts', 'Stock Move', { name: 'moving' });
  const trees = [
    {
      dimension: 'Warehouse',
      parents: new Map([
        ['A', null],
        ['B', null],
      ]),
    },
  ];
  const own = grant('ben', 'Accounts', { Warehouse: ['A/'] });
  const world = worldWith({ rules: [moving], grants: [own], trees });
  const moves = [{ dimension: 'Warehouse', value: 'B', parent: 'A' }];
  isBound(world, { moves }, 'Accounts', { Warehouse: ['A/', 'B/'] });
  const part = { ...world, authorities: [authority('ada', ['Accounts'], { Warehouse: ['B/'] })] };
  assert.equal(judge(part, 'ada', { moves }), 'outside_authority');
});

test('INVARIANT (no-self-gain): values of a dimension that become one', () => {
  // Whoever gives one of them only would give both afterwards.
  const both = { 'Cost Center': ['London/', 'Leeds/'] };
  const london = { dimension: 'Cost Center', value: 'London', to: 'Leeds', merges: true };
  isBound(books(), { renames: [london] }, 'Accounts', both);
  const one = {
    ...books(),
    authorities: [authority('ada', ['Accounts'], { 'Cost Center': ['London/'] })],
  };
  assert.equal(judge(one, 'ada', { renames: [london] }), 'self_gain');
  const back = { dimension: 'Cost Center', value: 'Leeds', to: 'London', merges: true };
  isBound(books(), { renames: [back] }, 'Accounts', both);
});

test('INVARIANT (no-self-gain): a value that gets a name which a scope or a condition speaks of', () => {
  const fresh = [{ dimension: 'Company', value: 'DE', to: 'Asia', merges: false }];
  assert.equal(judge(books(), 'cleo', { renames: fresh }), null, 'nobody speaks of it');
  const own = [{ dimension: 'Company', value: 'UK', to: 'Britain', merges: false }];
  assert.equal(judge(books(), 'cleo', { renames: own }), null, 'the grant takes the new name');
  const awaiting = grant('ben', 'Accounts', { ...UK, Company: ['UK', 'Asia'] });
  isBound(books({ grants: [awaiting] }), { renames: fresh }, 'Accounts', { Company: ['DE'] });
  const when = { kind: 'one-of', field: 'company', values: ['Asia'] } as const;
  const conditional = books({ rules: [{ ...INVOICES, when }] });
  isBound(conditional, { renames: fresh }, 'Accounts', UK);
});

test('a share of a document that becomes one with another is one of both', () => {
  const world = worldWith({ shares: [share('Company', 'UK', 'ben')] });
  for (const [value, to] of [
    ['UK', 'SG'],
    ['SG', 'UK'],
  ] as const) {
    const renames = [{ dimension: 'Company', value, to, merges: true }];
    assert.equal(judge(world, 'ben', { renames }), 'self_gain');
    assert.equal(judge(world, 'cleo', { renames }), 'outside_authority');
  }
});

/** Both open payslips; only HR's head opens the level of what is paid. */
const PAYSLIPS = rule('HR', 'Payslip', { except: ['Employee'] });
const HEAD = rule('Approver', 'Payslip', { except: ['Employee'], levels: [0, 1] });

function relevel(level: number): WorldChange {
  return { levels: [{ doctype: 'Payslip', field: 'net_pay', level }] };
}

test('INVARIANT (no-self-gain): the level of a field', () => {
  const own = grant('ben', 'HR', { Company: ['UK'] });
  const world = worldWith({ rules: [PAYSLIPS, HEAD], grants: [own] });
  const given = (to: string, roles: readonly string[], values: Values = {}) =>
    judge({ ...world, authorities: [authority(to, roles, values)] }, to, relevel(0));
  assert.equal(given('ben', ['HR', 'Approver']), 'self_gain');
  assert.equal(judge(world, 'cleo', relevel(0)), 'outside_authority');
  assert.equal(given('ada', ['HR', 'Approver'], { Company: ['UK'] }), null);
  assert.equal(given('ada', ['HR', 'Approver'], { Company: ['SG'] }), 'outside_authority');
  assert.equal(given('ada', ['HR']), 'outside_authority', 'who could not give that level');
  assert.equal(judge(world, 'ben', relevel(2)), null, 'which no rule opens');
  const upper = { ...world, rules: [PAYSLIPS, { ...PAYSLIPS, name: 'up', levels: [2] }] };
  assert.equal(judge(upper, 'ben', relevel(2)), 'self_gain', 'up to one that a rule opens');
  const both = { ...world, rules: [{ ...PAYSLIPS, levels: [0, 1] }] };
  assert.equal(judge(both, 'ben', relevel(0)), null, 'whoever read it before gains nothing');
  const shared = worldWith({ shares: [share('Payslip', 'PAY-1', 'ben')] });
  assert.equal(judge(shared, 'ben', relevel(0)), 'self_gain', 'a share shows level 0');
  assert.equal(judge(shared, 'cleo', relevel(0)), 'outside_authority');
});

test('a level that changes is power in a role that nobody holds, to be given afterwards', () => {
  const [here, there] = [{ Company: ['UK'] }, { Company: ['SG'] }];
  const change = relevel(0);
  const by = (...authorities: GrantingAuthority[]) =>
    worldWith({ rules: [PAYSLIPS, HEAD], authorities });
  assert.equal(judge(by(), 'cleo', change), 'outside_authority');
  assert.equal(judge(by(authority('ada', ['HR'])), 'ada', change), 'outside_authority');
  const able = authority('ada', ['HR', 'Approver'], here);
  assert.equal(judge(by(able), 'ada', change), null);
  const elsewhere = authority('dan', ['HR'], there);
  assert.equal(judge(by(able, elsewhere), 'ada', change), 'outside_authority', 'who gives HR');
  const headToo = authority('dan', ['HR', 'Approver'], there);
  assert.equal(judge(by(able, headToo), 'ada', change), null, 'who gave as much before');
  const leavingOut = { ...authority('ada', ['*']), exceptRoles: ['Approver'] };
  assert.equal(judge(by(leavingOut), 'ada', change), 'outside_authority');
  assert.equal(judge(by(authority('ada', ['*'])), 'ada', change), null);
  const drafts = worldWith({ rules: [{ ...PAYSLIPS, status: 'draft' }] });
  assert.equal(judge(drafts, 'cleo', change), null, 'a draft opens nothing');
});

test('INVARIANT (no-self-gain): a secret that is none any more', () => {
  const own = grant('ben', 'HR', { Company: ['UK'] });
  const world = worldWith({ rules: [PAYSLIPS], grants: [own] });
  const field = { doctype: 'Payslip', field: 'pin', level: 0 };
  for (const sensitivity of ['none', 'personal'] as const) {
    const change = { sensitivities: [{ ...field, sensitivity }] };
    const given = (to: string, roles: readonly string[], values: Values = {}) =>
      judge({ ...world, authorities: [authority(to, roles, values)] }, to, change);
    assert.equal(given('ben', ['*']), 'self_gain');
    assert.equal(judge(world, 'cleo', change), 'outside_authority');
    // What nobody could read yet, only who may give every role can give.
    assert.equal(given('ada', ['HR']), 'outside_authority');
    assert.equal(given('ada', ['*'], { Company: ['UK'] }), null);
    assert.equal(given('ada', ['*'], { Company: ['SG'] }), 'outside_authority');
    const unheld = { ...world, grants: [] };
    assert.equal(judge(unheld, 'cleo', change), 'outside_authority');
  }
  assert.equal(judge(world, 'ben', { sensitivities: [{ ...field, sensitivity: 'secret' }] }), null);
});

const BY_COMPANY = { dimension: 'Company', path: 'company' };
const FEWER = { paths: [{ doctype: 'Invoice', paths: [BY_COMPANY] }] };

test('INVARIANT (no-self-gain): the dimension paths of a doctype', () => {
  isBound(books(), FEWER, 'Accounts', { Company: ['UK'] });
  const sold = { dimension: 'Cost Center', path: 'sold_by' };
  const other = { paths: [{ doctype: 'Invoice', paths: [BY_COMPANY, sold] }] };
  isBound(books(), other, 'Accounts', { Company: ['UK'] });
  // Ben comes to read invoices of every cost centre.
  for (const change of [FEWER, other]) {
    const leeds = { ...books(), authorities: [authority('ada', ['Accounts'], UK)] };
    assert.equal(judge(leeds, 'ada', change), 'outside_authority');
  }
  const more = { dimension: 'Employee', path: 'seller' };
  const paths = [BY_COMPANY, { dimension: 'Cost Center', path: 'cost_center' }, more];
  const change = { paths: [{ doctype: 'Invoice', paths }] };
  assert.equal(judge(books(), 'ben', change), null, 'a path more only narrows');
  const all = grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['*', '(blank)'] });
  const open = [authority('ben', ['Accounts'])];
  const whole = books({ grants: [all], authorities: open });
  assert.equal(judge(whole, 'ben', FEWER), null, 'it covered all of them');
});

test('a path that goes is power in a role that nobody holds, to be given afterwards', () => {
  const by = (...authorities: GrantingAuthority[]) => worldWith({ rules: [INVOICES], authorities });
  assert.equal(judge(by(), 'cleo', FEWER), null, 'whom nobody could give less either');
  const leeds = authority('ada', ['Accounts'], UK);
  assert.equal(judge(by(leeds), 'ada', FEWER), 'outside_authority');
  const uk = authority('ada', ['Accounts'], { Company: ['UK'] });
  assert.equal(judge(by(uk), 'ada', FEWER), null, 'who gave every cost centre before');
  assert.equal(judge(by(uk, authority('dan', ['Accounts'], UK)), 'ada', FEWER), null);
  const singapore = authority('dan', ['Accounts'], { Company: ['SG'], 'Cost Center': ['Leeds/'] });
  assert.equal(judge(by(uk, singapore), 'ada', FEWER), 'outside_authority');
  const openToo = authority('dan', ['Accounts'], { Company: ['SG'] });
  assert.equal(judge(by(uk, singapore, openToo), 'ada', FEWER), null, 'Dan gave it before');
  const named = authority('ada', ['Accounts'], { 'Cost Center': ['*', '(blank)'] });
  assert.equal(judge(by(named), 'ada', FEWER), null);
  const unblank = authority('ada', ['Accounts'], { 'Cost Center': ['*'] });
  assert.equal(judge(by(unblank), 'ada', FEWER), 'outside_authority', 'blank ones too');
});

test('INVARIANT (no-self-gain): whom a webhook, a job or a service account acts as', () => {
  const acting = (to: string, principal: string) => ({
    acting: { gone: [], added: [{ name: 'hook', holder: grantee(to), principal }] },
  });
  const world = books({ grants: [grant('robot', 'Accounts', UK)] });
  isBound(world, acting('ben', 'robot'), 'Accounts', UK);
  const inGroup = { ...world, members: [{ group: 'it', user: 'ben', from: null, until: null }] };
  isBound(inGroup, acting('#it', 'robot'), 'Accounts', UK);
  const system = books({ grants: [grant('system:ledger', 'Accounts', UK)] });
  isBound(system, acting('ben', 'system:ledger'), 'Accounts', UK);
  assert.equal(judge(world, 'ben', acting('ben', 'ben')), null, 'everybody acts as themself');
  assert.equal(judge(world, 'ben', acting('ben', 'nobody')), null, 'who holds nothing');
});

test('INVARIANT (no-self-gain): a user who is enabled, and has all that is in their name', () => {
  const users = { gone: [], added: ['ben'] };
  const out = (parts: Partial<World> = {}): World => {
    const world = books(parts);
    return { ...world, users: world.users.filter((user) => user !== 'ben') };
  };
  isBound(out(), { users }, 'Accounts', UK);
  const member = { group: 'books', user: 'ben', from: null, until: null };
  const byGroup = out({ grants: [grant('#books', 'Accounts', UK)], members: [member] });
  isBound(byGroup, { users }, 'Accounts', UK);
  const giving = out({ grants: [], authorities: [authority('ben', ['HR'])] });
  assert.equal(judge(giving, 'cleo', { users }), 'outside_authority', 'what they may give');
  const shares = [share('Invoice', 'INV-1', 'ben')];
  const shared = out({ grants: [grant('dan', 'Accounts', UK)], shares });
  assert.equal(judge(shared, 'cleo', { users }), 'outside_authority');
  assert.equal(judge(shared, 'dan', { users }), null, 'who may share it');
  // Whoever acts as somebody is back with them.
  const acting = [{ name: 'hook', holder: grantee('ada'), principal: 'ben' }];
  const hooked = { ...out({ authorities: [authority('ada', ['*'])] }), acting };
  assert.equal(judge(hooked, 'ada', { users }), 'self_gain');
});

test('a user who is enabled gains nothing by what is over, or what everybody has', () => {
  const users = { gone: [], added: ['ben'] };
  const over = grant('ben', 'Accounts', UK, { until: TODAY });
  const toAll = grant('#Everyone', 'Accounts', UK);
  const world = books({ grants: [over, toAll], shares: [share('Invoice', 'X', 'ben', over)] });
  const out = { ...world, users: ['ada'] };
  assert.equal(judge(out, 'cleo', { users }), null);
  assert.equal(judge(books(), 'cleo', { users: { gone: ['ben'], added: [] } }), null);
  assert.equal(judge(books(), 'cleo', { users }), null, 'who could act already');
});

test('a preview of a user who is disabled or enabled says what they lose or gain', () => {
  const group = { count: 3, facts: INVOICE };
  const preview = (world: World, users: { gone: string[]; added: string[] }) => {
    const before = compileWorld(world);
    const change = { users };
    const after = recompile(before, change);
    const groupsOf = (name: string) => (name === 'Invoice' ? [group] : []);
    return previewChange({ before, after, change }, groupsOf, TODAY);
  };
  const gone = preview(books(), { gone: ['ben'], added: [] });
  const read = { doctype: 'Invoice', action: 'read', people: 1, documents: 3, pairs: 3 };
  assert.deepEqual([gone.gained, gone.lost.find(({ action }) => action === 'read')], [[], read]);
  const back = preview({ ...books(), users: ['ada'] }, { gone: [], added: ['ben'] });
  assert.deepEqual([back.lost, back.gained.find(({ action }) => action === 'read')], [[], read]);
});

test('INVARIANT (no-self-gain): what is given to whom one acts as, or who acts for one', () => {
  const acting = [{ name: 'hook', holder: grantee('ben'), principal: 'robot' }];
  const world = worldWith({ rules: [INVOICES], acting, authorities: [authority('ben', ['*'])] });
  const given = (to: string) => ({ grants: { gone: [], added: [grant(to, 'Accounts', UK)] } });
  assert.equal(judge(world, 'ben', given('robot')), 'self_gain');
  assert.equal(judge(world, 'ben', given('dan')), null);
  const twice = [...acting, { name: 'job', holder: grantee('robot'), principal: 'other' }];
  assert.equal(judge({ ...world, acting: twice }, 'ben', given('other')), 'self_gain');
  const byAssistant: Principal = { ...person('ben'), actor: 'assistant' };
  assert.equal(judge(world, byAssistant, given('assistant')), 'self_gain');
  assert.equal(judge(world, byAssistant, given('dan')), null);
});

test('INVARIANT (no-self-gain): an authority itself', () => {
  const change = (to: string, roles: readonly string[], values: Values = {}) => ({
    authorities: { gone: [], added: [authority(to, roles, values)] },
  });
  const world = worldWith({ authorities: [authority('ada', ['HR'], { Company: ['UK'] })] });
  assert.equal(judge(world, 'ada', change('ben', ['HR'], { Company: ['UK'] })), null);
  assert.equal(judge(world, 'ada', change('ada', ['HR'], { Company: ['UK'] })), 'self_gain');
  for (const wider of [change('ben', ['HR']), change('ben', ['*'], { Company: ['UK'] })]) {
    assert.equal(judge(world, 'ada', wider), 'outside_authority');
  }
});

test('an authority of everybody serves people, not the system’s own principals', () => {
  const world = worldWith({
    rules: [INVOICES],
    authorities: [authority('#Everyone', ['Accounts'])],
  });
  const change = { grants: { gone: [], added: [grant('ben', 'Accounts', UK)] } };
  const system: Principal = { ...person('system:ledger'), kind: 'system' };
  const guest: Principal = { ...person('Guest'), kind: 'guest' };
  assert.equal(judge(world, 'ada', change), null);
  assert.equal(judge(world, system, change), 'outside_authority');
  assert.equal(judge(world, guest, change), 'outside_authority');
});

test('a renamed value keeps what is below it, and whoever held it holds it by the new name', () => {
  const world = books();
  const renames = [{ dimension: 'Cost Center', value: 'Leeds', to: 'Yorkshire', merges: false }];
  const after = applyChange(world, { renames });
  const invoice = (cost_center: string) => ({ ...INVOICE, cost_center });
  assert.ok(canRead(after, 'ben', 'Invoice', invoice('Yorkshire')));
  assert.ok(canRead(after, 'ben', 'Invoice', invoice('Shop Floor')));
  assert.ok(!canRead(after, 'ben', 'Invoice', invoice('Leeds')));
  const merged = applyChange(world, {
    renames: [{ dimension: 'Cost Center', value: 'Leeds', to: 'Leeds Retail', merges: true }],
  });
  assert.deepEqual(
    [...(merged.trees[0]?.parents ?? [])],
    [
      ['All', null],
      ['Leeds Retail', 'All'],
      ['Shop Floor', 'Leeds Retail'],
      ['London', 'All'],
    ],
  );
});
