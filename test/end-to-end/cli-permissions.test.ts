/** `permissions export|diff|import` on a real installation, while its server runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  PermissionsDiff,
  PermissionsExport,
  PermissionsImport,
} from '../../src/cli/actions.ts';
import { type Client, signIn } from '../support/client.ts';
import { query } from '../support/people.ts';
import { freePort, type Program, run, start } from '../support/program.ts';
import { copyDemoFolder } from '../support/test-server.ts';

const PASSWORD = 'a password that was said';
const TIMEOUT = { timeout: 240_000 };
const MANAGER = 'permission-manager@demo.test';

let scratch = '';
let env: Record<string, string> = {};
let demo: Program | null = null;
let base = '';
let manager: Client;
let accountant: Client;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bw-permissions-'));
  const port = await freePort();
  env = { BAILIWICK_DATA: join(scratch, 'data'), PORT: port, DEMO_PASSWORD: PASSWORD };
  copyDemoFolder(join(scratch, 'data'));
  demo = start(['start'], { env });
  await demo.says('Stop with Ctrl-C');
  manager = await signIn(`http://127.0.0.1:${port}`, 'permission-manager', PASSWORD);
  accountant = await signIn(`http://127.0.0.1:${port}`, 'branch-accountant', PASSWORD);
  base = join(scratch, 'base');
  assert.equal((await permissions('export', base)).code, 0);
}, TIMEOUT);

after(async () => {
  demo?.process.kill('SIGTERM');
  await demo?.ended;
  await rm(scratch, { recursive: true, force: true });
});

/** Runs a command as the system, or as a persona who signs in for it. */
async function permissions(
  command: 'export' | 'diff' | 'import',
  folder: string,
  { as, options = [] }: { readonly as?: string; readonly options?: readonly string[] } = {},
) {
  const who = as === undefined ? [] : ['--as', as];
  const words = ['permissions', command, folder, '--json', ...who, ...options];
  const ended = await run(words, { env, input: `${PASSWORD}\n` });
  const report = ended.output.startsWith('{') ? JSON.parse(ended.output) : null;
  return { ...ended, report };
}

async function diff(folder: string) {
  const { code, errors, report } = await permissions('diff', folder);
  assert.ok(report, errors);
  return { code, ...(report as PermissionsDiff) };
}

/** Imports as the permission manager. */
async function bringIn(folder: string, ...options: readonly string[]) {
  const { code, errors, report } = await permissions('import', folder, { as: MANAGER, options });
  assert.ok(report, errors);
  return { code, ...(report as PermissionsImport) };
}

/** A copy of the export with changed files; null takes one away. */
async function changed(
  name: string,
  files: Readonly<Record<string, string | null | ((text: string) => string)>>,
): Promise<string> {
  const folder = join(scratch, name);
  await cp(base, folder, { recursive: true });
  for (const [path, change] of Object.entries(files)) {
    const file = join(folder, path);
    if (change === null) await rm(file);
    else if (typeof change === 'string') await writeFile(file, change);
    else await writeFile(file, change(await readFile(file, 'utf8')));
  }
  return folder;
}

async function textsOf(folder: string): Promise<Record<string, string>> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = paths.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')]));
  return Object.fromEntries(
    texts.map(([file = '', text]) => [file.slice(folder.length + 1), text ?? '']),
  );
}

async function count(doctype: string, filters: object = {}): Promise<number> {
  return (await manager.get(`/api/count/${doctype}${query({ filters })}`)).body.data;
}

/** How many permission records there are: what is refused leaves them as they were. */
async function counts(): Promise<readonly number[]> {
  const doctypes = ['Role', 'Role Rule', 'Group', 'Grant', 'Granting Authority'];
  return await Promise.all(doctypes.map((doctype) => count(doctype)));
}

const TEMP = `format: 1
role: Temp
description: Helps out for a while.
rules:
  - doctype: Supplier
    actions: [read]
    reach: within
`;

function grantsOf(holder: string, role: string, more = ''): string {
  return `format: 1\n${holder}\ngrants:\n  - role: ${role}\n    scope:\n      Company: [Larkspur UK]\n      Cost Center: [{value: Leeds, descendants: true}]\n${more}`;
}

