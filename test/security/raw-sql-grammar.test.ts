/** The first fence alone: what PostgreSQL's own grammar reads, and which of it is let through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../src/base/errors.ts';
import { ALLOWED_FUNCTIONS, ALLOWED_TYPES } from '../../src/store/raw-sql/allowed-names.ts';
import { readReport } from '../../src/store/raw-sql/read-report.ts';
import { ATTACKS } from './raw-sql-attacks.ts';

function verdict(text: string): string {
  try {
    readReport(text);
    return 'taken';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const TAKEN = [
  'select name from deal',
  'select 1;',
  ' /* a comment */ select 1 -- and one that nothing ends',
  `select U&'\\0061', E'\\'', $$ a ; b $$, 'it''s' from "Deal"`,
  'select distinct on (a) a, sum(b) over (partition by c order by d rows 3 preceding) from deal',
  `select extract(year from d), trim(both 'x' from y), substring(y from 2 for 3) from deal`,
  'select * from (values (1, 2), (3, 4)) v (a, b) where a between 1 and 2',
  'select a from deal intersect select b from deal order by 1 limit 3 offset 1',
  'select x::numeric(10, 2), cast(y as text[]), z at time zone $q$UTC$q$ from deal',
  'select count(*) filter (where a) from deal group by grouping sets ((b), ()) having true',
];

/** Each with what it would do. All are queries or commands that PostgreSQL can read. */
const REFUSED: readonly (readonly [what: string, text: string])[] = [
  ['a second statement', 'select 1; select 2'],
  ['a second statement that changes a setting', `select 1; set statement_timeout = 0`],
  ['leaving the subquery', 'select 1) q; drop table x; select * from (select 1'],
  ['a setting in a CTE', `with x as materialized (select set_config('a.b', 'c', true)) select 1`],
  ['a setting by its full name', `select pg_catalog.set_config('role', 'owner', false)`],
  ['a setting, name in Unicode escapes', `select U&"\\0073et_config"('a', 'b', true)`],
  ['a setting, name in quotes', `select "set_config"('a', 'b', true)`],
  ['a setting behind comments', `select/**/set_config/**/('a', 'b'/**/, true)`],
  ['reading a setting', `select current_setting('bailiwick.report')`],
  ['who is connected', 'select current_user, session_user, current_catalog'],
  ['a block of code', 'do $$ begin perform 1; end $$'],
  ['copying to a program', `copy (select 1) to program 'id'`],
  ['explaining', 'explain analyze select * from deal'],
  ['changing in a CTE', `with x as (delete from deal returning *) select * from x`],
  ['making a table', 'select 1 into temp t'],
  ['locking rows', 'select * from deal for update'],
  ['a large object', 'select lo_import($$/etc/passwd$$)'],
  ['a file', `select pg_read_file('PG_VERSION')`],
  ['another server', `select * from dblink('host=x', 'select 1') as t (a int)`],
  ['SQL from text', `select query_to_xml('select 1', true, true, '')`],
  ['SQL from text as a table', `select * from xmltable('/' passing '' columns a int)`],
  ['waiting', 'select pg_sleep(10)'],
  ['telling others', `select pg_notify('a', 'b')`],
  ['a lock', 'select pg_advisory_lock(1)'],
  ['a catalogue', 'select * from pg_catalog.pg_class'],
  ['the information schema', 'select * from information_schema.tables'],
  ['the tables themselves', 'select * from doc.deal'],
  ['the views by their schema', 'select * from reports.deal'],
  ['another database', 'select * from postgres.reports.deal'],
  ['a name of a table as a number', `select 'doc.deal'::regclass`],
  ['a role as a number', `select 'x'::regrole`],
  ['a function in FROM', 'select * from generate_series(1, 1000000000)'],
  ['much out of little', `select repeat('x', 1000000000)`],
  ['recursion', 'with recursive a as (select 1 union all select 1 from a) select * from a'],
  ['a sample', 'select * from deal tablesample system (1)'],
  ['an operator by its schema', 'select 1 operator(pg_catalog.+) 1'],
  ['a regular expression', `select 'aaaa' ~ '(a*)*b'`],
  ['a parameter', 'select $1'],
  ['a field of a row', 'select (deal).name from deal'],
  ['an array of any size', 'select array_fill(1, array[100000000])'],
  ['a function with a word for an argument', `select round(v => 1.5)`],
  ['a variadic call', `select concat(variadic array['a'])`],
  ['XML', `select xmlparse(content '<a/>')`],
  ['a JSON query', `select json_query('{}', '$')`],
  ['a cursor', 'declare c cursor for select 1'],
  ['preparing', 'prepare p as select 1'],
  ['listening', 'listen x'],
  ['a transaction', 'commit'],
  ['a number that older servers read otherwise', 'select 1_000'],
  ['another one', 'select 0x10'],
  ['a name of three parts', 'select a.b.c from deal'],
  ['nothing', ''],
  ['only a comment', '-- nothing'],
  ['what is no SQL', 'selct 1'],
  ['a byte that is no text', 'select \0'],
];

