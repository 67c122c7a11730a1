/**
 * The doctypes of the scenarios. Those that divide records are the product's own where it has
 * them; the records themselves are small ones of their own, so that a world fits on a screen.
 */
import { company } from '../../apps/accounts/doctypes/company.ts';
import { costCenter } from '../../apps/accounts/doctypes/cost-center.ts';
import { department } from '../../apps/people/doctypes/department.ts';
import { employee } from '../../apps/people/doctypes/employee.ts';
import { warehouse } from '../../apps/stock/doctypes/warehouse.ts';
import type { DoctypeShape } from '../../src/authz/index.ts';
import { completeDefinition } from '../../src/doctype/complete-definition.ts';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { STANDARD_FIELDS } from '../../src/doctype/definition.ts';
import { sensitivityOf } from '../../src/doctype/table-name.ts';

const REMARK: Field = { fieldname: 'remark', fieldtype: 'Small Text' };

function link(fieldname: string, options: string): Field {
  return { fieldname, fieldtype: 'Link', options };
}

function record(
  name: string,
  paths: Readonly<Record<string, string>>,
  fields: readonly Field[],
  more: Partial<Doctype> = {},
): Doctype {
  const dimension_paths = Object.entries(paths).map(([path, dimension]) => ({ dimension, path }));
  const links = dimension_paths
    .filter(({ path }) => path !== 'name' && !path.includes('.'))
    .map(({ path, dimension }) => link(path, dimension));
  const hasRows = dimension_paths.some(({ path }) => path.startsWith(`${ITEMS}.`));
  const tables: Field[] = hasRows ? [{ ...TABLE, options: ORDER_ROW.name }] : [];
  return completeDefinition({
    ...{ name, app: 'scenarios', autoname: 'prompt', dimension_paths },
    ...{ fields: [...links, ...fields, ...tables, REMARK], ...more },
  });
}

/** The table field of doctypes with rows. */
export const ITEMS = 'items';

const TABLE = { fieldname: ITEMS, fieldtype: 'Table' } as const;

/** Rows that say where a document is. */
export const ORDER_ROW: Doctype = completeDefinition({
  ...{ name: 'Order Row', app: 'scenarios', istable: true },
  fields: [link('cost_center', 'Cost Center'), link('project', 'Project')],
});

/** Made for the scenarios, beside what an installation has. */
export const OWN_DOCTYPES: readonly Doctype[] = [
  record('Project', { name: 'Project' }, [], { is_dimension: true }),
  record('Confidentiality', { name: 'Confidentiality' }, [], { is_dimension: true }),
  record(
    'Payslip',
    { company: 'Company', employee: 'Employee' },
    [
      { fieldname: 'month', fieldtype: 'Data' },
      { fieldname: 'net_pay', fieldtype: 'Currency', level: 1, sensitivity: 'personal' },
      { fieldname: 'bank_account', fieldtype: 'Data', level: 2, sensitivity: 'personal' },
    ],
    { is_submittable: true },
  ),
  record(
    'Invoice',
    { company: 'Company', cost_center: 'Cost Center' },
    [
      { fieldname: 'status', fieldtype: 'Data' },
      { fieldname: 'total', fieldtype: 'Currency' },
      { fieldname: 'due', fieldtype: 'Date' },
      { fieldname: 'margin', fieldtype: 'Currency', level: 1 },
    ],
    { is_submittable: true },
  ),
  record('Stock Move', { from_warehouse: 'Warehouse', to_warehouse: 'Warehouse' }, []),
  record(
    'Leave Request',
    { employee: 'Employee', department: 'Department' },
    [
      { fieldname: 'state', fieldtype: 'Data' },
      { fieldname: 'illness', fieldtype: 'Data', level: 1, sensitivity: 'personal' },
    ],
    { is_submittable: true },
  ),
  record('Personal File', { company: 'Company', confidentiality: 'Confidentiality' }, []),
  record('Task', { project: 'Project' }, [{ fieldname: 'assigned_to', fieldtype: 'Data' }]),
  // It links to a company without being divided by it: the link is no dimension path.
  record('Note', {}, [link('about_company', 'Company'), { fieldname: 'title', fieldtype: 'Data' }]),
  record('Order', { company: 'Company', 'items.cost_center': 'Cost Center' }, []),
  record('Work Sheet', { 'items.cost_center': 'Cost Center', 'items.project': 'Project' }, []),
  // Of one dimension both: who keeps it, and whom it is for.
  record('Transfer', { cost_center: 'Cost Center', 'items.cost_center': 'Cost Center' }, []),
];

const DEFINITIONS = [company, costCenter, department, employee, warehouse, ...OWN_DOCTYPES];

/** Every doctype that a scenario may speak of, by name. */
export const DOCTYPES: ReadonlyMap<string, Doctype> = new Map(
  DEFINITIONS.map((definition) => [definition.name, definition]),
);

/** The doctypes as the kernel sees them. */
export const SHAPES: readonly DoctypeShape[] = DEFINITIONS.map((definition) => ({
  name: definition.name,
  paths: definition.dimension_paths ?? [],
  levels: new Map([
    ...STANDARD_FIELDS.map((name): [string, number] => [name, 0]),
    ...definition.fields.map(({ fieldname, level = 0 }): [string, number] => [fieldname, level]),
  ]),
  personal: new Set(
    definition.fields
      .filter((field) => sensitivityOf(field) === 'personal')
      .map(({ fieldname }) => fieldname),
  ),
}));

/** The level of a field, standard ones included; null where the doctype has no such field. */
export function levelOf(doctype: string, field: string): number | null {
  return SHAPES.find(({ name }) => name === doctype)?.levels.get(field) ?? null;
}
