/**
 * Whatever comes in, the answer is a problem document with a stable code, nothing is written,
 * nothing breaks inside, and the next request is answered.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { ERROR_STATUS } from '../../src/base/errors.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { type Answer, type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const CUSTOMERS = '/api/resource/Customer';
const WRONG_TYPES = [null, 0, 1, -1, 1.5, true, false, '', 'x', [], ['x'], {}, { a: 1 }, [[]]];
const EVIL_TEXT = [
  "'; drop table doc.customer; --",
  "' or '1'='1",
  '" or 1=1 --',
  '$1',
  '\\',
  "\\'; select 1 --",
  '%',
  '${7*7}{{7*7}}',
  'a\0b',
  '\ud800',
  '\u202etxt',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'doc.customer',
  'pg_catalog.pg_authid',
  'x'.repeat(1500),
  '😀'.repeat(200),
  '\r\nSet-Cookie: sid=x',
];

let server: DemoServer;
let accountant: Client;
let as: (persona: string) => Client;
let customers: number;

before(async () => {
  server = await demoServer();
  as = await people(server, ['branch-accountant', 'permission-manager', 'auditor']);
  accountant = as('branch-accountant');
  customers = (await accountant.get('/api/count/Customer')).body.data;
});

after(async () => {
  const [count, alive] = [
    await accountant.get('/api/count/Customer'),
    await clientOf(server.url).get('/readyz'),
  ];
  await server.stop();
  assert.equal(count.body.data, customers, 'nothing was written');
  assert.equal(alive.status, 200);
  assert.deepEqual(server.errors, []);
});

/** A refusal in the one form there is; gives its code. */
function refused(answer: Answer, what: string): string {
  assert.ok(
    answer.status >= 400 && answer.status < 500,
    `${what}: ${answer.status} ${answer.text.slice(0, 300)}`,
  );
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
  const { status, code, detail, request_id, message, exc_type } = answer.body;
  assert.equal(status, answer.status, what);
  assert.equal(ERROR_STATUS[code as keyof typeof ERROR_STATUS], answer.status, `${what}: ${code}`);
  for (const text of [detail, request_id, message, exc_type])
    assert.equal(typeof text, 'string', what);
  assert.doesNotMatch(
    answer.text,
    /node_modules|\.ts:|syntax error at|pg-protocol|relation "|column "/,
    what,
  );
  return code;
}

