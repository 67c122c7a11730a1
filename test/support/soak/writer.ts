/** Somebody who makes, changes, moves, submits, cancels and removes invoices of their own. */
import type { Answer } from '../client.ts';
import { expectedOf, type Write } from './expected-write.ts';
import { ALLOWED, DENIED, type Kind } from './findings.ts';
import { INVOICE, type Invoice, MARKED, type Pile } from './invoices.ts';
import { compare } from './reader.ts';
import { clientIn, pick, type Scene } from './scene.ts';
import { Timeline, timed } from './timeline.ts';

/** More are not made: some are removed first. */
const PILE_MAX = 12;
const AMOUNT_MAX = 1000;
const STALE_SHARE = 0.05;

const LIST = `/api/resource/${INVOICE}`;

/** What invoices of the soak are made of, besides what decides on them. */
export type Material = {
  readonly customer: string;
  readonly item: string;
  readonly uom: string;
  readonly currency: string;
  /** Cost centers with the company of each. */
  readonly centers: readonly { readonly name: string; readonly company: string }[];
};

type Sent = {
  readonly kind: Kind;
  readonly write: Write;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
};

export class Writer {
  readonly pile = new Timeline<Pile>([]);
  readonly user: string;
  private readonly letter: string;
  private readonly material: Material;
  private count = 0;
  /** The last version that is no more, by mark. */
  private readonly outdated = new Map<string, string>();

  constructor(user: string, letter: string, material: Material) {
    this.user = user;
    this.letter = letter;
    this.material = material;
  }

  /** One write, of whatever kind is possible. */
  async step(scene: Scene): Promise<void> {
    const all = this.pile.last;
    if (all.length === 0 || (all.length < PILE_MAX && scene.random() < 0.4)) {
      return await this.make(scene);
    }
    const one = pick(scene, all);
    await this.send(scene, this.changeOf(scene, one, all.length >= PILE_MAX));
  }

  /** A new one, anywhere; an amount that is its mark's own. */
  async make(scene: Scene): Promise<void> {
    const { centers, customer, item, uom, currency } = this.material;
    const { name: cost_center, company } = pick(scene, centers);
    const after: Invoice = {
      ...{ mark: this.nextMark(), name: null, owner: this.user, modified: '' },
      ...{ company, cost_center: scene.random() < 0.1 ? null : cost_center },
      ...{ docstatus: 0, net_total: this.amount(scene) },
    };
    const { mark: po_no, net_total } = after;
    const body = {
      ...{ customer, company, cost_center: after.cost_center, currency, po_no, net_total },
      ...{ posting_date: '2026-05-04' },
      items: [{ item_code: item, uom, qty: 1, rate: 1, amount: 1 }],
    };
    const links = { Customer: [customer], Item: [item], UOM: [uom], Currency: [currency] };
    const write: Write = { action: 'create', before: null, after, links, isStale: false };
    await this.send(scene, { kind: 'create', write, method: 'POST', path: LIST, body });
  }

  /** From a draft to a submitted one, and from there to a cancelled one. */
  async advance(scene: Scene, one: Invoice): Promise<void> {
    const kind = one.docstatus === 0 ? 'submit' : 'cancel';
    await this.send(scene, this.transition(one, kind, `${LIST}/${one.name}`));
  }

  private changeOf(scene: Scene, before: Invoice, isFull: boolean): Sent {
    const path = `${LIST}/${before.name}`;
    const chance = scene.random();
    if (before.docstatus === 1) return this.transition(before, 'cancel', path);
    if (before.docstatus === 2 || chance < (isFull ? 0.5 : 0.15)) {
      const write = { action: 'delete', before, after: null, isStale: false } as const;
      return { kind: 'delete', write, method: 'DELETE', path };
    }
    if (chance > 0.85) return this.transition(before, 'submit', path);
    const isMove = chance > 0.5;
    const given = isMove ? this.place(scene) : { net_total: this.amount(scene) };
    const stale = scene.random() < STALE_SHARE ? this.outdated.get(before.mark) : undefined;
    const write: Write = {
      ...{ action: 'write', before, after: { ...before, ...given } },
      isStale: stale !== undefined,
    };
    const body = { ...given, modified: stale ?? before.modified };
    return { kind: isMove ? 'move' : 'change', write, method: 'PUT', path, body };
  }

  private transition(before: Invoice, action: 'submit' | 'cancel', path: string): Sent {
    const after = { ...before, docstatus: action === 'submit' ? 1 : 2 };
    const write: Write = { action, before, after, isStale: false };
    const body = { modified: before.modified };
    return { kind: action, write, method: 'POST', path: `${path}/${action}`, body };
  }

  /** Another cost center, with its company. */
  private place(scene: Scene): { readonly company: string; readonly cost_center: string } {
    const { name, company } = pick(scene, this.material.centers);
    return { company, cost_center: name };
  }

  private async send(scene: Scene, { kind, write, method, path, body }: Sent): Promise<void> {
    const { before, after } = write;
    const others = this.pile.last.filter((one) => one !== before);
    const settle = this.pile.plan(after ? [...others, after] : others);
    const client = clientIn(scene, this.user);
    const { value: answer, span } = await timed(() => client.request(method, path, body));
    const isDone = answer.status === 200 || answer.status === 202;
    const written = isDone && after ? asAnswered(after, answer) : null;
    settle(isDone, written ? [...others, written] : others);
    if (isDone && before && !after) this.outdated.delete(before.mark);
    if (before && written && written.modified !== before.modified) {
      this.outdated.set(before.mark, before.modified);
    }
    const asked = `${this.user}: ${kind} ${JSON.stringify(write)}`;
    if (!scene.findings.heard(asked, answer)) return;
    compare(scene, kind, { asked, answer, span }, (judge) => {
      const expected = expectedOf(judge, this.user, write, this.material);
      if (expected === 'done') return isDone && (written || !after) ? ALLOWED : null;
      return answer.body?.code === expected ? DENIED : null;
    });
  }

  private amount(scene: Scene): number {
    return Math.floor(scene.random() * AMOUNT_MAX) + 1;
  }

  /** All of one length, so that every collation has them in one order. */
  private nextMark(): string {
    this.count += 1;
    return `${MARKED}${this.letter}-${String(this.count).padStart(7, '0')}`;
  }
}

/** With the name and version that it was given; null where it is not what was asked for. */
function asAnswered(after: Invoice, { body }: Answer): Invoice | null {
  const { data } = body;
  const { name = data.name, mark, company, cost_center, docstatus, net_total, owner } = after;
  const isRight =
    (after.name === null || data.name === name) &&
    data.po_no === mark &&
    data.company === company &&
    (data.cost_center ?? null) === cost_center &&
    data.docstatus === docstatus &&
    data.net_total === net_total &&
    data.owner === owner;
  return isRight ? { ...after, name: data.name, modified: data.modified } : null;
}