test(
  'an export is readable, whole and the same each time; importing it changes nothing',
  TIMEOUT,
  async () => {
    const files = await textsOf(base);
    assert.equal(
      files['grants/user-branch-accountant@demo.test.yaml'],
      grantsOf('user: branch-accountant@demo.test', 'Accounts User', '    reason: Demo company\n'),
    );
    assert.match(files['roles/employee.yaml'] ?? '', /^format: 1\nrole: Employee\ndescription: /);
    const again = join(scratch, 'again');
    const { report } = await permissions('export', again, { as: MANAGER });
    const { counts: held } = report as PermissionsExport;
    assert.deepEqual(await textsOf(again), files, 'whoever exports');
    const asked = { until: ['is', 'not set'] };
    assert.deepEqual(
      [held['roles'], held['rules'], held['grants']],
      [await count('Role'), await count('Role Rule'), await count('Grant', asked)],
    );
    const same = await diff(base);
    assert.deepEqual([same.code, same.problems, same.differences], [0, [], []]);
    const { code, outcome } = await bringIn(base, '--prune');
    assert.deepEqual([code, outcome], [0, 'nothing to do']);
    const people = await run(['permissions', 'diff', base], { env });
    assert.equal(people.output, 'Files and system say the same.\n');
  },
);

test('an export does not mix with what is there, unless it is to replace it', TIMEOUT, async () => {
  const folder = await changed('mixed', {
    'roles/employee.yaml': (text) => `# why\n${text}`,
    'roles/old.yaml': TEMP,
    'notes.md': 'Ours.',
  });
  const refused = await permissions('export', folder);
  assert.deepEqual([refused.code, refused.report], [2, null]);
  assert.match(refused.errors, /is not empty\. Use --replace/);
  const { code, report } = await permissions('export', folder, { options: ['--replace'] });
  assert.deepEqual([code, report.written, report.removed], [0, 1, 1]);
  assert.deepEqual(await textsOf(folder), { ...(await textsOf(base)), 'notes.md': 'Ours.' });
  await writeFile(join(folder, 'roles', 'list.txt'), '');
  const strange = await permissions('export', folder, { options: ['--replace'] });
  assert.equal(strange.code, 2, 'what is not ours is not written around');
});

test(
  'complete-or-error: whoever may not read all gets nothing, and is told so',
  TIMEOUT,
  async () => {
    for (const as of ['system-manager@demo.test', 'employee@demo.test']) {
      const folder = join(scratch, `of ${as}`);
      const { code, errors } = await permissions('export', folder, { as });
      assert.equal(code, 2);
      assert.match(errors, /There is no doctype|do not let you read every/);
      await assert.rejects(readdir(folder), /ENOENT/);
    }
    const shares = await permissions('export', join(scratch, 'shares'), { options: ['--shares'] });
    assert.deepEqual([shares.code, shares.report.counts.shares], [0, 0]);
  },
);

