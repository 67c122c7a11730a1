/** Questions about invoices: one, a list, a page, how many, and their sums. */
import { query } from '../people.ts';
import { ALLOWED, DENIED, type Outcome } from './findings.ts';
import {
  factsOf,
  type Heap,
  INVOICE,
  type Invoice,
  MARKED,
  type Pile,
  viewsDuring,
} from './invoices.ts';
import type { Judge } from './judge.ts';
import type { Question } from './reader.ts';
import { pick, type Scene } from './scene.ts';
import type { Span } from './timeline.ts';

const LIST = `/api/resource/${INVOICE}`;
const OWN = { filters: [['po_no', 'like', `${MARKED}%`]], order_by: 'po_no asc' };
const SHOWN = ['name', 'po_no', 'company', 'cost_center', 'docstatus', 'net_total'];
const PAGE_ROWS = 10;

type Row = Readonly<Record<string, unknown>>;
type Facts = Parameters<typeof factsOf>[0];
type Asked = Omit<Question, 'kind' | 'doctype'>;

/** One invoice by its name: one that is still, or one that somebody may be writing. */
export function getOne(scene: Scene, user: string): Question {
  const { name, states } = someInvoice(scene);
  return {
    ...{ kind: 'get', doctype: INVOICE, path: `${LIST}/${name}` },
    check: ({ status, body }, judge, span) => {
      const isShown = status === 200 && body.data.name === name;
      if (!isShown && body?.code !== 'not_found') return null;
      const fits = states(span).some((facts) => {
        const may = facts !== null && judge.may(user, 'read', INVOICE, factsOf(facts));
        // What is shown has to be a state that may be read, with its own values.
        return isShown ? may && isSame(body.data, facts) : !may;
      });
      return fits ? (isShown ? ALLOWED : DENIED) : null;
    },
  };
}

/** A name, and all that the invoice can be in a span: null where it is not there. */
function someInvoice(scene: Scene): {
  readonly name: string;
  readonly states: (span: Span) => (Facts | null)[];
} {
  const { heaps, still, piles } = scene.holdings;
  const pile = pick(scene, piles);
  if (scene.random() < 0.5 && pile.last.length > 0) {
    const { name } = pick(scene, pile.last);
    if (name !== null) {
      const states = (span: Span) =>
        pile.during(span).map((one) => one.find((invoice) => invoice.name === name) ?? null);
      return { name, states };
    }
  }
  const one = scene.random() < 0.5 ? pick(scene, heaps) : pick(scene, still);
  return { name: String(one.name), states: () => [one] };
}

/** All invoices of the soak, in order. */
export function listAll(scene: Scene, user: string): Question {
  const path = LIST + query({ ...OWN, fields: SHOWN, limit: '500' });
  return viewed(scene, user, 'list', { path }, ({ data }, seen) => areSame(data, inOrder(seen)));
}

/** The first page of them, with how many there are. */
export function firstPage(scene: Scene, user: string): Question {
  const page = { fields: SHOWN, limit: String(PAGE_ROWS), with_total: '1' };
  const path = LIST + query({ ...OWN, ...page });
  return viewed(scene, user, 'page', { path }, ({ data, total, next_cursor }, seen) => {
    const hasMore = seen.length > PAGE_ROWS;
    if (total !== seen.length || (next_cursor !== undefined) !== hasMore) return false;
    return areSame(data, inOrder(seen).slice(0, PAGE_ROWS));
  });
}

/** How many there are of all invoices, those of the demo included, or of those with one status. */
export function countAll(scene: Scene, user: string): Question {
  const docstatus = pick(scene, [null, 0, 1, 2]);
  const filters = docstatus === null ? [] : [['docstatus', '=', docstatus]];
  const path = `/api/count/${INVOICE}${query({ filters })}`;
  return viewed(scene, user, 'count', { path }, ({ data }, seen, heaps) => {
    const counted = [...heaps, ...seen.map(asHeap)].filter(
      (one) => docstatus === null || one.docstatus === docstatus,
    );
    return data === totalOf(counted);
  });
}

/** How many and how much of each cost center, of all invoices. */
export function sumByCenter(scene: Scene, user: string): Question {
  const measures = [
    { fn: 'count', as: 'n' },
    { fn: 'sum', field: 'net_total', as: 'sum' },
  ];
  const body = { group_by: ['cost_center'], measures };
  const path = `/api/aggregate/${INVOICE}`;
  return viewed(scene, user, 'aggregate', { path, body }, ({ data }, seen, heaps) => {
    const groups = Map.groupBy([...heaps, ...seen.map(asHeap)], ({ cost_center }) => cost_center);
    const wanted = [...groups].map(([center, all]) => [center, totalOf(all), sumOf(all)]);
    const found = (data as Row[]).map((row) => [row['cost_center'], row['n'], row['sum']]);
    return JSON.stringify(byFirst(found)) === JSON.stringify(byFirst(wanted));
  });
}

/** A question whose answer fits what the user sees in one of the states that are possible. */
function viewed(
  { holdings }: Scene,
  user: string,
  kind: Question['kind'],
  asked: Pick<Asked, 'path' | 'body'>,
  fits: (body: Body, seen: Pile, heaps: readonly Heap[]) => boolean,
): Question {
  const check = (judge: Judge, body: Body, span: Span): Outcome | null => {
    const heaps = holdings.heaps.filter((one) => judge.may(user, 'read', INVOICE, factsOf(one)));
    const isOfHeaps = kind === 'count' || kind === 'aggregate';
    const shown = isOfHeaps ? heaps.length : 0;
    const hidden = isOfHeaps ? holdings.heaps.length - heaps.length : 0;
    for (const view of viewsDuring(holdings, span, judge, user)) {
      if (!fits(body, view.seen, heaps)) continue;
      return { allowed: view.seen.length + shown, denied: view.hidden + hidden };
    }
    return null;
  };
  return {
    ...{ ...asked, kind, doctype: INVOICE },
    check: ({ status, body }, judge, span) => (status === 200 ? check(judge, body, span) : null),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each question compares all that it was answered
type Body = any;

const asHeap = (one: Invoice): Heap => ({ ...one, name: String(one.name), count: 1 });

const totalOf = (heaps: readonly Heap[]): number =>
  heaps.reduce((sum, { count }) => sum + count, 0);

/** To the penny: halves of one would be lost between sums of thousands. */
const sumOf = (heaps: readonly Heap[]): number =>
  Math.round(heaps.reduce((sum, { net_total }) => sum + net_total * 100, 0)) / 100;

const byFirst = (rows: readonly unknown[][]): unknown[][] =>
  [...rows].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

/** By their marks, which are of one length. */
const inOrder = (seen: Pile): Pile => [...seen].sort((a, b) => (a.mark < b.mark ? -1 : 1));

function areSame(rows: readonly Row[], seen: Pile): boolean {
  return rows.length === seen.length && seen.every((one, i) => isSame(rows[i] ?? {}, one));
}

/** A name that is not known yet is any name; of a heap's example, only some values are known. */
function isSame(row: Row, one: Facts & Partial<Invoice>): boolean {
  return (
    (one.name === null || row['name'] === one.name) &&
    (one.mark === undefined || (row['po_no'] === one.mark && row['net_total'] === one.net_total)) &&
    row['company'] === one.company &&
    (row['cost_center'] ?? null) === one.cost_center &&
    row['docstatus'] === one.docstatus
  );
}
