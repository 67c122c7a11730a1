/**
 * INVARIANT (hidden-equals-missing) on every route: what one may not see answers like what does
 * not exist, byte for byte but for the name and the request id, with the same headers, and runs
 * the same statements.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'employee',
    'new-hire',
    'hr-manager',
    'branch-accountant',
    'accounts-manager',
    'system-manager',
    'permission-manager',
    'auditor',
  ]);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

type Question = (client: Client, doctype: string, name: string) => Promise<Answer>;

const of = (doctype: string, name = ''): string =>
  `/api/resource/${encodeURIComponent(doctype)}${name && `/${encodeURIComponent(name)}`}`;

const client =
  (method: string, body: (doctype: string, name: string) => object): Question =>
  async (who, doctype, name) =>
    await who.post(`/api/method/frappe.client.${method}`, body(doctype, name));

/** Everything that can be asked of one document by its name. */
const OF_A_DOCUMENT: Readonly<Record<string, Question>> = {
  GET: async (who, doctype, name) => await who.get(of(doctype, name)),
  HEAD: async (who, doctype, name) => await who.request('HEAD', of(doctype, name)),
  PUT: async (who, doctype, name) => await who.put(of(doctype, name), {}),
  'PUT with a field': async (who, doctype, name) =>
    await who.put(of(doctype, name), { remarks: 'x' }),
  'PUT with nonsense': async (who, doctype, name) => await who.put(of(doctype, name), { nope: 1 }),
  'PUT with a version': async (who, doctype, name) =>
    await who.put(of(doctype, name), { modified: '2026-01-01 00:00:00.000000' }),
  'PUT with rows': async (who, doctype, name) => await who.put(of(doctype, name), { items: [] }),
  DELETE: async (who, doctype, name) => await who.delete(of(doctype, name)),
  submit: async (who, doctype, name) => await who.post(`${of(doctype, name)}/submit`, {}),
  cancel: async (who, doctype, name) => await who.post(`${of(doctype, name)}/cancel`, {}),
  amend: async (who, doctype, name) => await who.post(`${of(doctype, name)}/amend`, {}),
  transition: async (who, doctype, name) =>
    await who.post(`${of(doctype, name)}/transition`, { action: 'x' }),
  explain: async (who, doctype, name) =>
    await who.post('/api/access/explain', { action: 'read', doctype, name }),
  'explain write': async (who, doctype, name) =>
    await who.post('/api/access/explain', { action: 'write', doctype, name }),
  'explain of another': async (who, doctype, name) =>
    await who.post('/api/access/explain', {
      action: 'read',
      doctype,
      name,
      user: 'auditor@demo.test',
    }),
  'list by name': async (who, doctype, name) =>
    await who.get(of(doctype) + query({ filters: { name } })),
  'count by name': async (who, doctype, name) =>
    await who.get(`/api/count/${doctype}${query({ filters: { name } })}`),
  'aggregate by name': async (who, doctype, name) =>
    await who.post(`/api/aggregate/${doctype}`, {
      filters: { name },
      group_by: ['name'],
      measures: [{ fn: 'count', as: 'n' }],
    }),
  get_value: async (who, doctype, name) =>
    await who.get(
      `/api/method/frappe.client.get_value${query({ doctype, fieldname: 'owner', filters: name })}`,
    ),
  get_single_value: async (who, doctype) =>
    await who.get(`/api/method/frappe.client.get_single_value${query({ doctype, field: 'x' })}`),
  set_value: client('set_value', (doctype, name) => ({
    doctype,
    name,
    fieldname: 'remarks',
    value: 'x',
  })),
  'client submit': client('submit', (doctype, name) => ({ doc: { doctype, name } })),
  'client cancel': client('cancel', (doctype, name) => ({ doctype, name })),
};

/** What can be asked of a doctype besides. */
const OF_A_DOCTYPE: Readonly<Record<string, Question>> = {
  ...OF_A_DOCUMENT,
  list: async (who, doctype) => await who.get(of(doctype)),
  'list of all fields': async (who, doctype) =>
    await who.get(of(doctype) + query({ fields: ['*'] })),
  'list with nonsense': async (who, doctype) =>
    await who.get(of(doctype) + query({ fields: ['nope'], limit: 0 })),
  count: async (who, doctype) => await who.get(`/api/count/${doctype}`),
  describe: async (who, doctype) => await who.get(`/api/doctype/${doctype}`),
  POST: async (who, doctype) => await who.post(of(doctype), {}),
  'POST with a field': async (who, doctype) =>
    await who.post(of(doctype), { company: 'Larkspur UK' }),
  'explain as such': async (who, doctype) =>
    await who.post('/api/access/explain', { action: 'read', doctype }),
  get_count: async (who, doctype) =>
    await who.get(`/api/method/frappe.client.get_count${query({ doctype })}`),
};

/** Asks twice and compares: text and headers without the names, and the statements. */
async function alike(
  who: Client,
  question: Question,
  hidden: readonly [string, string],
  missing: readonly [string, string],
  what: string,
): Promise<Answer> {
  const seen = [];
  const answers: Answer[] = [];
  for (const [doctype, name] of [hidden, missing]) {
    const statements = await statementsOf(async () => {
      answers.push(await question(who, doctype, name));
    });
    const { status, text, headers, body } = answers.at(-1) as Answer;
    const without = (content: string) =>
      content
        .replaceAll(name, 'NAME')
        .replaceAll(doctype, 'DOCTYPE')
        .replaceAll(body?.request_id ?? '\0', 'ID');
    const kept = [...headers].filter(([key]) => key !== 'date' && key !== 'content-length');
    seen.push({ status, text: without(text), headers: kept, statements });
    if (seen.length === 1) assert.ok(status < 500, `${what}: ${text}`);
  }
  assert.deepEqual(seen[0], seen[1], what);
  return answers[0] as Answer;
}

