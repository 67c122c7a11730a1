/** What differs between files and system, and what is done about it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePermissions } from '../../src/access/permission-files/compare.ts';
import { previewRequestOf } from '../../src/access/permission-files/effect.ts';
import { FilesReader } from '../../src/access/permission-files/read-files.ts';
import {
  type GrantRecord,
  type InFile,
  type InSystem,
  KINDS,
  type Permissions,
  type RuleRecord,
} from '../../src/access/permission-files/records.ts';
import { writeFiles } from '../../src/access/permission-files/write-files.ts';
import { APP_DOCTYPES } from '../support/app-doctypes.ts';

const NOW = '2026-06-01 00:00:00.000000';
const LATER = '2027-01-01 00:00:00.000000';
const LATEST = '2028-01-01 00:00:00.000000';
const PAST = '2026-01-01 00:00:00.000000';

type Parts = Partial<Omit<Permissions<InSystem>, 'kinds'>>;

function system(parts: Parts): Permissions<InSystem> {
  const none = { roles: [], rules: [], groups: [], grants: [], authorities: [], shares: [] };
  return { kinds: new Set(KINDS), ...none, ...parts };
}

/** The same records as if they stood in files, with their names where they are kept. */
function files(parts: Parts, keepNames = false): Permissions<InFile> {
  const where = { file: 'f.yaml', line: 7, column: 3 };
  const placed = <One extends InSystem>(all: readonly One[]) =>
    all.map((one) => ({ ...one, name: keepNames ? one.name : null, where }));
  const all = system(parts);
  return {
    kinds: all.kinds,
    roles: placed(all.roles),
    rules: placed(all.rules),
    groups: placed(all.groups).map((one) => ({ ...one, members: placed(one.members) })),
    grants: placed(all.grants),
    authorities: placed(all.authorities),
    shares: placed(all.shares),
  };
}

const at = (name: string): InSystem => ({ name, modified: `version of ${name}` });

function grant(name: string, more: Partial<GrantRecord> = {}): GrantRecord & InSystem {
  const alpha = { dimension: 'Company', value: 'Alpha', descendants: false };
  return {
    ...{ holder: { type: 'User', name: 'ann' }, role: 'Clerk', scope: [alpha] },
    ...{ from: null, until: null, reason: null, ...more, ...at(name) },
  };
}

function rule(name: string, more: Partial<RuleRecord> = {}): RuleRecord & InSystem {
  return {
    ...{ role: 'Clerk', doctype: 'Sales Invoice', actions: ['read'], levels: [0] },
    ...{ reach: 'within', except: [], when: null, status: 'in force', ...more, ...at(name) },
  };
}

function compared(wanted: Permissions<InFile>, stored: Parts) {
  const { differences, changes, problems } = comparePermissions(wanted, system(stored), NOW);
  return {
    told: differences.map(({ outcome, kind }) => `${outcome} ${kind}`),
    made: changes.map(({ change }) => `${change.operation} ${change.doctype} ${change.name ?? ''}`),
    inputs: changes.map(({ change }) => change.input as Record<string, unknown>),
    preview: previewRequestOf(differences),
    problems: problems.map(({ code, line }) => `${line} ${code}`),
  };
}

test('a grant without a name is the one that says the same; its reason is no part of that', () => {
  const same = compared(files({ grants: [grant('', { reason: 'New.' })] }), {
    grants: [grant('GRANT-1')],
  });
  assert.deepEqual([same.told, same.made], [['changed grant'], ['update Grant GRANT-1']]);
  assert.deepEqual([same.inputs, same.preview], [[{ reason: 'New.' }], { add: [], remove: [] }]);
  for (const other of [{ until: LATER }, { from: LATER }, { scope: [] }, { role: 'Chief' }]) {
    const found = compared(files({ grants: [grant('', other)] }), { grants: [grant('GRANT-1')] });
    assert.deepEqual(found.told, ['added grant', 'only in the system grant']);
    assert.deepEqual(found.made, ['create Grant ', 'delete Grant GRANT-1'], 'added before removed');
  }
});

test('a named grant ends earlier where it stands, and else ends and is given again', () => {
  const named = (more: Partial<GrantRecord>, stored: Partial<GrantRecord>) =>
    compared(files({ grants: [grant('GRANT-1', more)] }, true), {
      grants: [grant('GRANT-1', stored)],
    });
  assert.deepEqual(named({ until: LATER }, {}).made, ['update Grant GRANT-1']);
  assert.deepEqual(named({ until: LATER }, { until: LATEST }).made, ['update Grant GRANT-1']);
  for (const [wanted, stored] of [
    [{ until: LATEST }, { until: LATER }],
    [{}, { until: LATER }],
    [{ scope: [] }, {}],
    [{ holder: { type: 'Group', name: 'ann' } }, {}],
  ] as const) {
    const { told, made, preview } = named(wanted, stored);
    assert.deepEqual(told, ['changed grant']);
    assert.deepEqual(made, ['create Grant ', 'delete Grant GRANT-1']);
    assert.deepEqual(preview.remove, [{ type: 'grant', name: 'GRANT-1' }]);
    assert.equal(preview.add.length, 1);
  }
  const unknown = compared(files({ grants: [grant('GRANT-9')] }, true), {
    grants: [grant('GRANT-1')],
  });
  assert.deepEqual(unknown.problems, ['7 unknown_name']);
});

