/** Stock moves: month by month into and out of each warehouse, and between those of a company. */
import { batches, type DemoBatch, type DemoDocument, money, Series } from './batch.ts';
import { isoDay, type Month, TODAY, workdayFrom, yearOf } from './calendar.ts';
import { CATALOGUE, type CatalogueItem } from './catalogue.ts';
import { COMPANIES, type CompanyPlan, groupNames } from './companies.ts';
import { Random } from './random.ts';

type Store = {
  readonly name: string;
  readonly company: CompanyPlan;
  readonly items: readonly CatalogueItem[];
  /** Quantity and moving average value in cents of what is there. */
  readonly stock: Map<CatalogueItem, { qty: number; rate: number }>;
};

type Line = {
  readonly item: CatalogueItem;
  readonly qty: number;
  readonly rate: number;
  /** What the ledger line says once the move is booked. */
  readonly after: { readonly qty: number; readonly rate: number };
};

type Move = {
  readonly store: Store;
  readonly day: number;
  readonly purpose: 'Receipt' | 'Issue' | 'Transfer';
  readonly direction: 'In' | 'Out';
  readonly reference: string | null;
  readonly lines: readonly Line[];
  /** Not submitted yet, and so not in the ledger. */
  readonly isDraft: boolean;
};

function makeStores(): Store[] {
  return COMPANIES.flatMap((company) => {
    const groups = groupNames(company.warehouses);
    return company.warehouses
      .filter((node) => !groups.has(node.name))
      .map(({ name }) => ({
        name,
        company,
        items: CATALOGUE.filter((item) => item.isStock && belongs(name, item)),
        stock: new Map(),
      }));
  });
}

/** A store for bikes or for parts holds nothing else; a store without such a name holds both. */
function belongs(store: string, item: CatalogueItem): boolean {
  if (store.endsWith('Bikes')) return item.group === 'Bicycles';
  if (store.endsWith('Parts')) return item.group !== 'Bicycles';
  return true;
}

function held(store: Store, item: CatalogueItem): { qty: number; rate: number } {
  return store.stock.get(item) ?? { qty: 0, rate: 0 };
}

function bringIn(store: Store, item: CatalogueItem, qty: number, rate: number): Line {
  const before = held(store, item);
  const total = before.qty + qty;
  const after = { qty: total, rate: Math.round((before.qty * before.rate + qty * rate) / total) };
  store.stock.set(item, after);
  return { item, qty, rate, after };
}

function takeOut(store: Store, item: CatalogueItem, qty: number): Line {
  const before = held(store, item);
  if (qty > before.qty) throw new Error(`${store.name} has no ${qty} of ${item.code}`);
  const after = { qty: before.qty - qty, rate: before.rate };
  store.stock.set(item, after);
  return { item, qty, rate: before.rate, after };
}

/** Some different items of a list. */
function some(random: Random, items: readonly CatalogueItem[], count: number): CatalogueItem[] {
  const chosen = new Set<CatalogueItem>();
  for (let attempt = 0; attempt < count * 2 && chosen.size < count; attempt++) {
    if (items.length > 0) chosen.add(random.pick(items));
  }
  return [...chosen];
}

function receipt(random: Random, store: Store, day: number): Move {
  const lines = some(random, store.items, random.whole(2, 6)).map((item) => {
    const usual = item.group === 'Bicycles' ? 5 : 30;
    const qty = Math.max(1, Math.round(random.logNormal(usual, 0.5)));
    const cost = item.rate * store.company.priceFactor * 0.56 * random.logNormal(1, 0.04);
    return bringIn(store, item, qty, Math.round(cost));
  });
  return move(store, day, 'Receipt', 'In', lines);
}

function move(
  store: Store,
  day: number,
  purpose: Move['purpose'],
  direction: Move['direction'],
  lines: readonly Line[],
  reference: string | null = null,
): Move {
  return { store, day, purpose, direction, lines, reference, isDraft: false };
}

/** What a store has more than two of. */
function plenty(store: Store): CatalogueItem[] {
  return store.items.filter((item) => held(store, item).qty > 2);
}

function issue(random: Random, store: Store, day: number): Move {
  const lines = some(random, plenty(store), random.whole(1, 5)).map((item) =>
    takeOut(store, item, random.whole(1, Math.ceil(held(store, item).qty * 0.6))),
  );
  return move(store, day, 'Issue', 'Out', lines);
}

