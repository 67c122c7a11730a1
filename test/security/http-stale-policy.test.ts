/**
 * Permissions that contradict themselves let nobody in: what PostgreSQL accepts and the kernel
 * does not is answered with `stale_policy` at every route that decides, and never by the
 * permissions of before.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

let server: DemoServer;
let superuser: Database;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  superuser = new Database(server.database.superuser, 1);
  as = await people(server, ['branch-accountant', 'auditor', 'permission-manager']);
});

after(async () => {
  await superuser.close();
  await server.stop();
});

/** Runs statements in one transaction by the login that owns the tables. */
async function asOwner(...texts: string[]): Promise<void> {
  const owner = server.database.address.user.replace(/_app$/, '_owner');
  await superuser.transaction(async (transaction) => {
    const statements = [`set local role "${owner}"`, ...texts];
    await transaction.run(...statements.map((text) => ({ text, values: [] })));
  });
}

const STANDARD = `'odd ' || gen_random_uuid(), 'owner', 'owner', now(), now(), 0`;
const REMOVE_RULE = `delete from doc.role_rule where name like 'odd %'`;

/** A rule of a role that everybody here holds something beside. */
const rule = (document_type: string, when: string): string =>
  `insert into doc.role_rule (name, owner, modified_by, creation, modified, docstatus, role,
     document_type, actions, levels, reach, "when", status)
   values (${STANDARD}, 'Accounts User', '${document_type}', '["read"]', '[0]', 'within', ${when},
     'in force')`;

/** Each with what breaks the permissions, what mends them, and what the operator is told. */
const BROKEN: readonly (readonly [name: string, breaks: string, mends: string, said: RegExp])[] = [
  ['a rule for a doctype that is not there', rule('No Such', 'null'), REMOVE_RULE, /No Such/],
  [
    'a rule whose condition names a field that its doctype lacks',
    rule('Sales Invoice', `'[["no_such_field", "=", "x"]]'`),
    REMOVE_RULE,
    /no_such_field/,
  ],
  [
    'a tree with a cycle',
    `insert into sys.tree_node values ('Cost Center', 'odd a', 'odd b'), ('Cost Center', 'odd b', 'odd a')`,
    `delete from sys.tree_node where value like 'odd %'`,
    /cycle/,
  ],
  [
    'a doctype with a dimension path that leads nowhere',
    `update sys.doctype set definition = jsonb_set(definition, '{dimension_paths,0,path}', '"a.b.c"')
     where name = 'Sales Invoice'`,
    `update sys.doctype set definition = jsonb_set(definition, '{dimension_paths,0,path}', '"company"')
     where name = 'Sales Invoice'`,
    /leads nowhere/,
  ],
];

const INVOICES = '/api/resource/Sales Invoice';

function isStale({ status, body, headers }: Answer): void {
  assert.equal(status, 503, JSON.stringify(body));
  assert.equal(body.code, 'stale_policy');
  assert.match(String(body.request_id), /^\w{10,}$/);
  assert.match(String(headers.get('content-type')), /problem\+json/);
}

/** What each route is sent; routes that are not named are sent nothing. */
const BODIES: Readonly<Record<string, object>> = {
  '/access/v1/evaluation': evaluation(),
  '/access/v1/evaluations': { evaluations: [evaluation()] },
  '/access/v1/search/action': { subject: subject(), resource: resource() },
  '/access/v1/search/resource': {
    subject: subject(),
    action: { name: 'read' },
    resource: { type: 'Item' },
  },
  '/access/v1/search/subject': {
    subject: { type: 'user' },
    action: { name: 'read' },
    resource: resource(),
  },
  '/api/access/explain': { action: 'read', doctype: 'Item', name: 'X' },
  '/api/access/who': { action: 'read', doctype: 'Item', name: 'X' },
  '/api/access/preview': { add: [], remove: [] },
  '/api/access/changes': { add: [{ type: 'member', group: 'X', user: 'a@b.test' }], reason: 'so' },
  '/api/access/changes/:name/approve': { digest: 'x' },
  '/api/bulk': { changes: [{ operation: 'create', doctype: 'Item', values: {} }] },
  '/api/method/frappe.client.rename_doc': { doctype: 'Item', old_name: 'X', new_name: 'Y' },
  '/api/method/frappe.client.cancel': { doctype: 'Sales Invoice', name: 'X' },
  '/api/method/frappe.client.submit': { doc: { doctype: 'Sales Invoice', name: 'X' } },
  '/api/method/frappe.client.set_value': { doctype: 'Item', name: 'X', fieldname: { a: 1 } },
};

const QUERIES: Readonly<Record<string, string>> = {
  '/api/method/frappe.client.get_count': '?doctype=Item',
  '/api/method/frappe.client.get_value': '?doctype=Item&fieldname=name&filters={"name":"X"}',
  '/api/method/frappe.desk.search.search_link': '?doctype=Item&txt=a',
  '/api/search': '?q=a',
  '/api/search/link/:doctype': '?q=a',
  '/api/method/frappe.client.get_single_value': '?doctype=Item&field=name',
};

