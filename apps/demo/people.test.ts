import assert from 'node:assert/strict';
import test from 'node:test';
import { months } from './calendar.ts';
import { collectDemo, documentsOf } from './collect.ts';
import { COMPANIES } from './companies.ts';
import { makeEmployees } from './employees.ts';
import type { DemoDocument } from './generate.ts';
import { grossByCostCenter, makeSlips } from './payroll.ts';

const world = collectDemo();
const payMonths = months(24);
const employees = makeEmployees(42);
const slips = makeSlips(42, employees, payMonths);

function total(document: DemoDocument, field: string): number {
  const rows = document.values[field] as { amount: number }[];
  return rows.reduce((sum, row) => sum + Math.round(row.amount * 100), 0);
}

test('a salary slip adds up: gross less deductions is net', () => {
  for (const slip of documentsOf(world, 'Salary Slip')) {
    const { gross_pay, total_deduction, net_pay } = slip.values as Record<string, number>;
    const [gross, deducted, net] = [gross_pay, total_deduction, net_pay].map((value) =>
      Math.round(Number(value) * 100),
    );
    assert.equal(total(slip, 'earnings'), gross, slip.name);
    assert.equal(total(slip, 'deductions'), deducted, slip.name);
    assert.equal(Number(gross) - Number(deducted), net, slip.name);
    assert.ok(Number(net) > 0, slip.name);
  }
});

test('everybody has one slip for each month employed, from 2024-11 to 2026-10', () => {
  const firstDays = payMonths.map((_, index) => new Date(Date.UTC(2024, 10 + index, 1)));
  const starts = firstDays.map((day) => day.toISOString().slice(0, 10));
  assert.deepEqual([starts[0], starts.at(-1)], ['2024-11-01', '2026-10-01']);
  const found = new Set(
    documentsOf(world, 'Salary Slip').map(
      ({ values }) => `${values['employee']} ${values['start_date']}`,
    ),
  );
  assert.equal(found.size, documentsOf(world, 'Salary Slip').length);
  for (const { name, values } of documentsOf(world, 'Employee')) {
    for (const start of starts) {
      const month = start.slice(0, 7);
      const joined = String(values['date_of_joining']).slice(0, 7) <= month;
      const left = String(values['relieving_date'] ?? '9999-12-31') < start;
      assert.equal(found.has(`${name} ${start}`), joined && !left, `${name} ${start}`);
    }
  }
});

test('pay rises', () => {
  const risen = employees.filter(({ salaries }) => salaries.length >= 2);
  assert.ok(risen.length > 80);
  for (const { name, salaries } of employees) {
    const sorted = salaries.toSorted((a, b) => a.cents - b.cents);
    assert.deepEqual(salaries, sorted, name);
  }
});

test('the ledger learns totals of at least three people, never one person’s pay', () => {
  for (const month of payMonths) {
    for (const company of COMPANIES) {
      const paid = slips.filter(
        (slip) => slip.month === month && slip.employee.company === company.name,
      );
      const totals = grossByCostCenter(company, paid);
      const all = [...totals.values()].reduce((sum, cents) => sum + cents, 0);
      assert.equal(
        all,
        paid.reduce((sum, slip) => sum + slip.gross, 0),
      );
      for (const [center, cents] of totals) {
        const alone = paid.some((one) => one.gross === cents);
        const pair = paid.some((a) => paid.some((b) => a !== b && a.gross + b.gross === cents));
        assert.ok(!alone && !pair, `${company.name} ${center}`);
      }
    }
  }
});

test('salaries in the ledger are the gross of the slips, and no payroll line has a party', () => {
  let booked = 0;
  for (const { name, values } of documentsOf(world, 'GL Entry')) {
    if (!/^(Salaries|Payroll)/.test(String(values['account']))) continue;
    assert.equal(values['party'], null, name);
    if (String(values['account']).startsWith('Salaries')) {
      booked += Math.round(Number(values['debit']) * 100);
    }
  }
  assert.equal(
    booked,
    slips.reduce((sum, slip) => sum + slip.gross, 0),
  );
});

test('nobody is on leave twice on one day, nor before joining or after leaving', () => {
  const staff = new Map(documentsOf(world, 'Employee').map((entry) => [entry.name, entry.values]));
  const taken = new Map<string, [string, string][]>();
  for (const { name, values } of documentsOf(world, 'Leave Application')) {
    const employee = String(values['employee']);
    const [first, last] = [String(values['from_date']), String(values['to_date'])];
    assert.ok(first <= last && Number(values['total_leave_days']) > 0, name);
    const others = taken.get(employee) ?? [];
    assert.ok(
      others.every(([from, to]) => last < from || first > to),
      name,
    );
    taken.set(employee, [...others, [first, last]]);
    assert.ok(first >= String(staff.get(employee)?.['date_of_joining']), name);
    assert.ok(last <= String(staff.get(employee)?.['relieving_date'] ?? '9999-12-31'), name);
  }
});

test('records about a person carry that person’s company and department', () => {
  const staff = new Map(documentsOf(world, 'Employee').map((entry) => [entry.name, entry.values]));
  for (const doctype of ['Salary Slip', 'Leave Application', 'Expense Claim']) {
    for (const { name, values } of documentsOf(world, doctype)) {
      const employee = staff.get(String(values['employee']));
      for (const field of ['company', 'department', 'employee_name']) {
        assert.equal(values[field], employee?.[field], name);
      }
    }
  }
});

test('an expense claim is the sum of its expenses', () => {
  for (const claim of documentsOf(world, 'Expense Claim')) {
    const claimed = Math.round(Number(claim.values['total_claimed_amount']) * 100);
    assert.equal(total(claim, 'expenses'), claimed, claim.name);
    const expected = claim.values['approval_status'] === 'Draft' ? 0 : 1;
    assert.equal(claim.docstatus, expected, claim.name);
  }
});
