/** What a forecast says, in examples; that it says all of it, the property of forecasts tests. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { forecastOf, type Turn, turnsBetween, type Unheld } from '../../src/authz/forecast.ts';
import type { Grant, World } from '../../src/authz/world.ts';
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
  const shared = { ...share('Note', 'NOTE-1', 'ada'), ...in10 };
  const { ending, unheld } = forecast({ shares: [shared] });
  assert.deepEqual(ending, [{ kind: 'share', share: shared, at: TODAY + 10 * DAY }]);
  assert.deepEqual(unheld, []);
});

/** What begins and what ends, in order: `ada 10` and the like. */
function turns(grants: readonly Grant[], now = TODAY, days = 30) {
  const world = compileWorld(worldWith({ rules, grants }));
  const { beginning, ending } = turnsBetween(world, now, now + days * DAY);
  const told = (list: readonly Turn[]): string[] =>
    list.map((turn) => {
      const name = turn.kind === 'grant' ? turn.grant.grantee.name : turn.kind;
      return `${name} ${(turn.at - now) / DAY}`;
    });
  return { beginning: told(beginning), ending: told(ending) };
}

/** Somebody's grant from one day to another, counted from a moment on; null is without limit. */
function lasting(to: string, first: number | null, last: number | null, now = TODAY): Grant {
  const moment = (day: number | null) => (day === null ? null : now + day * DAY);
  return grant(to, 'Accounts', ALL, { from: moment(first), until: moment(last) });
}

test('what begins and what ends is told in the order of time, however it is listed', () => {
  const grants = [lasting('ada', 7, 20), lasting('ben', 3, 25), lasting('cleo', 5, 15)];
  assert.deepEqual(turns(grants), {
    beginning: ['ben 3', 'cleo 5', 'ada 7'],
    ending: ['cleo 15', 'ada 20', 'ben 25'],
  });
});

test('only what happens after the moment of asking is told, the last moment included', () => {
  const days = [-1, 0, 1, 30, 31];
  const names = ['ada', 'ben', 'cleo', 'dan', 'eve'];
  const ending = names.map((name, index) => lasting(name, null, days[index] ?? null));
  const beginning = names.map((name, index) => lasting(name, days[index] ?? null, null));
  const told = ['cleo 1', 'dan 30'];
  assert.deepEqual(turns(ending), { beginning: [], ending: told });
  assert.deepEqual(turns(beginning), { beginning: told, ending: [] });
});

test('what is never valid neither begins nor ends', () => {
  const never = [lasting('ada', 8, 3), lasting('ben', 5, 5)];
  assert.deepEqual(turns([...never, lasting('cleo', 5, 6)]), {
    beginning: ['cleo 5'],
    ending: ['cleo 6'],
  });
});

test('what has no limit neither begins nor ends, of moments before 1970 too', () => {
  const now = -5 * DAY;
  const grants = [
    lasting('ada', null, 2, now),
    lasting('ben', 3, null, now),
    lasting('cleo', null, null, now),
    lasting('dan', null, 5, now),
  ];
  assert.deepEqual(turns(grants, now), { beginning: ['ben 3'], ending: ['ada 2', 'dan 5'] });
  const world = compileWorld(worldWith({ rules, grants: grants.slice(0, 1) }));
  const { unheld } = forecastOf(world, now, now + 30 * DAY);
  assert.deepEqual(
    unheld.map(({ from, until }) => [(from - now) / DAY, until]),
    [
      [2, null],
      [2, null],
    ],
  );
});

test('a duty that stays unheld while other things turn is told once, earlier ones first', () => {
  const accounts = [lasting('ada', null, 10)];
  const others = [
    grant('ben', 'HR', {}, { from: null, until: TODAY + 15 * DAY }),
    grant('cleo', 'HR', {}, { from: TODAY + 20 * DAY, until: null }),
  ];
  const { unheld } = forecast({ grants: [...others, ...accounts] });
  assert.deepEqual(words(unheld), ['10- role Accounts', '10- submit Invoice', '15-20 role HR']);
});

test('everybody who signed in holds what everyone has, and the system is nobody', () => {
  const grants = [grant('#Everyone', 'Accounts', ALL, in10)];
  const lost = ['10- role Accounts', '10- submit Invoice'];
  assert.deepEqual(words(forecast({ users: ['system:ledger', 'ada'], grants }).unheld), lost);
  assert.deepEqual(words(forecast({ users: ['system:ledger'], grants }).unheld), []);
  assert.deepEqual(words(forecast({ users: ['ada'], grants }).unheld), lost);
});

test('of a group, those count who are its members now, and each is named with their own end', () => {
  const member = (user: string, first: number | null, last: number | null) => {
    const { from, until } = lasting(user, first, last);
    return { group: 'team', user, from, until };
  };
  const grants = [grant('#team', 'Accounts', ALL, { from: null, until: TODAY + 25 * DAY })];
  const members = [
    member('ada', null, 10),
    member('ben', -20, -3),
    member('cleo', 20, null),
    member('dan', -5, 5),
  ];
  const { unheld } = forecast({ grants, members });
  assert.deepEqual(words(unheld), [
    '10-20 role Accounts',
    '10-20 submit Invoice',
    '25- role Accounts',
    '25- submit Invoice',
  ]);
  const told = (index: number) =>
    unheld[index]?.ended.map((turn) => {
      const name = turn.kind === 'member' ? turn.member.user : turn.kind;
      return `${name} ${(turn.at - TODAY) / DAY}`;
    });
  assert.deepEqual(told(0), ['ada 10', 'dan 5']);
  assert.deepEqual(told(2), ['grant 25']);
});

test('who has left a group before holds nothing of it when the others leave', () => {
  const members = [
    { group: 'team', user: 'ada', ...in10 },
    { group: 'team', user: 'ben', from: null, until: TODAY - DAY },
  ];
  const { unheld } = forecast({ grants: [grant('#team', 'Accounts', ALL)], members });
  assert.deepEqual(words(unheld), ['10- role Accounts', '10- submit Invoice']);
});

test('a group that has members elsewhere, and one of a user’s name, keep nothing for others', () => {
  const elsewhere = { group: 'books', user: 'ben', from: null, until: null };
  const sameName = { group: 'ada', user: 'cleo', from: null, until: null };
  const { unheld } = forecast({
    grants: [lasting('ada', null, 10), grant('#team', 'Accounts', ALL)],
    members: [elsewhere, sameName],
  });
  assert.deepEqual(words(unheld), ['10- role Accounts', '10- submit Invoice']);
});
