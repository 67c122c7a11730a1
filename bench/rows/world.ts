/** Two million invoices and a quarter of a million payslips, put in by every trigger there is. */
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';
import { addPeople, BRANCHES, COMPANIES } from './people.ts';

export type Size = {
  readonly invoices: number;
  readonly employees: number;
  readonly slips: number;
};

/** A part of the full size. Companies and branches are always all there, so are their cells. */
export function sizeOf(scale: number): Size {
  return {
    invoices: Math.round(2_000_000 * scale),
    employees: Math.max(5000, Math.round(10_000 * scale)),
    slips: Math.round(240_000 * scale),
  };
}

/** Rows of one transaction. */
const CHUNK = 50_000;

const STANDARD = `'system:migrator', 'system:migrator', now(), now()`;
const COLUMNS = 'owner, modified_by, creation, modified';

/** A number from 0 up to 1 that follows from a row's number alone. */
const dice = (number: string, salt: number): string =>
  `((hashint8((${number})::bigint * 64 + ${salt}) & 1048575) / 1048576.0)`;

const ADD_COMPANIES = `
  insert into doc.company (name, company_name, abbr, country, default_currency, docstatus, ${COLUMNS})
  select 'Group ' || lpad(n::text, 2, '0'), 'Group ' || lpad(n::text, 2, '0'), 'G' || n,
    'United Kingdom', 'GBP', 0, ${STANDARD}
  from generate_series(1, ${COMPANIES}) n`;

const ADD_BRANCHES = `
  insert into doc.cost_center (name, cost_center_name, company, is_group, disabled, docstatus, ${COLUMNS})
  select c.name || ' Branch ' || n, c.name || ' Branch ' || n, c.name, 0, 0, 0, ${STANDARD}
  from doc.company c, generate_series(0, ${BRANCHES - 1}) n where c.name like 'Group %'`;

/** Some companies have many more invoices than others, and so have some of their branches. */
const addInvoices = (from: number, until: number, all: number): string => `
  insert into doc.sales_invoice (name, docstatus, customer, customer_name, company, cost_center,
    posting_date, due_date, currency, net_total, tax_rate, total_taxes, grand_total,
    outstanding_amount, status, ${COLUMNS})
  select 'ROWS-' || lpad(n::text, 7, '0'), 1, 'Customer ' || floor(20000 * ${dice('n', 3)}),
    'A customer', p.company, p.company || ' Branch ' || floor(${BRANCHES} * ${dice('n', 2)} ^ 1.5),
    p.day, p.day + 30, 'GBP', p.amount, 20, p.amount / 5, p.amount * 6 / 5,
    case when ${dice('n', 6)} < 0.2 then p.amount else 0 end,
    case when ${dice('n', 6)} < 0.2 then 'Unpaid' else 'Paid' end, ${STANDARD}
  from generate_series(${from}, ${until}) n, lateral (select
    'Group ' || lpad((1 + floor(${COMPANIES} * ${dice('n', 1)} ^ 1.3))::text, 2, '0') as company,
    date '2024-01-01' + floor(700 * (n::numeric / ${all}) + 30 * ${dice('n', 4)})::int as day,
    (10000 * floor(5000 * ${dice('n', 5)}))::bigint as amount) p`;

/** Two lines for one invoice in fifty: for those that are opened. */
const addLines = (from: number, until: number): string => `
  insert into doc.sales_invoice_item (name, parent_id, parenttype, parentfield, idx, item_code,
    item_name, qty, rate, amount)
  select s.name || '-' || i, s.id, 'Sales Invoice', 'items', i, 'Item ' || i, 'Item ' || i, 1,
    s.net_total / 2, s.net_total / 2
  from generate_series(${from}, ${until}) n
  join doc.sales_invoice s on s.name = 'ROWS-' || lpad(n::text, 7, '0'), generate_series(1, 2) i
  where n % 50 = 0`;

const addEmployees = (from: number, until: number): string => `
  insert into doc.employee (name, employee_name, status, company, department, docstatus, ${COLUMNS})
  select 'ROWS-EMP-' || lpad(n::text, 5, '0'), 'Employee ' || n, 'Active',
    'Group ' || lpad((1 + n % ${COMPANIES})::text, 2, '0'), 'Department ' || n % 7, 0, ${STANDARD}
  from generate_series(${from}, ${until}) n`;

const addSlips = (from: number, until: number, employees: number): string => `
  insert into doc.salary_slip (name, docstatus, employee, employee_name, company, department,
    start_date, end_date, posting_date, currency, gross_pay, total_deduction, net_pay, ${COLUMNS})
  select 'ROWS-SAL-' || lpad(n::text, 6, '0'), 1, e.name, e.employee_name, e.company, e.department,
    m.day, m.day + 27, m.day + 27, 'GBP', 30000000, 5000000, 25000000, ${STANDARD}
  from generate_series(${from}, ${until}) n
  join doc.employee e on e.name = 'ROWS-EMP-' || lpad((n % ${employees})::text, 5, '0'),
  lateral (select (date '2024-01-01' + (n / ${employees}) * interval '1 month')::date as day) m`;

/** Adds all of it once, and lets PostgreSQL look at what is there. */
export async function addRows(
  connection: MigrationConnection,
  size: Size,
  log: (line: string) => void,
): Promise<void> {
  const [there] = await connection.query(
    `select (select count(*) from doc.sales_invoice where name like 'ROWS-%') as invoices,
       (select max(name) from doc.salary_slip where name like 'ROWS-SAL-%') as last_slip`,
  );
  const lastSlip = `ROWS-SAL-${String(size.slips - 1).padStart(6, '0')}`;
  if (Number(there?.['invoices']) === size.invoices && there?.['last_slip'] === lastSlip) return;
  if (Number(there?.['invoices']) > 0) throw new Error('the folder has a world of another size');
  const inOne = async (...statements: string[]) => {
    await connection.query('begin');
    for (const statement of statements) await connection.query(statement);
    await connection.query('commit');
  };
  await inOne('select sys.lock_epoch()', ADD_COMPANIES, ADD_BRANCHES);
  await addPeople(connection);
  log('adding invoices');
  // Rows are frozen with their parent unless they come in the transaction that inserts it.
  for (const [from, until] of chunks(size.invoices, CHUNK)) {
    await inOne(addInvoices(from, until, size.invoices), addLines(from, until));
  }
  log('adding employees and payslips');
  for (const [from, until] of chunks(size.employees, 500)) {
    await inOne('select sys.lock_epoch()', addEmployees(from, until));
  }
  // Small at first: each employee's first slip makes a cell.
  for (const [from, until] of chunks(size.slips, 1000)) {
    await inOne(addSlips(from, until, size.employees));
  }
  await connection.query('vacuum (analyze)');
  await connection.query('checkpoint');
}

function chunks(count: number, each: number): [from: number, until: number][] {
  const found: [number, number][] = [];
  for (let from = 0; from < count; from += each) {
    found.push([from, Math.min(from + each, count) - 1]);
  }
  return found;
}