test('bodies that are no JSON object of ours', async () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const cases: [string, string][] = [
    ['{', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['[]', 'malformed'],
    ['"x"', 'malformed'],
    ['7', 'malformed'],
    ['null', 'malformed'],
    ['NaN', 'malformed'],
    ['{"customer_name":"a","customer_name":"b"}', 'malformed'],
    ['{"customer_name":"a","customer\\u005fname":"b"}', 'malformed'],
    ['{"__proto__":{"a":1}}', 'malformed'],
    ['{"\\u005f_proto__":{"a":1}}', 'malformed'],
    ['{"constructor":{"prototype":{"a":1}}}', 'malformed'],
    [nested(40), 'malformed'],
    [`{"customer_name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'malformed'],
    [nested(4), 'unknown_field'],
    ['{"nope":1}', 'unknown_field'],
  ];
  for (const [body, code] of cases) {
    const answer = await accountant.request('POST', CUSTOMERS, body);
    assert.equal(refused(answer, body.slice(0, 60)), code, body.slice(0, 60));
  }
  assert.equal(({} as Record<string, unknown>)['a'], undefined);
});

test('bodies of the wrong size, type or encoding', async () => {
  const big = JSON.stringify({ customer_name: 'x'.repeat(1024 * 1024) });
  assert.equal(refused(await accountant.request('POST', CUSTOMERS, big), 'big'), 'too_large');
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'nonsense',
  ]) {
    const answer = await accountant.request('POST', CUSTOMERS, '{"customer_name":"x"}', {
      'content-type': type,
    });
    assert.equal(refused(answer, type), 'unsupported_media_type');
  }
  const bytes = Buffer.concat([
    Buffer.from('{"customer_name":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ]);
  const raw = await rawBody('POST', CUSTOMERS, bytes);
  assert.match(raw, /^HTTP\/1\.1 400 /);
  assert.match(raw, /"code":"malformed"/);
});

test('a value of the wrong type is refused, naming the field', async () => {
  const fits: Record<string, (value: unknown) => boolean> = {
    customer_name: (value) => value === 'x',
    customer_type: () => false,
    disabled: (value) => value === 0 || value === 1 || value === null || value === '',
    territory: (value) => value === null || value === '',
    mobile_no: (value) => value === null || value === '',
    tax_id: (value) => typeof value === 'string' || value === null,
  };
  for (const [field, isFine] of Object.entries(fits)) {
    for (const value of WRONG_TYPES) {
      if (isFine(value)) continue;
      const body = { customer_name: 'Never Stored', customer_type: 'Company', [field]: value };
      const answer = await accountant.post(CUSTOMERS, body);
      const code = refused(answer, `${field}=${JSON.stringify(value)}`);
      assert.match(code, /^(bad_value|link_not_found|invalid_document)$/);
      assert.equal(answer.body.errors[0].field, field);
    }
  }
  const [invoice] = (
    await accountant.get('/api/resource/Sales Invoice?filters=[["docstatus","=",0]]&limit=1')
  ).body.data;
  for (const items of [
    null,
    1,
    'x',
    {},
    [1],
    [null],
    [[]],
    [{ qty: 'x' }],
    [{ nope: 1 }],
    [{ name: 7 }],
    [{ name: 'nope' }],
  ]) {
    const current = (await accountant.get(`/api/resource/Sales Invoice/${invoice.name}`)).body.data;
    const answer = await accountant.put(`/api/resource/Sales Invoice/${invoice.name}`, {
      items,
      modified: current.modified,
    });
    refused(answer, `items=${JSON.stringify(items)}`);
  }
});

test('text that means something to SQL, to a shell or to a browser is only text', async () => {
  for (const text of EVIL_TEXT) {
    const part = encodeURIComponent(text.toWellFormed());
    for (const [method, path, body] of [
      ['GET', `/api/resource/${part}`],
      ['GET', `/api/count/${part}`],
      ['GET', `/api/doctype/${part}`],
      ['POST', `/api/resource/${part}`, {}],
      ['GET', `${CUSTOMERS}/${part}`],
      ['PUT', `${CUSTOMERS}/${part}`, {}],
      ['DELETE', `${CUSTOMERS}/${part}`],
      ['POST', `/api/resource/Sales Invoice/${part}/submit`, {}],
      ['POST', `/api/resource/Sales Invoice/${part}/cancel`, {}],
      ['POST', `/api/resource/Sales Invoice/${part}/amend`, {}],
      ['DELETE', `/api/tokens/${part}`],
      ['GET', CUSTOMERS + query({ fields: [text] })],
      ['GET', CUSTOMERS + query({ filters: [[text, '=', 1]] })],
      ['GET', CUSTOMERS + query({ filters: [['name', text, 1]] })],
      ['GET', CUSTOMERS + query({ filters: text })],
      ['GET', CUSTOMERS + query({ order_by: text })],
      ['GET', CUSTOMERS + query({ limit: text })],
      ['GET', `${CUSTOMERS}?${part}=1`],
      ['POST', CUSTOMERS, { [text]: 1 }],
      ['POST', CUSTOMERS, { customer_name: text, customer_type: text }],
      ['POST', CUSTOMERS, { customer_name: 'x', customer_group: text }],
      ['POST', '/api/access/explain', { action: text, doctype: 'Customer' }],
      ['POST', '/api/access/explain', { action: 'read', doctype: text }],
      ['POST', '/api/access/explain', { action: 'read', doctype: 'Customer', user: text }],
      ['POST', '/api/method/login', { usr: text, pwd: text }],
      ['POST', '/api/method/frappe.client.cancel', { doctype: 'Sales Invoice', name: text }],
      ['POST', '/api/method/frappe.client.submit', { doc: { doctype: text, name: text } }],
      [
        'POST',
        '/api/method/frappe.client.set_value',
        { doctype: 'Customer', name: text, fieldname: 'tax_id', value: '1' },
      ],
      [
        'GET',
        `/api/method/frappe.client.get_value${query({ doctype: 'Customer', fieldname: text })}`,
      ],
    ] as [string, string, unknown?][]) {
      refused(
        await accountant.request(method, path, body),
        `${method} ${path} ${JSON.stringify(body)}`.slice(0, 200),
      );
    }
    for (const headers of [{ 'if-match': part }, { authorization: `token ${part}` }] as Record<
      string,
      string
    >[]) {
      refused(
        await accountant.request('PUT', `${CUSTOMERS}/none`, {}, headers),
        JSON.stringify(headers),
      );
    }
    // As a value to look for it is fine where text can hold it: nothing is called so.
    const list = await accountant.get(CUSTOMERS + query({ filters: { tax_id: text } }));
    if (text.isWellFormed() && !text.includes('\0') && [...text].length <= 140) {
      assert.equal(list.text, '{"data":[]}', text);
    } else refused(list, text);
    const sid = await clientOf(server.url, { cookie: `sid=${part}` }).get(CUSTOMERS);
    assert.equal(refused(sid, `cookie ${part}`), 'unauthenticated');
    const named = await accountant.post('/api/access/explain', {
      action: 'read',
      doctype: 'Customer',
      name: text,
    });
    assert.equal(named.body.allowed, false, text);
  }
});

test('parameters that no route has, or has once only', async () => {
  for (const [path, code] of [
    [`${CUSTOMERS}?limit=1&limit=2`, 'malformed'],
    [`${CUSTOMERS}?nope=1`, 'unknown_parameter'],
    [`${CUSTOMERS}?__proto__=1`, 'unknown_parameter'],
    [`${CUSTOMERS}?filters[0]=1`, 'unknown_parameter'],
    [`${CUSTOMERS}/x?fields=["name"]`, 'unknown_parameter'],
    [`${CUSTOMERS}?filters=%zz`, 'malformed'],
    [`${CUSTOMERS}?filters=%ff`, 'malformed'],
    ['/api/count/Customer?limit=1', 'unknown_parameter'],
    ['/api/doctype/Customer?x', 'unknown_parameter'],
    ['/api/method/frappe.client.get_count', 'bad_value'],
    ['/api/method/frappe.client.get_value?doctype=Customer', 'bad_value'],
    ['/healthz?x=1', 'unknown_parameter'],
    ['/openapi.json?x=1', 'unknown_parameter'],
  ] as const) {
    assert.equal(refused(await accountant.get(path), path), code, path);
  }
  for (const path of ['/api/resource/%zz', '/api/resource/%ff', '/api/resource/Customer/%', '/%']) {
    assert.equal(refused(await accountant.get(path), path), 'malformed', path);
  }
  const deep = JSON.stringify(
    Array(50)
      .fill(0)
      .reduce((inner: unknown) => [inner], 'x'),
  );
  assert.equal(
    refused(await accountant.get(CUSTOMERS + query({ filters: deep })), 'deep'),
    'malformed',
  );
});

test('more than is taken at once: filters, values, rows, a path, headers', async () => {
  const many = (count: number) => Array.from({ length: count }, () => ['disabled', '=', 0]);
  assert.equal((await accountant.get(CUSTOMERS + query({ filters: many(100) }))).status, 200);
  assert.equal(
    refused(await accountant.get(CUSTOMERS + query({ filters: many(101) })), '101'),
    'bad_value',
  );
  const values = Array.from({ length: 1001 }, (_, i) => `${i}`);
  assert.equal(
    refused(await accountant.get(CUSTOMERS + query({ filters: [['name', 'in', values]] })), '1001'),
    'bad_value',
  );
  const items = Array(1001).fill({ item_code: 'ACC-010', qty: 1 });
  refused(await accountant.post('/api/resource/Sales Invoice', { items }), 'rows');
  refused(await accountant.get(`${CUSTOMERS}/${'n'.repeat(5000)}`), 'long path');
  const ordered = async (count: number) => {
    const order_by = Array(count).fill('name desc').join(',');
    return await accountant.get(CUSTOMERS + query({ order_by, limit: 1 }));
  };
  assert.equal((await ordered(LIMITS.orderFieldsMax)).status, 200);
  for (const count of [LIMITS.orderFieldsMax + 1, 900]) {
    assert.equal(refused(await ordered(count), 'order_by'), 'bad_value');
  }
  const bomb = await accountant.request('GET', CUSTOMERS, undefined, {
    'x-bomb': 'b'.repeat(60_000),
  });
  assert.deepEqual([bomb.status, bomb.body.code], [413, 'too_large']);
  const lines = Array.from({ length: 3000 }, (_, i) => `x-${i}: ${'y'.repeat(20)}`).join('\r\n');
  assert.match(
    await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\n`),
    /^HTTP\/1\.1 413 .*"too_large"/s,
  );
});