test(
  'a role, its rules and a grant of it come in together, and are in force',
  TIMEOUT,
  async () => {
    const path = `/api/count/Supplier`;
    const had = await accountant.get('/api/count/Employee');
    assert.equal(had.status, 404, 'not a doctype they may know of');
    const temp = TEMP.replace('Supplier', 'Employee').replace(
      'reach',
      'except: [Department, Employee]\n    reach',
    );
    const folder = await changed('temp', {
      'roles/temp.yaml': temp,
      'grants/user-branch-accountant@demo.test.yaml': (text) =>
        `${text}  - role: Temp\n    scope: {Company: [Larkspur UK]}\n    until: "2999-01-01 00:00:00"\n`,
    });
    const found = await diff(folder);
    assert.equal(found.code, 1);
    assert.deepEqual(
      found.differences.map(({ outcome, kind, file, line }) => [outcome, kind, file, line]),
      [
        ['added', 'role', 'roles/temp.yaml', 1],
        ['added', 'rule', 'roles/temp.yaml', 5],
        ['added', 'grant', 'grants/user-branch-accountant@demo.test.yaml', 9],
      ],
    );
    const before = await counts();
    assert.deepEqual((await bringIn(folder, '--dry-run')).outcome, 'could be imported');
    assert.deepEqual(await counts(), before, 'a dry run keeps nothing');
    const made = await bringIn(folder);
    assert.deepEqual([made.code, made.outcome, made.refusals], [0, 'imported', []]);
    const has = await accountant.get('/api/count/Employee');
    assert.ok(has.body.data > 0, 'at the next request');
    assert.equal((await accountant.get(path)).status, 200);
    assert.equal((await diff(folder)).code, 0);
    // What the files do not speak of is never ended in silence.
    const back = await diff(base);
    assert.deepEqual(
      back.differences.map(({ outcome }) => outcome),
      ['only in the system', 'only in the system', 'only in the system'],
    );
    const kept = await bringIn(base);
    assert.deepEqual([kept.code, kept.outcome], [1, 'needs prune']);
    assert.equal((await accountant.get('/api/count/Employee')).status, 200);
    // A role that was ever granted stays in the history, and so does its name.
    const linked = await bringIn(base, '--prune');
    assert.deepEqual([linked.code, linked.refusals[0]?.code], [1, 'linked']);
    assert.equal((await accountant.get('/api/count/Employee')).status, 200, 'all or nothing');
    const empty = await changed('empty', {
      'roles/temp.yaml': temp.replace(/rules:[\s\S]*/, 'rules: []\n'),
    });
    const ended = await bringIn(empty, '--prune');
    assert.deepEqual([ended.code, ended.outcome], [0, 'imported']);
    assert.equal((await accountant.get('/api/count/Employee')).status, 404);
    await cp(empty, base, { recursive: true });
    assert.equal((await diff(base)).code, 0);
  },
);

test(
  'INVARIANT (no-self-gain): nobody imports what would give them anything',
  TIMEOUT,
  async () => {
    const before = await counts();
    const toMyself = await changed('to-myself', {
      'roles/fine.yaml': TEMP.replace('Temp', 'Fine'),
      [`grants/user-mine.yaml`]: grantsOf(`user: ${MANAGER}`, 'HR Manager'),
    });
    const refused = await bringIn(toMyself);
    assert.deepEqual([refused.code, refused.outcome], [1, 'refused']);
    const [why] = refused.refusals;
    assert.deepEqual([why?.code, why?.file, why?.line], ['self_gain', 'grants/user-mine.yaml', 4]);
    // Split over two files, of which each alone is harmless.
    const split = {
      'groups/club.yaml': `format: 1\ngroup: Club\nmembers:\n  - user: ${MANAGER}\n`,
      'grants/group-club.yaml': grantsOf('group: Club', 'HR Manager'),
    };
    const both = await bringIn(await changed('split', split));
    assert.deepEqual([both.outcome, both.refusals[0]?.code], ['refused', 'self_gain']);
    // A group that is there already, too.
    assert.equal((await manager.post('/api/resource/Group', { name: 'Club' })).status, 200);
    const entering = await bringIn(await changed('entering', split));
    assert.deepEqual([entering.outcome, entering.refusals[0]?.code], ['refused', 'self_gain']);
    assert.equal((await manager.delete('/api/resource/Group/Club')).status, 202);
    // More rules for a role that everybody holds.
    const everybody = await changed('everybody', {
      'roles/member.yaml': (text) =>
        `${text}  - doctype: Salary Slip\n    actions: [read]\n    reach: within\n`,
    });
    assert.equal((await bringIn(everybody)).refusals[0]?.code, 'self_gain');
    assert.deepEqual(await counts(), before);
    // The positive control: the same for somebody else.
    const other = await changed('other', {
      'grants/user-new.yaml': grantsOf('user: storekeeper@demo.test', 'Accounts User'),
    });
    assert.equal((await bringIn(other, '--dry-run')).outcome, 'could be imported');
  },
);

