/** Search by HTTP on the demo company: the personas, Frappe's own name for it, and bad input. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, clientOf, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';

type Found = {
  readonly doctype: string;
  readonly name: string;
  readonly title?: string;
  readonly match: string;
};

let server: DemoServer;
let accountant: Client;
let manager: Client;

before(async () => {
  server = await demoServer();
  accountant = await signIn(server.url, 'branch-accountant', server.password);
  manager = await signIn(server.url, 'accounts-manager', server.password);
});

after(async () => {
  await server.stop();
});

async function search(client: Client, q: string, more = ''): Promise<Found[]> {
  const answer = await client.get(`/api/search?q=${encodeURIComponent(q)}${more}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

test('each finds what a list would show them, and what it would not is found by nobody', async () => {
  const list = async (client: Client): Promise<string[]> => {
    const answer = await client.get('/api/resource/Sales%20Invoice?limit=500&order_by=name%20asc');
    return answer.body.data.map(({ name }: Found) => name);
  };
  const own = new Set(await list(accountant));
  const hidden = (await list(manager)).find((name) => !own.has(name));
  const [seen] = own;
  assert.ok(hidden && seen);
  const isThere = (found: Found[], name: string): boolean => found.some((one) => one.name === name);
  assert.ok(isThere(await search(manager, hidden), hidden));
  assert.ok(!isThere(await search(accountant, hidden), hidden));
  const [first] = await search(accountant, seen);
  assert.deepEqual([first?.doctype, first?.name, first?.match], ['Sales Invoice', seen, 'exact']);
  const one = await search(accountant, seen, '&doctype=Sales%20Invoice&limit=1');
  assert.deepEqual(one, [first]);
});

test('a customer is found by half a name, with a slip, and shown by title', async () => {
  const [customer] = (
    await accountant.get('/api/resource/Customer?fields=["name","customer_name"]')
  ).body.data as { name: string; customer_name: string }[];
  assert.ok(customer);
  const whole = customer.customer_name;
  const slip = whole.slice(0, 2) + whole.slice(3);
  for (const text of [whole, whole.slice(0, -2), slip, whole.toUpperCase()]) {
    const found = await search(accountant, text, '&doctype=Customer');
    assert.ok(
      found.some(({ name, title }) => name === customer.name && title === whole),
      text,
    );
  }
  const link = await accountant.get(`/api/search/link/Customer?q=${encodeURIComponent(whole)}`);
  assert.deepEqual(link.body.data[0], { name: customer.name, title: whole });
  const frappe = await accountant.get(
    `/api/method/frappe.desk.search.search_link?doctype=Customer&txt=${encodeURIComponent(whole)}&page_length=1`,
  );
  assert.deepEqual(frappe.body.message, [{ value: customer.name, label: whole, description: '' }]);
  const filters = encodeURIComponent(JSON.stringify({ customer_name: whole }));
  const narrowed = await accountant.get(`/api/search/link/Customer?filters=${filters}`);
  assert.deepEqual(narrowed.body.data[0], { name: customer.name, title: whole });
});

test('a doctype that one may not know is unknown, and no roles means nothing', async () => {
  const system = await signIn(server.url, 'system-manager', server.password);
  for (const path of [
    '/api/search?q=a&doctype=Salary%20Slip',
    '/api/search/link/Salary%20Slip?q=a',
  ]) {
    const answer = await system.get(path);
    const missing = await system.get(path.replace('Salary%20Slip', 'No%20Such'));
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype']);
    assert.deepEqual([missing.status, missing.body.code], [404, 'unknown_doctype']);
  }
  const fresh = await signIn(server.url, 'new-hire', server.password);
  assert.deepEqual(await search(fresh, 'sal', '&doctype=Salary%20Slip'), []);
  const guest = await clientOf(server.url).get('/api/search?q=a');
  assert.deepEqual([guest.status, guest.body.data], [200, []]);
});

test('bad input is refused by name', async () => {
  for (const [path, code] of [
    ['/api/search', 'bad_value'],
    ['/api/search?q=a&page=2', 'unknown_parameter'],
    ['/api/search?q=a&limit=0', 'bad_value'],
    ['/api/search?q=a&limit=x', 'bad_value'],
    ['/api/search/link/Customer?filters=[["no_such","=",1]]', 'unknown_field'],
    ['/api/search/link/Customer?fields=["name"]', 'unknown_parameter'],
    ['/api/method/frappe.desk.search.search_link?doctype=Customer&query=x', 'unknown_parameter'],
  ]) {
    const answer = await accountant.get(String(path));
    assert.deepEqual([answer.status, answer.body.code], [400, code], path);
  }
  assert.deepEqual(server.errors, []);
});
