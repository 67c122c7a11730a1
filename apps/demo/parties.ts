/** Whom Larkspur sells to and buys from. All invented; their addresses end in `.example`. */
import { batches, type DemoBatch, type DemoDocument, money } from './batch.ts';
import { COMPANIES, type CompanyPlan } from './companies.ts';
import { mailName, personName } from './names.ts';
import { Random } from './random.ts';

export type Customer = {
  readonly name: string;
  readonly company: CompanyPlan;
  readonly isPerson: boolean;
  readonly group: string;
  /** How large this customer's orders are, 1 being usual. */
  readonly size: number;
  readonly phone: string;
  readonly creditLimit: number;
};

export type Supplier = {
  readonly name: string;
  readonly company: CompanyPlan;
  /** Item groups that it sells. */
  readonly groups: readonly string[];
  readonly days: number;
  readonly bankAccount: string;
};

const TOWNS: Record<string, readonly string[]> = {
  'Larkspur UK': [
    ...['Leeds', 'York', 'Ilkley', 'Otley', 'Harrogate', 'Sheffield', 'Manchester', 'Camden'],
    ...['Hackney', 'Richmond', 'Greenwich', 'Bristol', 'Durham', 'Lancaster', 'Skipton', 'Ripon'],
  ],
  'Larkspur SG': [
    'Tampines',
    'Katong',
    'Bedok',
    'Jurong',
    'Punggol',
    'Orchard',
    'Changi',
    'Bishan',
  ],
  'Larkspur DE': [
    ...['Kreuzberg', 'Pankow', 'Spandau', 'Potsdam', 'Altona', 'Lübeck', 'Bremen', 'Eimsbüttel'],
    ...['Rostock', 'Leipzig', 'Köpenick'],
  ],
};

const TRADES: Record<string, readonly { readonly word: string; readonly group: string }[]> = {
  'Larkspur UK': [
    { word: 'Cycles', group: 'Bike Shop' },
    { word: 'Bike Works', group: 'Bike Shop' },
    { word: 'Cycle Hire', group: 'Hire and Tours' },
    { word: 'Wheelers', group: 'Club' },
    { word: 'Borough Council', group: 'Public Sector' },
    { word: 'University', group: 'Public Sector' },
  ],
  'Larkspur SG': [
    { word: 'Bikes Pte Ltd', group: 'Bike Shop' },
    { word: 'Cycle Tours', group: 'Hire and Tours' },
    { word: 'Riders Club', group: 'Club' },
    { word: 'Polytechnic', group: 'Public Sector' },
  ],
  'Larkspur DE': [
    { word: 'Fahrradladen', group: 'Bike Shop' },
    { word: 'Radwerk GmbH', group: 'Bike Shop' },
    { word: 'Radverleih', group: 'Hire and Tours' },
    { word: 'Radsportverein', group: 'Club' },
    { word: 'Stadtverwaltung', group: 'Public Sector' },
  ],
};

const CUSTOMER_COUNTS: readonly (readonly [company: string, trade: number, people: number])[] = [
  ['Larkspur UK', 64, 30],
  ['Larkspur SG', 20, 12],
  ['Larkspur DE', 34, 14],
];

function phone(random: Random, country: string): string {
  const prefix = country === 'Germany' ? '+49 30' : country === 'Singapore' ? '+65' : '+44 113';
  return `${prefix} ${random.whole(2_000_000, 9_999_999)}`;
}

/** A round sum in cents. */
function creditLimit(random: Random, company: CompanyPlan, size: number): number {
  return Math.round((random.logNormal(15_000, 0.4) * size * company.priceFactor) / 500) * 50_000;
}

function tradeNames(random: Random, company: string, count: number) {
  const all = (TOWNS[company] ?? []).flatMap((town) =>
    (TRADES[company] ?? []).map(({ word, group }) => ({ name: `${town} ${word}`, group })),
  );
  const chosen: typeof all = [];
  while (chosen.length < count) {
    const [next] = all.splice(random.whole(0, all.length - 1), 1);
    if (next === undefined) throw new Error(`\`${company}\` has too few names for customers`);
    chosen.push(next);
  }
  return chosen;
}

