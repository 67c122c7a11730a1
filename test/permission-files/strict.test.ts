/** Whatever could be read in two ways is refused, with its place and a code that stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  doubledRecords,
  removedMentions,
  unknownMentions,
} from '../../src/access/permission-files/check-files.ts';
import { FilesReader } from '../../src/access/permission-files/read-files.ts';
import {
  type InSystem,
  KINDS,
  type Permissions,
} from '../../src/access/permission-files/records.ts';
import { APP_DOCTYPES } from '../support/app-doctypes.ts';

const MANIFEST = 'format: 1\nholds: [roles, groups, grants, authorities, shares]\n';

/** What is wrong, as `file:line:column code`. */
function problemsOf(files: Readonly<Record<string, string>>, manifest: string | null = MANIFEST) {
  const reader = new FilesReader(APP_DOCTYPES);
  if (manifest !== null) reader.add('permissions.yaml', manifest);
  for (const [path, text] of Object.entries(files)) reader.add(path, text);
  const read = reader.finish();
  return [...reader.problems, ...doubledRecords(read)].map(
    ({ file, line, column, code }) => `${file}:${line}:${column} ${code}`,
  );
}

function inRole(rule: string): string {
  return `format: 1\nrole: Clerk\nrules:\n  - ${rule.replaceAll('\n', '\n    ')}\n`;
}

function inGrants(grant: string): string {
  return `format: 1\nuser: ann\ngrants:\n  - ${grant.replaceAll('\n', '\n    ')}\n`;
}

const RULE = 'doctype: Sales Invoice\nactions: [read]\nreach: within';
const GRANT = 'role: Clerk\nscope: {Company: [Alpha]}';

