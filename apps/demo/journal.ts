/** Journal entries: opening balances, and each company's payroll as totals per cost center. */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, OPENING, TODAY, yearOf } from './calendar.ts';
import { PAYROLL_PAYABLE, PAYROLL_TAXES, SALARIES, SHARE_CAPITAL } from './chart.ts';
import { COMPANIES, type CompanyPlan, ofCompany } from './companies.ts';
import { type PayrollTotal, payDay } from './payroll.ts';
import type { Posting } from './posting.ts';

export type Journal = {
  readonly name: string;
  readonly title: string;
  readonly type: 'Opening Entry' | 'Payroll Entry' | 'Bank Entry';
  readonly company: CompanyPlan;
  readonly day: number;
  readonly postings: readonly Posting[];
};

/** What the owners paid in, in cents of a pound. */
const CAPITAL = 250_000_000;

function debit(account: string, cents: number, costCenter: string | null = null): Posting {
  return { account, costCenter, debit: cents, credit: 0 };
}

function credit(account: string, cents: number): Posting {
  return { account, costCenter: null, debit: 0, credit: cents };
}

function opening(company: CompanyPlan): Omit<Journal, 'name'> {
  const capital = Math.round(CAPITAL * company.priceFactor);
  return {
    title: `Opening balance of ${company.name}`,
    type: 'Opening Entry',
    company,
    day: OPENING,
    postings: [debit(company.bank, capital), credit(SHARE_CAPITAL, capital)],
  };
}

function payroll(total: PayrollTotal): Omit<Journal, 'name'>[] {
  const { company, deducted, net } = total;
  const month = isoDay(total.month.first).slice(0, 7);
  const day = payDay(total.month);
  const salaries = [...total.gross].map(([center, cents]) => debit(SALARIES, cents, center));
  return [
    {
      title: `Payroll of ${month}`,
      type: 'Payroll Entry',
      company,
      day,
      postings: [...salaries, credit(PAYROLL_PAYABLE, net), credit(PAYROLL_TAXES, deducted)],
    },
    {
      title: `Pay of ${month} by bank`,
      type: 'Bank Entry',
      company,
      day,
      postings: [debit(PAYROLL_PAYABLE, net), credit(company.bank, net)],
    },
    {
      title: `Payroll taxes of ${month} by bank`,
      type: 'Bank Entry',
      company,
      day: total.month.last + 19,
      postings: [debit(PAYROLL_TAXES, deducted), credit(company.bank, deducted)],
    },
  ];
}

/** All journal entries, in order of their days. */
export function makeJournals(totals: readonly PayrollTotal[]): Journal[] {
  const series = new Series('JV');
  return [...COMPANIES.map(opening), ...totals.flatMap(payroll)]
    .filter((journal) => journal.day <= TODAY)
    .sort((a, b) => a.day - b.day)
    .map((journal) => ({ name: series.next(yearOf(journal.day)), ...journal }));
}

function document(journal: Journal): DemoDocument {
  const { company, postings } = journal;
  const total = money(postings.reduce((sum, posting) => sum + posting.debit, 0));
  return {
    name: journal.name,
    docstatus: 1,
    values: {
      title: journal.title,
      entry_type: journal.type,
      company: company.name,
      cost_center: null,
      posting_date: isoDay(journal.day),
      accounts: postings.map((posting) => ({
        account: ofCompany(posting.account, company.name),
        cost_center: posting.costCenter,
        debit: money(posting.debit),
        credit: money(posting.credit),
      })),
      total_debit: total,
      total_credit: total,
    },
  };
}

/** Journal entries as documents. */
export function generateJournals(journals: readonly Journal[]): Generator<DemoBatch> {
  return batches('Journal Entry', journals.map(document));
}
