/** The chart of accounts, the same for every company but for the names of bank and taxes. */
import type { DemoDocument } from './batch.ts';
import { type CompanyPlan, ofCompany } from './companies.ts';

type Line = {
  readonly name: string;
  readonly number: string;
  readonly parent: string | null;
  readonly root: 'Asset' | 'Liability' | 'Equity' | 'Income' | 'Expense';
  readonly type: string;
};

/** Short names of the accounts that postings use; the taxes and the bank are the company's own. */
export const DEBTORS = 'Debtors';
export const CREDITORS = 'Creditors';
export const PAYROLL_PAYABLE = 'Payroll Payable';
export const PAYROLL_TAXES = 'Payroll Taxes Payable';
export const SHARE_CAPITAL = 'Share Capital';
export const SALARIES = 'Salaries';

function group(name: string, number: string, root: Line['root']): Line {
  return { name, number, parent: null, root, type: '' };
}

function lines(company: CompanyPlan): Line[] {
  const below = (
    parent: string,
    root: Line['root'],
    entries: readonly (readonly [number: string, name: string, type: string])[],
  ): Line[] => entries.map(([number, name, type]) => ({ name, number, parent, root, type }));
  return [
    group('Assets', '1000', 'Asset'),
    ...below('Assets', 'Asset', [
      ['1100', company.bank, 'Bank'],
      ['1200', DEBTORS, 'Receivable'],
      ['1300', company.inputTax, 'Tax'],
    ]),
    group('Liabilities', '2000', 'Liability'),
    ...below('Liabilities', 'Liability', [
      ['2100', CREDITORS, 'Payable'],
      ['2200', company.outputTax, 'Tax'],
      ['2300', PAYROLL_PAYABLE, 'Payroll'],
      ['2310', PAYROLL_TAXES, 'Payroll'],
    ]),
    group('Equity', '3000', 'Equity'),
    ...below('Equity', 'Equity', [['3100', SHARE_CAPITAL, 'Equity']]),
    group('Income', '4000', 'Income'),
    ...below('Income', 'Income', [
      ['4100', 'Bicycle Sales', 'Income Account'],
      ['4200', 'Parts and Accessories Sales', 'Income Account'],
      ['4300', 'Workshop Income', 'Income Account'],
    ]),
    group('Expenses', '5000', 'Expense'),
    ...below('Expenses', 'Expense', [
      ['5100', 'Goods Purchased', 'Expense Account'],
      ['5200', SALARIES, 'Expense Account'],
      ['5300', 'Rent and Premises', 'Expense Account'],
      ['5400', 'Freight', 'Expense Account'],
      ['5500', 'Marketing Expenses', 'Expense Account'],
      ['5600', 'Office and IT', 'Expense Account'],
      ['5700', 'Professional Fees', 'Expense Account'],
    ]),
  ];
}

/** The accounts of a company as documents, parents first. */
export function accountDocuments(company: CompanyPlan): DemoDocument[] {
  const all = lines(company);
  const groups = new Set(all.map((line) => line.parent));
  return all.map((line) => ({
    name: ofCompany(line.name, company.name),
    values: {
      account_name: line.name,
      account_number: line.number,
      company: company.name,
      parent_account: line.parent === null ? null : ofCompany(line.parent, company.name),
      is_group: groups.has(line.name) ? 1 : 0,
      root_type: line.root,
      account_type: line.type === '' ? null : line.type,
      account_currency: company.currency,
      disabled: 0,
    },
  }));
}
