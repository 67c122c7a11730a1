/** What is asked of each server, in its own words: the same rows for all of them. */
import type { Sent } from '../support/load.ts';
import { SCOPE } from './scope.ts';

/** Ratios against Directus and against the hand-written server. */
export type Kind = {
  readonly name: 'GET one' | 'list of 25, filter and sort' | 'create';
  readonly ours: (index: number) => Sent;
  readonly directus: (index: number) => Sent;
  /** Requests in a second must be so many times those of Directus, and CPU so small a part. */
  readonly againstDirectus: number;
  /** CPU of a request, at most so many times that of the hand-written server. */
  readonly againstBaseline: number;
};

const OURS = '/api/resource/Sales%20Invoice';
const THEIRS = '/items/sales_invoice';
const SHOWN = ['name', 'customer', 'customer_name', 'posting_date', 'due_date', 'status'];
const FIELDS = [...SHOWN, 'grand_total', 'outstanding_amount'];

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();

/** `names` are of invoices that may be read, `customers` those that new ones are for. */
export function kindsFor(names: readonly string[], customers: readonly string[]): readonly Kind[] {
  const invoice = (index: number) => invoiceFor(customers[index % customers.length] ?? '', index);
  const nameOf = (index: number): string => names[index % names.length] ?? '';
  return [
    {
      name: 'GET one',
      ours: (index) => ({ method: 'GET', path: `${OURS}/${nameOf(index)}` }),
      directus: (index) => ({ method: 'GET', path: `${THEIRS}/${nameOf(index)}` }),
      ...{ againstDirectus: 10, againstBaseline: 2 },
    },
    {
      name: 'list of 25, filter and sort',
      ours: () => ({
        method: 'GET',
        path: `${OURS}?${query({
          fields: JSON.stringify(FIELDS),
          filters: JSON.stringify([['status', '=', 'Paid']]),
          order_by: 'posting_date desc',
          limit_page_length: '25',
        })}`,
      }),
      directus: () => ({
        method: 'GET',
        path: `${THEIRS}?${query({
          fields: FIELDS.join(','),
          filter: JSON.stringify({ status: { _eq: 'Paid' } }),
          sort: '-posting_date',
          limit: '25',
        })}`,
      }),
      ...{ againstDirectus: 10, againstBaseline: 2 },
    },
    {
      name: 'create',
      ours: (index) => ({ method: 'POST', path: OURS, body: invoice(index) }),
      directus: (index) => ({
        ...{ method: 'POST', path: THEIRS },
        // Ours gives the name, and works these two out.
        body: {
          ...invoice(index),
          ...{ name: `NEW-${process.pid}-${index}`, status: 'Draft', customer_name: 'A customer' },
        },
      }),
      ...{ againstDirectus: 6, againstBaseline: 3 },
    },
  ];
}

function invoiceFor(customer: string, index: number): Record<string, unknown> {
  return {
    ...{ customer, company: SCOPE.company },
    ...{ cost_center: SCOPE.costCenters[index % SCOPE.costCenters.length], currency: 'GBP' },
    ...{ posting_date: '2026-06-15', due_date: '2026-07-15', po_no: `PO ${index}` },
    ...{ net_total: 1000 + index, tax_rate: 20, total_taxes: 200, grand_total: 1200 + index },
    remarks: 'Made by a benchmark',
  };
}