/** Each file is wrong in one way. */
const WRONG: Readonly<Record<string, readonly [path: string, text: string, ...codes: string[]]>> = {
  'an unknown key': ['roles/a.yaml', inRole(`${RULE}\nreech: within`), '7:5 unknown_key'],
  'a doubled key': ['roles/a.yaml', inRole(`${RULE}\nreach: everything`), '7:5 doubled_key'],
  'a doubled key in another spelling': [
    ...(['roles/a.yaml', inRole(`${RULE}\n"reach": everything`)] as const),
    '7:5 doubled_key',
  ],
  'a rule without reach': [
    ...(['roles/a.yaml', inRole('doctype: Sales Invoice\nactions: [read]')] as const),
    '4:14 no_reach',
  ],
  'a rule without reach that says it is in force': [
    'roles/a.yaml',
    inRole('doctype: Sales Invoice\nactions: [read]\nstatus: in force'),
    '4:14 no_reach',
  ],
  'an unknown reach': [
    ...(['roles/a.yaml', inRole(RULE.replace('within', 'all'))] as const),
    '6:12 bad_value',
  ],
  'an unknown doctype': [
    ...(['roles/a.yaml', inRole(RULE.replace('Sales', 'Sale'))] as const),
    '4:14 unknown_doctype',
  ],
  'a child table': [
    ...(['roles/a.yaml', inRole(RULE.replace('Invoice', 'Invoice Item'))] as const),
    '4:14 unknown_doctype',
  ],
  'an unknown action': [
    ...(['roles/a.yaml', inRole(RULE.replace('[read]', '[read, raed]'))] as const),
    '5:21 unknown_action',
  ],
  'no action': [
    ...(['roles/a.yaml', inRole(RULE.replace('[read]', '[]'))] as const),
    '5:14 bad_value',
  ],
  'an action twice': [
    ...(['roles/a.yaml', inRole(RULE.replace('[read]', '[read, read]'))] as const),
    '5:21 doubled_value',
  ],
  'a level that is none': [
    'roles/a.yaml',
    inRole(`${RULE}\nlevels: [0, 10, "1", 0]`),
    '7:17 bad_value',
    '7:21 bad_value',
    '7:26 doubled_value',
  ],
  'an exception the doctype does not carry': [
    ...(['roles/a.yaml', inRole(`${RULE}\nexcept: [Warehouse]`)] as const),
    '7:14 unknown_dimension',
  ],
  'a condition on no field': [
    ...(['roles/a.yaml', inRole(`${RULE}\nwhen: [[colour, "=", red]]`)] as const),
    '7:11 bad_value',
  ],
  'a condition with a word of YAML 1.1': [
    'roles/a.yaml',
    inRole(`${RULE}\nwhen: [[owner, "=", no]]`),
    '7:25 ambiguous_text',
    '7:11 bad_value',
  ],
  'the same rule twice': [
    'roles/a.yaml',
    `${inRole(RULE)}  - reach: within\n    actions: [read]\n    doctype: Sales Invoice\n`,
    '7:5 doubled_rule',
  ],
  'a number for a text': ['roles/a.yaml', 'format: 1\nrole: 12\nrules: []\n', '2:7 ambiguous_text'],
  'a word for a text': ['roles/a.yaml', 'format: 1\nrole: no\nrules: []\n', '2:7 ambiguous_text'],
  'a role without rules': ['roles/a.yaml', 'format: 1\nrole: A\n', '1:1 missing_key'],
  'nothing for a text': ['roles/a.yaml', 'format: 1\nrole:\nrules: []\n', '2:6 ambiguous_text'],
  'a name with spaces around': [
    'roles/a.yaml',
    'format: 1\nrole: " A"\nrules: []\n',
    '2:7 bad_value',
  ],
  'a name in another form': [
    'roles/a.yaml',
    'format: 1\nrole: "Ame\\u0301lie"\nrules: []\n',
    '2:7 bad_value',
  ],
  'a date without quotes': [
    ...(['grants/a.yaml', inGrants(`${GRANT}\nuntil: 2027-01-01 00:00:00`)] as const),
    '6:12 ambiguous_text',
  ],
  'a date that is none': [
    ...(['grants/a.yaml', inGrants(`${GRANT}\nuntil: "2027-02-30 00:00:00"`)] as const),
    '6:12 bad_value',
  ],
  'an end before the beginning': [
    'grants/a.yaml',
    inGrants(`${GRANT}\nfrom: "2027-01-02 00:00:00"\nuntil: "2027-01-01 00:00:00"`),
    '7:12 until_before_from',
  ],
  'an unknown dimension': [
    ...(['grants/a.yaml', inGrants(GRANT.replace('Company', 'Sales Invoice'))] as const),
    '5:28 unknown_dimension',
  ],
  'a value twice, with descendants and without': [
    'grants/a.yaml',
    inGrants(GRANT.replace('[Alpha]', '[Alpha, {value: Alpha, descendants: true}]')),
    '5:30 doubled_value',
  ],
  'descendants of every value': [
    'grants/a.yaml',
    inGrants(GRANT.replace('[Alpha]', '[{value: "*", descendants: true}]')),
    '5:49 bad_value',
  ],
  'a flag that is none': [
    'grants/a.yaml',
    inGrants(GRANT.replace('[Alpha]', '[{value: A, descendants: yes}]')),
    '5:47 bad_value',
  ],
  'a grant without scope': ['grants/a.yaml', inGrants('role: Clerk'), '4:5 missing_key'],
  'a grant to nobody': ['grants/a.yaml', 'format: 1\ngrants: []\n', '1:1 missing_key'],
  'a grant to two': [
    ...(['grants/a.yaml', 'format: 1\nuser: a\ngroup: b\ngrants: []\n'] as const),
    '2:7 missing_key',
  ],
  'the same grant twice': [
    'grants/a.yaml',
    `${inGrants(GRANT)}  - scope:\n      Company: [Alpha]\n    role: Clerk\n    reason: Again.\n`,
    '6:5 doubled_grant',
  ],
  'the same grant twice, one of them with a name': [
    'grants/a.yaml',
    `${inGrants(GRANT)}  - scope: {Company: [Alpha]}\n    role: Clerk\n    name: GRANT-1\n`,
    '6:5 doubled_grant',
  ],
  'an alias': ['grants/a.yaml', inGrants('role: &r Clerk\nscope: {Company: [*r]}'), 'yaml_feature'],
  'a merge key': [
    ...(['grants/a.yaml', inGrants(`${GRANT}\n<<: {reason: x}`)] as const),
    '6:5 ambiguous_text',
  ],
  'a tag': ['grants/a.yaml', inGrants(GRANT.replace('Alpha', '!!str 5')), '5:29 yaml_feature'],
  'a directive': ['roles/a.yaml', `%YAML 1.1\n---\n${inRole(RULE)}`, '1:1 yaml_feature'],
  'two documents': ['roles/a.yaml', `${inRole(RULE)}---\nrole: B\n`, '7:1 yaml_syntax'],
  'no YAML': ['roles/a.yaml', 'format: 1\nrole: "A\n', 'yaml_syntax'],
  'no map': ['roles/a.yaml', '- format: 1\n', '1:1 wrong_kind'],
  'nothing at all': ['roles/a.yaml', '', '1:1 wrong_kind'],
  'another format': ['roles/a.yaml', 'format: 2\nrole: A\nrules: []\n', '1:9 unknown_format'],
  'a format in quotes': ['roles/a.yaml', 'format: "1"\nrole: A\nrules: []\n', '1:9 unknown_format'],
  'no format': ['roles/a.yaml', 'role: A\nrules: []\n', '1:1 missing_key'],
  'another folder': ['role/a.yaml', inRole(RULE), '1:1 unknown_file'],
  'a folder in a folder': ['roles/x/a.yaml', inRole(RULE), '1:1 unknown_file'],
  'another ending': ['roles/a.yml', inRole(RULE), '1:1 unknown_file'],
  'an unknown doctype of a share': [
    'shares/a.yaml',
    'format: 1\nuser: a\nshares:\n  - {doctype: Nil, document: Doc, actions: [read]}\n',
    '4:15 unknown_doctype',
  ],
  'a member twice': [
    'groups/a.yaml',
    'format: 1\ngroup: G\nmembers:\n  - user: a\n  - {user: a}\n',
    '5:5 doubled_member',
  ],
};

