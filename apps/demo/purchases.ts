/** Purchase invoices: goods for sale, and what it costs to keep the shops open. */
import { batches, type DemoBatch, Series } from './batch.ts';
import { isoDay, type Month, TODAY, yearOf } from './calendar.ts';
import { CATALOGUE, type CatalogueItem, EXPENSE_OF } from './catalogue.ts';
import {
  drawState,
  type Invoice,
  type InvoiceRow,
  invoiceDocument,
  invoiceRow,
  totals,
  tradingDays,
} from './invoices.ts';
import type { Supplier } from './parties.ts';
import { Random } from './random.ts';

type Buyer = { readonly center: string; readonly weight: number };

/** Which cost centers buy, by company. */
const BUYERS: Record<string, readonly Buyer[]> = {
  'Larkspur UK': [
    { center: 'Leeds', weight: 12 },
    { center: 'Leeds Retail', weight: 18 },
    { center: 'Leeds Workshop', weight: 14 },
    { center: 'London', weight: 6 },
    { center: 'London Retail', weight: 14 },
    { center: 'London Workshop', weight: 10 },
    { center: 'UK Online', weight: 12 },
    { center: 'UK Head Office', weight: 14 },
  ],
  'Larkspur SG': [
    { center: 'Singapore', weight: 10 },
    { center: 'Singapore Retail', weight: 14 },
    { center: 'Singapore Online', weight: 6 },
    { center: 'SG Head Office', weight: 5 },
  ],
  'Larkspur DE': [
    { center: 'Berlin', weight: 8 },
    { center: 'Berlin Retail', weight: 14 },
    { center: 'Berlin Workshop', weight: 10 },
    { center: 'Hamburg', weight: 10 },
    { center: 'DE Head Office', weight: 6 },
  ],
};

const COMPANY_WEIGHT: Record<string, number> = {
  'Larkspur UK': 60,
  'Larkspur SG': 17,
  'Larkspur DE': 23,
};

/** What is bought for sale costs this part of its selling price. */
const COST_PART = 0.56;

function isForSale(supplier: Supplier): boolean {
  return supplier.groups.some((group) => EXPENSE_OF[group] === 'Goods Purchased');
}

function drawRow(random: Random, supplier: Supplier, items: readonly CatalogueItem[]): InvoiceRow {
  const item = random.pick(items);
  const factor = supplier.company.priceFactor;
  if (!item.isSold) {
    return invoiceRow(item, 1, Math.round(item.rate * factor * random.logNormal(1, 0.3)));
  }
  const usual = item.group === 'Bicycles' ? 3.2 : 22;
  const qty = Math.max(1, Math.round(random.logNormal(usual, 0.6)));
  return invoiceRow(
    item,
    qty,
    Math.round(item.rate * factor * COST_PART * random.logNormal(1, 0.04)),
  );
}

/** Nearly all are paid about when they are due. */
function drawPayments(random: Random, due: number, grand: number) {
  const day = due + random.whole(-6, 4);
  const isPaid = random.chance(0.975) && day <= TODAY;
  return isPaid ? [{ day, cents: grand }] : [];
}

function drawInvoice(
  random: Random,
  supplier: Supplier,
  items: readonly CatalogueItem[],
  posted: number,
  name: string,
): Invoice {
  const { company } = supplier;
  const due = posted + supplier.days;
  const rows = Array.from({ length: random.whole(1, isForSale(supplier) ? 5 : 2) }, () =>
    drawRow(random, supplier, items),
  );
  const sums = totals(rows, company);
  const state = drawState(random, posted);
  const payments = drawPayments(random, due, sums.grand);
  return {
    kind: 'Purchase Invoice',
    name,
    party: supplier.name,
    company,
    costCenter: random.weighted(BUYERS[company.name] ?? []).center,
    posted,
    due,
    rows,
    ...sums,
    ...state,
    payments: state.docstatus === 1 ? payments : [],
  };
}

/** So many purchase invoices, in order of their dates. */
export function makePurchases(
  seed: number,
  count: number,
  trade: readonly Month[],
  suppliers: readonly Supplier[],
): Invoice[] {
  const random = new Random(seed, 'purchases');
  const series = new Series('PINV');
  const sellers = suppliers.map((supplier) => ({
    supplier,
    items: CATALOGUE.filter((item) => item.isBought && supplier.groups.includes(item.group)),
    weight: (COMPANY_WEIGHT[supplier.company.name] ?? 0) * (isForSale(supplier) ? 2 : 1),
  }));
  return tradingDays(random, count, trade).map((day) => {
    const { supplier, items } = random.weighted(sellers);
    return drawInvoice(random, supplier, items, day, series.next(yearOf(day)));
  });
}

/** Purchase invoices as documents. */
export function generatePurchases(
  seed: number,
  invoices: readonly Invoice[],
): Generator<DemoBatch> {
  const random = new Random(seed, 'purchase notes');
  function* documents() {
    for (const invoice of invoices) {
      yield invoiceDocument(invoice, {
        supplier: invoice.party,
        supplier_name: invoice.party,
        bill_no: `${random.whole(10_000, 99_999)}/${yearOf(invoice.posted)}`,
        bill_date: isoDay(invoice.posted - random.whole(0, 4)),
        remarks: null,
      });
    }
  }
  return batches('Purchase Invoice', documents());
}
