/** Sales invoices: shops, workshops and the online trade, with a spring season. */
import { batches, type DemoBatch, Series } from './batch.ts';
import { type Month, TODAY, yearOf } from './calendar.ts';
import { CATALOGUE, type CatalogueItem } from './catalogue.ts';
import { COMPANIES, type CompanyPlan } from './companies.ts';
import {
  drawState,
  type Invoice,
  type InvoiceRow,
  invoiceDocument,
  invoiceRow,
  totals,
  tradingDays,
} from './invoices.ts';
import type { Customer } from './parties.ts';
import { Random } from './random.ts';

type Mix = readonly { readonly group: string; readonly weight: number }[];

const SHOP: Mix = [
  { group: 'Bicycles', weight: 40 },
  { group: 'Parts', weight: 26 },
  { group: 'Accessories', weight: 28 },
  { group: 'Workshop Services', weight: 6 },
];
const WORKSHOP: Mix = [
  { group: 'Parts', weight: 45 },
  { group: 'Workshop Services', weight: 55 },
];
const ONLINE: Mix = [
  { group: 'Bicycles', weight: 22 },
  { group: 'Parts', weight: 45 },
  { group: 'Accessories', weight: 33 },
];

/** A cost center that sells, in which company, how much of the whole, and what. */
const SELLERS: readonly {
  readonly center: string;
  readonly company: string;
  readonly weight: number;
  readonly mix: Mix;
}[] = [
  { center: 'Leeds', company: 'Larkspur UK', weight: 3, mix: SHOP },
  { center: 'Leeds Retail', company: 'Larkspur UK', weight: 17, mix: SHOP },
  { center: 'Leeds Workshop', company: 'Larkspur UK', weight: 12, mix: WORKSHOP },
  { center: 'London Retail', company: 'Larkspur UK', weight: 14, mix: SHOP },
  { center: 'London Workshop', company: 'Larkspur UK', weight: 8, mix: WORKSHOP },
  { center: 'UK Online', company: 'Larkspur UK', weight: 12, mix: ONLINE },
  { center: 'Singapore Retail', company: 'Larkspur SG', weight: 8, mix: SHOP },
  { center: 'Singapore', company: 'Larkspur SG', weight: 4, mix: WORKSHOP },
  { center: 'Singapore Online', company: 'Larkspur SG', weight: 4, mix: ONLINE },
  { center: 'Berlin Retail', company: 'Larkspur DE', weight: 11, mix: SHOP },
  { center: 'Berlin Workshop', company: 'Larkspur DE', weight: 6, mix: WORKSHOP },
  { center: 'Hamburg', company: 'Larkspur DE', weight: 7, mix: SHOP },
];

const SOLD = new Map<string, CatalogueItem[]>();
for (const item of CATALOGUE.filter((entry) => entry.isSold)) {
  SOLD.set(item.group, [...(SOLD.get(item.group) ?? []), item]);
}

/** The usual quantity of an order, by what is ordered. */
const QUANTITY: Record<string, number> = {
  Bicycles: 2.4,
  Parts: 9,
  Accessories: 7,
  'Workshop Services': 3,
};

function drawRow(random: Random, mix: Mix, customer: Customer): InvoiceRow {
  const { group } = random.weighted(mix);
  const item = random.pick(SOLD.get(group) ?? []);
  const usual = customer.isPerson ? 1 : (QUANTITY[group] ?? 1) * customer.size;
  const qty = Math.max(1, Math.round(random.logNormal(usual, 0.6)));
  const price = item.rate * customer.company.priceFactor * random.logNormal(1, 0.05);
  const discount = qty >= 20 ? 0.82 : qty >= 8 ? 0.9 : 1;
  return invoiceRow(item, qty, Math.round(price * discount));
}

/** People pay at once, most others within two months, and a few never. */
function drawPayments(random: Random, customer: Customer, posted: number, grand: number) {
  if (customer.isPerson) return [{ day: posted, cents: grand }];
  const first = posted + Math.round(random.logNormal(25, 0.45));
  const never = random.chance(0.025);
  const parts = random.chance(0.12) ? random.whole(30, 70) / 100 : 1;
  const cents = Math.round(grand * parts);
  const planned = [
    { day: first, cents },
    { day: first + random.whole(20, 60), cents: grand - cents },
  ];
  return never ? [] : planned.filter(({ day, cents: paid }) => day <= TODAY && paid > 0);
}

type Seller = { readonly center: string; readonly company: CompanyPlan; readonly mix: Mix };

function drawInvoice(
  random: Random,
  seller: Seller,
  customers: readonly Customer[],
  posted: number,
  name: string,
): Invoice {
  const customer = random.pick(customers);
  const rows = Array.from({ length: random.whole(1, customer.isPerson ? 3 : 5) }, () =>
    drawRow(random, seller.mix, customer),
  );
  const sums = totals(rows, seller.company);
  const state = drawState(random, posted);
  const payments = drawPayments(random, customer, posted, sums.grand);
  return {
    kind: 'Sales Invoice',
    name,
    party: customer.name,
    company: seller.company,
    costCenter: seller.center,
    posted,
    due: customer.isPerson ? posted : posted + 30,
    rows,
    ...sums,
    ...state,
    payments: state.docstatus === 1 ? payments : [],
  };
}

/** So many sales invoices, in order of their dates. */
export function makeSales(
  seed: number,
  count: number,
  trade: readonly Month[],
  customers: readonly Customer[],
): Invoice[] {
  const random = new Random(seed, 'sales');
  const series = new Series('SINV');
  const byCompany = new Map(
    COMPANIES.map((company) => [
      company.name,
      { company, customers: customers.filter((customer) => customer.company === company) },
    ]),
  );
  return tradingDays(random, count, trade).map((day) => {
    const seller = random.weighted(SELLERS);
    const known = byCompany.get(seller.company);
    if (known === undefined) throw new Error(`Nobody buys from \`${seller.company}\``);
    const { center, mix } = seller;
    const name = series.next(yearOf(day));
    return drawInvoice(random, { center, mix, company: known.company }, known.customers, day, name);
  });
}

const REMARKS = [
  'Customer asked for delivery to the back entrance.',
  'Paid in two parts, as agreed by telephone.',
  'Replacement for a damaged delivery.',
  'Discount agreed for the season.',
];

/** Sales invoices as documents. */
export function generateSales(seed: number, invoices: readonly Invoice[]): Generator<DemoBatch> {
  const random = new Random(seed, 'sales notes');
  function* documents() {
    for (const invoice of invoices) {
      const remarks = random.chance(0.03) ? random.pick(REMARKS) : null;
      const po_no = random.chance(0.4) ? `PO-${random.whole(1000, 9999)}` : null;
      const { party } = invoice;
      yield invoiceDocument(invoice, { customer: party, customer_name: party, po_no, remarks });
    }
  }
  return batches('Sales Invoice', documents());
}
