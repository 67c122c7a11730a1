/** What sales and purchase invoices share: rows, totals, dates and the state of payment. */
import { type DemoDocument, money } from './batch.ts';
import { isoDay, type Month, monthOf, TODAY, weekday } from './calendar.ts';
import type { CatalogueItem } from './catalogue.ts';
import type { CompanyPlan } from './companies.ts';
import type { Random } from './random.ts';

/** Amounts are in cents of the company's currency. */
export type InvoiceRow = {
  readonly item: CatalogueItem;
  readonly qty: number;
  readonly rate: number;
  readonly amount: number;
};

export type Invoice = {
  readonly kind: 'Sales Invoice' | 'Purchase Invoice';
  readonly name: string;
  readonly party: string;
  readonly company: CompanyPlan;
  readonly costCenter: string;
  readonly posted: number;
  readonly due: number;
  readonly rows: readonly InvoiceRow[];
  readonly net: number;
  readonly tax: number;
  readonly grand: number;
  readonly docstatus: 0 | 1 | 2;
  /** The day on which a cancelled invoice was taken back. */
  readonly cancelled: number | null;
  readonly payments: readonly { readonly day: number; readonly cents: number }[];
};

/** How much of the year's trade each month sees, January first: spring, and a little Christmas. */
const SEASON = [6, 6.5, 8.5, 10.5, 11.5, 11, 10, 9, 7.5, 6.5, 5.5, 7.5];

/** So many days in order, no Sunday among them; more in spring, and more each year. */
export function tradingDays(random: Random, count: number, trade: readonly Month[]): number[] {
  const weights = trade.map((month, index) => {
    const last = Math.min(month.last, TODAY);
    const season = SEASON[monthOf(month.first) - 1] ?? 0;
    return { first: month.first, last, weight: season * (last - month.first + 1) * 1.006 ** index };
  });
  return Array.from({ length: count }, () => {
    const { first, last } = random.weighted(weights);
    const day = random.whole(first, last);
    return weekday(day) === 0 ? Math.max(first, day - 1) : day;
  }).sort((a, b) => a - b);
}

/** A row of an invoice, its amount being quantity times rate. */
export function invoiceRow(item: CatalogueItem, qty: number, rate: number): InvoiceRow {
  return { item, qty, rate, amount: qty * rate };
}

/** Draft, submitted or cancelled: drafts are mostly recent, and few are cancelled. */
export function drawState(
  random: Random,
  posted: number,
): { readonly docstatus: 0 | 1 | 2; readonly cancelled: number | null } {
  const isRecent = posted > TODAY - 21;
  if (random.chance(isRecent ? 0.22 : 0.003)) return { docstatus: 0, cancelled: null };
  if (!isRecent && random.chance(0.014)) {
    return { docstatus: 2, cancelled: posted + random.whole(1, 12) };
  }
  return { docstatus: 1, cancelled: null };
}

/** Net, tax and grand total of rows, in cents. */
export function totals(rows: readonly InvoiceRow[], company: CompanyPlan) {
  const net = rows.reduce((sum, row) => sum + row.amount, 0);
  const tax = Math.round((net * company.taxRate) / 100);
  return { net, tax, grand: net + tax };
}

/** What is still owed, in cents: nothing on a draft or a cancelled invoice. */
export function outstanding(invoice: Invoice): number {
  if (invoice.docstatus !== 1) return 0;
  return invoice.payments.reduce((left, payment) => left - payment.cents, invoice.grand);
}

function statusOf(invoice: Invoice): string {
  if (invoice.docstatus === 0) return 'Draft';
  if (invoice.docstatus === 2) return 'Cancelled';
  const left = outstanding(invoice);
  if (left === 0) return 'Paid';
  if (invoice.due < TODAY) return 'Overdue';
  return left < invoice.grand ? 'Partly Paid' : 'Unpaid';
}

/** An invoice as a document; what only one kind has, such as the party's field, is in `own`. */
export function invoiceDocument(invoice: Invoice, own: Record<string, unknown>): DemoDocument {
  const { company } = invoice;
  return {
    name: invoice.name,
    docstatus: invoice.docstatus,
    values: {
      ...own,
      company: company.name,
      cost_center: invoice.costCenter,
      posting_date: isoDay(invoice.posted),
      due_date: isoDay(invoice.due),
      currency: company.currency,
      items: invoice.rows.map(({ item, qty, rate, amount }) => ({
        item_code: item.code,
        item_name: item.name,
        qty,
        uom: item.uom,
        rate: money(rate),
        amount: money(amount),
      })),
      net_total: money(invoice.net),
      tax_rate: company.taxRate,
      total_taxes: money(invoice.tax),
      grand_total: money(invoice.grand),
      outstanding_amount: money(outstanding(invoice)),
      status: statusOf(invoice),
    },
  };
}
