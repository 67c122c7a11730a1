/** Files and records: what is written is read again as it was, whatever names contain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { doubledRecords } from '../../src/access/permission-files/check-files.ts';
import { comparePermissions } from '../../src/access/permission-files/compare.ts';
import { readText } from '../../src/access/permission-files/map-reader.ts';
import { needsQuotes, quoted } from '../../src/access/permission-files/plain-text.ts';
import { FilesReader } from '../../src/access/permission-files/read-files.ts';
import { YamlFile } from '../../src/access/permission-files/read-yaml.ts';
import {
  type InSystem,
  KINDS,
  orderedActions,
  orderedScope,
  type Permissions,
} from '../../src/access/permission-files/records.ts';
import { writeFiles } from '../../src/access/permission-files/write-files.ts';
import { ACTIONS } from '../../src/authz/index.ts';
import { APP_DOCTYPES } from '../support/app-doctypes.ts';

const NOW = '2026-06-01 00:00:00.000000';

/** Texts that some reader of YAML would trip over, among others. */
const HOSTILE = [
  ...['no', 'Yes', 'null', '~', '2026-01-01', '12:30', '1e3', '0x1F', '1_000', '.inf', '=', '<<'],
  ...['- a', '# a', 'a # b', 'a: b', 'a:', ':a', '*', '*a', '&a', '!a', '| a', '> a', '%a', '@a'],
  ...['[a]', '{a}', 'a, b', 'a]', '"a"', "'a'", 'a"b', 'a\\b', 'a\nb', 'a\tb', '? a', '---', '...'],
  ...[
    '(blank)',
    '$me',
    'Leeds and below',
    'é',
    'Ünï',
    '漢字',
    'a\u202eb',
    '\ufeffa',
    'a\u0085b',
    '🙂',
  ],
  ...[
    'true',
    'on',
    'y',
    '`a`',
    'a  b',
    '+1',
    '-',
    '--',
    '1',
    '0o7',
    '1.5',
    'k:v',
    'a\u2028b',
    '\u007f',
  ],
];

const text = fc
  .oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
  .filter((one) => one !== '' && !one.includes('\0') && one.isWellFormed());
