/** Expense claims of one to four expenses, approved and paid back, rejected, or still open. */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, OPENING, TODAY, yearOf } from './calendar.ts';
import { companyPlan } from './companies.ts';
import { type Employee, isEmployed } from './employees.ts';
import { Random } from './random.ts';

const KINDS = [
  { type: 'Travel', weight: 40, median: 48, notes: ['Train to a customer', 'Fuel', 'Taxi'] },
  { type: 'Meals', weight: 25, median: 27, notes: ['Lunch with a customer', 'Team meal'] },
  { type: 'Accommodation', weight: 12, median: 118, notes: ['Hotel, trade fair', 'Hotel'] },
  { type: 'Tools', weight: 10, median: 36, notes: ['Torque wrench', 'Hex keys', 'Work gloves'] },
  { type: 'Training', weight: 6, median: 190, notes: ['E-bike course', 'First aid course'] },
  { type: 'Phone', weight: 7, median: 22, notes: ['Phone bill'] },
] as const;

type Expense = {
  readonly day: number;
  readonly type: string;
  readonly note: string;
  readonly cents: number;
};

type Claim = {
  readonly employee: Employee;
  readonly posted: number;
  readonly expenses: readonly Expense[];
  readonly status: 'Draft' | 'Approved' | 'Rejected';
  readonly isPaid: boolean;
};

const CLAIM_COUNT = 360;

function draw(random: Random, employee: Employee): Claim | null {
  const posted = random.whole(OPENING + 20, TODAY);
  if (!isEmployed(employee, posted - 14, posted - 14)) return null;
  const factor = companyPlan(employee.company).priceFactor;
  const expenses = Array.from({ length: random.whole(1, 4) }, () => {
    const kind = random.weighted(KINDS);
    return {
      day: posted - random.whole(1, 12),
      type: kind.type,
      note: random.pick(kind.notes),
      cents: Math.round(random.logNormal(kind.median, 0.55) * factor * 100),
    };
  });
  const isRecent = posted > TODAY - 21;
  const status =
    isRecent && random.chance(0.7) ? 'Draft' : random.chance(0.05) ? 'Rejected' : 'Approved';
  return { employee, posted, expenses, status, isPaid: status === 'Approved' && !isRecent };
}

function document(name: string, claim: Claim): DemoDocument {
  const { employee, expenses, status } = claim;
  const claimed = expenses.reduce((sum, expense) => sum + expense.cents, 0);
  const sanctioned = status === 'Approved' ? claimed : 0;
  return {
    name,
    ...(employee.user === null ? {} : { owner: employee.user }),
    docstatus: status === 'Draft' ? 0 : 1,
    values: {
      employee: employee.name,
      employee_name: employee.fullName,
      company: employee.company,
      department: employee.department,
      cost_center: employee.costCenter,
      posting_date: isoDay(claim.posted),
      currency: companyPlan(employee.company).currency,
      expenses: expenses.map((expense) => ({
        expense_date: isoDay(expense.day),
        expense_type: expense.type,
        description: expense.note,
        amount: money(expense.cents),
        sanctioned_amount: status === 'Approved' ? money(expense.cents) : 0,
      })),
      total_claimed_amount: money(claimed),
      total_sanctioned_amount: money(sanctioned),
      total_amount_reimbursed: claim.isPaid ? money(sanctioned) : 0,
      approval_status: status,
    },
  };
}

/** Expense claims in order of their dates, some of them by the personas who are employees. */
export function* generateExpenses(
  seed: number,
  employees: readonly Employee[],
): Generator<DemoBatch> {
  const random = new Random(seed, 'expenses');
  const series = new Series('HR-EXP');
  const personas = employees.filter((employee) => employee.user !== null);
  const claims: Claim[] = [];
  while (claims.length < CLAIM_COUNT) {
    const claim = draw(random, random.pick(random.chance(0.06) ? personas : employees));
    if (claim !== null) claims.push(claim);
  }
  claims.sort((a, b) => a.posted - b.posted);
  yield* batches(
    'Expense Claim',
    claims.map((claim) => document(series.next(yearOf(claim.posted)), claim)),
  );
}
