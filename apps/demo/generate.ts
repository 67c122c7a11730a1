/**
 * The demo world: the Larkspur group over two years, from a seed. Start reading here.
 *
 * Pure: it has no clock, no I/O and no randomness but the seed, so the same options give the same
 * documents, byte for byte.
 */
import type { DemoBatch } from './batch.ts';
import { months } from './calendar.ts';
import { generateItems } from './catalogue.ts';
import { generateEmployees, makeEmployees } from './employees.ts';
import { generateExpenses } from './expenses.ts';
import { generateJournals, makeJournals } from './journal.ts';
import { generateLeave } from './leave.ts';
import { generateLedger } from './ledger.ts';
import { generateMasters } from './masters.ts';
import { generateParties, makeCustomers, makeSuppliers } from './parties.ts';
import { generatePayments, makePayments } from './payments.ts';
import { generatePayroll, makeSlips, payrollTotals } from './payroll.ts';
import { generatePurchases, makePurchases } from './purchases.ts';
import { generateSales, makeSales } from './sales.ts';
import { generateStock } from './stock.ts';

export type { DemoBatch, DemoDocument } from './batch.ts';

export type DemoOptions = {
  /** Any whole number; the demo company is the world of 42. */
  readonly seed?: number;
  /** `large` has ten times the invoices, with their payments and ledger lines. */
  readonly size?: 'small' | 'large';
};

const SALES = 3_400;
const PURCHASES = 2_050;

/**
 * The documents of the demo world, in batches of at most 500 of one doctype.
 *
 * Whatever a document links to comes before it, but for users: `Employee.user_id` names users of
 * `personas.ts`, which must exist first. Values are as on the wire: money is a number with at
 * most two decimals, a date is `YYYY-MM-DD`, a child table is an array of rows.
 */
export function* generateDemo(options: DemoOptions = {}): Generator<DemoBatch> {
  const { seed = 42, size = 'small' } = options;
  const factor = size === 'large' ? 10 : 1;
  const trade = months(25);
  const payMonths = trade.slice(0, 24);

  const employees = makeEmployees(seed);
  const slips = makeSlips(seed, employees, payMonths);
  const taken = new Set(employees.map((employee) => employee.fullName));
  const customers = makeCustomers(seed, taken);
  const suppliers = makeSuppliers(seed);
  const sales = makeSales(seed, SALES * factor, trade, customers);
  const purchases = makePurchases(seed, PURCHASES * factor, trade, suppliers);
  const invoices = [...sales, ...purchases];
  const payments = makePayments(invoices);
  const journals = makeJournals(payrollTotals(slips, payMonths));

  yield* generateMasters();
  yield* generateItems();
  yield* generateParties(customers, suppliers);
  yield* generateEmployees(employees);
  yield* generatePayroll(slips);
  yield* generateLeave(seed, employees);
  yield* generateExpenses(seed, employees);
  yield* generateSales(seed, sales);
  yield* generatePurchases(seed, purchases);
  yield* generatePayments(payments);
  yield* generateJournals(journals);
  yield* generateLedger(invoices, payments, journals);
  yield* generateStock(seed, trade);
}
