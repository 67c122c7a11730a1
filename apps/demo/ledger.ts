/**
 * The general ledger. Lines of the balance sheet (debtors, creditors, taxes, bank) carry no cost
 * center; lines of income and expense carry one.
 */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, yearOf } from './calendar.ts';
import { EXPENSE_OF, INCOME_OF } from './catalogue.ts';
import { CREDITORS, DEBTORS } from './chart.ts';
import { type CompanyPlan, ofCompany } from './companies.ts';
import type { Invoice } from './invoices.ts';
import type { Journal } from './journal.ts';
import type { Payment } from './payments.ts';
import type { Posting } from './posting.ts';

type Voucher = {
  readonly type: string;
  readonly name: string;
  readonly company: CompanyPlan;
  readonly day: number;
  readonly postings: readonly Posting[];
  readonly isReversal: boolean;
};

function reversed(postings: readonly Posting[]): Posting[] {
  return postings.map((posting) => ({
    ...posting,
    debit: posting.credit,
    credit: posting.debit,
  }));
}

/** The net amounts of an invoice by account. */
function netByAccount(invoice: Invoice): Map<string, number> {
  const accounts = invoice.kind === 'Sales Invoice' ? INCOME_OF : EXPENSE_OF;
  const sums = new Map<string, number>();
  for (const { item, amount } of invoice.rows) {
    const account = accounts[item.group];
    if (account === undefined) throw new Error(`Item group \`${item.group}\` has no account`);
    sums.set(account, (sums.get(account) ?? 0) + amount);
  }
  return sums;
}

/** What a purchase invoice posts; a sales invoice posts the same with both sides exchanged. */
function invoicePostings(invoice: Invoice): Posting[] {
  const isSale = invoice.kind === 'Sales Invoice';
  const { company, costCenter } = invoice;
  const lines: Posting[] = [
    ...[...netByAccount(invoice)].map(([account, cents]) => ({
      account,
      costCenter,
      debit: cents,
      credit: 0,
    })),
    {
      account: isSale ? company.outputTax : company.inputTax,
      costCenter: null,
      debit: invoice.tax,
      credit: 0,
    },
    {
      account: isSale ? DEBTORS : CREDITORS,
      costCenter: null,
      debit: 0,
      credit: invoice.grand,
      party: { type: isSale ? 'Customer' : 'Supplier', name: invoice.party },
    },
  ];
  return (isSale ? reversed(lines) : lines).filter((line) => line.debit + line.credit > 0);
}

function* invoiceVouchers(invoices: readonly Invoice[]): Generator<Voucher> {
  for (const invoice of invoices) {
    if (invoice.docstatus === 0) continue;
    const { kind: type, name, company, posted: day, cancelled } = invoice;
    const postings = invoicePostings(invoice);
    yield { type, name, company, day, postings, isReversal: false };
    if (cancelled === null) continue;
    const back = reversed(postings);
    yield { type, name, company, day: cancelled, postings: back, isReversal: true };
  }
}

function paymentPostings({ invoice, cents }: Payment): Posting[] {
  const isReceived = invoice.kind === 'Sales Invoice';
  const paid: Posting[] = [
    { account: invoice.company.bank, costCenter: null, debit: cents, credit: 0 },
    {
      account: isReceived ? DEBTORS : CREDITORS,
      costCenter: null,
      debit: 0,
      credit: cents,
      party: { type: isReceived ? 'Customer' : 'Supplier', name: invoice.party },
    },
  ];
  return isReceived ? paid : reversed(paid);
}

function* vouchers(
  invoices: readonly Invoice[],
  payments: readonly Payment[],
  journals: readonly Journal[],
): Generator<Voucher> {
  for (const { name, company, day, postings } of journals) {
    yield { type: 'Journal Entry', name, company, day, postings, isReversal: false };
  }
  yield* invoiceVouchers(invoices);
  for (const payment of payments) {
    const { name, day, invoice } = payment;
    const { company } = invoice;
    const postings = paymentPostings(payment);
    yield { type: 'Payment Entry', name, company, day, postings, isReversal: false };
  }
}

function* documents(source: Iterable<Voucher>): Generator<DemoDocument> {
  const series = new Series('GLE', 6);
  for (const voucher of source) {
    const { company, day } = voucher;
    const year = yearOf(day);
    for (const posting of voucher.postings) {
      yield {
        name: series.next(year),
        docstatus: 1,
        values: {
          posting_date: isoDay(day),
          company: company.name,
          cost_center: posting.costCenter,
          account: ofCompany(posting.account, company.name),
          debit: money(posting.debit),
          credit: money(posting.credit),
          currency: company.currency,
          party_type: posting.party?.type ?? null,
          party: posting.party?.name ?? null,
          voucher_type: voucher.type,
          voucher_no: voucher.name,
          fiscal_year: String(year),
          is_reversal: voucher.isReversal ? 1 : 0,
        },
      };
    }
  }
}

/** The ledger lines of all vouchers that were ever submitted. */
export function generateLedger(
  invoices: readonly Invoice[],
  payments: readonly Payment[],
  journals: readonly Journal[],
): Generator<DemoBatch> {
  return batches('GL Entry', documents(vouchers(invoices, payments, journals)));
}
