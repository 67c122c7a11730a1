/** The people of the Larkspur group: who they are, whom they report to, what they earn. */
import { batches, type DemoBatch, money } from './batch.ts';
import { dayOf, isoDay, monthOf, OPENING, TODAY, workdayFrom, yearOf } from './calendar.ts';
import { companyPlan, ofCompany } from './companies.ts';
import { mailName, personName } from './names.ts';
import { EMPLOYEE_OF, PERSONAS } from './personas.ts';
import { Random } from './random.ts';
import { type Post, STAFFING } from './staffing.ts';

export type Employee = {
  readonly name: string;
  readonly fullName: string;
  readonly gender: 'Female' | 'Male';
  readonly user: string | null;
  readonly company: string;
  /** The department document's name. */
  readonly department: string;
  readonly costCenter: string;
  readonly designation: string;
  readonly reportsTo: string | null;
  readonly joined: number;
  /** The last day, null for whoever is still employed. */
  readonly left: number | null;
  readonly born: number;
  readonly bankAccount: string;
  /** Yearly pay in cents from a day on; the days ascend. */
  readonly salaries: readonly { readonly from: number; readonly cents: number }[];
};

const FEMALE_PERSONAS: ReadonlySet<string> = new Set(['Meera Iyer', 'Temi Okafor']);
const PERSONA_JOINED = dayOf('2021-03-01');

/** Pay rises each April in the United Kingdom and each January elsewhere. */
function isRaiseMonth(company: string, month: number): boolean {
  return month === (company === 'Larkspur UK' ? 4 : 1);
}

/** Yearly pay since the books opened: a rise once a year for whoever has been there six months. */
function salaryHistory(random: Random, post: Post, company: string, joined: number) {
  const start = Math.max(joined, OPENING);
  let pay = Math.round((post.salary * (0.93 + random.next() * 0.12)) / 50) * 50;
  const history = [{ from: start, cents: pay * 100 }];
  for (let day = start + 1; day <= TODAY; day++) {
    const firstOfMonth = isoDay(day).endsWith('-01');
    if (!firstOfMonth || !isRaiseMonth(company, monthOf(day)) || day - joined < 180) continue;
    pay = Math.round((pay * (1.018 + random.next() * 0.035)) / 10) * 10;
    history.push({ from: day, cents: pay * 100 });
  }
  return history;
}

function joiningDay(random: Random, post: Post, isPersona: boolean): number {
  if (post.joins !== undefined) return dayOf(post.joins);
  if (isPersona) return PERSONA_JOINED;
  if (post.lead !== undefined) {
    return workdayFrom(random.whole(dayOf('2014-01-06'), dayOf('2021-12-01')));
  }
  return random.chance(0.74)
    ? workdayFrom(random.whole(dayOf('2017-01-09'), dayOf('2024-10-01')))
    : workdayFrom(random.whole(OPENING, dayOf('2026-09-14')));
}

function bankAccount(random: Random, country: string): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => random.whole(0, 9)).join('');
  if (country === 'Germany') return `DE${digits(20)}`;
  if (country === 'Singapore') return `${digits(3)}-${digits(6)}-${digits(1)}`;
  return `${digits(2)}-${digits(2)}-${digits(2)} ${digits(8)}`;
}

function makeEmployee(
  random: Random,
  post: Post,
  company: string,
  number: number,
  reportsTo: string | null,
  taken: Set<string>,
): Employee {
  const name = `HR-EMP-${String(number).padStart(5, '0')}`;
  const user = [...EMPLOYEE_OF].find(([, employee]) => employee === name)?.[0] ?? null;
  const persona = PERSONAS.find((candidate) => candidate.user === user);
  const drawn = personName(random, company, taken);
  const joined = joiningDay(random, post, persona !== undefined);
  const mayLeave = post.lead === undefined && persona === undefined && joined < TODAY - 500;
  const left =
    mayLeave && random.chance(0.08) ? random.whole(dayOf('2025-02-14'), dayOf('2026-08-31')) : null;
  const youngest = post.lead === undefined ? 19 : 29;
  return {
    name,
    fullName: persona?.full_name ?? drawn.full,
    gender: persona === undefined ? drawn.gender : gender(persona.full_name),
    user,
    company,
    department: ofCompany(post.department, company),
    costCenter: post.costCenter,
    designation: post.designation,
    reportsTo,
    joined,
    left,
    born: joined - Math.round((youngest + random.next() * 22) * 365.25),
    bankAccount: bankAccount(random, companyPlan(company).country),
    salaries: salaryHistory(random, post, company, joined),
  };
}

function gender(fullName: string): 'Female' | 'Male' {
  return FEMALE_PERSONAS.has(fullName) ? 'Female' : 'Male';
}

/** Everybody who has been employed since the books opened, whoever is reported to first. */
export function makeEmployees(seed: number): Employee[] {
  const random = new Random(seed, 'employees');
  const taken = new Set(PERSONAS.map((persona) => persona.full_name));
  const leads = new Map<string, string>();
  const all: Employee[] = [];
  for (const { company, posts } of STAFFING) {
    for (const post of posts) {
      const superior = post.under === undefined ? null : leads.get(post.under);
      if (superior === undefined) throw new Error(`Nobody holds the lead \`${post.under}\``);
      for (let count = 0; count < post.count; count++) {
        const employee = makeEmployee(random, post, company, all.length + 1, superior, taken);
        all.push(employee);
        if (post.lead !== undefined) leads.set(post.lead, employee.name);
      }
    }
  }
  return all;
}

/** Whether somebody is employed on any day of a period. */
export function isEmployed(employee: Employee, first: number, last: number): boolean {
  return employee.joined <= last && (employee.left === null || employee.left >= first);
}

/** Yearly pay in cents on a day. */
export function salaryOn(employee: Employee, day: number): number {
  const steps = employee.salaries.filter((step) => step.from <= day);
  const step = steps.at(-1) ?? employee.salaries[0];
  if (step === undefined) throw new Error(`${employee.name} has no salary`);
  return step.cents;
}

function values(employee: Employee): Record<string, unknown> {
  const plan = companyPlan(employee.company);
  const mail = mailName(employee.fullName);
  return {
    employee_name: employee.fullName,
    status: employee.left === null ? 'Active' : 'Left',
    user_id: employee.user,
    company_email: `${mail}@${employee.company.toLowerCase().replace(' ', '-')}.example`,
    company: employee.company,
    department: employee.department,
    designation: employee.designation,
    reports_to: employee.reportsTo,
    cost_center: employee.costCenter,
    employment_type: 'Full-time',
    date_of_joining: isoDay(employee.joined),
    relieving_date: employee.left === null ? null : isoDay(employee.left),
    gender: employee.gender,
    date_of_birth: isoDay(employee.born),
    personal_email: `${mail}${String(yearOf(employee.born)).slice(2)}@mail.example`,
    salary_currency: plan.currency,
    base_salary: money(salaryOn(employee, employee.left ?? TODAY)),
    bank_account: employee.bankAccount,
  };
}

/** Designations and employees, superiors before those who report to them. */
export function* generateEmployees(employees: readonly Employee[]): Generator<DemoBatch> {
  const designations = [...new Set(employees.map((employee) => employee.designation))];
  yield* batches(
    'Designation',
    designations.map((name) => ({ name, values: { designation_name: name } })),
  );
  yield* batches(
    'Employee',
    employees.map((employee) => ({ name: employee.name, values: values(employee) })),
  );
}
