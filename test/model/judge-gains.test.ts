/** Who may make a change that gives something to others, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Ceiling,
  compileWorld,
  type Gain,
  type GrantingAuthority,
  gainsOf,
  judgeGains,
  type World,
} from '../../src/authz/index.ts';
import { grant, grantee, person, rule, scope, share, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;

type Values = Readonly<Record<string, readonly string[]>>;

/** One who may give these roles within these values. */
function authority(to: string, roles: readonly string[], values: Values = {}): GrantingAuthority {
  const name = `${to} may give ${roles.join()} ${JSON.stringify(values)}`;
  return { name, holder: grantee(to), roles, exceptRoles: [], scope: scope(values) };
}

const READ = rule('HR', 'Note', { name: 'read notes' });
const WRITE = rule('Employee', 'Note', { name: 'write notes', actions: ['write'] });

/** Whether somebody may put reading notes into HR, which nobody holds. */
function empowering(actor: string, authorities: GrantingAuthority[]) {
  const world = compileWorld(worldWith({ rules: [WRITE], authorities }));
  const gains = gainsOf(world, { rules: { gone: [], added: [READ] } }, TODAY);
  return judgeGains(world, person(actor), gains, TODAY);
}

test('what somebody else may give helps nobody to make a role worth more', () => {
  const adas = authority('ada', ['HR', 'Employee']);
  assert.equal(empowering('ada', [adas]), null);
  assert.equal(empowering('cleo', [adas]), 'outside_authority');
  const other = authority('cleo', ['Accounts']);
  assert.equal(empowering('cleo', [adas, other]), 'outside_authority');
  const withoutHr = authority('cleo', ['Employee']);
  assert.equal(empowering('cleo', [adas, withoutHr]), 'outside_authority', 'which could give it');
});

test('where others give the role, one authority of several is enough', () => {
  const [uk, sg] = [{ Company: ['UK'] }, { Company: ['SG'] }];
  const own = [authority('ada', ['HR', 'Employee'], sg), authority('ada', ['HR', 'Employee'], uk)];
  assert.equal(empowering('ada', [...own, authority('dan', ['HR'], uk)]), null);
  const de = authority('dan', ['HR'], { Company: ['DE'] });
  assert.equal(empowering('ada', [...own, de]), 'outside_authority');
});

test('a token gives within its own scope; one that limits something else gives as its owner', () => {
  const values = { Company: ['UK'] };
  const world = compileWorld(worldWith({ authorities: [authority('ada', ['HR'])] }));
  const gain: Gain = { grantee: grantee('ben'), role: 'HR', scope: scope(values) };
  const by = (ceiling: Omit<Ceiling, 'name'>) =>
    judgeGains(world, person('ada', [{ name: 'token', ...ceiling }]), [gain], TODAY);
  assert.equal(by({ actions: ['read'] }), null);
  assert.equal(by({ scope: scope(values) }), null);
  assert.equal(by({ scope: scope({ Company: ['SG'] }) }), 'outside_authority');
});

const SHARING: Partial<World> = {
  rules: [
    rule('HR', 'Note', { actions: ['share'], levels: [0] }),
    rule('Approver', 'Note', { actions: ['share'], levels: [0, 1] }),
  ],
  grants: [grant('ada', 'HR'), grant('dan', 'Approver')],
};

test('who shares passes on every level that the share shows', () => {
  const world = compileWorld(worldWith(SHARING));
  const passing = (actor: string, levels: number[]) => {
    const gain: Gain = { grantee: grantee('cleo'), share: share('Note', 'N-1', 'cleo'), levels };
    return judgeGains(world, person(actor), [gain], TODAY, () => ({ name: 'N-1' }));
  };
  assert.equal(passing('ada', [0]), null);
  assert.equal(passing('ada', [0, 1]), 'outside_authority');
  assert.equal(passing('dan', [0, 1]), null);
});

test('a document of which nothing is known is not shared', () => {
  const world = compileWorld(worldWith(SHARING));
  const gain: Gain = { grantee: grantee('cleo'), share: share('Note', 'N-1', 'cleo'), levels: [0] };
  assert.equal(judgeGains(world, person('ada'), [gain], TODAY), 'outside_authority');
});

test('what is held for a while is not shared for longer', () => {
  const end = TODAY + 10 * DAY;
  const world = compileWorld(
    worldWith({ ...SHARING, grants: [{ ...grant('ada', 'HR'), until: end }, grant('dan', 'HR')] }),
  );
  const passing = (actor: string, until: number | null) => {
    const shared = { ...share('Note', 'N-1', 'cleo'), until };
    const gain: Gain = { grantee: grantee('cleo'), share: shared, levels: [0] };
    return judgeGains(world, person(actor), [gain], TODAY, () => ({ name: 'N-1' }));
  };
  assert.equal(passing('ada', end), null);
  assert.equal(passing('ada', end + 1), 'outside_authority');
  assert.equal(passing('ada', null), 'outside_authority');
  assert.equal(passing('dan', null), null);
});

test('a share that ends is passed on until then, and by whoever got it not for longer either', () => {
  const end = TODAY + 10 * DAY;
  const held = { ...share('Note', 'N-1', 'ada'), actions: ['read', 'share'] as const, until: end };
  const world = compileWorld(worldWith({ ...SHARING, grants: [], shares: [held] }));
  const passing = (until: number | null) => {
    const shared = { ...share('Note', 'N-1', 'cleo'), until };
    const gain: Gain = { grantee: grantee('cleo'), share: shared, levels: [0] };
    return judgeGains(world, person('ada'), [gain], TODAY, () => ({ name: 'N-1' }));
  };
  assert.deepEqual(
    [passing(end), passing(end + 1), passing(null)],
    [null, 'outside_authority', 'outside_authority'],
  );
});
