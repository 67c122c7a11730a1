/** What everything else refers to: companies, trees and short lists. */
import { batches, type DemoBatch, type DemoDocument } from './batch.ts';
import { accountDocuments } from './chart.ts';
import { COMPANIES, groupNames, type Node, ofCompany } from './companies.ts';

type Values = Record<string, unknown>;

function documents(entries: readonly (readonly [name: string, values: Values])[]): DemoDocument[] {
  return entries.map(([name, values]) => ({ name, values }));
}

/** A tree that belongs to no company: its name, parent and group fields share a stem. */
function plainTree(stem: string, tree: readonly (readonly [string, string | null])[]) {
  const groups = new Set(tree.map(([, parent]) => parent));
  return tree.map(([name, parent]) => ({
    name,
    values: {
      [`${stem}_name`]: name,
      [`parent_${stem}`]: parent,
      is_group: groups.has(name) ? 1 : 0,
    },
  }));
}

function companyTree(
  tree: readonly Node[],
  company: string,
  nameOf: (short: string) => string,
  values: (short: string, parent: string | null, isGroup: 0 | 1) => Values,
): DemoDocument[] {
  const groups = groupNames(tree);
  return tree.map((node) => ({
    name: nameOf(node.name),
    values: {
      ...values(
        node.name,
        node.parent === null ? null : nameOf(node.parent),
        groups.has(node.name) ? 1 : 0,
      ),
      company,
      disabled: 0,
    },
  }));
}

const CURRENCIES = documents([
  ['GBP', { currency_name: 'GBP', symbol: '£', fraction: 'Penny', enabled: 1 }],
  ['SGD', { currency_name: 'SGD', symbol: 'S$', fraction: 'Cent', enabled: 1 }],
  ['EUR', { currency_name: 'EUR', symbol: '€', fraction: 'Cent', enabled: 1 }],
]);

const FISCAL_YEARS = [2024, 2025, 2026].map((year) => ({
  name: String(year),
  values: {
    year: String(year),
    year_start_date: `${year}-01-01`,
    year_end_date: `${year}-12-31`,
    closed: year === 2024 ? 1 : 0,
  },
}));

const CUSTOMER_GROUPS = plainTree('customer_group', [
  ['All Customer Groups', null],
  ['Trade', 'All Customer Groups'],
  ['Bike Shop', 'Trade'],
  ['Hire and Tours', 'Trade'],
  ['Public Sector', 'All Customer Groups'],
  ['Club', 'All Customer Groups'],
  ['Individual', 'All Customer Groups'],
]);

const TERRITORIES = plainTree('territory', [
  ['All Territories', null],
  ['Europe', 'All Territories'],
  ['United Kingdom', 'Europe'],
  ['Germany', 'Europe'],
  ['Asia', 'All Territories'],
  ['Singapore', 'Asia'],
]);

const ITEM_GROUPS = plainTree('item_group', [
  ['All Item Groups', null],
  ['Bicycles', 'All Item Groups'],
  ['Parts', 'All Item Groups'],
  ['Accessories', 'All Item Groups'],
  ['Workshop Services', 'All Item Groups'],
  ['Overheads', 'All Item Groups'],
  ['Premises', 'Overheads'],
  ['Freight and Delivery', 'Overheads'],
  ['Advertising', 'Overheads'],
  ['Office', 'Overheads'],
  ['Advice', 'Overheads'],
]);

const UOMS = documents(
  ['Nos', 'Pair', 'Set', 'Hour', 'Month'].map((name) => [
    name,
    { uom_name: name, must_be_whole_number: name === 'Hour' ? 0 : 1, enabled: 1 },
  ]),
);

const LEAVE_TYPES = documents([
  ['Annual Leave', { max_leaves_allowed: 28, is_lwp: 0, is_carry_forward: 1 }],
  ['Sick Leave', { max_leaves_allowed: 30, is_lwp: 0, is_carry_forward: 0 }],
  ['Parental Leave', { max_leaves_allowed: 60, is_lwp: 0, is_carry_forward: 0 }],
  ['Compassionate Leave', { max_leaves_allowed: 5, is_lwp: 0, is_carry_forward: 0 }],
  ['Leave Without Pay', { max_leaves_allowed: 30, is_lwp: 1, is_carry_forward: 0 }],
]).map(({ name, values }) => ({ name, values: { leave_type_name: name, ...values } }));

const EXPENSE_TYPES = documents(
  [
    ['Travel', 'Train, bus, mileage'],
    ['Accommodation', 'Hotels on business'],
    ['Meals', 'Meals on business or with customers'],
    ['Tools', 'Small tools bought for the workshop'],
    ['Training', 'Courses and examinations'],
    ['Phone', 'Calls and data'],
  ].map(([name, description]) => [String(name), { expense_type: name, description, disabled: 0 }]),
);

function* companyMasters(): Generator<DemoBatch> {
  for (const plan of COMPANIES) {
    const { name } = plan;
    yield {
      doctype: 'Cost Center',
      documents: companyTree(
        plan.costCenters,
        name,
        (short) => short,
        (cost_center_name, parent_cost_center, is_group) => {
          return { cost_center_name, parent_cost_center, is_group };
        },
      ),
    };
    yield { doctype: 'Account', documents: accountDocuments(plan) };
    yield {
      doctype: 'Department',
      documents: companyTree(
        plan.departments,
        name,
        (short) => ofCompany(short, name),
        (department_name, parent_department, is_group) => {
          return { department_name, parent_department, is_group };
        },
      ),
    };
    yield {
      doctype: 'Warehouse',
      documents: companyTree(
        plan.warehouses,
        name,
        (short) => short,
        (warehouse_name, parent_warehouse, is_group) => {
          const city = /^(Leeds|London|Singapore|Berlin|Hamburg)/.exec(warehouse_name)?.[0] ?? null;
          return { warehouse_name, parent_warehouse, is_group, city };
        },
      ),
    };
  }
}

/** Currencies, companies, trees and lists, in the order in which they refer to each other. */
export function* generateMasters(): Generator<DemoBatch> {
  yield* batches('Currency', CURRENCIES);
  yield* batches(
    'Company',
    COMPANIES.map((plan) => ({
      name: plan.name,
      values: {
        company_name: plan.name,
        abbr: plan.abbr,
        company_group: 'Larkspur',
        country: plan.country,
        default_currency: plan.currency,
        tax_id: plan.taxId,
        date_of_establishment: plan.established,
        email: plan.email,
      },
    })),
  );
  yield* batches('Fiscal Year', FISCAL_YEARS);
  yield* companyMasters();
  yield* batches('Customer Group', CUSTOMER_GROUPS);
  yield* batches('Territory', TERRITORIES);
  yield* batches('UOM', UOMS);
  yield* batches('Item Group', ITEM_GROUPS);
  yield* batches('Leave Type', LEAVE_TYPES);
  yield* batches('Expense Claim Type', EXPENSE_TYPES);
}
