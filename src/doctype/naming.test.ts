import assert from 'node:assert/strict';
import test from 'node:test';
import type { Field } from './definition.ts';
import { checkName, requestName } from './document-name.ts';
import { fieldsInName, planNaming } from './naming.ts';
import { expandSeries, formatSeries, type Series } from './naming-series.ts';
import { ValueError } from './value-error.ts';

const FIELDS: readonly Field[] = [
  { fieldname: 'branch', fieldtype: 'Data' },
  { fieldname: 'inv', fieldtype: 'Data' },
  { fieldname: 'naming_series', fieldtype: 'Select', options: 'A-.YYYY.-\nB-.branch.-.###' },
];
const plan = (autoname?: string) =>
  planNaming({ fields: FIELDS, ...(autoname === undefined ? {} : { autoname }) });
const series = (autoname: string): Series => {
  const planned = plan(autoname);
  assert.equal(planned.kind, 'series');
  return planned.kind === 'series' ? planned.pattern : [];
};
const today = '2026-03-07';

test('autoname is read as one plan', () => {
  assert.deepEqual(plan(), { kind: 'hash' });
  assert.deepEqual(plan('hash'), { kind: 'hash' });
  assert.deepEqual(plan('Prompt'), { kind: 'prompt' });
  assert.deepEqual(plan('UUID'), { kind: 'uuid' });
  assert.deepEqual(plan('autoincrement'), { kind: 'autoincrement' });
  assert.deepEqual(plan('field:branch'), { kind: 'field', field: 'branch' });
});

test('both forms of a series give the same names', () => {
  for (const autoname of ['format:INV-{YYYY}-{branch}-{####}', 'INV-.YYYY.-.branch.-.####']) {
    const expanded = expandSeries(series(autoname), { branch: 'LDS' }, today);
    assert.deepEqual(expanded, { prefix: 'INV-2026-LDS-', digits: 4, suffix: '' });
    assert.equal(formatSeries(expanded, 7), 'INV-2026-LDS-0007');
    assert.equal(formatSeries(expanded, 123_456n), 'INV-2026-LDS-123456');
  }
});

test('a counter may stand in the middle, and dates come from the given day', () => {
  const expanded = expandSeries(series('format:{##}/{DD}.{MM}.{YY} W{WW}'), {}, today);
  assert.deepEqual(expanded, { prefix: '', digits: 2, suffix: '/07.03.26 W10' });
  assert.equal(formatSeries(expanded, 5), '05/07.03.26 W10');
});

test('a word between dots is a field only where there is one of that name', () => {
  assert.equal(expandSeries(series('inv.###'), { inv: 'X' }, today).prefix, 'X');
  assert.equal(expandSeries(series('note.###'), { note: 'X' }, today).prefix, 'note');
});

test('a series without counter needs a field, and a blank field is an error', () => {
  const expanded = expandSeries(series('format:At {branch}'), { branch: 'Leeds' }, today);
  assert.equal(formatSeries(expanded, 1), 'At Leeds');
  for (const values of [{}, { branch: '' }, { branch: null }, { branch: ['x'] }]) {
    assert.throws(() => expandSeries(series('format:At {branch}'), values, today), ValueError);
  }
  const inherited = Object.create({ branch: 'Leeds' }) as Record<string, unknown>;
  assert.throws(() => expandSeries(series('format:At {branch}'), inherited, today), ValueError);
});

test('what is not understood is refused', () => {
  const wrong = ['INV-', 'hashh', 'field:', 'field:nothing', 'format:INV', 'format:{nothing}-{##}'];
  const odd = ['format:{##}-{##}', 'format:{##', 'format:##}', 'INV-.FY.-.##', 'A{branch}B.##'];
  const more = ['##.##', 'INV##', 'format:{constructor}{#}', `format:{${'#'.repeat(16)}}`];
  for (const autoname of [...wrong, ...odd, ...more, '', '.timestamp.##']) {
    assert.throws(() => plan(autoname), ValueError, autoname);
  }
  assert.throws(() => planNaming({ autoname: 'naming_series:', fields: [] }), ValueError);
});

test('a naming series is chosen by the document', () => {
  const chosen = plan('naming_series:');
  assert.deepEqual(fieldsInName(chosen), ['branch']);
  assert.deepEqual(requestName(chosen, { naming_series: 'A-.YYYY.-' }, today, null), {
    kind: 'counted',
    series: { prefix: 'A-2026-', digits: 5, suffix: '' },
  });
  for (const naming_series of ['C-.###', '', null, '__proto__']) {
    assert.throws(() => requestName(chosen, { naming_series }, today, null), ValueError);
  }
});

test('a name is asked of whoever has to supply it', () => {
  const ask = (autoname: string, given: string | null) =>
    requestName(plan(autoname), { branch: 'Leeds' }, today, given);
  assert.deepEqual(ask('hash', null), { kind: 'random' });
  assert.deepEqual(ask('uuid', null), { kind: 'uuid' });
  assert.deepEqual(ask('autoincrement', null), { kind: 'serial' });
  assert.deepEqual(ask('field:branch', null), { kind: 'given', name: 'Leeds' });
  assert.deepEqual(ask('format:At {branch}', null), { kind: 'given', name: 'At Leeds' });
  assert.deepEqual(ask('prompt', ' Mine '), { kind: 'given', name: 'Mine' });
  assert.throws(() => ask('prompt', null), ValueError);
  assert.throws(() => ask('hash', 'mine'), ValueError);
});

test('the number of a series is a whole number from 1', () => {
  const expanded = { prefix: 'A', digits: 3, suffix: '' };
  for (const number of [0, -1, 1.5, Number.NaN, 2 ** 53, 0n]) {
    assert.throws(() => formatSeries(expanded, number), TypeError, String(number));
  }
  assert.throws(() => expandSeries([], {}, 'today'), TypeError);
});

test('a name has one form', () => {
  assert.equal(checkName('  INV/2026/7 '), 'INV/2026/7');
  assert.equal(checkName('Zoe\u0308'), 'Zo\u00eb');
  assert.equal(checkName('\u{1f9fe}'.repeat(140)), '\u{1f9fe}'.repeat(140));
  assert.equal(checkName('**'), '**');
});

test('names that mean something else, look like another or cannot be kept are refused', () => {
  const words = ['*', ' * ', '(blank)', '(Blank)', '.', '..'];
  const invisible = ['a\nb', 'a\0b', 'a\u200bb', 'a\u202eb', 'a\u2028b', 'a\u2066b', 'x\ufeffy'];
  const odd = ['', '   ', '<b>', 'a>b', 'x'.repeat(141), '\ud800', 'x'.repeat(1_000_000)];
  for (const name of [...words, ...invisible, ...odd, null, 5, undefined, {}]) {
    assert.throws(() => checkName(name), ValueError, JSON.stringify(name)?.slice(0, 20));
  }
});
