/**
 * The cases of AuthZEN's certification scenario for the Authorization API 1.0, by its numbers.
 * @see https://openid.net/specs/authorization-api-1_0.html
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Answer, Case, Client } from './case.ts';

const ONE = '/access/v1/evaluation';
const MANY = '/access/v1/evaluations';
const ALICE = { type: 'user', id: 'alice' };
const BOB = { type: 'user', id: 'bob' };
const READ = { name: 'read' };
const WRITE = { name: 'write' };
const FIRST = { type: 'record', id: 'record-1' };
const SECOND = { type: 'record', id: 'record-2' };
const ACTIVE = { ...FIRST, properties: { status: 'active' } };
const ARCHIVED = { ...SECOND, properties: { status: 'archived' } };
const ADMIN = { ...BOB, properties: { role: 'admin' } };
const QUESTION = { subject: ALICE, action: READ, resource: FIRST };

const NO_ACTION_PROPERTIES =
  'properties of an action decide nothing here: soft and hard deletion are not two rights of one name';

/** Answers 200 with this decision. */
function decides(id: string, what: string, path: string, body: object, decision: boolean): Case {
  return {
    id,
    what,
    run: async (client) => {
      const answer = await succeeded(client, path, body);
      equal(answer.body.decision, decision, answer.text);
      ok(answer.body.context === undefined || typeof answer.body.context === 'object');
    },
  };
}

/** Answers 200 with these decisions in their order; null where any will do. */
function decideAll(
  id: string,
  what: string,
  body: object,
  decisions: readonly (boolean | null)[],
): Case {
  return {
    id,
    what,
    run: async (client) => {
      const { evaluations } = (await succeeded(client, MANY, body)).body;
      equal(evaluations.length, decisions.length);
      for (const [index, { decision }] of evaluations.entries()) {
        equal(typeof decision, 'boolean');
        const wanted = decisions[index];
        if (wanted !== null) equal(decision, wanted, `item ${index + 1}`);
      }
    },
  };
}

/** Answers 400 to each of these. */
function refuses(id: string, what: string, path: string, bodies: readonly unknown[]): Case {
  return {
    id,
    what,
    run: async (client) => {
      for (const body of bodies) {
        equal((await client.post(path, body)).status, 400, JSON.stringify(body));
      }
    },
  };
}

/** Answers 200 with results that are well formed and include these. */
function finds(
  id: string,
  what: string,
  kind: string,
  body: object,
  wanted: readonly string[],
): Case {
  return {
    id,
    what,
    run: async (client) => {
      const answer = await succeeded(client, `/access/v1/search/${kind}`, body);
      ok(Array.isArray(answer.body.results));
      const names = answer.body.results.map((one: Record<string, unknown>) => {
        if (kind === 'action') return one['name'];
        equal(one['type'], kind === 'subject' ? 'user' : 'record');
        return one['id'];
      });
      for (const name of wanted) ok(names.includes(name), `${name} is not in ${names}`);
    },
  };
}

async function succeeded(client: Client, path: string, body: object): Promise<Answer> {
  const answer = await client.post(path, body);
  equal(answer.status, 200, answer.text);
  match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return answer;
}