/** All customers, each of one company. `taken` are the names that people already have. */
export function makeCustomers(seed: number, taken: Set<string>): Customer[] {
  const random = new Random(seed, 'customers');
  return CUSTOMER_COUNTS.flatMap(([name, trade, people]) => {
    const company = COMPANIES.find((plan) => plan.name === name);
    if (company === undefined) throw new Error(`The demo world has no company \`${name}\``);
    const finish = (known: { name: string; group: string }, isPerson: boolean): Customer => {
      const size = isPerson ? 0.6 : random.logNormal(1, 0.5);
      const limit = isPerson ? 0 : creditLimit(random, company, size);
      const number = phone(random, company.country);
      return { ...known, company, isPerson, size, phone: number, creditLimit: limit };
    };
    return [
      ...tradeNames(random, name, trade).map((known) => finish(known, false)),
      ...Array.from({ length: people }, () =>
        finish({ name: personName(random, name, taken).full, group: 'Individual' }, true),
      ),
    ];
  });
}

const MAKERS: readonly (readonly [word: string, groups: readonly string[]])[] = [
  ['Frameworks', ['Bicycles']],
  ['Bicycle Company', ['Bicycles']],
  ['E-Mobility', ['Bicycles', 'Parts']],
  ['Components', ['Parts']],
  ['Drivetrain', ['Parts']],
  ['Wheel Company', ['Parts']],
  ['Tyre and Rubber', ['Parts', 'Accessories']],
  ['Outfitters', ['Accessories']],
  ['Estates', ['Premises']],
  ['Energy', ['Premises']],
  ['Logistics', ['Freight and Delivery']],
  ['Media', ['Advertising']],
  ['Office Supply', ['Office']],
  ['Advisers', ['Advice']],
];

const SUPPLIER_STEMS: Record<string, readonly string[]> = {
  'Larkspur UK': ['Pennine', 'Ridgeway'],
  'Larkspur SG': ['Straits', 'Merlion'],
  'Larkspur DE': ['Havel', 'Nordlicht'],
};

/** All suppliers, each of one company: two of each trade. */
export function makeSuppliers(seed: number): Supplier[] {
  const random = new Random(seed, 'suppliers');
  return COMPANIES.flatMap((company) =>
    (SUPPLIER_STEMS[company.name] ?? []).flatMap((stem) =>
      MAKERS.map(([word, groups]) => ({
        name: `${stem} ${word}`,
        company,
        groups,
        days: random.pick([14, 30, 30, 45, 60]),
        bankAccount: `${company.currency}${random.whole(10_000_000, 99_999_999)}`,
      })),
    ),
  );
}

function customerDocument(customer: Customer): DemoDocument {
  const { company } = customer;
  return {
    name: customer.name,
    values: {
      customer_name: customer.name,
      customer_type: customer.isPerson ? 'Individual' : 'Company',
      customer_group: customer.group,
      territory: company.country,
      default_currency: company.currency,
      email_id: customer.isPerson
        ? `${mailName(customer.name)}@mail.example`
        : `orders@${mailName(customer.name).replaceAll('.', '-')}.example`,
      mobile_no: customer.phone,
      credit_limit: money(customer.creditLimit),
      disabled: 0,
    },
  };
}

function supplierDocument(supplier: Supplier): DemoDocument {
  const { name, company } = supplier;
  return {
    name,
    values: {
      supplier_name: name,
      supplier_type: 'Company',
      country: company.country,
      default_currency: company.currency,
      payment_days: supplier.days,
      email_id: `invoices@${mailName(name).replaceAll('.', '-')}.example`,
      bank_account: supplier.bankAccount,
      disabled: 0,
    },
  };
}

/** Customers and suppliers as documents. */
export function* generateParties(
  customers: readonly Customer[],
  suppliers: readonly Supplier[],
): Generator<DemoBatch> {
  yield* batches('Customer', customers.map(customerDocument));
  yield* batches('Supplier', suppliers.map(supplierDocument));
}
