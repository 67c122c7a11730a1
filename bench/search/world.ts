/** Two million invoices of many customers, put in by every trigger there is, and who asks. */
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';

export const INVOICES = 2_000_000;
const COMPANIES = 50;
const BRANCHES = 10;

/** Rows of one transaction. */
const CHUNK = 50_000;

const STANDARD = `'system:migrator', 'system:migrator', now(), now()`;
const COLUMNS = 'owner, modified_by, creation, modified';

const FIRST = `'{Halcyon,Redwood,Bluestone,Kestrel,Larch,Meridian,Northgate,Oakfield,Pennine,Quayside,
  Ravenscroft,Silverdale,Thornbury,Underhill,Verity,Westbourne,Yarrow,Ashdown,Birchwood,Caldera}'::text[]`;
const SECOND = `'{Timber,Foods,Logistics,Instruments,Textiles,Printing,Dairy,Energy,Robotics,Ceramics,
  Publishing,Marine,Optics,Pharma,Catering,Joinery,Metals,Seeds,Brewing,Glass}'::text[]`;

export type Person = {
  readonly name: string;
  readonly role: string;
  /** Null is all of them. */
  readonly companies: readonly string[] | null;
  readonly branches: readonly string[] | null;
};

export const PEOPLE: readonly Person[] = [
  bookkeeper('narrow', 20, 1, 3),
  bookkeeper('middle', 20, 5, BRANCHES),
  bookkeeper('broad', 1, 45, BRANCHES),
  { name: 'every', role: 'Accounts Manager', companies: null, branches: null },
];

export function userName({ name }: Person): string {
  return `${name}@search.test`;
}

/** A number from 0 up to 1 that follows from a row's number alone. */
const dice = (salt: number): string => `((hashint8(n * 64 + ${salt}) & 1048575) / 1048576.0)`;

/** The invoices of a range; some companies and branches have many more than others. */
export function addInvoices(from: number, until: number): string {
  return `
  insert into doc.sales_invoice (name, docstatus, customer, customer_name, company, cost_center,
    posting_date, due_date, currency, net_total, grand_total, outstanding_amount, status, ${COLUMNS})
  select 'SRCH-' || lpad(n::text, 7, '0'), 0,
    (${FIRST})[1 + floor(20 * ${dice(7)})] || ' ' || (${SECOND})[1 + floor(20 * ${dice(8)})]
      || ' ' || floor(50 * ${dice(3)}),
    'A customer', p.company, p.company || ' Branch ' || floor(${BRANCHES} * ${dice(2)} ^ 1.5),
    p.day, p.day + 30, 'GBP', p.amount, p.amount, 0,
    case when ${dice(6)} < 0.2 then 'Unpaid' else 'Paid' end, ${STANDARD}
  from generate_series(${from}::bigint, ${until}::bigint) n, lateral (select
    'Group ' || lpad((1 + floor(${COMPANIES} * ${dice(1)} ^ 1.3))::text, 2, '0') as company,
    date '2024-01-01' + floor(700 * n / ${INVOICES})::int as day,
    (10000 * floor(5000 * ${dice(5)}))::bigint as amount) p`;
}

/** Adds all of it once, and lets PostgreSQL look at what is there. */
export async function addWorld(
  connection: MigrationConnection,
  log: (line: string) => void,
): Promise<void> {
  const [{ count } = { count: null }] = await connection.query(
    `select count(*) from doc.sales_invoice where name like 'SRCH-%'`,
  );
  if (Number(count) === INVOICES) return;
  if (Number(count) > INVOICES) throw new Error('the folder has a world of another size');
  if (Number(count) === 0) await addPlaces(connection);
  // A load that was cut off goes on.
  for (let from = Number(count); from < INVOICES; from += CHUNK) {
    await connection.query(addInvoices(from, Math.min(from + CHUNK, INVOICES) - 1));
    if ((from / CHUNK) % 10 === 9) log(`${from + CHUNK} invoices`);
  }
  await connection.query('vacuum (analyze)');
  await connection.query('checkpoint');
}

async function addPlaces(connection: MigrationConnection): Promise<void> {
  await connection.query('begin');
  await connection.query('select sys.lock_epoch()');
  await connection.query(
    `insert into doc.company (name, company_name, abbr, default_currency, docstatus, ${COLUMNS})
     select 'Group ' || lpad(n::text, 2, '0'), 'Group ' || n, 'G' || n, 'GBP', 0, ${STANDARD}
     from generate_series(1, ${COMPANIES}) n`,
  );
  await connection.query(
    `insert into doc.cost_center (name, cost_center_name, company, docstatus, ${COLUMNS})
     select c.name || ' Branch ' || n, c.name || ' Branch ' || n, c.name, 0, ${STANDARD}
     from doc.company c, generate_series(0, ${BRANCHES - 1}) n where c.name like 'Group %'`,
  );
  for (const person of PEOPLE) await addPerson(connection, person);
  await connection.query('commit');
}

/** Somebody who keeps the books of some companies, in so many branches of each. */
function bookkeeper(name: string, first: number, count: number, branchesOfEach: number): Person {
  const companies = Array.from(
    { length: count },
    (_, index) => `Group ${String(first + index).padStart(2, '0')}`,
  );
  const branches = companies.flatMap((company) =>
    Array.from({ length: branchesOfEach }, (_, index) => `${company} Branch ${index}`),
  );
  return { name, role: 'Accounts User', companies, branches };
}

async function addPerson(connection: MigrationConnection, person: Person): Promise<void> {
  const user = userName(person);
  const scope = [
    ...(person.companies ?? ['*']).map((value) => ['Company', value]),
    ...(person.branches ?? ['*', '(blank)']).map((value) => ['Cost Center', value]),
  ];
  await connection.query(
    `insert into doc."user" (name, email, full_name, enabled, docstatus, ${COLUMNS})
     values ($1, $1, $1, 1, 0, ${STANDARD})`,
    [user],
  );
  await connection.query(
    `insert into doc."grant" (name, grantee_type, grantee, role, docstatus, ${COLUMNS})
     values ('SEARCH-' || $1, 'User', $1, $2, 0, ${STANDARD})`,
    [user, person.role],
  );
  await connection.query(
    `insert into doc.grant_scope (name, parent_id, parenttype, parentfield, idx, dimension,
       value, descendants)
     select g.name || '-' || s.idx, g.id, 'Grant', 'scope', s.idx, s.part ->> 0, s.part ->> 1, 0
     from doc."grant" g, jsonb_array_elements($2::jsonb) with ordinality s(part, idx)
     where g.name = 'SEARCH-' || $1`,
    [user, JSON.stringify(scope)],
  );
}
