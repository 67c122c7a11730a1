/** Payment entries: one for each payment of an invoice, with the invoice's company and scope. */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, yearOf } from './calendar.ts';
import { CREDITORS, DEBTORS } from './chart.ts';
import { ofCompany } from './companies.ts';
import type { Invoice } from './invoices.ts';

export type Payment = {
  readonly name: string;
  readonly invoice: Invoice;
  readonly day: number;
  readonly cents: number;
};

/** The payments of all invoices, in order of their days. */
export function makePayments(invoices: readonly Invoice[]): Payment[] {
  const series = new Series('PAY');
  return invoices
    .flatMap((invoice) => invoice.payments.map(({ day, cents }) => ({ invoice, day, cents })))
    .sort((a, b) => a.day - b.day)
    .map((payment) => ({ name: series.next(yearOf(payment.day)), ...payment }));
}

function document({ name, invoice, day, cents }: Payment): DemoDocument {
  const { company } = invoice;
  const isReceived = invoice.kind === 'Sales Invoice';
  const bank = ofCompany(company.bank, company.name);
  return {
    name,
    docstatus: 1,
    values: {
      payment_type: isReceived ? 'Receive' : 'Pay',
      party_type: isReceived ? 'Customer' : 'Supplier',
      party: invoice.party,
      company: company.name,
      cost_center: invoice.costCenter,
      posting_date: isoDay(day),
      paid_from: isReceived ? ofCompany(DEBTORS, company.name) : bank,
      paid_to: isReceived ? bank : ofCompany(CREDITORS, company.name),
      currency: company.currency,
      paid_amount: money(cents),
      reference_no: `${isReceived ? 'IN' : 'OUT'} ${name.slice(4)}`,
      reference_date: isoDay(day),
      references: [
        {
          reference_doctype: invoice.kind,
          reference_name: invoice.name,
          total_amount: money(invoice.grand),
          allocated_amount: money(cents),
        },
      ],
    },
  };
}

/** Payments as documents. */
export function generatePayments(payments: readonly Payment[]): Generator<DemoBatch> {
  function* documents() {
    for (const payment of payments) yield document(payment);
  }
  return batches('Payment Entry', documents());
}