const BASIC: readonly Case[] = [
  decides('2.2.1', 'a permit', ONE, QUESTION, true),
  decides('2.2.2', 'a deny', ONE, { subject: BOB, action: WRITE, resource: FIRST }, false),
  decides('2.2.3', 'context changes nothing', ONE, { ...QUESTION, context: { ip: '::1' } }, true),
  decides(
    '2.2.4',
    'a deny by the status of the record',
    ONE,
    { subject: ALICE, action: WRITE, resource: ARCHIVED },
    false,
  ),
  decides(
    '2.2.5',
    'a permit of the admin',
    ONE,
    { subject: ADMIN, action: WRITE, resource: ARCHIVED },
    true,
  ),
  {
    id: '2.2.6',
    what: 'a permit by properties of the action',
    notApplicable: NO_ACTION_PROPERTIES,
  },
  { id: '2.2.7', what: 'a deny by properties of the action', notApplicable: NO_ACTION_PROPERTIES },
  decides(
    '2.2.8',
    'properties beyond the fixture',
    ONE,
    {
      subject: { ...ALICE, properties: { department: 'Ledger', role: 'manager' } },
      action: { ...READ, properties: { method: 'GET' } },
      resource: { ...FIRST, properties: { status: 'active', owner: 'bob' } },
    },
    true,
  ),
  decides('2.2.9', 'unknown fields', ONE, { ...QUESTION, later: { nested: true } }, true),
  refuses('2.4.1', 'a part is missing', ONE, [
    { action: READ, resource: FIRST },
    { subject: ALICE, resource: FIRST },
    { subject: ALICE, action: READ },
  ]),
  refuses('2.4.2', 'a part of a part is missing', ONE, [
    { ...QUESTION, subject: { id: 'alice' } },
    { ...QUESTION, subject: { type: 'user' } },
    { ...QUESTION, action: {} },
    { ...QUESTION, resource: { id: 'record-1' } },
    { ...QUESTION, resource: { type: 'record' } },
  ]),
  {
    id: '2.4.3',
    what: 'another type of content',
    run: async (client) => {
      const headers = { 'content-type': 'text/plain' };
      equal((await client.post(ONE, JSON.stringify(QUESTION), headers)).status, 400);
    },
  },
  refuses('2.4.4', 'no JSON', ONE, ['{"subject":', 'subject=alice']),
  refuses('2.4.5', 'no body', ONE, ['']),
  refuses('2.4.6', 'parts of a wrong type', ONE, [
    { ...QUESTION, subject: 'alice' },
    { ...QUESTION, action: { name: 123 } },
  ]),
  {
    id: '2.5',
    what: 'X-Request-ID comes back, and need not be sent',
    run: async (client) => {
      const answer = await client.post(ONE, QUESTION, { 'x-request-id': 'id-of-the-client-1' });
      equal(answer.headers.get('x-request-id'), 'id-of-the-client-1');
      equal((await client.post(ONE, QUESTION)).status, 200);
    },
  },
  {
    id: '2.6',
    what: 'the same answer each time',
    run: async (client) => {
      const texts = new Set<string>();
      for (let round = 0; round < 5; round++) texts.add((await client.post(ONE, QUESTION)).text);
      equal(texts.size, 1);
    },
  },
  {
    id: 'API 1.0, errors',
    what: 'a caller that is not authenticated is 401',
    run: async (client) => {
      const answer = await client.post(ONE, QUESTION, { authorization: 'Bearer nobody:nothing' });
      equal(answer.status, 401);
    },
  },
];

const BATCH: readonly Case[] = [
  decideAll(
    '3.2.1',
    'defaults for all',
    { subject: ALICE, action: READ, evaluations: [{ resource: FIRST }, { resource: SECOND }] },
    [true, null],
  ),
  decideAll(
    '3.2.2',
    'in the order asked',
    { subject: BOB, resource: FIRST, evaluations: [{ action: READ }, { action: WRITE }] },
    [true, false],
  ),
  decideAll(
    '3.2.3',
    'by the status of each record',
    { subject: ALICE, action: WRITE, evaluations: [{ resource: ACTIVE }, { resource: ARCHIVED }] },
    [true, false],
  ),
  decideAll(
    '3.2.4',
    'by the subject of each',
    { action: WRITE, resource: ARCHIVED, evaluations: [{ subject: ALICE }, { subject: ADMIN }] },
    [false, true],
  ),
  decideAll(
    '3.2.5',
    'without defaults',
    { evaluations: [QUESTION, { subject: BOB, action: WRITE, resource: FIRST }] },
    [true, false],
  ),
  decideAll(
    '3.2.6',
    'context inherited and replaced',
    {
      subject: ALICE,
      action: READ,
      context: { a: 1 },
      evaluations: [{ resource: FIRST }, { resource: SECOND, context: { a: 2 } }],
    },
    [true, null],
  ),
  {
    id: '3.2.7',
    what: 'an item that gives only part of an entity (advisory)',
    notApplicable: 'what an item gives replaces the default whole, as the specification has it',
  },
  decideAll(
    '3.4.1',
    'an item that fails alone',
    { subject: ALICE, action: READ, evaluations: [{ resource: FIRST }, {}] },
    [true, false],
  ),
  decides('3.4.2', 'no evaluations are one', MANY, QUESTION, true),
  decides('3.4.3', 'an empty list is one', MANY, { ...QUESTION, evaluations: [] }, true),
  decideAll(
    'API 1.0, deny_on_first_deny',
    'ends with the first deny',
    {
      subject: BOB,
      resource: FIRST,
      options: { evaluations_semantic: 'deny_on_first_deny' },
      evaluations: [{ action: READ }, { action: WRITE }, { action: READ }],
    },
    [true, false],
  ),
  decideAll(
    'API 1.0, permit_on_first_permit',
    'ends with the first permit',
    {
      subject: BOB,
      resource: FIRST,
      options: { evaluations_semantic: 'permit_on_first_permit' },
      evaluations: [{ action: WRITE }, { action: READ }, { action: READ }],
    },
    [false, true],
  ),
];

