/** What a forecast says, in examples; that it says all of it, the property of forecasts tests. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { forecastOf, type Unheld } from '../../src/authz/forecast.ts';
import type { World } from '../../src/authz/world.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const in10 = { from: null, until: TODAY + 10 * DAY };
const from20 = { from: TODAY + 20 * DAY, until: null };
const rules = [rule('Accounts', 'Invoice', { actions: ['submit'] })];
const ALL = { Company: ['*', '(blank)'], 'Cost Center': ['*', '(blank)'] };

const forecast = (parts: Partial<World>, days = 30) =>
  forecastOf(compileWorld(worldWith({ rules, ...parts })), TODAY, TODAY + days * DAY);

/** `submit Invoice company C07, from day 10` and the like. */
function words(unheld: readonly Unheld[]): string[] {
  const day = (moment: number | null): string =>
    moment === null ? '' : String((moment - TODAY) / DAY);
  return unheld.map((one) => {
    const time = `${day(one.from)}-${day(one.until)}`;
    if (one.kind === 'role') return `${time} role ${one.role}`;
    const names = (values: readonly { value: string; descendants: boolean }[]): string =>
      values.map(({ value, descendants }) => (descendants ? `${value}/` : value)).join('+');
    const places = one.within.map(
      ({ path, values, except }) =>
        ` ${path}=${names(values)}${except.length > 0 ? `-${names(except)}` : ''}`,
    );
    const level = one.wholly ? '' : ` level ${one.levels.join()}`;
    return `${time} ${one.actions.at(-1)} ${one.doctype}${places.join('')}${level}`;
  });
}

test('the only one who may submit in a company: from then on, nobody can there', () => {
  const { ending, unheld } = forecast({
    grants: [
      grant('ada', 'Accounts', { ...ALL, Company: ['C07'] }, in10),
      grant('ben', 'Accounts', { ...ALL, Company: ['C08'] }),
    ],
  });
  assert.deepEqual(
    ending.map(({ kind, at }) => [kind, (at - TODAY) / DAY]),
    [['grant', 10]],
  );
  assert.deepEqual(words(unheld), ['10- submit Invoice company=C07']);
  const [lost] = unheld;
  assert.deepEqual(
    lost?.ended.map((turn) => turn.kind === 'grant' && turn.grant.name),
    ['ada as Accounts'],
  );
});

test('whoever else covers all of it keeps it from being told, by several grants together too', () => {
  const ada = grant('ada', 'Accounts', { ...ALL, 'Cost Center': ['Leeds/'] }, in10);
  const covered = (...others: string[][]) =>
    words(
      forecast({
        grants: [
          ada,
          ...others.map((centres) => grant('ben', 'Accounts', { ...ALL, 'Cost Center': centres })),
        ],
      }).unheld,
    );
  assert.deepEqual(covered(['All/']), []);
  assert.deepEqual(covered(['Leeds'], ['Leeds Retail/']), []);
  assert.deepEqual(covered(['Leeds'], ['Leeds Retail']), [
    '10- submit Invoice cost_center=Shop Floor',
  ]);
  assert.deepEqual(covered(['London']), ['10- submit Invoice cost_center=Leeds/']);
});

test('a place is lost where the values meet, though each of them is held elsewhere', () => {
  const { unheld } = forecast({
    grants: [
      grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['Leeds'] }, in10),
      grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['London'] }),
      grant('cleo', 'Accounts', { Company: ['DE'], 'Cost Center': ['Leeds'] }),
    ],
  });
  assert.deepEqual(words(unheld), ['10- submit Invoice company=UK cost_center=Leeds']);
});

test('`*` leaves everything but what the others name', () => {
  const { unheld } = forecast({
    grants: [
      grant('ada', 'Accounts', ALL, in10),
      grant('ben', 'Accounts', { ...ALL, Company: ['UK'] }),
    ],
  });
  assert.deepEqual(words(unheld), ['10- submit Invoice company=*+(blank)-UK']);
});

test('a gap is told with its end; one that is filled in time is none', () => {
  const grants = [grant('ada', 'Accounts', ALL, in10)];
  const later = grant('ben', 'Accounts', ALL, from20);
  assert.deepEqual(words(forecast({ grants: [...grants, later] }).unheld), [
    '10-20 role Accounts',
    '10-20 submit Invoice',
  ]);
  assert.deepEqual(words(forecast({ grants: [...grants, later] }, 15).unheld), [
    '10- role Accounts',
    '10- submit Invoice',
  ]);
  const inTime = grant('ben', 'Accounts', ALL, { ...from20, from: TODAY + 10 * DAY });
  assert.deepEqual(words(forecast({ grants: [...grants, inTime] }).unheld), []);
  assert.deepEqual(words(forecast({ grants }, 9).unheld), []);
});

test('who may not act holds nothing: neither a duty to lose nor one that stays', () => {
  const users = ['ada'];
  const dismissed = grant('ben', 'Accounts', ALL);
  assert.deepEqual(
    words(forecast({ users, grants: [grant('ada', 'Accounts', ALL, in10), dismissed] }).unheld),
    ['10- role Accounts', '10- submit Invoice'],
  );
  const { ending, unheld } = forecast({ users, grants: [grant('ben', 'Accounts', ALL, in10)] });
  assert.deepEqual(words(unheld), []);
  assert.equal(ending.length, 1);
});

test('the last member who leaves a group takes its duties along, and is named', () => {
  const grants = [grant('#team', 'Accounts', ALL)];
  const ada = { group: 'team', user: 'ada', from: null, until: TODAY + 5 * DAY };
  const ben = { group: 'team', user: 'ben', ...in10 };
  const { ending, unheld } = forecast({ grants, members: [ada, ben] });
  assert.deepEqual(
    ending.map((turn) => turn.kind === 'member' && turn.member.user),
    ['ada', 'ben'],
  );
  assert.deepEqual(words(unheld), ['10- role Accounts', '10- submit Invoice']);
  assert.deepEqual(
    unheld[0]?.ended.map((turn) => turn.kind === 'member' && turn.member.user),
    ['ada', 'ben'],
  );
});

test('fields that only the ending grant opens are told, though the documents stay open', () => {
  const payslips = [
    rule('HR', 'Payslip', { levels: [0, 1] }),
    rule('Accounts', 'Payslip', { levels: [0] }),
  ];
  const scope = { Company: ['UK'], Employee: ['*'] };
  const { unheld } = forecast({
    rules: payslips,
    grants: [grant('ada', 'HR', scope, in10), grant('ben', 'Accounts', scope)],
  });
  assert.deepEqual(words(unheld), [
    '10- role HR',
    '10- read Payslip company=UK employee=* level 1',
  ]);
});

test('a share ends and is told of, and is no duty', () => {
  const { ending, unheld } = forecast({
    shares: [{ ...share('Note', 'NOTE-1', 'ada'), ...in10 }],
  });
  assert.deepEqual([ending.length, unheld], [1, []]);
});
