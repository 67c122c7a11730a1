/** Duties that nobody holds any more: what is lost, by which grants, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { forecastOf, type Unheld } from '../../src/authz/forecast.ts';
import { compileWorld, type Filter } from '../../src/authz/index.ts';
import type { World } from '../../src/authz/world.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const ENDING = { until: TODAY + 10 * DAY };
const SUBMIT = rule('Accounts', 'Invoice', { actions: ['submit'] });
const ALL = { Company: ['*', '(blank)'], 'Cost Center': ['*', '(blank)'] };

/** What is lost within a month. */
function lost(parts: Partial<World>): readonly Unheld[] {
  const world = compileWorld(worldWith({ rules: [SUBMIT], ...parts }));
  return forecastOf(world, TODAY, TODAY + 30 * DAY).unheld;
}

/** The role or the companies that are lost, and whose grants brought them. */
function told(unheld: readonly Unheld[]) {
  return unheld.map((one) => {
    const what =
      one.kind === 'role' ? one.role : one.within[0]?.values.map(({ value }) => value).join();
    const who = one.ended.map((turn) => turn.kind === 'grant' && turn.grant.grantee.name);
    return [what, ...who];
  });
}

/** Everywhere in one company. */
const within = (company: string) => ({ ...ALL, Company: [company] });

test('each duty is told with the grants that brought it, and no others', () => {
  const grants = [
    grant('ada', 'Accounts', within('UK'), ENDING),
    grant('ben', 'Accounts', within('SG'), ENDING),
    grant('cleo', 'HR', {}, ENDING),
  ];
  assert.deepEqual(told(lost({ grants })), [
    ['Accounts', 'ada', 'ben'],
    ['HR', 'cleo'],
    ['UK', 'ada'],
    ['SG', 'ben'],
  ]);
});

test('what two grants brought, which end together, is told once with both', () => {
  const given = (name: string, ...companies: string[]) =>
    grant(name, 'Accounts', { ...ALL, Company: companies }, ENDING);
  assert.deepEqual(told(lost({ grants: [given('ada', 'UK', 'SG'), given('ben', 'SG', 'DE')] })), [
    ['Accounts', 'ada', 'ben'],
    ['UK,SG', 'ada', 'ben'],
    ['DE', 'ben'],
  ]);
});

test('a grant that begins in time keeps the part that it covers, beside one that stays', () => {
  const grants = [
    grant('ada', 'Accounts', ALL, ENDING),
    grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['Leeds'] }),
    grant('cleo', 'Accounts', within('UK'), { from: TODAY + 5 * DAY }),
  ];
  const unheld = lost({ grants });
  assert.deepEqual(told(unheld), [['*,(blank)', 'ada']]);
  const [one] = unheld;
  assert.ok(one && one.kind === 'action');
  assert.deepEqual(one.within[0]?.except, [{ value: 'UK', descendants: false }]);
  assert.equal(one.within.length, 1, 'whatever the cost centre is');
});

test('a duty is on the condition of its rule, or on none', () => {
  const when: Filter = { kind: 'blank', field: 'closed' };
  const conditions = (rules: World['rules']) =>
    lost({ rules, grants: [grant('ada', 'Accounts', ALL, ENDING)] }).flatMap((one) =>
      one.kind === 'action' ? [one.when] : [],
    );
  assert.deepEqual(conditions([SUBMIT]), [null]);
  assert.deepEqual(conditions([{ ...SUBMIT, when }]), [when]);
});
