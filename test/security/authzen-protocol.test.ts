/** AuthZEN's own rules of the wire, and requests that are no requests. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LIMITS } from '../../src/base/limits.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const CONFIGURATION = '/.well-known/authzen-configuration';
const SUBJECT = { type: 'user', id: 'employee@demo.test' };
const ACTION = { name: 'read' };
const RESOURCE = { type: 'Employee', id: 'HR-EMP-00042' };
const QUESTION = { subject: SUBJECT, action: ACTION, resource: RESOURCE };

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, ['employee', 'auditor']);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return await as('employee').request('POST', path, body, headers);
}

test('fields that are not known are ignored, here and nowhere else', async () => {
  const later = {
    ...QUESTION,
    subject: { ...SUBJECT, colour: 'red' },
    futureField: { nested: [1, 2] },
    evaluation_mode: 'strict',
  };
  assert.equal((await post(EVALUATION, later)).text, '{"decision":true}');
  const elsewhere = { action: 'read', doctype: 'Employee', futureField: 1 };
  assert.equal((await post('/api/access/explain', elsewhere)).status, 400);
});

test('what is not well formed is 400', async () => {
  const bad: unknown[] = [
    '',
    '{',
    '[]',
    'null',
    '"evaluation"',
    {},
    { ...QUESTION, subject: undefined },
    { ...QUESTION, action: undefined },
    { ...QUESTION, resource: undefined },
    { ...QUESTION, subject: 'employee@demo.test' },
    { ...QUESTION, subject: [SUBJECT] },
    { ...QUESTION, subject: null },
    { ...QUESTION, subject: { id: SUBJECT.id } },
    { ...QUESTION, subject: { type: 'user' } },
    { ...QUESTION, subject: { type: 'user', id: 7 } },
    { ...QUESTION, subject: { ...SUBJECT, properties: 'role' } },
    { ...QUESTION, action: 'read' },
    { ...QUESTION, action: {} },
    { ...QUESTION, action: { name: 123 } },
    { ...QUESTION, action: { name: 'read', properties: [] } },
    { ...QUESTION, resource: { type: 'Employee' } },
    { ...QUESTION, resource: { id: 'HR-EMP-00042' } },
    { ...QUESTION, resource: { ...RESOURCE, properties: 1 } },
    { ...QUESTION, context: 'now' },
    '{"subject":{"type":"user","id":"a"},"subject":{"type":"user","id":"b"}}',
  ];
  for (const body of bad) {
    for (const path of [EVALUATION, EVALUATIONS]) {
      const answer = await post(path, body);
      assert.equal(answer.status, 400, `${path} ${JSON.stringify(body)}: ${answer.text}`);
      assert.ok(answer.body.detail.length > 0);
    }
  }
  for (const body of [
    { ...QUESTION, evaluations: {} },
    { ...QUESTION, evaluations: 'all' },
    { subject: 'employee@demo.test', evaluations: [QUESTION] },
    { evaluations: [QUESTION], options: { evaluations_semantic: 'first_wins' } },
    { evaluations: [QUESTION], options: 'execute_all' },
  ]) {
    assert.equal((await post(EVALUATIONS, body)).status, 400, JSON.stringify(body));
  }
});

test('another type of content is 400', async () => {
  const text = JSON.stringify(QUESTION);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', '']) {
    const answer = await post(EVALUATION, text, { 'content-type': type });
    assert.deepEqual([answer.status, answer.body.code], [400, 'malformed'], type);
  }
  const charset = { 'content-type': 'application/json; charset=utf-8' };
  assert.equal((await post(EVALUATION, text, charset)).status, 200);
  // Elsewhere the status for it is HTTP's own.
  const elsewhere = await post('/api/access/explain', text, { 'content-type': 'text/plain' });
  assert.equal(elsewhere.status, 415);
});

test('a batch takes so many and no more, and nothing of it is evaluated', async () => {
  const batch = (count: number) => ({ evaluations: Array.from({ length: count }, () => QUESTION) });
  const most = await post(EVALUATIONS, batch(LIMITS.evaluationsMax));
  assert.equal(most.body.evaluations.length, LIMITS.evaluationsMax);
  const more = await post(EVALUATIONS, batch(LIMITS.evaluationsMax + 1));
  assert.deepEqual([more.status, more.body.code], [400, 'bad_value']);
  assert.match(more.body.detail, /100/);
});

test('names of any characters are names that are not there', async () => {
  const odd = [
    '',
    ' ',
    'HR-EMP-00042\u0000',
    '\u0000',
    '\ud800',
    'HR\u2011EMP\u201100042',
    "'; drop table doc.employee; --",
    '%',
    '../HR-EMP-00042',
    '\u202e24000-PME-RH',
    'x'.repeat(100_000),
  ];
  for (const id of odd) {
    const own = await post(EVALUATION, { ...QUESTION, resource: { type: 'Employee', id } });
    assert.deepEqual([own.status, own.body.decision], [200, false], JSON.stringify(id));
    const type = await post(EVALUATION, { ...QUESTION, resource: { type: id, id: 'x' } });
    assert.deepEqual([type.status, type.body.decision], [200, false], JSON.stringify(id));
    const subject = { type: 'user', id };
    const other = await post(EVALUATION, { ...QUESTION, subject });
    assert.equal(other.status, 403, JSON.stringify(id));
    const known = { type: 'Employee', id: 'HR-EMP-00042' };
    const inspected = await as('auditor').post(EVALUATION, {
      ...QUESTION,
      subject,
      resource: known,
    });
    assert.deepEqual([inspected.status, inspected.body.decision], [200, false], inspected.text);
    for (const body of [
      { subject: SUBJECT, action: { name: id }, resource: { type: 'Employee' } },
      { subject: SUBJECT, action: ACTION, resource: { type: id } },
    ]) {
      const { status, body: found } = await post('/access/v1/search/resource', body);
      assert.deepEqual([status, found.results], [200, []], JSON.stringify(id));
    }
  }
});

test('X-Request-ID comes back with every answer, errors included', async () => {
  const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
  const headers = { 'x-request-id': id };
  const answers = [
    await post(EVALUATION, QUESTION, headers),
    await post(EVALUATION, {}, headers),
    await post(EVALUATION, '{', headers),
    await post(EVALUATION, 'x', { ...headers, 'content-type': 'text/plain' }),
    await post(EVALUATION, { ...QUESTION, subject: { type: 'user', id: 'x' } }, headers),
    await post('/access/v1/search/resource', { ...QUESTION, resource: { type: 'x' } }, headers),
    await as('guest').request('POST', EVALUATION, QUESTION, headers),
    await as('guest').request('GET', CONFIGURATION, undefined, headers),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 400, 400, 400, 403, 200, 401, 200],
  );
  for (const { headers: got } of answers) assert.equal(got.get('x-request-id'), id);
  assert.equal((await post(EVALUATION, QUESTION)).headers.get('x-request-id'), null);
  assert.equal((await post(EVALUATION, QUESTION, { 'x-request-id': 'a b' })).status, 200);
  for (const bad of ['x'.repeat(LIMITS.requestIdCharacters + 1), 'caf\u00e9', 'a\tb']) {
    const answer = await post(EVALUATION, QUESTION, { 'x-request-id': bad });
    assert.deepEqual([answer.status, answer.headers.get('x-request-id')], [400, null], bad);
  }
  // Of our other routes it is no part.
  const other = await as('employee').request('GET', '/healthz', undefined, headers);
  assert.equal(other.headers.get('x-request-id'), null);
});

test('anybody may ask where the endpoints are; a Host of somebody else is not repeated', async () => {
  const { status, body, headers } = await as('guest').get(CONFIGURATION);
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(body, {
    policy_decision_point: server.url,
    access_evaluation_endpoint: `${server.url}/access/v1/evaluation`,
    access_evaluations_endpoint: `${server.url}/access/v1/evaluations`,
    search_subject_endpoint: `${server.url}/access/v1/search/subject`,
    search_resource_endpoint: `${server.url}/access/v1/search/resource`,
    search_action_endpoint: `${server.url}/access/v1/search/action`,
  });
});
