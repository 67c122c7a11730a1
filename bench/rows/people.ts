/** Who asks in the benchmark of rows, and what each of them holds. */
import { createHash } from 'node:crypto';
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';

export const COMPANIES = 50;
export const BRANCHES = 10;

type Scope = readonly (readonly [dimension: string, value: string])[];

export type Person = {
  readonly name: string;
  readonly role: string;
  readonly scope: Scope;
  /** Of a narrow scope's values: what a hand-written query would name. */
  readonly companies: readonly string[] | null;
  readonly branches: readonly string[] | null;
  readonly employee: string | null;
};

export function companyName(number: number): string {
  return `Group ${String(number).padStart(2, '0')}`;
}

export function branchName(company: number, number: number): string {
  return `${companyName(company)} Branch ${number}`;
}

export function employeeName(number: number): string {
  return `ROWS-EMP-${String(number).padStart(5, '0')}`;
}

/** Somebody who keeps the books of some companies, in so many branches of each. */
function bookkeeper(name: string, first: number, count: number, branchesOfEach: number): Person {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  const companies = numbers.map(companyName);
  const branches = numbers.flatMap((company) =>
    Array.from({ length: branchesOfEach }, (_, index) => branchName(company, index)),
  );
  const scope = [
    ...companies.map((value) => ['Company', value] as const),
    ...branches.map((value) => ['Cost Center', value] as const),
  ];
  return { name, role: 'Accounts User', scope, companies, branches, employee: null };
}

function hrManager(name: string, companies: readonly string[] | null): Person {
  const scope = (companies ?? ['*']).map((value) => ['Company', value] as const);
  return { name, role: 'HR Manager', scope, companies, branches: null, employee: null };
}

const EVERYWHERE: Scope = [
  ['Company', '*'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];

export const NARROW = bookkeeper('narrow', 20, 1, 3);
export const MIDDLE = bookkeeper('middle', 20, 5, BRANCHES);
export const BROAD = bookkeeper('broad', 1, 45, BRANCHES);
export const EVERY = {
  ...{ name: 'every', role: 'Accounts Manager', scope: EVERYWHERE },
  ...{ companies: null, branches: null, employee: null },
};
export const ONE_EMPLOYEE: Person = {
  ...{ name: 'employee', role: 'Employee', companies: null, branches: null },
  ...{ scope: [['Employee', employeeName(4321)]], employee: employeeName(4321) },
};
/** Half of the companies, and so half of all people. */
const HALF = Array.from({ length: COMPANIES / 2 }, (_, index) => companyName(1 + index));
export const HALF_OF_HR = hrManager('hr of half', HALF);
export const ALL_OF_HR = hrManager('hr of all', null);

const PEOPLE: readonly Person[] = [
  ...[NARROW, MIDDLE, BROAD, EVERY, ONE_EMPLOYEE, HALF_OF_HR, ALL_OF_HR],
];

export function userName({ name }: Person): string {
  return `${name.replaceAll(' ', '-')}@rows.test`;
}

/** What stands in the cookie, as the session's row knows it. */
export function sessionHash(person: Person): Buffer {
  return createHash('sha256').update(`session of ${person.name}`).digest();
}

const STANDARD = `'system:migrator', 'system:migrator', now(), now(), 0`;
const COLUMNS = 'owner, modified_by, creation, modified, docstatus';

/** Users with a grant and a session each. */
export async function addPeople(connection: MigrationConnection): Promise<void> {
  for (const person of PEOPLE) {
    const user = userName(person);
    await connection.query(
      `insert into doc."user" (name, email, full_name, enabled, ${COLUMNS})
       values ($1, $1, $2, 1, ${STANDARD})`,
      [user, person.name],
    );
    await connection.query(
      `insert into doc."grant" (name, grantee_type, grantee, role, ${COLUMNS})
       values ('ROWS-' || $1, 'User', $1, $2, ${STANDARD})`,
      [user, person.role],
    );
    await connection.query(
      `insert into doc.grant_scope (name, parent_id, parenttype, parentfield, idx, dimension,
         value, descendants)
       select g.name || '-' || s.idx, g.id, 'Grant', 'scope', s.idx, s.part ->> 0, s.part ->> 1, 0
       from doc."grant" g, jsonb_array_elements($2::jsonb) with ordinality s(part, idx)
       where g.name = 'ROWS-' || $1`,
      [user, JSON.stringify(person.scope)],
    );
    await connection.query(
      `insert into sys.session (hash, user_name, expires_at)
       values ($1, $2, now() + interval '30 days')`,
      [sessionHash(person), user],
    );
  }
}
