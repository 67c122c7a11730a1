/** Which documents are opened, one by one, when getting one is measured. */
import type { MigrationConnection } from '../../src/store/migrate/migration-connection.ts';
import type { Person } from './people.ts';
import { INVOICES, type Subject } from './questions.ts';

/** Documents that the person may open, of all ages. */
export async function namesFor(
  connection: MigrationConnection,
  subject: Subject,
  person: Person,
): Promise<string[]> {
  const { companies, branches, employee } = person;
  const condition = [
    companies === null ? 'true' : 'company = any ($1)',
    branches === null || subject !== INVOICES ? 'true' : 'cost_center = any ($2)',
    employee === null ? 'true' : 'employee = $3',
    'cardinality($1::text[]) + cardinality($2::text[]) >= 0',
  ];
  const rows = await connection.query(
    `select name from ${subject.table} where ${condition.join(' and ')}
      and name like 'ROWS-%' and (hashtext(name) & 7 = 1 or $3::text is not null)
     order by hashtext(name), name limit 300`,
    [companies ?? [], branches ?? [], employee],
  );
  return rows.map(({ name }) => String(name));
}
