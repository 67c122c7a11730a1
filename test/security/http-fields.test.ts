/** Fields: closed levels are absent, unknown and unwritable, wherever a field can be named. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';

const CUSTOMERS = '/api/resource/Customer';
const EMPLOYEES = '/api/resource/Employee';
const LEAVES = '/api/resource/Leave Application';
const CLAIMS = '/api/resource/Expense Claim';

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'employee',
    'hr-manager',
    'branch-accountant',
    'accounts-manager',
    'permission-manager',
    'storekeeper',
    'assistant-user',
  ]);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function refused(answer: Answer, status: number, code: string, field?: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
  if (field !== undefined) assert.equal(answer.body.errors[0].field, field, answer.text);
}

/** Gives somebody a role; the grant can be ended by its name. */
async function give(persona: string, role: string, scope: object[]): Promise<string> {
  const grantee = `${persona}@demo.test`;
  const body = { grantee, role, scope, reason: 'test' };
  return (await done(as('permission-manager').post('/api/resource/Grant', body)))['name'];
}

async function end(grant: string): Promise<void> {
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status, 202);
}

async function firstOf(persona: string, path: string, filters: unknown = []): Promise<string> {
  const { data } = (await as(persona).get(path + query({ filters, limit: 1 }))).body;
  return `${path}/${encodeURIComponent(data[0].name)}`;
}

test('a field that is readable nowhere is absent, and unknown wherever it is named', async () => {
  const path = await firstOf('branch-accountant', CUSTOMERS);
  const accountant = as('branch-accountant');
  assert.ok('credit_limit' in (await done(as('accounts-manager').get(path))));
  assert.ok(!('credit_limit' in (await done(accountant.get(path)))));
  const [row] = (await accountant.get(`${CUSTOMERS}?fields=["*"]&limit=1`)).body.data;
  assert.ok(!('credit_limit' in row));
  for (const parameters of [
    { fields: ['credit_limit'] },
    { filters: [['credit_limit', '>', 0]] },
    { filters: { credit_limit: 0 } },
    { or_filters: [['credit_limit', 'is', 'set']] },
    { order_by: 'credit_limit desc' },
    { order_by: 'name asc, credit_limit' },
  ]) {
    const closed = await accountant.get(CUSTOMERS + query(parameters));
    refused(closed, 400, 'unknown_field', 'credit_limit');
    const none = await accountant.get(
      CUSTOMERS + query(parameters).replaceAll('credit_limit', 'credit_limot'),
    );
    const same = ({ text, body }: Answer) =>
      text.replace(body.request_id, '').replaceAll('limot', 'limit');
    assert.equal(same(closed), same(none), JSON.stringify(parameters));
  }
  const count = await accountant.get(
    `/api/count/Customer${query({ filters: { credit_limit: 0 } })}`,
  );
  refused(count, 400, 'unknown_field', 'credit_limit');
  const filters = { credit_limit: 0 };
  const value = { doctype: 'Customer', fieldname: 'name', filters };
  refused(
    await accountant.get(`/api/method/frappe.client.get_value${query(value)}`),
    400,
    'unknown_field',
  );
});

test('writing a field that does not exist for one is unknown, also with its stored value', async () => {
  const path = await firstOf('branch-accountant', CUSTOMERS);
  const { credit_limit } = await done(as('accounts-manager').get(path));
  for (const value of [credit_limit, 0, null, 12_345, 'x']) {
    refused(
      await as('branch-accountant').put(path, { credit_limit: value }),
      400,
      'unknown_field',
      'credit_limit',
    );
  }
  const body = { customer_name: 'New One', credit_limit: 1 };
  refused(
    await as('branch-accountant').post(CUSTOMERS, body),
    400,
    'unknown_field',
    'credit_limit',
  );
});

test('a closed field keeps its stored value through another’s PUT', async () => {
  const path = await firstOf('branch-accountant', CUSTOMERS);
  await done(as('accounts-manager').put(path, { credit_limit: 4321.5 }));
  await done(as('branch-accountant').put(path, { tax_id: 'T-1' }));
  const after = await done(as('accounts-manager').get(path));
  assert.deepEqual([after['credit_limit'], after['tax_id']], [4321.5, 'T-1']);
});

test('a field that one may read and not write is refused by name, unless nothing changes', async () => {
  const employee = as('employee');
  const path = await firstOf('employee', LEAVES, { docstatus: 0 }).catch(async () => {
    const made = await done(employee.post(LEAVES, await leave()));
    return `${LEAVES}/${made['name']}`;
  });
  const { status } = await done(employee.get(path));
  refused(await employee.put(path, { status: 'Approved' }), 403, 'forbidden', 'status');
  refused(await employee.put(path, { remarks: 'fine by me' }), 403, 'forbidden', 'remarks');
  await done(employee.put(path, { status, description: 'Dentist' }));
  refused(
    await employee.post(LEAVES, { ...(await leave()), status: 'Approved' }),
    403,
    'forbidden',
    'status',
  );
  const approved = await done(as('hr-manager').put(path, { status: 'Approved' }));
  assert.equal(approved['status'], 'Approved');
  await done(employee.put(path, { description: 'Dentist again' }));
  assert.equal((await done(employee.get(path)))['status'], 'Approved');
});

