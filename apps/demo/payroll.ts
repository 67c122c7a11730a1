/**
 * Pay: one salary slip per person and month, and what the ledger learns of it, which is totals
 * per cost center and never one person's pay.
 */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, type Month, monthOf, workdayFrom, yearOf } from './calendar.ts';
import { COMPANIES, type CompanyPlan, companyPlan } from './companies.ts';
import { type Employee, isEmployed, salaryOn } from './employees.ts';
import { Random } from './random.ts';

type Line = { readonly component: string; readonly cents: number };

export type Slip = {
  readonly name: string;
  readonly employee: Employee;
  readonly month: Month;
  readonly earnings: readonly Line[];
  readonly deductions: readonly Line[];
  readonly gross: number;
  readonly deducted: number;
};

/** Totals of one company's month, in cents. */
export type PayrollTotal = {
  readonly company: CompanyPlan;
  readonly month: Month;
  readonly gross: ReadonlyMap<string, number>;
  readonly deducted: number;
  readonly net: number;
};

const EARNINGS = ['Basic Pay', 'Overtime', 'Commission', 'Year-End Bonus'];
const DEDUCTIONS: Record<string, readonly string[]> = {
  'Larkspur UK': ['Income Tax', 'National Insurance', 'Workplace Pension'],
  'Larkspur SG': ['CPF Contribution'],
  'Larkspur DE': ['Lohnsteuer', 'Sozialversicherung'],
};

/** Fewer people than this in a cost center, and its total would tell of one person's pay. */
const PEOPLE_MIN = 3;

function sum(lines: readonly Line[]): number {
  return lines.reduce((total, line) => total + line.cents, 0);
}

/** The part of a month in which somebody is employed, 0 to 1. */
function presence(employee: Employee, month: Month): number {
  const first = Math.max(employee.joined, month.first);
  const last = Math.min(employee.left ?? month.last, month.last);
  return (last - first + 1) / (month.last - month.first + 1);
}

function earningsOf(random: Random, employee: Employee, month: Month): Line[] {
  const monthly = salaryOn(employee, month.last) / 12;
  const lines = [
    { component: 'Basic Pay', cents: Math.round(monthly * presence(employee, month)) },
  ];
  const add = (component: string, part: number): void => {
    lines.push({ component, cents: Math.round(monthly * part) });
  };
  const { designation } = employee;
  if (/Mechanic|Storekeeper/.test(designation) && random.chance(0.35)) {
    add('Overtime', random.whole(2, 11) / 100);
  }
  if (designation === 'Sales Assistant') add('Commission', random.logNormal(0.04, 0.5));
  if (monthOf(month.first) === 12 && employee.joined < month.first - 330) {
    add('Year-End Bonus', random.whole(10, 45) / 100);
  }
  return lines;
}

/** What is above a threshold, at a percentage; all in cents of a month. */
function above(cents: number, threshold: number, percent: number): number {
  return Math.max(0, Math.round(((cents - threshold) * percent) / 100));
}

/** Rough shapes of the three countries' deductions, not tax advice. */
function deductionsOf(company: string, gross: number): Line[] {
  const amounts: Record<string, readonly number[]> = {
    'Larkspur UK': [
      above(gross, 104_750, 20) + above(gross, 418_917, 20),
      above(gross, 104_800, 8),
      Math.round(gross * 0.05),
    ],
    'Larkspur SG': [Math.round(Math.min(gross, 740_000) * 0.2)],
    'Larkspur DE': [
      above(gross, 115_000, 22) + above(gross, 520_000, 16),
      Math.round(Math.min(gross, 760_000) * 0.2),
    ],
  };
  return (DEDUCTIONS[company] ?? []).map((component, index) => ({
    component,
    cents: amounts[company]?.[index] ?? 0,
  }));
}

