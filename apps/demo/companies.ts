/** The Larkspur group: its companies, their cost centers, departments and warehouses. */

/** A node of a tree; nodes stand after their parents. A company's roots have no parent. */
export type Node = { readonly name: string; readonly parent: string | null };

export type CompanyPlan = {
  readonly name: string;
  readonly abbr: string;
  readonly country: string;
  readonly currency: string;
  readonly established: string;
  readonly taxId: string;
  readonly email: string;
  /** Percent of value added tax, and what the country calls it on either side. */
  readonly taxRate: number;
  readonly outputTax: string;
  readonly inputTax: string;
  readonly bank: string;
  /** Price of one pound's worth of goods in this company's currency. */
  readonly priceFactor: number;
  readonly costCenters: readonly Node[];
  /** Short names; the document's name is `Retail - Larkspur UK`. */
  readonly departments: readonly Node[];
  readonly warehouses: readonly Node[];
};

/** `{root: {child: {}}}` as nodes, parents first. */
type Branches = { readonly [name: string]: Branches };

function nodes(branches: Branches, parent: string | null = null): Node[] {
  return Object.entries(branches).flatMap(([name, below]) => [
    { name, parent },
    ...nodes(below, name),
  ]);
}

const UK: CompanyPlan = {
  name: 'Larkspur UK',
  abbr: 'LUK',
  country: 'United Kingdom',
  currency: 'GBP',
  established: '2009-03-02',
  taxId: 'GB 417 2290 61',
  email: 'accounts@larkspur-uk.example',
  taxRate: 20,
  outputTax: 'Output VAT',
  inputTax: 'Input VAT',
  bank: 'Pennine Bank',
  priceFactor: 1,
  costCenters: nodes({
    'Larkspur UK Centres': {
      Leeds: { 'Leeds Retail': {}, 'Leeds Workshop': {} },
      London: { 'London Retail': {}, 'London Workshop': {} },
      'UK Online': {},
      'UK Head Office': {},
    },
  }),
  departments: nodes({
    'All Departments': {
      Management: {},
      Finance: {},
      People: {},
      Purchasing: {},
      Marketing: {},
      Sales: { Retail: {}, Online: {} },
      Workshop: {},
      Stores: {},
    },
  }),
  warehouses: nodes({
    'Larkspur UK Warehouses': {
      'Leeds Store': { 'Leeds Store - Parts': {}, 'Leeds Store - Bikes': {} },
      'London Store': { 'London Store - Parts': {}, 'London Store - Bikes': {} },
    },
  }),
};

const SG: CompanyPlan = {
  name: 'Larkspur SG',
  abbr: 'LSG',
  country: 'Singapore',
  currency: 'SGD',
  established: '2016-08-15',
  taxId: '201622841K',
  email: 'accounts@larkspur-sg.example',
  taxRate: 9,
  outputTax: 'Output GST',
  inputTax: 'Input GST',
  bank: 'Straits Bank',
  priceFactor: 1.7,
  costCenters: nodes({
    'Larkspur SG Centres': {
      Singapore: { 'Singapore Retail': {}, 'Singapore Online': {} },
      'SG Head Office': {},
    },
  }),
  departments: nodes({
    'All Departments': {
      Management: {},
      Finance: {},
      Sales: { Retail: {}, Online: {} },
      Workshop: {},
      Stores: {},
    },
  }),
  warehouses: nodes({
    'Larkspur SG Warehouses': {
      'Singapore Store': { 'Singapore Store - Parts': {}, 'Singapore Store - Bikes': {} },
    },
  }),
};

const DE: CompanyPlan = {
  name: 'Larkspur DE',
  abbr: 'LDE',
  country: 'Germany',
  currency: 'EUR',
  established: '2013-05-06',
  taxId: 'DE 291 604 883',
  email: 'buchhaltung@larkspur-de.example',
  taxRate: 19,
  outputTax: 'Umsatzsteuer',
  inputTax: 'Vorsteuer',
  bank: 'Spreebank',
  priceFactor: 1.15,
  costCenters: nodes({
    'Larkspur DE Centres': {
      Berlin: { 'Berlin Retail': {}, 'Berlin Workshop': {} },
      Hamburg: {},
      'DE Head Office': {},
    },
  }),
  departments: nodes({
    'All Departments': {
      Management: {},
      Finance: {},
      People: {},
      Sales: { Retail: {}, Online: {} },
      Workshop: {},
      Stores: {},
    },
  }),
  warehouses: nodes({
    'Larkspur DE Warehouses': {
      'Berlin Store': { 'Berlin Store - Parts': {}, 'Berlin Store - Bikes': {} },
      'Hamburg Store': {},
    },
  }),
};

/** All companies of the group. */
export const COMPANIES: readonly CompanyPlan[] = [UK, SG, DE];

/** The plan of a company by its name; an unknown name is an error. */
export function companyPlan(name: string): CompanyPlan {
  const plan = COMPANIES.find((company) => company.name === name);
  if (plan === undefined) throw new Error(`The demo world has no company \`${name}\``);
  return plan;
}

/** The name of an account or department document: what `format:{x} - {company}` makes. */
export function ofCompany(short: string, company: string): string {
  return `${short} - ${company}`;
}

/** The names of the nodes that have children. */
export function groupNames(tree: readonly Node[]): ReadonlySet<string> {
  return new Set(tree.flatMap((node) => (node.parent === null ? [] : [node.parent])));
}
