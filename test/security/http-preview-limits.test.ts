/** What a preview does not tell, and that somebody who can give access always stays. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, clientOf, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { query } from '../support/people.ts';

let server: DemoServer;
let manager: Client;
let auditor: Client;

before(async () => {
  server = await demoServer();
  manager = await signIn(server.url, 'permission-manager', server.password);
  auditor = await signIn(server.url, 'auditor', server.password);
});

after(async () => {
  await server.stop();
});

const PREVIEW = '/api/access/preview';

/** A rule that would let accountants read some documents. */
const rule = (document_type: string, when: unknown) => ({
  add: [
    {
      ...{ type: 'rule', role: 'Accounts User', document_type, actions: ['read'], when },
      ...{
        reach: 'within',
        except: document_type === 'Salary Slip' ? ['Employee', 'Department'] : [],
      },
    },
  ],
});

test('a condition on what somebody may not read is counted for them by nobody', async () => {
  const [{ name }] = (
    await (
      await signIn(server.url, 'hr-manager', server.password)
    ).get('/api/resource/Salary Slip?limit_page_length=1')
  ).body.data;
  for (const who of [manager, auditor]) {
    for (const when of [
      [['net_pay', '>', 1]],
      [
        ['name', '=', name],
        ['net_pay', '>', 1],
      ],
      [['name', '=', name]],
    ]) {
      const { status, body } = await who.post(PREVIEW, rule('Salary Slip', when));
      assert.deepEqual([status, body.code, body.gained], [403, 'forbidden', undefined]);
    }
  }
  // A proposal has the same numbers in it.
  const add = rule('Salary Slip', [['net_pay', '>', 1]]).add;
  const proposed = await manager.post('/api/access/changes', { add, reason: 'to see' });
  assert.deepEqual([proposed.status, proposed.body.code], [403, 'forbidden']);
  assert.match(proposed.body.detail, /previewed only for those who may read it/);
  // The controls: without it, and with one on what is nobody's secret.
  const all = await manager.post(PREVIEW, rule('Salary Slip', null));
  assert.ok(all.body.gained.length > 0);
  const some = await manager.post(PREVIEW, rule('Sales Invoice', [['status', '=', 'Paid']]));
  assert.equal(some.status, 200);
});

test('INVARIANT (ceiling-narrows): a token that is limited to some documents is told of none', async () => {
  const made = await auditor.post('/api/tokens', {
    label: 'some',
    ceiling: { doctypes: ['Grant'], actions: ['inspect'] },
  });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const { key, secret } = made.body.data ?? made.body;
  const limited = await clientOf(server.url).request('POST', PREVIEW, rule('Salary Slip', null), {
    authorization: `token ${key}:${secret}`,
  });
  assert.deepEqual([limited.status, limited.body.code], [403, 'forbidden']);
});

test('each preview leaves an entry', async () => {
  const filters = [
    ['action', '=', 'preview'],
    ['outcome', '=', 'allowed'],
    ['principal', '=', 'permission-manager@demo.test'],
  ];
  const path = `/api/count/Audit Entry${query({ filters })}`;
  const had = (await auditor.get(path)).body.data;
  await manager.post(PREVIEW, rule('Sales Invoice', null));
  assert.equal((await auditor.get(path)).body.data, had + 1);
});

test('members that a new group comes with gain what it is granted', async () => {
  const grant = {
    ...{ type: 'grant', grantee_type: 'Group', grantee: 'GX', role: 'HR Manager' },
    scope: [{ dimension: 'Company', value: 'Larkspur UK' }],
  };
  const user = 'storekeeper@demo.test';
  const within = [{ type: 'group', name: 'GX', members: [{ user }] }, grant];
  const beside = [{ type: 'group', name: 'GX' }, { type: 'member', group: 'GX', user }, grant];
  const answers = [];
  for (const add of [within, beside]) {
    answers.push((await manager.post(PREVIEW, { add })).body.gained);
  }
  assert.ok(answers[0].length > 0);
  assert.deepEqual(answers[0], answers[1]);
  const strange = [{ type: 'group', name: 'GX', members: [{ user, role: 'x' }] }];
  assert.equal((await manager.post(PREVIEW, { add: strange })).body.code, 'unknown_parameter');
});

test('what no definition could say is refused at its key', async () => {
  const path = (more: object) => ({ add: [{ type: 'path', doctype: 'Sales Invoice', ...more }] });
  for (const asked of [
    path({ dimension: 'Company', path: 'nofield' }),
    path({ dimension: 'Warehouse', path: 'grand_total' }),
    path({ dimension: 'Currency', path: 'currency' }),
    path({ dimension: 'Warehouse', path: 'items.nofield' }),
    { add: [{ type: 'group', name: 'a\u0000b' }] },
    { add: [{ ...rule('Salary Slip', null).add[0], except: ['Banana'] }] },
    { add: [{ type: 'move', doctype: 'Cost Center', name: 'Leeds' }] },
  ]) {
    const { status, body } = await manager.post(PREVIEW, asked);
    assert.deepEqual([status, body.code], [400, 'bad_value'], JSON.stringify(asked));
  }
});

test('the last who can give access stays: their grant is neither ended nor given an end', async () => {
  const filters = [['grantee', '=', 'permission-manager@demo.test']];
  const fields = ['name', 'role'];
  const { data } = (await manager.get(`/api/resource/Grant${query({ filters, fields })}`)).body;
  const { name } = data.find(({ role }: { role: string }) => role === 'Permission Manager');
  const path = `/api/resource/Grant/${encodeURIComponent(name)}`;
  const gone = await manager.delete(path);
  assert.deepEqual([gone.status, gone.body.code], [403, 'forbidden']);
  assert.match(gone.body.detail, /Nobody would be left who can give access/);
  const ends = await manager.put(path, { until: '2999-01-01 00:00:00' });
  assert.deepEqual([ends.status, ends.body.code], [403, 'forbidden']);
  // The control: somebody else's may end.
  const other = await manager.get(
    `/api/resource/Grant${query({ filters: [['grantee', '=', 'storekeeper@demo.test']] })}`,
  );
  const theirs = `/api/resource/Grant/${encodeURIComponent(other.body.data[0].name)}`;
  assert.equal((await manager.delete(theirs)).status, 202);
});
