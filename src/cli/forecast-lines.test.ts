import assert from 'node:assert/strict';
import test from 'node:test';
import type { ForecastAnswer, TurnEntry } from '../access/forecast-answer.ts';
import { forecastLines } from './forecast-lines.ts';

const grant: TurnEntry = {
  kind: 'grant',
  at: '2027-01-01 00:00:00.000000',
  name: 'GRANT-00012',
  ...{ grantee_type: 'User', grantee: 'ada', role: 'Accounts User' },
  scope: [{ dimension: 'Company', value: 'C07', descendants: 0 }],
};

const answer: ForecastAnswer = {
  from: '2026-12-10 12:00:00.000000',
  until: '2027-01-09 12:00:00.000000',
  of: 'everybody',
  ending: [grant],
  beginning: [],
  unheld: [],
};

const heading = 'Until 2027-01-09 12:00:';
const end =
  '  2027-01-01 00:00  ends    grant GRANT-00012: role Accounts User of ada, within Company C07';

test('what ends is told with its scope, and that every duty is held', () => {
  assert.deepEqual(forecastLines(answer), [
    heading,
    end,
    'Every duty is held by somebody all the time.',
  ]);
});

test('a duty that nobody holds is told with its time, its place and what ends', () => {
  const time = { from: grant.at, until: null, ended: [grant] };
  const all = [{ value: '*', descendants: 0 as const }];
  const leeds = [{ value: 'Leeds', descendants: 1 as const }];
  const lines = forecastLines({
    ...answer,
    unheld: [
      { kind: 'role', role: 'Accounts User', ...time },
      {
        kind: 'action',
        doctype: 'Purchase Invoice',
        ...{ actions: ['read', 'submit'], wholly: false, levels: [1], conditional: true },
        within: [{ dimension: 'Cost Center', path: 'cost_center', values: all, except: leeds }],
        ...time,
        until: '2027-01-03 08:30:00.000000',
      },
    ],
  });
  const because = `    ended by then: ${end.slice(28)}`;
  assert.deepEqual(lines, [
    heading,
    end,
    'Nobody would be there for:',
    '  2027-01-01 00:00 to the end: role Accounts User',
    because,
    '  2027-01-01 00:00 to 2027-01-03 08:30: read, submit Purchase Invoice, fields of level 1, ' +
      'where cost_center * but Leeds and below, where a rule’s condition holds',
    because,
  ]);
});

test('about oneself no duties are told of; nothing to tell is said', () => {
  assert.deepEqual(forecastLines({ ...answer, of: 'oneself' }), [
    'Until 2027-01-09 12:00 of your own access:',
    end,
  ]);
  assert.deepEqual(forecastLines({ ...answer, ending: [] }), [
    'Nothing begins or ends until 2027-01-09 12:00.',
  ]);
});
