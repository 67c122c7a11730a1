/** Changes by two people, by HTTP, in the demo company as it comes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DIMENSIONS } from '../../apps/demo/personas.ts';
import type { Answer, Client } from '../support/client.ts';
import { clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';
import { everywhere, PermissionRows } from '../support/permission-rows.ts';

const MANAGER = 'permission-manager@demo.test';
const CHANGES = '/api/access/changes';
const LISTED = '/api/resource/Permission Change';
const EVERYWHERE = [{ dimension: 'Company', value: '*' }];
const TEAM = ['employee', 'new-hire', 'storekeeper', 'branch-accountant', 'auditor'].map(
  (one) => `${one}@demo.test`,
);

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  // A second person beside the demo's one who gives access.
  const second = 'accounts-manager@demo.test';
  await rows.grant(second, 'Permission Manager', everywhere(DIMENSIONS));
  await rows.authority(second, ['*'], everywhere(DIMENSIONS));
  as = await people(server, [
    ...['permission-manager', 'accounts-manager', 'auditor', 'employee', 'new-hire'],
  ]);
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function code({ status, body }: Answer): unknown[] {
  return [status, body.code];
}

// biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
async function done(answer: Promise<Answer>): Promise<any> {
  const { status, text, body } = await answer;
  assert.equal(status, 200, text);
  return body.data;
}

test('the grants of every day need nobody else, and a preview says so', async () => {
  for (const value of ['Larkspur UK', '*']) {
    const scope = [{ dimension: 'Company', value }];
    const grant = { grantee: TEAM[1], role: 'HR Manager', scope };
    const { body } = await as('permission-manager').post('/api/access/preview', {
      add: [{ type: 'grant', ...grant }],
    });
    const { required, personal_pairs, threshold } = body.approval;
    assert.deepEqual([required, threshold], [false, 10_000]);
    assert.ok(personal_pairs > 1000 && personal_pairs < 10_000, `${personal_pairs} pairs`);
    const { name } = await done(as('permission-manager').post('/api/resource/Grant', grant));
    const ended = await as('permission-manager').delete(`/api/resource/Grant/${name}`);
    assert.equal(ended.status, 202);
  }
});

test('a group that would read everybody’s pay is proposed by one and approved by another', async () => {
  const [manager, second] = [as('permission-manager'), as('accounts-manager')];
  const members = TEAM.map((user) => ({ user }));
  await done(manager.post('/api/resource/Group', { name: 'Pay review', members }));
  const grant = {
    ...{ grantee_type: 'Group', grantee: 'Pay review', role: 'HR Manager' },
    scope: EVERYWHERE,
  };
  const refused = await manager.post('/api/resource/Grant', grant);
  assert.deepEqual(code(refused), [403, 'approval_required']);
  assert.match(refused.body.detail, /in 1\d,\d{3} pairs .* may give 10,000 at once/);
  const request = { add: [{ type: 'grant', ...grant }] };
  const preview = await manager.post('/api/access/preview', request);
  const { required, personal_pairs } = preview.body.approval;
  assert.equal(required, true);
  assert.ok(refused.body.detail.includes(personal_pairs.toLocaleString('en')), 'the same number');

  const unreasoned = await manager.post(CHANGES, request);
  assert.equal(unreasoned.status, 400);
  const proposal = await done(manager.post(CHANGES, { ...request, reason: 'yearly review' }));
  const { name, digest } = proposal;
  assert.equal(proposal.personal_pairs, personal_pairs);
  assert.equal((await as('new-hire').get('/api/count/Salary Slip')).body.data, 0);
  // Only those who give access and those who inspect know of it.
  assert.deepEqual(
    (await done(second.get(LISTED))).map((one: { name: string }) => one.name),
    [name],
  );
  assert.equal((await as('auditor').get(`${LISTED}/${name}`)).status, 200);
  for (const path of [LISTED, `${LISTED}/${name}`, `${CHANGES}/${name}`]) {
    assert.deepEqual(code(await as('employee').get(path)), [404, 'unknown_doctype']);
    const answer = path.startsWith(LISTED) ? [404, 'unknown_doctype'] : [401, 'unauthenticated'];
    assert.deepEqual(code(await as('guest').get(path)), answer);
  }
  const approval = `${CHANGES}/${name}/approve`;
  assert.deepEqual(code(await as('employee').post(approval, { digest })), [404, 'unknown_doctype']);
  assert.deepEqual(code(await as('auditor').post(approval, { digest })), [403, 'forbidden']);
  assert.deepEqual(code(await manager.post(approval, { digest })), [403, 'forbidden']);
  const token = await manager.post('/api/tokens', { label: 'mine', expires: null });
  const byToken = clientOf(server.url, {
    authorization: `token ${token.body.key}:${token.body.secret}`,
  });
  assert.deepEqual(code(await byToken.post(approval, { digest })), [403, 'forbidden']);
  assert.equal((await second.post(approval, {})).status, 400);
  assert.deepEqual(code(await second.post(approval, { digest: 'seen' })), [
    409,
    'version_conflict',
  ]);
  const byHand = await second.put(`${LISTED}/${name}`, { status: 'Approved' });
  assert.deepEqual(code(byHand), [403, 'forbidden']);
  assert.deepEqual(code(await second.post(`${LISTED}/${name}/submit`, {})), [403, 'forbidden']);

  const shown = await second.get(`${CHANGES}/${name}`);
  assert.equal(shown.body.now.digest, digest);
  assert.equal(shown.body.now.effect.personal_pairs, personal_pairs);
  const made = await done(second.post(approval, { digest }));
  assert.deepEqual([made.status, made.approved_by], ['Approved', 'accounts-manager@demo.test']);
  assert.ok((await as('new-hire').get('/api/count/Salary Slip')).body.data > 2000);
  assert.deepEqual(code(await second.post(approval, { digest })), [409, 'submitted']);
  const why = await as('auditor').post('/api/access/explain', {
    ...{ action: 'read', doctype: 'Salary Slip', user: TEAM[1] },
  });
  assert.deepEqual(
    [why.status, JSON.stringify(why.body).includes(`"request":"${name}"`)],
    [200, true],
  );
  const entries = await as('auditor').get(
    `/api/resource/Audit Entry?filters=${JSON.stringify([['document_name', '=', name]])}` +
      '&fields=["principal","action","detail"]&order_by=creation asc',
  );
  const told = entries.body.data.filter(({ action }: { action: string }) => action === 'submit');
  assert.ok(
    told.some(
      ({ principal, detail }: { principal: string; detail: { proposed_by?: string } }) =>
        principal === 'accounts-manager@demo.test' && detail.proposed_by === MANAGER,
    ),
    entries.text,
  );
});

test('one withdraws what one proposed, and another rejects it', async () => {
  const [manager, second] = [as('permission-manager'), as('accounts-manager')];
  const scope = [{ dimension: 'Company', value: 'Larkspur SG' }];
  const grant = { type: 'grant', grantee: TEAM[0], role: 'HR User', scope };
  // Small enough for one, and yet by four eyes.
  const propose = () => done(manager.post(CHANGES, { add: [grant], reason: 'four eyes' }));
  const [first, other] = [await propose(), await propose()];
  assert.deepEqual(code(await second.post(`${CHANGES}/${first.name}/withdraw`, {})), [
    403,
    'forbidden',
  ]);
  assert.deepEqual(code(await manager.post(`${CHANGES}/${first.name}/reject`, {})), [
    403,
    'forbidden',
  ]);
  assert.equal(
    (await done(manager.post(`${CHANGES}/${first.name}/withdraw`, {}))).status,
    'Withdrawn',
  );
  assert.equal((await done(second.post(`${CHANGES}/${other.name}/reject`, {}))).status, 'Rejected');
  for (const { name, digest } of [first, other]) {
    const late = await second.post(`${CHANGES}/${name}/approve`, { digest });
    assert.deepEqual(code(late), [409, 'version_conflict']);
    assert.equal((await second.delete(`${LISTED}/${name}`)).status, 403);
    assert.equal((await second.get(`${CHANGES}/${name}`)).body.now, null);
  }
});
