/** Comments and whatever else belongs to a document, by HTTP on the demo company. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

let server: DemoServer;
let as: (persona: string) => Client;
let accountant: Client;
let invoice = '';

before(async () => {
  server = await demoServer();
  as = await people(server, ['branch-accountant', 'hr-manager', 'employee', 'new-hire']);
  accountant = as('branch-accountant');
  const list = `/api/resource/Sales Invoice${query({ limit: 1 })}`;
  invoice = (await accountant.get(list)).body.data[0].name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const OF = () => ({ reference_doctype: 'Sales Invoice', reference_name: invoice });

test('the ordinary routes take comments, and only the readers of the invoice see them', async () => {
  const made = await accountant.post('/api/resource/Comment', { ...OF(), content: 'paid twice?' });
  assert.equal(made.status, 200, made.text);
  const { name } = made.body.data;
  const path = `/api/resource/Comment/${name}`;
  assert.equal((await accountant.get(path)).body.data.content, 'paid twice?');
  const changed = await accountant.put(path, { content: 'paid twice' });
  assert.equal(changed.status, 200, changed.text);
  for (const persona of ['hr-manager', 'employee', 'new-hire']) {
    const hidden = await as(persona).get(path);
    assert.deepEqual([hidden.status, hidden.body.code], [404, 'not_found'], persona);
    assert.deepEqual((await as(persona).get('/api/resource/Comment')).body, { data: [] });
    const count = `/api/count/Comment${query({ filters: [['reference_name', '=', invoice]] })}`;
    assert.deepEqual((await as(persona).get(count)).body, { data: 0 }, persona);
    assert.deepEqual((await accountant.get(count)).body, { data: 1 });
    const added = await as(persona).post('/api/resource/Comment', { ...OF(), content: 'x' });
    assert.deepEqual([added.status, added.body.code], [422, 'link_not_found'], persona);
  }
});

test('what belongs to a document has routes of its own, and one that shows it with changes', async () => {
  const path = `/api/resource/Sales Invoice/${invoice}`;
  const comments = (await accountant.get(`${path}/comments`)).body.data;
  assert.deepEqual(
    comments.map(({ content }: { content: string }) => content),
    ['paid twice'],
  );
  const follow = { ref_doctype: 'Sales Invoice', ref_docname: invoice };
  assert.equal((await accountant.post('/api/resource/Follow', follow)).status, 200);
  const followers = (await accountant.get(`${path}/followers`)).body.data;
  assert.equal(followers[0].user, 'branch-accountant@demo.test');
  for (const part of ['assignments', 'tags', 'attachments']) {
    assert.deepEqual((await accountant.get(`${path}/${part}`)).body, { data: [] }, part);
  }
  await accountant.post('/api/resource/Comment', { ...OF(), content: 'and settled' });
  const timeline = (await accountant.get(`${path}/timeline`)).body.data;
  const said = timeline.map(({ kind, content, action }: Record<string, string>) => [
    kind,
    content ?? action,
  ]);
  assert.deepEqual(said.slice(0, 2), [
    ['comment', 'and settled'],
    ['comment', 'paid twice'],
  ]);
  assert.equal(said.at(-1)[0], 'version');
  const times = timeline.map(({ at }: { at: string }) => at);
  assert.deepEqual(times, times.toSorted().reverse());
  const paged = await accountant.get(`${path}/timeline${query({ limit: 1, limit_start: 1 })}`);
  assert.deepEqual(paged.body.data, [timeline[1]]);
  for (const part of ['comments', 'followers', 'timeline']) {
    const hidden = await as('hr-manager').get(`${path}/${part}`);
    const missing = await as('hr-manager').get(`/api/resource/Sales Invoice/NONE/${part}`);
    const { request_id: _, ...told } = hidden.body;
    const { request_id: __, ...none } = missing.body;
    const replaced = JSON.stringify(told).replaceAll(invoice, 'NONE');
    assert.deepEqual(JSON.parse(replaced), none, part);
    assert.equal(hidden.status, 404);
    assert.equal((await as('new-hire').get(`/api/resource/Nothing/x/${part}`)).status, 404);
  }
});

test('a comment on a payslip is for those who read the payslip, and each read is recorded', async () => {
  const slips = `/api/resource/Salary Slip${query({ limit: 1 })}`;
  const slip = (await as('employee').get(slips)).body.data[0].name;
  const of = { reference_doctype: 'Salary Slip', reference_name: slip };
  const made = await as('employee').post('/api/resource/Comment', { ...of, content: 'why less?' });
  assert.equal(made.status, 200, made.text);
  const path = `/api/resource/Comment/${made.body.data.name}`;
  assert.equal((await as('hr-manager').get(path)).body.data.content, 'why less?');
  assert.equal((await accountant.get(path)).status, 404);
  const described = await as('new-hire').get('/api/doctype/Comment');
  assert.equal(described.body.data.name, 'Comment');
});