test(
  'authority binds an import like anything else, the system’s own principal too',
  TIMEOUT,
  async () => {
    const before = await counts();
    const wider = await changed('wider', {
      'authorities/user-wide.yaml':
        'format: 1\nuser: storekeeper@demo.test\nauthorities:\n  - roles: ["*"]\n    scope: {}\n',
    });
    assert.equal((await bringIn(wider)).refusals[0]?.code, 'outside_authority');
    const beyond = await changed('beyond', {
      'grants/user-new.yaml': grantsOf('user: storekeeper@demo.test', 'Permission Manager'),
    });
    assert.equal((await bringIn(beyond)).refusals[0]?.code, 'outside_authority');
    const other = await changed('by-operator', {
      'grants/user-new.yaml': grantsOf('user: storekeeper@demo.test', 'Accounts User'),
    });
    const operator = await permissions('import', other);
    assert.deepEqual(
      [operator.code, operator.report.outcome, operator.report.refusals[0].code],
      [1, 'refused', 'forbidden'],
    );
    assert.deepEqual(await counts(), before);
  },
);

test('what could be read in two ways is refused whole, with its place', TIMEOUT, async () => {
  const before = await counts();
  const folder = await changed('wrong', {
    'roles/fine.yaml': TEMP.replace('Temp', 'Fine'),
    'roles/twice.yaml': TEMP.replace('Temp', 'Fine'),
    'roles/draft.yaml': TEMP.replace('Temp', 'Unsaid').replace('    reach: within\n', ''),
    'grants/user-new.yaml': grantsOf('user: nobody@demo.test', 'Nothing', '    untill: "x"\n'),
    'grants/user-odd.yaml': grantsOf('user: storekeeper@demo.test', 'no').replace(
      'Leeds',
      'Atlantis',
    ),
    'rolls.yaml': TEMP,
    'roles/latin.yaml': '',
  });
  await writeFile(join(folder, 'roles', 'latin.yaml'), Buffer.from([0xe9, 0x0a]));
  await writeFile(join(folder, 'grants', 'large.yaml'), ' '.repeat(4 * 1024 * 1024 + 1));
  await symlink(join(scratch, 'data'), join(folder, 'grants', 'link.yaml'));
  execFileSync('mkfifo', [join(folder, 'roles', 'pipe.yaml')]);
  const found = await diff(folder);
  assert.deepEqual([found.code, found.differences], [2, []]);
  assert.deepEqual(
    found.problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
    [
      'grants/large.yaml:1:1 too_large',
      'grants/link.yaml:1:1 unknown_file',
      'grants/user-new.yaml:2:7 unknown_user',
      'grants/user-new.yaml:4:11 unknown_role',
      'grants/user-new.yaml:8:5 unknown_key',
      'grants/user-odd.yaml:4:11 ambiguous_text',
      'grants/user-odd.yaml:7:21 unknown_value',
      'roles/draft.yaml:5:14 no_reach',
      'roles/latin.yaml:1:1 not_utf8',
      'roles/pipe.yaml:1:1 unknown_file',
      'roles/twice.yaml:1:1 doubled_role',
      'roles/twice.yaml:5:5 doubled_rule',
      'rolls.yaml:1:1 unknown_file',
    ],
  );
  const imported = await bringIn(folder, '--prune');
  assert.deepEqual([imported.code, imported.outcome], [2, 'not read']);
  assert.deepEqual(await counts(), before);
  const people = await run(['permissions', 'diff', folder], { env });
  assert.match(people.output, /^grants\/user-new\.yaml:4:11: unknown_role: Role `Nothing` was/m);
  const noManifest = await changed('no-manifest', { 'permissions.yaml': null });
  assert.equal((await diff(noManifest)).problems[0]?.code, 'no_manifest');
});