/** One slip per person and month employed, in order of months. */
export function makeSlips(
  seed: number,
  employees: readonly Employee[],
  payMonths: readonly Month[],
): Slip[] {
  const random = new Random(seed, 'payroll');
  const series = new Series('SAL');
  return payMonths.flatMap((month) =>
    employees
      .filter((employee) => isEmployed(employee, month.first, month.last))
      .map((employee) => {
        const earnings = earningsOf(random, employee, month);
        const gross = sum(earnings);
        const deductions = deductionsOf(employee.company, gross);
        const name = series.next(yearOf(month.first));
        return { name, employee, month, earnings, deductions, gross, deducted: sum(deductions) };
      }),
  );
}

/** The day on which a month is paid. */
export function payDay(month: Month): number {
  const day = workdayFrom(month.last - 3);
  return day > month.last ? day - 3 : day;
}

/**
 * Gross pay in cents per cost center, where a center with fewer than three people joins its
 * parent; a root that is still left with so few joins the largest other center.
 */
export function grossByCostCenter(
  company: CompanyPlan,
  slips: readonly Slip[],
): ReadonlyMap<string, number> {
  const people = new Map(company.costCenters.map((node) => [node.name, 0]));
  const gross = new Map(people);
  const move = (from: string, to: string): void => {
    people.set(to, (people.get(to) ?? 0) + (people.get(from) ?? 0));
    gross.set(to, (gross.get(to) ?? 0) + (gross.get(from) ?? 0));
    people.delete(from);
    gross.delete(from);
  };
  for (const slip of slips) {
    const center = slip.employee.costCenter;
    people.set(center, (people.get(center) ?? 0) + 1);
    gross.set(center, (gross.get(center) ?? 0) + slip.gross);
  }
  for (const { name, parent } of company.costCenters.toReversed()) {
    const count = people.get(name) ?? 0;
    if (count === 0) gross.delete(name);
    else if (count < PEOPLE_MIN && parent !== null) move(name, parent);
  }
  const root = company.costCenters[0]?.name;
  const left = people.get(root ?? '') ?? 0;
  if (root !== undefined && left > 0 && left < PEOPLE_MIN) {
    const others = [...gross.keys()].filter((name) => name !== root);
    others.sort((a, b) => (people.get(b) ?? 0) - (people.get(a) ?? 0));
    if (others[0] !== undefined) move(root, others[0]);
  }
  return gross;
}

/** What each company owes for each month of pay. */
export function payrollTotals(slips: readonly Slip[], payMonths: readonly Month[]): PayrollTotal[] {
  return payMonths.flatMap((month) =>
    COMPANIES.map((company) => {
      const paid = slips.filter(
        (slip) => slip.month === month && slip.employee.company === company.name,
      );
      const deducted = paid.reduce((total, slip) => total + slip.deducted, 0);
      const net = paid.reduce((total, slip) => total + slip.gross, 0) - deducted;
      return { company, month, gross: grossByCostCenter(company, paid), deducted, net };
    }),
  );
}

function rows(lines: readonly Line[]): Record<string, unknown>[] {
  return lines.map(({ component, cents }) => ({
    salary_component: component,
    amount: money(cents),
  }));
}

function slipDocument(slip: Slip): DemoDocument {
  const { employee, month } = slip;
  return {
    name: slip.name,
    docstatus: 1,
    values: {
      employee: employee.name,
      employee_name: employee.fullName,
      company: employee.company,
      department: employee.department,
      start_date: isoDay(month.first),
      end_date: isoDay(month.last),
      posting_date: isoDay(payDay(month)),
      currency: companyPlan(employee.company).currency,
      earnings: rows(slip.earnings),
      deductions: rows(slip.deductions),
      gross_pay: money(slip.gross),
      total_deduction: money(slip.deducted),
      net_pay: money(slip.gross - slip.deducted),
    },
  };
}

function component(name: string, type: 'Earning' | 'Deduction'): DemoDocument {
  return { name, values: { salary_component: name, type } };
}

/** Salary components and salary slips, all of them submitted. */
export function* generatePayroll(slips: readonly Slip[]): Generator<DemoBatch> {
  yield* batches('Salary Component', [
    ...EARNINGS.map((name) => component(name, 'Earning')),
    ...Object.values(DEDUCTIONS)
      .flat()
      .map((name) => component(name, 'Deduction')),
  ]);
  yield* batches('Salary Slip', slips.map(slipDocument));
}