test('what is over is no difference', () => {
  const over = compared(files({ grants: [grant('', { until: PAST }), grant('')] }), {
    grants: [grant('GRANT-1')],
  });
  assert.deepEqual([over.told, over.made], [[], []]);
  const now = compared(files({ grants: [grant('', { until: NOW })] }), {});
  assert.deepEqual(now.told, [], 'valid is before its end');
  const still = compared(files({ grants: [grant('', { until: LATER })] }), {});
  assert.deepEqual(still.told, ['added grant']);
});

test('two that say the same are two, in files and in the system', () => {
  const twice = [grant('GRANT-1'), grant('GRANT-2')];
  const written = writeFiles(system({ grants: twice, kinds: new Set(['grants']) } as Parts));
  const text = written.get('grants/user-ann.yaml') ?? '';
  assert.match(text, /name: GRANT-1[\s\S]*name: GRANT-2/);
  const once = compared(files({ grants: [grant('')] }), { grants: twice });
  assert.deepEqual(once.told, ['only in the system grant']);
});

test('a rule changes where it is the only other one of its role for its doctype', () => {
  const one = compared(files({ rules: [rule('', { actions: ['read', 'write'] })] }), {
    rules: [rule('R-1')],
  });
  assert.deepEqual([one.told, one.made], [['changed rule'], ['update Role Rule R-1']]);
  assert.deepEqual(one.preview.remove, [{ type: 'rule', name: 'R-1' }]);
  assert.deepEqual(one.preview.add[0]?.['actions'], ['read', 'write']);
  const two = compared(files({ rules: [rule('', { actions: ['write'] })] }), {
    rules: [rule('R-1'), rule('R-2', { levels: [1] })],
  });
  assert.deepEqual(two.told, ['added rule', 'only in the system rule', 'only in the system rule']);
});

test('members come and go by themselves, and enter after all that their group is given', () => {
  const member = (user: string, more = {}) => ({
    ...{ user, from: null, until: null, ...more, ...at(`row of ${user}`) },
  });
  const group = (members: readonly ReturnType<typeof member>[]) => ({
    groups: [{ group: 'Club', description: null, members, ...at('Club') }],
    grants: [],
  });
  const wanted = {
    ...group([member('ann'), member('bob', { until: LATER }), member('eve')]),
    grants: [grant('', { holder: { type: 'Group' as const, name: 'Club' } })],
  };
  const found = compared(files(wanted), group([member('ann'), member('bob'), member('carl')]));
  const told = ['changed member', 'added member', 'only in the system member', 'added grant'];
  assert.deepEqual(found.told, told);
  assert.deepEqual(found.made, ['create Grant ', 'update Group Club']);
  assert.deepEqual(found.inputs[1]?.['members'], [
    { name: 'row of ann' },
    { user: 'bob', from: null, until: LATER },
    { user: 'eve', from: null, until: null },
  ]);
  assert.deepEqual(
    found.preview.add.map(({ type, user }) => [type, user]),
    [
      ['member', 'bob'],
      ['member', 'eve'],
      ['grant', undefined],
    ],
  );
  const renamed = compared(
    files({ groups: [{ group: 'Team', description: null, members: [], ...at('Team') }] }),
    group([]),
  );
  assert.deepEqual(renamed.told, ['added group', 'only in the system group']);
});

test('a kind that the folder does not hold is left alone', () => {
  const wanted = { ...files({}), kinds: new Set(['roles'] as const) };
  assert.deepEqual(compared(wanted, { grants: [grant('GRANT-1')] }).told, []);
  const all = compared(files({}), { grants: [grant('GRANT-1')] });
  assert.deepEqual(all.told, ['only in the system grant']);
});

test('100,000 grants of one user are written, read and compared within memory and time', () => {
  const grants = Array.from({ length: 100_000 }, (_, index) =>
    grant(`GRANT-${index}`, {
      scope: [{ dimension: 'Cost Center', value: `Leeds ${index}`, descendants: true }],
      reason: 'Demo company',
    }),
  );
  const before = performance.now();
  const stored = system({ grants });
  const reader = new FilesReader(APP_DOCTYPES);
  let most = 0;
  for (const [path, text] of writeFiles(stored)) {
    assert.ok(text.length < 4 * 1024 * 1024, 'small enough to be read again');
    reader.add(path, text);
    most = Math.max(most, process.memoryUsage().rss);
  }
  const { differences } = comparePermissions(reader.finish(), stored, NOW);
  assert.deepEqual([reader.problems.length, differences.length], [0, 0]);
  assert.ok(performance.now() - before < 120_000, 'two minutes on a slow machine');
  assert.ok(most < 1024 ** 3, `${Math.round(most / 1024 ** 2)} MB of memory`);
});