const WHO = { subject: { type: 'user' }, action: READ, resource: FIRST };
const WHAT = { subject: ALICE, action: READ, resource: { type: 'record' } };
const HOW = { subject: ALICE, resource: FIRST };
const SUBJECTS = '/access/v1/search/subject';

const SEARCH: readonly Case[] = [
  finds('4.2.1', 'who may read a record', 'subject', WHO, ['alice', 'bob']),
  finds('4.2.2', 'the same with context', 'subject', { ...WHO, context: { a: 1 } }, [
    'alice',
    'bob',
  ]),
  finds(
    '4.2.3',
    'an id of the subject is ignored',
    'subject',
    { ...WHO, subject: { ...BOB, id: 'x' } },
    ['alice', 'bob'],
  ),
  finds(
    '4.2.4',
    'who may write an archived record',
    'subject',
    { ...WHO, action: WRITE, resource: ARCHIVED },
    ['bob'],
  ),
  finds('4.3.1', 'which records one may read', 'resource', WHAT, ['record-1']),
  finds('4.3.2', 'an id of the resource is ignored', 'resource', { ...WHAT, resource: SECOND }, [
    'record-1',
  ]),
  finds(
    '4.3.3',
    'which records the admin may write',
    'resource',
    { ...WHAT, subject: ADMIN, action: WRITE },
    ['record-2'],
  ),
  finds('4.4.1', 'which actions on a record', 'action', HOW, ['read', 'write']),
  finds('4.4.2', 'the same with context', 'action', { ...HOW, context: { a: 1 } }, [
    'read',
    'write',
  ]),
  finds('4.4.3', 'which actions of the admin', 'action', { subject: ADMIN, resource: ARCHIVED }, [
    'write',
  ]),
  {
    id: '4.5',
    what: 'pages and their tokens',
    run: async (client) => {
      const first = (await succeeded(client, SUBJECTS, { ...WHO, page: { limit: 1 } })).body;
      equal(first.results.length, 1);
      ok(first.page.next_token.length > 0);
      const page = { token: first.page.next_token };
      const second = (await succeeded(client, SUBJECTS, { ...WHO, page })).body;
      deepEqual([...first.results, ...second.results], [ALICE, BOB]);
      equal(second.page.next_token, '');
    },
  },
  {
    id: '4.6',
    what: 'what there is not has no results',
    run: async (client) => {
      const nobody = { ...HOW, subject: { type: 'user', id: 'nonexistent-user' } };
      deepEqual((await succeeded(client, '/access/v1/search/action', nobody)).body.results, []);
      const unknown = { ...WHO, subject: { type: 'spaceship' } };
      deepEqual((await succeeded(client, SUBJECTS, unknown)).body.results, []);
    },
  },
  refuses('4.7, subject', 'a part is missing', SUBJECTS, [
    { subject: { type: 'user' }, resource: FIRST },
    { ...WHO, resource: { type: 'record' } },
  ]),
  refuses('4.7, resource', 'a part is missing', '/access/v1/search/resource', [
    { action: READ, resource: { type: 'record' } },
    { ...WHAT, subject: { type: 'user' } },
  ]),
  refuses('4.7, action', 'a part is missing', '/access/v1/search/action', [{ subject: ALICE }]),
];

const DISCOVERY: readonly Case[] = [
  {
    id: '5.1',
    what: 'HTTPS',
    notApplicable: 'TLS is the work of the proxy in front; the run is on loopback',
  },
  {
    id: '6',
    what: 'the metadata names this server and endpoints that answer',
    run: async (client) => {
      const answer = await client.get('/.well-known/authzen-configuration');
      equal(answer.status, 200);
      match(answer.headers.get('content-type') ?? '', /^application\/json/);
      const { policy_decision_point: base, ...endpoints } = answer.body;
      equal(base, client.base);
      equal(Object.keys(endpoints).length, 5);
      for (const url of Object.values<string>(endpoints)) {
        ok(url.startsWith(`${base}/`), url);
        // Not 404: a request without content is not well formed.
        equal((await client.post(url.slice(base.length), '')).status, 400, url);
      }
    },
  },
];

/** Every case of the scenario. */
export const CERTIFICATION: readonly Case[] = [...BASIC, ...BATCH, ...SEARCH, ...DISCOVERY];