async function leave(): Promise<object> {
  const [{ leave_type, company, department }] = (
    await as('employee').get(`${LEAVES}?fields=["leave_type","company","department"]&limit=1`)
  ).body.data;
  return {
    employee: 'HR-EMP-00042',
    company,
    department,
    leave_type,
    from_date: '2026-12-01',
    to_date: '2026-12-02',
  };
}

test('a level that is open on some rows only: absent elsewhere, and a filter narrows to those', async () => {
  // Everybody of Larkspur DE at level 0, and level 1 for Larkspur UK.
  const hr = await give('storekeeper', 'HR Manager', [
    { dimension: 'Company', value: 'Larkspur UK' },
  ]);
  const user = await give('storekeeper', 'HR User', [
    { dimension: 'Company', value: 'Larkspur DE' },
  ]);
  const who = as('storekeeper');
  const fields = ['name', 'company', 'base_salary'];
  const rows = (await who.get(EMPLOYEES + query({ fields, limit: 500 }))).body.data as {
    company: string;
    base_salary?: number;
  }[];
  assert.deepEqual([...new Set(rows.map(({ company }) => company))].sort(), [
    'Larkspur DE',
    'Larkspur UK',
  ]);
  for (const row of rows)
    assert.equal('base_salary' in row, row.company === 'Larkspur UK', JSON.stringify(row));
  const german = rows.filter(({ company }) => company === 'Larkspur DE').length;
  assert.ok(german > 0);
  for (const parameters of [
    { filters: [['base_salary', '>=', 0]] },
    { filters: [['base_salary', 'is', 'set']] },
    { filters: [['base_salary', 'is', 'not set']] },
    { filters: [['base_salary', '!=', 1]] },
    {
      or_filters: [
        ['base_salary', '>', 0],
        ['company', '=', 'Larkspur DE'],
      ],
    },
    { order_by: 'base_salary desc' },
    { filters: [['company', 'like', '%']], order_by: 'company, bank_account' },
  ]) {
    const answer = await who.get(
      EMPLOYEES + query({ ...parameters, fields: ['company'], limit: 500 }),
    );
    const companies = new Set(answer.body.data.map(({ company }: { company: string }) => company));
    assert.ok(!companies.has('Larkspur DE'), JSON.stringify(parameters));
    const filters = parameters.filters ?? [];
    const count = await who.get(`/api/count/Employee${query({ filters })}`);
    const named = JSON.stringify(filters).includes('base_salary');
    if (named) assert.equal(count.body.data, answer.body.data.length, JSON.stringify(parameters));
  }
  const one = await firstOf('storekeeper', EMPLOYEES, { company: 'Larkspur DE' });
  assert.ok(!('base_salary' in (await done(who.get(one)))));
  refused(await who.put(one, { base_salary: 1 }), 403, 'forbidden', 'base_salary');
  await end(hr);
  // Now it is open nowhere, at once.
  refused(await who.get(EMPLOYEES + query({ fields })), 400, 'unknown_field', 'base_salary');
  await end(user);
});

test('no guess finds out a value that one may not read: even the right one is refused', async () => {
  // May write level 1 in Larkspur UK and level 0 in Larkspur DE, so the field is known.
  const hr = await give('storekeeper', 'HR Manager', [
    { dimension: 'Company', value: 'Larkspur UK' },
  ]);
  const user = await give('storekeeper', 'HR User', [
    { dimension: 'Company', value: 'Larkspur DE' },
  ]);
  const boss = await give('assistant-user', 'HR Manager', [
    { dimension: 'Company', value: 'Larkspur DE' },
  ]);
  const path = await firstOf('storekeeper', EMPLOYEES, { company: 'Larkspur DE' });
  const { base_salary } = await done(as('assistant-user').get(path));
  for (const value of [base_salary, Number(base_salary) + 1, null, 0]) {
    refused(
      await as('storekeeper').put(path, { base_salary: value }),
      403,
      'forbidden',
      'base_salary',
    );
  }
  for (const grant of [hr, user, boss]) await end(grant);
});

test('read-only fields are the system’s: an echo passes, anything else is refused by name', async () => {
  const accountant = as('branch-accountant');
  const filters = { docstatus: 0 };
  const path = await firstOf('branch-accountant', '/api/resource/Sales Invoice', filters);
  const before = await done(accountant.get(path));
  for (const [field, value] of [
    ['outstanding_amount', 7],
    ['status', 'Overdue'],
    ['customer_name', 'Somebody'],
    ['amended_from', 'SINV-1999-00001'],
    ['status', null],
  ] as const) {
    refused(await accountant.put(path, { [field]: value }), 403, 'forbidden', field);
  }
  const { outstanding_amount, status, customer_name } = before;
  const echoed = await done(accountant.put(path, { outstanding_amount, status, customer_name }));
  assert.deepEqual([echoed['status'], echoed['customer_name']], [status, customer_name]);
  // With a new customer the old name may still come along: it follows the link.
  const [other] = (
    await accountant.get(
      CUSTOMERS + query({ filters: [['name', '!=', before['customer']]], limit: 1 }),
    )
  ).body.data;
  const moved = await done(accountant.put(path, { customer: other.name, customer_name }));
  assert.equal(moved['customer_name'], other.name);
});