test('what is no HTTP gets a problem document too, and the connection is closed', async () => {
  for (const text of [
    'NONSENSE\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n',
    'POST /api/method/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/method/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'GET /healthz\0 HTTP/1.1\r\nHost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ]) {
    const answer = await raw(text);
    assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(text));
    assert.match(answer, /application\/problem\+json/);
    assert.match(answer, /"code":"malformed"/);
  }
});

test('an address that takes other methods says which; an unknown one is not found', async () => {
  for (const [method, path, allow] of [
    ['PATCH', `${CUSTOMERS}/x`, 'GET, PUT, DELETE'],
    ['DELETE', CUSTOMERS, 'GET, POST'],
    ['OPTIONS', CUSTOMERS, 'GET, POST'],
    ['GET', '/api/method/login', 'POST'],
    ['POST', '/healthz', 'GET'],
    ['PUT', '/api/tokens', 'POST'],
    ['GET', `${CUSTOMERS}/x/submit`, 'POST'],
  ] as const) {
    const answer = await accountant.request(method, path);
    assert.equal(refused(answer, `${method} ${path}`), 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), allow, path);
  }
  for (const path of [
    '/api',
    '/api/',
    '/api/method/frappe.client.get_list',
    `${CUSTOMERS}/x/transition`,
    '/mcp',
    '/files/x',
    '/webhooks/x',
  ]) {
    assert.equal(refused(await accountant.post(path, {}), path), 'not_found', path);
  }
});