/** Routes that nobody's permissions decide: who one is, and what the server is. */
const UNDECIDED = new Set([
  '/.well-known/authzen-configuration',
  ...['/api/inventory', '/openapi.json', '/healthz', '/readyz', '/metrics'],
  '/api/personas',
  ...['/api/method/login', '/api/method/logout', '/api/method/frappe.auth.get_logged_user'],
  ...['/api/tokens', '/api/tokens/:id'],
  // Batches are one’s own; each of their rows is decided on, like any other write.
  ...['/api/batches', '/api/batches/:name', '/api/batches/:name/rows'],
]);

function subject() {
  return { type: 'user', id: 'branch-accountant@demo.test' };
}

function resource() {
  return { type: 'Sales Invoice', id: 'X' };
}

function evaluation() {
  return { subject: subject(), action: { name: 'read' }, resource: resource() };
}

test('every route that decides answers stale_policy, and the process stays alive', async () => {
  const [, breaks, mends] = BROKEN[0] ?? assert.fail();
  const { routes } = (await as('auditor').get('/api/inventory')).body;
  assert.equal((await as('auditor').get('/readyz')).status, 200);
  await asOwner(breaks);
  let decided = 0;
  for (const { method, path } of routes) {
    const address = path.replace(':doctype', 'Item').replace(':name', 'X') + (QUERIES[path] ?? '');
    const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[path] ?? {});
    if (UNDECIDED.has(path)) continue;
    decided += 1;
    isStale(await as('auditor').request(method, address, body));
  }
  assert.ok(decided > 25, String(decided));
  const [alive, ready] = await Promise.all(
    ['/healthz', '/readyz'].map(async (path) => await as('auditor').get(path)),
  );
  assert.equal(alive?.status, 200);
  assert.equal(ready?.status, 503);
  await asOwner(mends);
  assert.equal((await as('auditor').get('/readyz')).status, 200);
});

for (const [name, breaks, mends, said] of BROKEN) {
  test(`${name}: nobody is answered by the permissions of before, until it is mended`, async () => {
    const accountant = as('branch-accountant');
    const earlier = await accountant.get(`${INVOICES}?limit=5`);
    assert.equal(earlier.body.data.length, 5);
    const [{ name: invoice }] = earlier.body.data;
    const count = server.lines.length;
    await asOwner(breaks);
    for (let again = 0; again < 4; again++) {
      isStale(await accountant.get(`${INVOICES}?limit=5`));
      isStale(await accountant.get(`${INVOICES}/${invoice}`));
      isStale(await accountant.put(`${INVOICES}/${invoice}`, { remarks: 'written' }));
    }
    const errors = server.lines.slice(count).filter((line) => line.startsWith('ERROR'));
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(String(errors[0]), said);
    await asOwner(mends);
    const later = await accountant.get(`${INVOICES}?limit=5`);
    assert.deepEqual(later.body, earlier.body);
    assert.match(String(server.lines.at(-1)), /hold together again/);
  });
}

test('a change that mends one thing and leaves another broken still lets nobody in', async () => {
  const accountant = as('branch-accountant');
  const [[, first, mendFirst], , [, second, mendSecond]] = BROKEN as [
    (typeof BROKEN)[0],
    (typeof BROKEN)[0],
    (typeof BROKEN)[0],
  ];
  await asOwner(String(first), String(second));
  isStale(await accountant.get(INVOICES));
  await asOwner(String(mendFirst));
  isStale(await accountant.get(INVOICES));
  await asOwner(String(mendSecond));
  assert.equal((await accountant.get(INVOICES)).status, 200);
});

test('a change that only the history tells of is seen: no two changes have one epoch', async () => {
  const epoch = async () =>
    (await superuser.run({ text: 'select value from sys.epoch', values: [] }))[0]?.rows[0]?.[0];
  const before = await epoch();
  await asOwner(`insert into sys.tree_node values ('Cost Center', 'odd root', null)`);
  assert.notEqual(await epoch(), before);
  await asOwner(`delete from sys.tree_node where value = 'odd root'`);
});

test('permissions that cannot be read for want of room are not called broken', async () => {
  const accountant = as('branch-accountant');
  assert.equal((await accountant.get(INVOICES)).status, 200);
  const count = server.lines.length;
  await asOwner(
    'alter function sys.world_since rename to world_since_kept',
    `create function sys.world_since(bigint, bigint) returns jsonb language plpgsql as
     $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$`,
    'grant execute on function sys.world_since to public',
    `insert into sys.tree_node values ('Cost Center', 'odd root', null)`,
  );
  const { status, body, headers } = await accountant.get(INVOICES);
  assert.deepEqual([status, body.code], [507, 'storage_full']);
  assert.equal(headers.get('retry-after'), '10');
  assert.equal((await accountant.get('/readyz')).status, 503);
  await asOwner(
    'drop function sys.world_since',
    'alter function sys.world_since_kept rename to world_since',
    `delete from sys.tree_node where value = 'odd root'`,
  );
  assert.equal((await accountant.get(INVOICES)).status, 200);
  assert.equal((await accountant.get('/readyz')).status, 200);
  assert.doesNotMatch(server.lines.slice(count).join('\n'), /hold together/);
});