test('rows merge by name: a closed field of a row stays, and a row that holds one is not removed', async () => {
  const employee = as('employee');
  const hr = as('hr-manager');
  const expenses = [
    { expense_type: await claimType(), amount: 10, expense_date: '2026-05-01' },
    { expense_type: await claimType(), amount: 20, expense_date: '2026-05-02' },
  ];
  const { name } = await done(employee.post(CLAIMS, await claim(expenses)));
  const path = `${CLAIMS}/${name}`;
  type Claim = { modified: string; expenses: Record<string, unknown>[] };
  const first = (await done(employee.get(path))) as unknown as Claim;
  const sanctioned = first.expenses.map((row) => ({ name: row['name'], sanctioned_amount: 9.5 }));
  const by = (await done(
    hr.put(path, { modified: first.modified, expenses: sanctioned }),
  )) as unknown as Claim;
  assert.ok(
    by.expenses.every((row) => row['sanctioned_amount'] === 9.5),
    JSON.stringify(by),
  );

  const rows = by.expenses.map((row) => ({ name: row['name'], amount: 11 }));
  const mine = (await done(
    employee.put(path, { modified: by.modified, expenses: rows }),
  )) as unknown as Claim;
  assert.deepEqual(
    mine.expenses.map((row) => [row['amount'], row['sanctioned_amount']]),
    rows.map(() => [11, 9.5]),
  );
  const raised = rows.map((row) => ({ ...row, sanctioned_amount: 11 }));
  refused(
    await employee.put(path, { modified: mine.modified, expenses: raised }),
    403,
    'forbidden',
    'expenses.sanctioned_amount',
  );
  refused(
    await employee.put(path, { modified: mine.modified, expenses: rows.slice(1) }),
    403,
    'forbidden',
    'expenses',
  );
  const swapped = [...rows].reverse();
  const turned = (await done(
    employee.put(path, { modified: mine.modified, expenses: swapped }),
  )) as unknown as Claim;
  assert.deepEqual(
    turned.expenses.map((row) => row['name']),
    swapped.map((row) => row.name),
  );
});

async function claimType(): Promise<string> {
  return (await as('hr-manager').get('/api/resource/Expense Claim Type?limit=1')).body.data[0].name;
}

async function claim(expenses: object[]): Promise<object> {
  const { company, department } = (await done(as('employee').get(`${EMPLOYEES}/HR-EMP-00042`))) as {
    company: string;
    department: string;
  };
  return { employee: 'HR-EMP-00042', company, department, posting_date: '2026-05-04', expenses };
}

test('fetch_from copies only what the person may read at its source', async () => {
  // May write invoices of Larkspur UK, and only select customers: no right to read them.
  const rules = '/api/resource/Role Rule';
  const admin = as('permission-manager');
  const rule = async (document_type: string, actions: string[]) =>
    await done(
      admin.post(rules, {
        role: 'Leave Approver',
        document_type,
        actions,
        reach: 'within',
        status: 'in force',
      }),
    );
  await rule('Sales Invoice', ['create']);
  await rule('Customer', ['select']);
  await rule('Item', ['select']);
  await rule('Currency', ['select']);
  await rule('Cost Center', ['select']);
  const scope = [
    { dimension: 'Company', value: 'Larkspur UK' },
    { dimension: 'Cost Center', value: 'Leeds' },
  ];
  const grant = await give('employee', 'Leave Approver', scope);
  const customer = (await as('branch-accountant').get(`${CUSTOMERS}?limit=1`)).body.data[0].name;
  const item = (await as('branch-accountant').get('/api/resource/Item?limit=1')).body.data[0].name;
  const body = {
    customer,
    company: 'Larkspur UK',
    cost_center: 'Leeds',
    posting_date: '2026-05-05',
    items: [{ item_code: item, qty: 1 }],
  };
  const made = await as('employee').post('/api/resource/Sales Invoice', body);
  assert.equal(made.status, 200, made.text);
  // `create` brings no reading along, so the answer shows nothing; who may read looks.
  assert.equal(made.body.data, null);
  const filters = { owner: 'employee@demo.test' };
  const path = await firstOf('branch-accountant', '/api/resource/Sales Invoice', filters);
  const stored = (await done(as('branch-accountant').get(path))) as Record<string, unknown>;
  assert.deepEqual([stored['customer'], stored['customer_name']], [customer, null]);
  const [row] = stored['items'] as Record<string, unknown>[];
  assert.deepEqual([row?.['item_code'], row?.['item_name']], [item, null]);
  await end(grant);
});