async function nameOf(persona: string, doctype: string, filters: unknown = []): Promise<string> {
  const answer = await as(persona).get(of(doctype) + query({ filters, limit: 1 }));
  return answer.body.data[0].name;
}

test('INVARIANT (hidden-equals-missing): a hidden document, by every route and method', async () => {
  const slip = await nameOf('hr-manager', 'Salary Slip', [['employee', '!=', 'HR-EMP-00042']]);
  const berlin = await nameOf('accounts-manager', 'Sales Invoice', { company: 'Larkspur DE' });
  const draft = await nameOf('accounts-manager', 'Sales Invoice', {
    company: 'Larkspur DE',
    docstatus: 0,
  });
  const cancelled = await nameOf('accounts-manager', 'Sales Invoice', {
    company: 'Larkspur SG',
    docstatus: 2,
  });
  const colleague = await nameOf('hr-manager', 'Employee', [['name', '!=', 'HR-EMP-00042']]);
  for (const [persona, doctype, hidden, missing] of [
    ['new-hire', 'Salary Slip', slip, 'SAL-1999-00001'],
    ['employee', 'Salary Slip', slip, 'SAL-1999-00001'],
    ['employee', 'Employee', colleague, 'HR-EMP-99999'],
    ['branch-accountant', 'Sales Invoice', berlin, 'SINV-1999-00001'],
    ['branch-accountant', 'Sales Invoice', draft, 'SINV-1999-00001'],
    ['branch-accountant', 'Sales Invoice', cancelled, 'SINV-1999-00001'],
    ['branch-accountant', 'Cost Center', 'Berlin', 'Atlantis'],
    // May be selected, which is no reading.
    ['employee', 'Cost Center', 'Berlin', 'Atlantis'],
    ['auditor', 'Salary Slip', slip, 'SAL-1999-00001'],
  ] as const) {
    await as(persona).get(of(doctype));
    for (const [route, question] of Object.entries(OF_A_DOCUMENT)) {
      if (persona === 'auditor' && route === 'explain of another') continue;
      const what = `${persona}, ${route} of ${doctype} ${hidden}`;
      const answer = await alike(
        as(persona),
        question,
        [doctype, hidden],
        [doctype, missing],
        what,
      );
      if (['GET', 'PUT', 'DELETE', 'submit', 'cancel', 'amend'].includes(route)) {
        assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], what);
      }
    }
  }
});

test('INVARIANT (hidden-equals-missing): a document beyond a token’s ceiling, by every route', async () => {
  const person = as('branch-accountant');
  const scope = [{ dimension: 'Cost Center', value: 'Leeds Retail' }];
  const made = await person.post('/api/tokens', { label: 'retail', ceiling: { scope } });
  const authorization = `token ${made.body.key}:${made.body.secret}`;
  const token = clientOf(server.url, { authorization });
  const doctype = 'Sales Invoice';
  const name = await nameOf('branch-accountant', doctype, { cost_center: 'Leeds' });
  // Its owner reads it, so the database gives it: only the ceiling stands before it.
  assert.equal((await person.get(of(doctype, name))).status, 200);
  const missing = name.replace(/\d+$/, '99999');
  // A token that is new to the server is looked up once.
  assert.equal((await token.get(of(doctype))).status, 200);
  for (const [what, question] of Object.entries(OF_A_DOCUMENT)) {
    await alike(token, question, [doctype, name], [doctype, missing], what);
  }
});

test('INVARIANT (hidden-equals-missing): an invisible doctype, by every route and method', async () => {
  const slip = await nameOf('hr-manager', 'Salary Slip');
  const grant = await nameOf('permission-manager', 'Grant');
  for (const [persona, hidden, name] of [
    ['system-manager', 'Salary Slip', slip],
    ['branch-accountant', 'Salary Slip', slip],
    ['guest', 'Salary Slip', slip],
    // Permission records take the epoch alone: asking for it must not show, nor hold up others.
    ['employee', 'Grant', grant],
    ['employee', 'Role Rule', 'Employee: Salary Slip'],
    ['guest', 'Grant', grant],
    ['employee', 'Warehouse', 'Leeds Store'],
    ['branch-accountant', 'Audit Entry', 'AUDIT-none'],
    // Rows of a doctype that can be seen are no doctype of their own.
    ['branch-accountant', 'Grant Scope', 'no-such-row'],
  ] as const) {
    await as(persona).get(of(hidden));
    for (const [route, question] of Object.entries(OF_A_DOCTYPE)) {
      const what = `${persona}, ${route} of ${hidden}`;
      const answer = await alike(as(persona), question, [hidden, name], ['Atlantis', name], what);
      if (route === 'transition' || route === 'HEAD') continue;
      assert.deepEqual([answer.status, answer.body?.code], [404, 'unknown_doctype'], what);
    }
  }
});

test('INVARIANT (hidden-equals-missing): the audit log tells them apart for nobody but auditors', async () => {
  const slip = await nameOf('hr-manager', 'Salary Slip', [['employee', '!=', 'HR-EMP-00042']]);
  const refused = await as('employee').get(of('Salary Slip', slip));
  const filters = { request_id: refused.body.request_id };
  const path = of('Audit Entry') + query({ filters, fields: ['*'] });
  const { data } = (await as('auditor').get(path)).body;
  assert.equal(data.length, 1);
  assert.deepEqual([data[0].outcome, data[0].code], ['refused', 'not_found']);
  assert.equal((await as('employee').get(path)).status, 404);
});
