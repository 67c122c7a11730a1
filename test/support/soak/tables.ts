/** What the soak reads from the tables themselves: the world at its beginning and at its end. */
import type { World } from '../../../src/authz/index.ts';
import { administrator } from '../../../src/store/installation/installation.ts';
import {
  connectToMigrate,
  type MigrationConnection,
} from '../../../src/store/migrate/migration-connection.ts';
import { compilePolicy } from '../../../src/store/policy.ts';
import type { Values } from '../../model/reference-filter.ts';
import { type Heap, MARKED } from './invoices.ts';

const HEAPS = `select min(name) as name, owner, company, cost_center, docstatus,
    count(*) as count, coalesce(sum(net_total), 0) as net_total
  from doc.sales_invoice where po_no is null or po_no not like $1
  group by owner, company, cost_center, docstatus order by name`;

const CLAIMS = `select name, owner, docstatus, employee, company, department
  from doc.expense_claim where abs(hashtext(name)) % 9 = 0 order by name limit 40`;

/** Money is stored in ten-thousandths. */
const MONEY_SCALE = 10_000;

/** The administrator's way to the tables of a demo that runs on the folder. */
export async function openTables(dataDir: string): Promise<MigrationConnection> {
  const { admin, database } = await administrator(dataDir, null);
  return await connectToMigrate(admin(database));
}

/** The whole world, as the product itself reads it: plain records, which only then are compiled. */
export async function readWorld(tables: MigrationConnection): Promise<World> {
  const [row] = await tables.query('select sys.world()::text as world');
  return compilePolicy(String(row?.['world']), null).world.source;
}

/** Invoices that are there already. */
export async function readHeaps(tables: MigrationConnection): Promise<Heap[]> {
  const rows = await tables.query(HEAPS, [`${MARKED}%`]);
  return rows.map((row) => ({
    name: String(row['name']),
    owner: String(row['owner']),
    company: String(row['company']),
    cost_center: row['cost_center'] ?? null,
    docstatus: Number(row['docstatus']),
    count: Number(row['count']),
    net_total: Number(row['net_total']) / MONEY_SCALE,
  }));
}

/** Some expense claims, with what decides on them. */
export async function readClaims(tables: MigrationConnection): Promise<Values[]> {
  const rows = await tables.query(CLAIMS);
  return rows.map((row) => ({ ...row, docstatus: Number(row['docstatus']) }));
}