test('names of any script are stored and found as they are', async () => {
  const manager = (await people(server, ['accounts-manager']))('accounts-manager');
  for (const customer_name of [
    'Ünïcødé GmbH & Co. KG',
    '株式会社ラーク',
    'شركة',
    'O’Neill / Söhne',
    '100% "quoted" \\ back',
    'a+b=c?d#e',
    '😀 & Co',
  ]) {
    const made = await manager.post(CUSTOMERS, { customer_name, customer_type: 'Company' });
    assert.equal(made.status, 200, made.text);
    const path = `${CUSTOMERS}/${encodeURIComponent(customer_name)}`;
    assert.equal((await accountant.get(path)).body.data.customer_name, customer_name);
    const found = await accountant.get(
      CUSTOMERS + query({ filters: [['name', '=', customer_name]] }),
    );
    assert.deepEqual(found.body.data, [{ name: customer_name }]);
    const again = await manager.post(CUSTOMERS, { customer_name, customer_type: 'Company' });
    assert.equal(refused(again, customer_name), 'duplicate');
    assert.equal((await manager.delete(path)).status, 202);
    assert.equal(
      refused(
        await manager.post(CUSTOMERS, { customer_name, customer_type: 'Company' }),
        customer_name,
      ),
      'duplicate',
    );
  }
  const composed = await manager.post(CUSTOMERS, {
    customer_name: 'Cafe\u0301',
    customer_type: 'Company',
  });
  assert.equal(composed.body.data.name, 'Caf\u00e9');
  assert.equal(
    (await manager.delete(`${CUSTOMERS}/${encodeURIComponent('Caf\u00e9')}`)).status,
    202,
  );
});

/** What the server answers to these bytes on a connection of their own. */
async function raw(text: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return await new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(5000, () =>
      socket.destroy(new Error(`no answer to ${String(text).slice(0, 60)}`)),
    );
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => socket.end());
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}

async function rawBody(method: string, path: string, body: Buffer): Promise<string> {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return await raw(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