for (const [what, [path, text, ...codes]] of Object.entries(WRONG)) {
  test(`refused: ${what}`, () => {
    const found = problemsOf({ [path]: text });
    assert.ok(found.length >= codes.length && codes.length > 0, found.join('\n'));
    for (const code of codes) {
      assert.ok(
        found.some((one) => one.endsWith(code) && one.startsWith(`${path}:`)),
        `${code} is not among: ${found.join('; ')}`,
      );
    }
    if (!codes.some((code) => /^yaml/.test(code))) assert.equal(found.length, codes.length);
  });
}

test('what is right is not refused', () => {
  const files = { 'roles/a.yaml': inRole(RULE), 'grants/a.yaml': inGrants(GRANT) };
  assert.deepEqual(problemsOf(files), []);
  const named = (name: string): string => `${GRANT}\nname: ${name}`;
  const both = inGrants(named('GRANT-1')) + inGrants(named('GRANT-2')).split('grants:\n')[1];
  assert.deepEqual(problemsOf({ 'grants/a.yaml': both }), [], 'told apart by their names');
  const split = {
    'grants/a.yaml': inGrants(GRANT),
    'grants/b.yaml': inGrants('role: X\nscope: {}'),
  };
  assert.deepEqual(problemsOf(split), [], 'a holder may have two files');
});

