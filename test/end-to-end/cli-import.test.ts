/** `import-doctypes` while the server runs: from files to documents; nothing opens by itself. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ImportReport } from '../../src/cli/actions.ts';
import { type Client, signIn } from '../support/client.ts';
import { query } from '../support/people.ts';
import { type Ended, freePort, type Program, run, start } from '../support/program.ts';
import { copyDemoFolder } from '../support/test-server.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/frappe/', import.meta.url));
const PASSWORD = 'a password that was said';
const OUTCOMES = {
  'hostile.json': 'created',
  'open_estimates.json': 'not storable',
  'technician.json': 'created',
  'workshop_bay.json': 'created',
  'workshop_job.json': 'created',
  'workshop_job_part.json': 'created',
  'workshop_settings.json': 'created',
};
const TIMEOUT = { timeout: 240_000 };

let scratch = '';
let env: Record<string, string> = {};
let demo: Program | null = null;
let manager: Client;
let keeper: Client;
let auditor: Client;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bw-import-'));
  const port = await freePort();
  env = { BAILIWICK_DATA: join(scratch, 'data'), PORT: port, DEMO_PASSWORD: PASSWORD };
  copyDemoFolder(join(scratch, 'data'));
  demo = start(['start'], { env });
  await demo.says('Stop with Ctrl-C');
  manager = await signIn(`http://127.0.0.1:${port}`, 'permission-manager', PASSWORD);
  keeper = await signIn(`http://127.0.0.1:${port}`, 'storekeeper', PASSWORD);
  auditor = await signIn(`http://127.0.0.1:${port}`, 'auditor', PASSWORD);
}, TIMEOUT);

after(async () => {
  demo?.process.kill('SIGTERM');
  await demo?.ended;
  await rm(scratch, { recursive: true, force: true });
});

async function importFrom(folder: string): Promise<Ended & { report: ImportReport }> {
  const ended = await run(['import-doctypes', folder, '--json'], { env });
  assert.match(ended.output, /^\{/, ended.errors);
  return { ...ended, report: JSON.parse(ended.output) as ImportReport };
}

function outcomesOf(report: ImportReport): Record<string, string> {
  return Object.fromEntries(report.files.map(({ file, outcome }) => [file, outcome]));
}

async function draftsOf(doctype: string) {
  const asked = query({ filters: [['document_type', '=', doctype]], fields: ['*'] });
  const { body } = await manager.get(`/api/resource/Role Rule${asked}`);
  return body.data as { name: string; status: string; reach: string | null; role: string }[];
}

test('every file is accounted for, and nothing opens by the import', TIMEOUT, async () => {
  const { code, report } = await importFrom(FIXTURES);
  assert.equal(code, 0);
  assert.deepEqual(outcomesOf(report), OUTCOMES);
  const job = report.files.find(({ doctype }) => doctype === 'Workshop Job');
  assert.equal(job?.draft_rules, 4);
  assert.ok(job?.not_taken.some(({ field, key }) => field === 'vehicle' && key === 'options'));
  const rules = await draftsOf('Workshop Job');
  assert.equal(rules.length, 4);
  for (const { status, reach } of rules) assert.deepEqual([status, reach], ['draft', null]);
  for (const client of [manager, keeper]) {
    const answer = await client.get('/api/resource/Workshop Job');
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype']);
  }
});

test(
  'INVARIANT (audit-with-write): what it brought is in the audit log, and by whom',
  TIMEOUT,
  async () => {
    const entriesOf = async (filters: unknown[]) => {
      const fields = ['action', 'document_type', 'document_name', 'principal', 'actor', 'detail'];
      const asked = query({ filters: [['action', '=', 'import'], ...filters], fields, limit: 100 });
      const { body } = await auditor.get(`/api/resource/Audit Entry${asked}`);
      return body.data as Record<string, string>[];
    };
    const [job, ...more] = await entriesOf([['document_type', '=', 'Workshop Job']]);
    assert.deepEqual(more, []);
    assert.equal(job?.['document_name'], null);
    assert.equal(job?.['principal'], 'system:operator');
    assert.match(String(job?.['actor']), /^os:./);
    assert.match(JSON.stringify(job?.['detail']), /created/);
    const rules = await entriesOf([['document_type', '=', 'Role Rule']]);
    const drafts = (await draftsOf('Workshop Job')).map(({ name }) => name);
    const named = rules.map(({ document_name }) => String(document_name));
    for (const name of drafts) assert.ok(named.includes(name), name);
    const roles = await entriesOf([['document_type', '=', 'Role']]);
    assert.ok(roles.some(({ document_name }) => document_name === 'Workshop Lead'));
    // The same import again brings nothing, and writes nothing of it.
    const count = (await entriesOf([])).length;
    await importFrom(FIXTURES);
    assert.equal((await entriesOf([])).length, count);
  },
);

test('for people it says what is not in force', TIMEOUT, async () => {
  const { code, output } = await run(['import-doctypes', FIXTURES], { env });
  assert.equal(code, 0);
  assert.match(
    output,
    /workshop_job\.json: Workshop Job: unchanged\n {2}4 rules not in force: choose a reach\n/,
  );
  assert.match(output, /7 files: 6 unchanged, 1 not storable\n$/);
});

test(
  'a draft becomes a rule by choosing its reach, by whom may give its role',
  TIMEOUT,
  async () => {
    const settings = (await draftsOf('Workshop Settings'))[0];
    const lead = (await draftsOf('Workshop Job')).filter(({ role }) => role === 'Workshop Lead');
    const others = [...(await draftsOf('Workshop Bay')), ...(await draftsOf('Technician'))];
    for (const { name } of [...lead, ...others]) {
      const made = await manager.put(`/api/resource/Role Rule/${name}`, {
        reach: 'within',
        status: 'in force',
        ...(name.includes('Technician') ? { actions: ['read', 'create'] } : {}),
      });
      assert.equal(made.status, 200, made.text);
    }
    assert.equal(settings?.status, 'draft');
    const given = await manager.post('/api/resource/Grant', {
      grantee_type: 'User',
      grantee: 'storekeeper@demo.test',
      role: 'Workshop Lead',
      scope: [],
      reason: 'Runs the workshop.',
    });
    assert.equal(given.status, 200, given.text);
    const list = await keeper.get('/api/resource/Workshop Job');
    assert.deepEqual([list.status, list.body.data], [200, []]);
  },
);

test(
  'documents of an imported tree, with links, rows and states, work over HTTP',
  TIMEOUT,
  async () => {
    const hall = { bay_name: 'Hall', is_group: 1 };
    const pit = { bay_name: 'Pit', parent_bay: 'Hall' };
    for (const bay of [hall, pit]) {
      const made = await keeper.post('/api/resource/Workshop Bay', bay);
      assert.equal(made.status, 200, made.text);
    }
    const itself = await keeper.put('/api/resource/Workshop Bay/Hall', { parent_bay: 'Pit' });
    assert.deepEqual([itself.status, itself.body.code], [422, 'invalid_document'], 'no cycle');
    const person = { site: 'Leeds', full_name: 'Ada Byrne', hired_on: '2025-03-01' };
    const technician = await keeper.post('/api/resource/Technician', person);
    assert.equal(technician.body?.data?.name, 'TECH-Leeds-0001', technician.text);
    const job = await keeper.post('/api/resource/Workshop Job', {
      naming_series: 'JOB-.YYYY.-',
      subject: 'Brakes',
      bay: 'Pit',
      technician: 'TECH-Leeds-0001',
      parts: [
        { part_no: 'PAD-1', quantity: 2, rate: 10.25 },
        { part_no: 'DISC-1', rate: 40 },
      ],
    });
    assert.equal(job.status, 200, job.text);
    const path = `/api/resource/Workshop Job/${job.body.data.name}`;
    // The level of this field is open for reading and writing only, as in the file.
    assert.equal((await keeper.put(path, { estimate: 120.5 })).status, 200);
    const { body } = await keeper.get(path);
    assert.deepEqual(
      body.data.parts.map((row: Record<string, unknown>) => [
        row['part_no'],
        row['quantity'],
        row['rate'],
      ]),
      [
        ['PAD-1', 2, 10.25],
        ['DISC-1', 1, 40],
      ],
    );
    assert.equal(body.data.estimate, 120.5);
    const submitted = await keeper.post(`${path}/submit`, {});
    assert.equal(submitted.body.data.docstatus, 1, submitted.text);
    const changed = await keeper.put(path, { subject: 'Other' });
    assert.deepEqual([changed.status, changed.body.code], [409, 'submitted']);
    const missing = await keeper.post('/api/resource/Workshop Job', {
      ...{ naming_series: 'JOB-.YYYY.-', subject: 'Nothing', bay: 'Nowhere' },
      parts: [{ part_no: 'X' }],
    });
    assert.deepEqual([missing.status, missing.body.code], [422, 'link_not_found']);
  },
);

test('a changed file migrates its table and keeps the data, or is refused', TIMEOUT, async () => {
  const folder = join(scratch, 'changed');
  await cp(FIXTURES, folder, { recursive: true });
  await changeFile(join(folder, 'technician.json'), (technician) => {
    technician.fields.push({ fieldname: 'nickname', fieldtype: 'Data' });
  });
  await changeFile(join(folder, 'workshop_bay.json'), (bay) => {
    const name = bay.fields.find(({ fieldname }) => fieldname === 'bay_name');
    if (name) name['fieldtype'] = 'Int';
  });
  const { code, report } = await importFrom(folder);
  assert.equal(code, 1);
  const bay = report.files.find(({ doctype }) => doctype === 'Workshop Bay');
  assert.equal(bay?.outcome, 'refused');
  assert.ok(bay?.details[0]?.includes('bay_name'), bay?.details.join());
  const technician = report.files.find(({ doctype }) => doctype === 'Technician');
  assert.deepEqual(
    [technician?.outcome, technician?.details],
    ['changed', ['add-column nickname']],
  );
  const { body } = await keeper.get('/api/resource/Technician/TECH-Leeds-0001');
  assert.deepEqual([body.data.full_name, body.data.nickname], ['Ada Byrne', null]);
  assert.equal((await keeper.get('/api/resource/Workshop Bay/Pit')).body.data.parent_bay, 'Hall');
  const back = await importFrom(FIXTURES);
  assert.equal(outcomesOf(back.report)['workshop_bay.json'], 'unchanged');
});

type Definition = { fields: Record<string, unknown>[] };

async function changeFile(path: string, change: (definition: Definition) => void): Promise<void> {
  const definition = JSON.parse(await readFile(path, 'utf8')) as Definition;
  change(definition);
  await writeFile(path, JSON.stringify(definition));
}

test(
  'what is broken, or would take the place of something else, is told apart',
  TIMEOUT,
  async () => {
    const folder = join(scratch, 'broken');
    await mkdir(folder);
    const doctype = (name: string) =>
      JSON.stringify({ doctype: 'DocType', name, fields: [{ fieldname: 'a', fieldtype: 'Data' }] });
    const files = {
      'cut-off.json': '{"doctype": "DocType", "name":',
      'no-doctype.json': '[1, 2]',
      'built-in.json': doctype('User'),
      'same-table.json': doctype('Workshop-Job'),
      'one.json': doctype('Twin Engine'),
      'two.json': doctype('Twin-Engine'),
      'again.json': doctype('Twin Engine'),
      'system.json': doctype('Doctype'),
      'sql.json': doctype('x"; drop schema doc cascade; --'),
      'columns.json': JSON.stringify({
        ...{ doctype: 'DocType', name: 'Odd Columns' },
        fields: ['a', 'xmin', 'ctid', 'tableoid'].map((fieldname) => ({
          fieldname,
          fieldtype: 'Data',
        })),
      }),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    // What never ends, and what lies elsewhere, is no file of this folder.
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    await symlink('/dev/zero', join(folder, 'link.json'));
    const { code, report } = await importFrom(folder);
    assert.equal(code, 1);
    assert.deepEqual(outcomesOf(report), {
      'again.json': 'created',
      'built-in.json': 'mapped to a built-in doctype',
      'columns.json': 'created',
      'cut-off.json': 'broken',
      'link.json': 'broken',
      'no-doctype.json': 'broken',
      'one.json': 'broken',
      'pipe.json': 'broken',
      'same-table.json': 'broken',
      'sql.json': 'broken',
      'system.json': 'created',
      'two.json': 'broken',
    });
    const clash = report.files.find(({ file }) => file === 'same-table.json');
    assert.match(clash?.details[0] ?? '', /same table as `Workshop Job`/);
    const mapped = report.files.find(({ file }) => file === 'built-in.json');
    assert.deepEqual(mapped?.not_taken, [
      { field: 'a', key: 'Data', why: 'the built-in doctype has no such field' },
    ]);
    const odd = report.files.find(({ file }) => file === 'columns.json');
    const left = odd?.not_taken.map(({ field }) => field).filter((field) => field !== null);
    assert.deepEqual(left?.sort(), ['ctid', 'tableoid', 'xmin']);
    const users = await manager.get('/api/count/User');
    assert.ok(users.body.data >= 11, 'the built-in doctype is as it was');
  },
);

test('the command line tells what it cannot do by its status', TIMEOUT, async () => {
  const codes = await Promise.all([
    run(['import-doctypes', join(scratch, 'nowhere')], { env }),
    run(['import-doctypes'], { env }),
    run(['frobnicate'], { env }),
    run(['doctor'], { env: { BAILIWICK_DATA: join(scratch, 'nothing') } }),
  ]);
  assert.deepEqual(
    codes.map(({ code }) => code),
    [3, 2, 2, 3],
  );
});