const name = text
  .map((one) => one.replace(/[\p{Cc}<>\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, ''))
  .map((one) => one.normalize('NFC').trim())
  .filter((one) => one !== '' && !['*', '(blank)', '.', '..'].includes(one.toLowerCase()));
const moment = fc
  .integer({ min: 0, max: 999_999 })
  .map((micros) => `2030-01-0${(micros % 9) + 1} 10:00:00.${String(micros).padStart(6, '0')}`);
const times = fc.record({
  from: fc.option(fc.constant('2029-12-31 00:00:00.000000')),
  until: fc.option(moment),
});
const actions = fc.subarray([...ACTIONS], { minLength: 1 }).map(orderedActions);
const scope = fc
  .array(
    fc.record({
      dimension: fc.constantFrom('Company', 'Cost Center'),
      value: fc.oneof(fc.constantFrom('*', '(blank)'), name),
      descendants: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((entries) =>
    orderedScope(
      entries.map((one) => ({
        ...one,
        descendants: one.descendants && one.value !== '*' && one.value !== '(blank)',
      })),
    ),
  );
const holder = fc.record({ type: fc.constantFrom('User' as const, 'Group' as const), name });
const some = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { maxLength: 6 });
const blankable = fc.option(text);

const permissions: fc.Arbitrary<Permissions<InSystem>> = fc
  .record({
    roles: fc.uniqueArray(name, { maxLength: 4 }),
    descriptions: fc.array(blankable, { minLength: 4, maxLength: 4 }),
    rules: some(
      fc.record({
        doctype: fc.constantFrom('Sales Invoice', 'Company'),
        actions,
        levels: fc.subarray([0, 1, 2, 9], { minLength: 1 }),
        reach: fc.constantFrom('within' as const, 'everything' as const),
        except: fc.constant([] as string[]),
        when: fc.option(
          fc.oneof(
            fc.constantFrom([['owner', '=', '$me']], [['docstatus', 'in', [0, 1]]]),
            text.map((one) => [['owner', '!=', one]]),
          ),
        ),
        status: fc.constantFrom('draft' as const, 'in force' as const),
      }),
    ),
    groups: fc.uniqueArray(fc.record({ group: name, members: some(times) }), {
      selector: ({ group }) => group,
      maxLength: 3,
    }),
    grants: some(fc.record({ holder, role: name, scope, times, reason: blankable })),
    authorities: some(
      fc.record({
        holder,
        roles: fc.uniqueArray(fc.oneof(fc.constant('*'), name), { minLength: 1, maxLength: 3 }),
        exceptRoles: fc.uniqueArray(name, { maxLength: 2 }),
        scope,
      }),
    ),
    shares: some(fc.record({ user: name, document: name, actions, until: fc.option(moment) })),
  })
  .map((made): Permissions<InSystem> => {
    let count = 0;
    const place = (): InSystem => ({ name: `N-${++count}`, modified: '' });
    const [first = 'Only'] = made.roles;
    return {
      kinds: new Set(KINDS),
      roles: [...new Set([first, ...made.roles])].map((role, index) => ({
        ...{ role, description: made.descriptions[index] ?? null, ...place() },
      })),
      rules: made.rules.map((rule) => ({ ...rule, role: first, ...place() })),
      groups: made.groups.map(({ group, members }) => ({
        ...{ group, description: null, ...place() },
        members: members.map((one, index) => ({ ...one, user: `user ${index}`, ...place() })),
      })),
      grants: made.grants.map(({ times: when, ...one }) => ({ ...one, ...when, ...place() })),
      authorities: made.authorities.map((one) => ({
        ...{ ...one, roles: one.roles.sort(), exceptRoles: one.exceptRoles.sort(), ...place() },
      })),
      shares: made.shares.map((one) => ({ ...one, doctype: 'Sales Invoice', ...place() })),
    };
  });

function readAll(files: ReadonlyMap<string, string>): FilesReader {
  const reader = new FilesReader(APP_DOCTYPES);
  for (const [path, content] of files) reader.add(path, content);
  return reader;
}

test('an export is read as it was written, and differs in nothing', () => {
  let compared = 0;
  fc.assert(
    fc.property(permissions, (system) => {
      const files = writeFiles(system);
      const reader = readAll(files);
      const read = reader.finish();
      assert.deepEqual([...reader.problems, ...doubledRecords(read)], []);
      const { differences, problems } = comparePermissions(read, system, NOW);
      assert.deepEqual([differences, problems], [[], []]);
      compared += system.grants.length + system.rules.length;
    }),
    { numRuns: 300 },
  );
  assert.ok(compared > 500, `only ${compared} records were compared`);
});

test('two exports of the same are the same bytes, in whatever order it was read', () => {
  fc.assert(
    fc.property(permissions, (system) => {
      const { roles, rules, groups, grants, authorities, shares, kinds } = system;
      const turned = {
        ...{ kinds, roles: roles.toReversed(), rules: rules.toReversed() },
        groups: groups.toReversed().map((one) => ({ ...one, members: one.members.toReversed() })),
        ...{ grants: grants.toReversed(), authorities: authorities.toReversed() },
        shares: shares.toReversed(),
      };
      const inOrder = (files: ReadonlyMap<string, string>) => [...files].sort();
      assert.deepEqual(inOrder(writeFiles(turned)), inOrder(writeFiles(system)));
    }),
    { numRuns: 100 },
  );
});

test('any text is read as itself, alone, as a key and in a list', () => {
  const holds = (one: string): void => {
    const problems: never[] = [];
    const source = new YamlFile('a.yaml', problems);
    const node = source.parse(`a: ${quoted(one)}\n? ${quoted(one)}\n: [${quoted(one)}, b]\n`);
    assert.deepEqual(problems, [], JSON.stringify(one));
    assert.ok(node?.kind === 'map');
    const [first, second] = node.entries;
    assert.ok(first && second && second.value.kind === 'list');
    const places = [first.value, second.key, second.value.items[0]];
    const read = places.map((place) => place && readText(source, place));
    assert.deepEqual([...read, problems.length], [one, one, one, 0]);
  };
  for (const one of HOSTILE) holds(one);
  fc.assert(fc.property(text, holds), { numRuns: 500 });
});

test('what YAML 1.1 reads as something else than text needs quotes, a name does not', () => {
  const words = ['no', 'NO', 'Off', 'y', '~', '', 'null', 'True', '<<', '=', '.NaN', '-.inf'];
  const numbers = ['0', '-1', '+1.5', '1_000', '0o17', '0x1F', '0b1', '1e3', '190:20:30', '1,000'];
  const moments = ['2026-01-01', '2026-1-1', '2026-01-01 10:00:00', '2026-01-01t10:00:00Z'];
  for (const one of [...words, ...numbers, ...moments]) assert.ok(needsQuotes(one), one);
  for (const one of ['HR Manager', '42nd Street', 'SINV-0001', 'a@b.test', 'Nobody', '$me']) {
    assert.ok(!needsQuotes(one), one);
  }
  for (const one of ['HR Manager', 'a@b.test', 'system:operator', '(blank)', '$me']) {
    assert.equal(quoted(one), one);
  }
});

test('files are named after what is in them, and names that look alike get different ones', () => {
  const place = { name: 'x', modified: '' };
  const roles = ['HR Manager', 'HR manager', 'Ümläut', '漢字', '漢', 'a/../b', 'CON'].map(
    (role) => ({
      ...{ role, description: null, ...place },
    }),
  );
  const none = { rules: [], groups: [], grants: [], authorities: [], shares: [] };
  const paths = [...writeFiles({ kinds: new Set(['roles']), roles, ...none }).keys()];
  assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, roles.length + 1);
  assert.match(paths.join(' '), /^permissions\.yaml roles\/hr-manager--[0-9a-f]{8}\.yaml /);
  for (const path of paths) assert.match(path, /^(?:roles\/)?[a-z0-9][a-z0-9._@+-]*\.yaml$/);
  assert.ok(paths.includes('roles/a-..-b.yaml'));
});