test('two files that define the same are refused, wherever they stand', () => {
  const roles = {
    'roles/a.yaml': inRole(RULE),
    'roles/b.yaml': 'format: 1\nrole: Clerk\nrules: []\n',
  };
  assert.deepEqual(problemsOf(roles), ['roles/b.yaml:1:1 doubled_role']);
  const grants = { 'grants/a.yaml': inGrants(GRANT), 'grants/b.yaml': inGrants(GRANT) };
  assert.deepEqual(problemsOf(grants), ['grants/b.yaml:4:5 doubled_grant']);
  const group = 'format: 1\ngroup: G\n';
  const groups = { 'groups/a.yaml': group, 'groups/b.yaml': group };
  assert.deepEqual(problemsOf(groups), ['groups/b.yaml:1:1 doubled_group']);
});

test('a folder says what it holds, and holds nothing else', () => {
  assert.deepEqual(problemsOf({}, null), ['permissions.yaml:1:1 no_manifest']);
  const roles = { 'roles/a.yaml': inRole(RULE) };
  const grantsOnly = 'format: 1\nholds: [grants]\n';
  assert.deepEqual(problemsOf(roles, grantsOnly), ['roles/a.yaml:1:1 unknown_file']);
  const wrong = 'format: 1\nholds: [roles, rules]\n';
  assert.deepEqual(problemsOf(roles, wrong), ['permissions.yaml:2:16 bad_value']);
});

test('all that is wrong is told, not the first of it', () => {
  const found = problemsOf({
    'roles/a.yaml': inRole('doctype: X\nactions: [raed]\nreach: z'),
    'grants/a.yaml': inGrants('role: 1\nscope: {Nothing: [a]}'),
  });
  assert.equal(found.length, 5, found.join('\n'));
});

test('aliases that grow without end, deep nesting and a great many keys cost little', () => {
  const levels = Array.from({ length: 40 }, (_, i) => `k${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
  const bombs = {
    'roles/laughs.yaml': `k0: &a0 [x, x]\n${levels.join('\n')}\n`,
    'roles/deep.yaml': '['.repeat(100_000),
    'roles/deeper.yaml': '- '.repeat(100_000),
    'roles/keys.yaml': Array.from({ length: 100_000 }, (_, i) => `k${i}: v`).join('\n'),
  };
  const before = performance.now();
  const found = problemsOf(bombs);
  assert.ok(performance.now() - before < 30_000);
  for (const code of ['yaml_feature', 'too_deep', 'unknown_key']) {
    assert.ok(
      found.some((one) => one.endsWith(code)),
      code,
    );
  }
});

test('names that nobody knows are told with their places, once for each', () => {
  const reader = new FilesReader(APP_DOCTYPES);
  reader.add('permissions.yaml', MANIFEST);
  reader.add('roles/a.yaml', inRole(RULE));
  reader.add('grants/a.yaml', inGrants('role: Clerk\nscope: {Company: [Alpha, Beta]}'));
  reader.add('grants/b.yaml', inGrants('role: Chief\nscope: {Company: ["*", (blank)]}'));
  const files = reader.finish();
  const none = { roles: [], rules: [], groups: [], grants: [], authorities: [], shares: [] };
  const place = { name: 'GRANT-1', modified: '' };
  const alpha = { dimension: 'Company', value: 'Alpha', descendants: false };
  const held = { holder: { type: 'User' as const, name: 'ann' }, role: 'Clerk', scope: [alpha] };
  const system: Permissions<InSystem> = {
    ...{ ...none, kinds: new Set(KINDS) },
    grants: [{ ...held, from: null, until: null, reason: null, ...place }],
  };
  const unknown = [...unknownMentions(reader.mentions, files, system).values()].flat();
  assert.deepEqual(
    unknown.map(({ doctype, name, where }) => `${doctype} ${name} ${where.line}:${where.column}`),
    ['Company Beta 5:30', 'Role Chief 4:11'],
  );
  assert.deepEqual(
    removedMentions(reader.mentions, files).map(({ file, code }) => `${file} ${code}`),
    ['grants/b.yaml unknown_role'],
  );
});
