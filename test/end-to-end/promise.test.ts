/** The promise of the product, by HTTP, on the demo company. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';

let server: DemoServer;
const people = new Map<string, Client>();

before(async () => {
  server = await demoServer();
  for (const persona of [
    'employee',
    'new-hire',
    'hr-manager',
    'system-manager',
    'permission-manager',
  ]) {
    people.set(persona, await signIn(server.url, persona, server.password));
  }
});

after(async () => {
  await server.stop();
});

function as(persona: string): Client {
  const client = people.get(persona);
  if (!client) throw new Error(`${persona} did not sign in`);
  return client;
}

const SLIPS = '/api/resource/Salary Slip';

test('the accident: a payslip grant that was never scoped shows nothing', async () => {
  assert.equal((await as('new-hire').get(SLIPS)).text, '{"data":[]}');
  // Positive control: there are slips, and HR sees them.
  assert.ok((await as('hr-manager').get('/api/count/Salary Slip')).body.data > 1000);
});

test('INVARIANT (hidden-equals-missing): a hidden payslip answers like one that does not exist', async () => {
  const [hidden] = (await as('hr-manager').get(`${SLIPS}?limit=1`)).body.data;
  const missing = 'SAL-1999-00001';
  const answers = await Promise.all(
    [hidden.name, missing].map(async (name) => {
      const answer = await as('new-hire').get(`${SLIPS}/${name}`);
      assert.equal(answer.status, 404);
      return answer.text.replaceAll(name, 'NAME').replace(answer.body.request_id, 'ID');
    }),
  );
  assert.equal(answers[0], answers[1]);
});

test('an employee sees exactly their own slips, and nothing once the grant has ended', async () => {
  const path = `${SLIPS}?limit_page_length=500&fields=["name","employee"]`;
  const own = (await as('employee').get(path)).body.data as { employee: string }[];
  assert.ok(own.length > 0);
  assert.deepEqual([...new Set(own.map(({ employee }) => employee))], ['HR-EMP-00042']);

  const filters = JSON.stringify([['grantee', '=', 'employee@demo.test']]);
  const [grant] = (await as('permission-manager').get(`/api/resource/Grant?filters=${filters}`))
    .body.data;
  assert.equal(
    (await as('permission-manager').delete(`/api/resource/Grant/${grant.name}`)).status,
    202,
  );
  const gone = await as('employee').get(SLIPS);
  assert.deepEqual([gone.status, gone.body.code], [404, 'unknown_doctype']);

  const scope = [{ dimension: 'Employee', value: 'HR-EMP-00042', descendants: 0 }];
  const given = await as('permission-manager').post('/api/resource/Grant', {
    grantee_type: 'User',
    grantee: 'employee@demo.test',
    role: 'Employee',
    scope,
    reason: 'given again',
  });
  assert.equal(given.status, 200, given.text);
  assert.deepEqual((await as('employee').get(path)).body.data, own);
});

test('HR sees exactly the slips of their company, and their own for two reasons', async () => {
  const all = `limit_page_length=500&fields=["company"]`;
  const companies = new Set<string>();
  for (let start = 0; ; start += 500) {
    const page = (await as('hr-manager').get(`${SLIPS}?${all}&limit_start=${start}`)).body.data;
    for (const { company } of page) companies.add(company);
    if (page.length < 500) break;
  }
  assert.deepEqual([...companies], ['Larkspur UK']);

  const filters = JSON.stringify([['employee', '=', 'HR-EMP-00007']]);
  const [slip] = (await as('hr-manager').get(`${SLIPS}?filters=${filters}&limit=1`)).body.data;
  const question = { action: 'read', doctype: 'Salary Slip', name: slip.name };
  const { body } = await as('hr-manager').post('/api/access/explain', question);
  assert.equal(body.allowed, true);
  assert.deepEqual(body.because.map(({ role }: { role: string }) => role).sort(), [
    'Employee',
    'HR Manager',
  ]);
});

test('who administers the system reads no payslip, and does not learn that there are any', async () => {
  const hidden = await as('system-manager').get(SLIPS);
  const unknown = await as('system-manager').get('/api/resource/Salary Slop');
  const same = (text: string, id: string) => text.replace(/Sl[io]p/g, 'X').replace(id, 'ID');
  assert.equal(hidden.status, 404);
  assert.equal(
    same(hidden.text, hidden.body.request_id),
    same(unknown.text, unknown.body.request_id),
  );
});