test('a change in place, and one by ending and giving again', TIMEOUT, async () => {
  const file = 'grants/user-storekeeper@demo.test.yaml';
  const asked = { grantee: 'storekeeper@demo.test', until: ['is', 'not set'] };
  const path = `/api/resource/Grant${query({ filters: asked, fields: ['name'] })}`;
  const [{ name }] = (await manager.get(path)).body.data;
  const reason = await changed('reason', {
    [file]: (text) => text.replace('Demo company', 'Keeps the store.'),
    'roles/stock-user.yaml': (text) => text.replace(/description: .*/, 'description: Books goods.'),
  });
  const told = await run(['permissions', 'diff', reason], { env });
  assert.equal(told.code, 1);
  assert.match(told.output, /^~ role Stock User \(roles\/stock-user\.yaml:1\)\n {4}description: /m);
  assert.match(told.output, /^ {4}reason: Demo company becomes Keeps the store\.$/m);
  assert.match(told.output, /^0 added, 2 changed, 0 only in the system$/m);
  assert.equal((await bringIn(reason)).outcome, 'imported');
  assert.equal(
    (await manager.get(`/api/resource/Grant/${name}`)).body.data.reason,
    'Keeps the store.',
  );
  const moved = await changed('moved', {
    'roles/stock-user.yaml': (text) => text.replace(/description: .*/, 'description: Books goods.'),
    [file]: (text) =>
      `${text.replace('Demo company', 'Moved.').replace('Leeds Store', 'Berlin Store')}    name: ${name}\n`,
  });
  // A value that no record speaks of yet is looked up as the caller: the operator selects none.
  assert.equal((await diff(moved)).problems[0]?.code, 'unknown_value');
  const { report } = await permissions('diff', moved, { as: MANAGER });
  const change = report as PermissionsDiff;
  assert.deepEqual(
    change.differences.map(({ outcome, name: old }) => [outcome, old]),
    [['changed', name]],
  );
  assert.equal((await bringIn(moved)).outcome, 'imported');
  const old = (await manager.get(`/api/resource/Grant/${name}`)).body.data;
  assert.notEqual(old.until, null, 'the old one is over and stays as history');
  const now = (await manager.get(path)).body.data;
  assert.equal(now.length, 1);
  assert.notEqual(now[0].name, name);
  const stale = await diff(moved);
  assert.deepEqual([stale.code, stale.problems[0]?.code], [2, 'unknown_name']);
});

test('every use leaves an entry, refused ones too', TIMEOUT, async () => {
  const auditor = await signIn(`http://127.0.0.1:${env['PORT']}`, 'auditor', PASSWORD);
  const recorded = async (filters: object): Promise<number> =>
    (await auditor.get(`/api/count/Audit Entry${query({ filters })}`)).body.data;
  for (const command of ['export', 'diff', 'import']) {
    assert.ok((await recorded({ action: `command permissions ${command}` })) > 0, command);
  }
  const refusals = { code: 'self_gain', principal: MANAGER, door: 'cli', document_type: 'Grant' };
  assert.ok((await recorded(refusals)) > 0);
});

test('wrong usage is told apart', TIMEOUT, async () => {
  const ended = await Promise.all([
    run(['permissions', 'diff', join(scratch, 'nowhere')], { env }),
    run(['permissions', 'diff'], { env }),
    run(['permissions', 'frobnicate', base], { env }),
    run(['permissions', 'diff', base, '--prune'], { env }),
    run(['permissions', 'import', base, '--as', MANAGER], { env, input: 'wrong password\n' }),
    run(['permissions', 'diff', base], { env: { BAILIWICK_DATA: join(scratch, 'nothing') } }),
  ]);
  assert.deepEqual(
    ended.map(({ code }) => code),
    [3, 2, 2, 2, 2, 3],
  );
});

test('what shows more of people than one may give is not imported by one', TIMEOUT, async () => {
  const folder = await changed('personal', {
    'grants/user-storekeeper@demo.test.yaml': (text) =>
      `${text}  - role: HR Manager\n    scope: {Company: [Larkspur UK]}\n`,
  });
  const words = ['permissions', 'import', folder, '--json', '--prune', '--as', MANAGER];
  const few = { ...env, BAILIWICK_APPROVAL_PAIRS: '100' };
  const ended = await run(words, { env: few, input: `${PASSWORD}\n` });
  assert.ok(ended.output.startsWith('{'), ended.errors);
  const { outcome, refusals } = JSON.parse(ended.output) as PermissionsImport;
  assert.deepEqual([ended.code, outcome], [1, 'refused']);
  assert.equal(refusals[0]?.code, 'approval_required');
  assert.match(refusals[0]?.detail ?? '', /may give 100 at once/);
});