/** Two moves, out of one store and into another of the company that may hold the items. */
function transfer(random: Random, from: Store, to: Store, day: number, reference: string): Move[] {
  const items = plenty(from).filter((item) => to.items.includes(item));
  const out = some(random, items, random.whole(1, 3)).map((item) =>
    takeOut(from, item, random.whole(1, Math.ceil(held(from, item).qty * 0.4))),
  );
  const back = out.map(({ item, qty, rate }) => bringIn(to, item, qty, rate));
  return [
    move(from, day, 'Transfer', 'Out', out, reference),
    move(to, day, 'Transfer', 'In', back, reference),
  ];
}

function monthOfMoves(
  random: Random,
  stores: readonly Store[],
  month: Month,
  transfers: Series,
): Move[] {
  const last = Math.min(month.last, TODAY);
  const length = last - month.first + 1;
  const on = (part: number): number =>
    Math.min(last, workdayFrom(month.first + Math.floor(length * part)));
  const received = stores.map((store) => receipt(random, store, on(0.1)));
  const sent = stores.flatMap((from) => {
    const others = stores.filter((to) => to.company === from.company && to !== from);
    const fitting = others.filter((to) => to.items.some((item) => from.items.includes(item)));
    if (fitting.length === 0 || !random.chance(0.3)) return [];
    const day = on(0.5);
    return transfer(random, from, random.pick(fitting), day, transfers.next(yearOf(day)));
  });
  const used = stores.map((store) => issue(random, store, on(0.7)));
  const more = stores
    .filter(() => random.chance(0.7))
    .map((store) => issue(random, store, on(0.9)));
  return [...received, ...sent, ...used, ...more].filter((entry) => entry.lines.length > 0);
}

/** Counted but not booked yet: drafts of today, which change no stock. */
function drafts(random: Random, stores: readonly Store[]): Move[] {
  return stores.slice(0, 4).map((store) => {
    const lines = some(random, plenty(store), 2).map((item) => {
      const { rate } = held(store, item);
      return { item, qty: 1, rate, after: held(store, item) };
    });
    return { ...move(store, TODAY, 'Issue', 'Out', lines), isDraft: true };
  });
}

function entryDocument(name: string, entry: Move): DemoDocument {
  const { store, lines } = entry;
  return {
    name,
    docstatus: entry.isDraft ? 0 : 1,
    values: {
      purpose: entry.purpose,
      direction: entry.direction,
      warehouse: store.name,
      company: store.company.name,
      posting_date: isoDay(entry.day),
      transfer_reference: entry.reference,
      items: lines.map(({ item, qty, rate }) => ({
        item: item.code,
        qty,
        uom: item.uom,
        rate: money(rate),
        amount: money(qty * rate),
      })),
      total_qty: lines.reduce((sum, line) => sum + line.qty, 0),
      total_value: money(lines.reduce((sum, line) => sum + line.qty * line.rate, 0)),
    },
  };
}

function ledgerDocuments(series: Series, name: string, entry: Move): DemoDocument[] {
  const { store, day } = entry;
  return entry.lines.map(({ item, qty, after }) => ({
    name: series.next(yearOf(day)),
    docstatus: 1,
    values: {
      item: item.code,
      warehouse: store.name,
      company: store.company.name,
      posting_date: isoDay(day),
      actual_qty: entry.direction === 'In' ? qty : -qty,
      qty_after_transaction: after.qty,
      valuation_rate: money(after.rate),
      voucher_type: 'Stock Entry',
      voucher_no: name,
    },
  }));
}

/** Stock entries and the ledger lines of those submitted, in the order in which they happened. */
export function* generateStock(seed: number, trade: readonly Month[]): Generator<DemoBatch> {
  const random = new Random(seed, 'stock');
  const stores = makeStores();
  const transfers = new Series('TRF');
  const moves = trade.flatMap((month) => monthOfMoves(random, stores, month, transfers));
  moves.push(...drafts(random, stores));
  const series = new Series('STE');
  const named = moves.map((entry) => ({ name: series.next(yearOf(entry.day)), entry }));
  yield* batches(
    'Stock Entry',
    named.map(({ name, entry }) => entryDocument(name, entry)),
  );
  const lines = new Series('SLE', 6);
  yield* batches(
    'Stock Ledger Entry',
    named
      .filter(({ entry }) => !entry.isDraft)
      .flatMap(({ name, entry }) => ledgerDocuments(lines, name, entry)),
  );
}
