/** 200,000 sales invoices of the demo's own shape, in a group with many branches. */
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';

export const INVOICES = 200_000;

/** Branches added to each company, beside the demo's own cost centres. */
const BRANCHES = 18;

/** Of the copies, how many stay in the demo's cost centres; the others go to the new branches. */
const STAY_PERCENT = 15;

const ADD_BRANCHES = `
  insert into doc.cost_center (name, owner, creation, modified, modified_by, cost_center_name,
    company, parent_cost_center, is_group, disabled)
  select c.name || ' Branch ' || n, root.owner, root.creation, root.modified, root.modified_by,
    c.name || ' Branch ' || n, c.name, root.name, 0, 0
  from doc.company c
  join doc.cost_center root on root.company = c.name and root.parent_cost_center is null
  cross join generate_series(1, ${BRANCHES}) n`;

/**
 * Copies of the demo's invoices, each as many times as is needed. Which branch a copy goes to
 * and which day it gets within the demo's two years
 * follows from its number alone: the same world every time.
 */
const ADD_INVOICES = `
  insert into doc.sales_invoice (name, owner, creation, modified, modified_by, docstatus, customer,
    customer_name, company, cost_center, posting_date, due_date, po_no, currency, net_total,
    tax_rate, total_taxes, grand_total, outstanding_amount, status, remarks)
  select 'SINV-COPY-' || lpad(row_number() over (order by s.id, n)::text, 7, '0'), s.owner,
    s.creation, s.modified, s.modified_by, s.docstatus, s.customer, s.customer_name, s.company,
    case when hashint8(s.id * 1000 + n) & 1023 < 1024 * ${STAY_PERCENT} / 100 then s.cost_center
      else s.company || ' Branch ' || 1 + (hashint8(s.id + 7919 * n) & 65535) % ${BRANCHES} end,
    first.day + (s.posting_date - first.day + (hashint8(s.id * 31 + n) & 65535)) % first.days,
    s.due_date, s.po_no, s.currency,
    s.net_total, s.tax_rate, s.total_taxes, s.grand_total, s.outstanding_amount, s.status,
    s.remarks
  from doc.sales_invoice s, generate_series(1, 100) n, (
    select min(posting_date) as day, max(posting_date) - min(posting_date) + 1 as days
    from doc.sales_invoice) first
  order by s.id, n
  limit ${INVOICES} - (select count(*) from doc.sales_invoice)`;

/** Two lines each, from the lines of the invoice with the same number modulo the demo's. */
const ADD_LINES = `
  insert into doc.sales_invoice_item (name, parent_id, parenttype, parentfield, idx, item_code,
    item_name, description, qty, uom, rate, amount)
  select s.name || '-' || i.idx, s.id, i.parenttype, i.parentfield, i.idx, i.item_code,
    i.item_name, i.description, i.qty, i.uom, i.rate, i.amount
  from doc.sales_invoice s
  join doc.sales_invoice_item i on i.parent_id = 1 + s.id % 3000 and i.idx <= 2
  where s.name like 'SINV-COPY-%'`;

/** Adds them once, with every trigger on, and lets PostgreSQL look at what is there. */
export async function addManyInvoices(connection: MigrationConnection): Promise<void> {
  const [{ count } = { count: null }] = await connection.query(
    'select count(*) from doc.sales_invoice',
  );
  if (Number(count) >= INVOICES) return;
  await connection.query('begin');
  await connection.query(ADD_BRANCHES);
  await connection.query(ADD_INVOICES);
  // Rows are frozen with their parent unless they come in the transaction that inserts it.
  await connection.query(ADD_LINES);
  await connection.query('commit');
  await connection.query('vacuum (analyze)');
  await connection.query('checkpoint');
}