test('queries that only compute are taken', () => {
  assert.deepEqual(
    TAKEN.map((text) => [verdict(text), text]),
    TAKEN.map((text) => ['taken', text]),
  );
});

test('everything else that the grammar reads is refused', () => {
  assert.deepEqual(
    REFUSED.map(([what, text]) => [what, verdict(text)]),
    REFUSED.map(([what]) => [what, 'bad_value']),
  );
});

test('whatever the second fence is attacked with stops at this one already', () => {
  assert.ok(ATTACKS.length > 40);
  const taken = ATTACKS.filter(({ text }) => verdict(text) === 'taken');
  // Without its schema a catalogue looks like a doctype, which then does not exist.
  const named = taken.flatMap(({ text }) => readReport(text).relations);
  assert.deepEqual(
    named.filter((name) => !name.startsWith('pg_')),
    [],
  );
  assert.equal(named.length, taken.length);
});

test('very long, very deep and very wide statements are refused in little time', () => {
  const texts = [
    `select ${'('.repeat(5_000)}1${')'.repeat(5_000)} + 1`,
    `select 1${' + 1'.repeat(1_400)}`,
    `select 1${' + 1'.repeat(100_000)}`,
    `select ${'not '.repeat(2_000)} true`,
    `${'select * from ('.repeat(150)}select 1${') q'.repeat(150)}`,
    `select 1 from ${Array.from({ length: 17 }, (_, i) => `deal d${i}`).join(', ')}`,
    `select ${'('.repeat(16_000)}`,
  ];
  const begun = process.cpuUsage().user;
  for (const text of texts) assert.match(verdict(text), /^(bad_value|too_large|taken)$/);
  assert.deepEqual(texts.slice(1).map(verdict).includes('taken'), false);
  assert.ok(process.cpuUsage().user - begun < 5_000_000);
  // The parser is as good as new afterwards.
  assert.equal(verdict('select 1'), 'taken');
});

test('what stands behind a dot and is no column would be a call of a function', () => {
  assert.deepEqual(readReport('select d.name, q.n from deal d, (select 1 as n) q').behindDots, [
    'name',
  ]);
  assert.deepEqual(readReport('select d.pg_sleep from deal d').behindDots, ['pg_sleep']);
});

test('names of WITH are no doctypes, and doctypes are those that are named anywhere', () => {
  const text = `with a as (select * from deal) select * from a, lateral (
    select 1 where exists (select 1 from "Sales Invoice" where a.x = all (select y from z))) q`;
  assert.deepEqual(readReport(text).relations.toSorted(), ['Sales Invoice', 'deal', 'z']);
});

test('whatever is put together of parts of SQL, only listed names come through', () => {
  const part = fc.constantFrom(
    ...['select', 'from', 'deal', '(', ')', ',', ';', 'pg_sleep(1)', "set_config('a','b',true)"],
    ...['with x as', 'union', 'into t', 'for update', '--', '/*', '*/', "'", '$$', 'doc.deal', '1'],
    ...['lo_import(1)', '::regclass', 'where', 'pg_class', 'recursive', 'as', 'x', 'count(*)', '*'],
  );
  const bad = /pg_sleep|set_config|lo_import|regclass|into|update/;
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 9 }), (parts) => {
      const text = `select ${parts.join(' ')}`;
      if (verdict(text) !== 'taken') return;
      // What is inside comments and constants is no part of the statement.
      const bare = text.replace(/--.*|\/\*.*?\*\/|'[^']*'|\$\$.*?\$\$/gs, ' ');
      assert.doesNotMatch(bare, bad);
    }),
    { numRuns: 2_000 },
  );
});

test('no listed function changes anything, waits, or reads what it was not given', () => {
  const names = [...ALLOWED_FUNCTIONS];
  assert.ok(names.length > 50);
  assert.deepEqual(
    names.filter((name) => /^(pg_|lo_|set_|current_setting|query_|dblink|nextval)/.test(name)),
    [],
  );
  assert.deepEqual(
    [...ALLOWED_TYPES].filter((name) => /^(reg|oid|xml|name$|pg_)/.test(name)),
    [],
  );
});
