/** Somebody who writes invoices and keeps a record of all that was acknowledged to them. */
import { type Answer, type Client, clientOf } from '../client.ts';

/** What an invoice is known to be; null where it is gone. */
export type Known = { readonly mark: string; readonly docstatus: number } | null;

export type Invoice = {
  /** As acknowledged. */
  known: Known;
  /** What was asked for and not answered: it may have been done. */
  asked: { readonly known: Known } | null;
};

/** Items of each invoice: one with fewer is a half one. */
export const ITEMS = 3;

/** The one refusal that says of the request that nothing of it was saved: a full disk's. */
const NOTHING_SAVED = 507;

export class Writer {
  /** By name. */
  readonly invoices = new Map<string, Invoice>();
  /** Marks of invoices whose making was not answered: each may be there, once. */
  readonly unanswered = new Set<string>();
  acknowledged = 0;
  private readonly client: Client;
  private readonly template: object;
  private readonly random: () => number;
  private readonly id: string;
  private readonly hear: (refusal: Answer) => void;
  private count = 0;

  constructor(
    url: string,
    cookie: string,
    template: object,
    id: string,
    random: () => number,
    hear: (refusal: Answer) => void = () => {},
  ) {
    this.hear = hear;
    this.client = clientOf(url, { cookie });
    this.template = template;
    this.id = id;
    this.random = random;
  }

  /** Writes until told to stop. Whatever is not answered is noted as such. */
  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.step();
  }

  private async step(): Promise<void> {
    const drafts = [...this.invoices].filter(([, one]) => one.known?.docstatus === 0 && !one.asked);
    const chosen = drafts[Math.floor(this.random() * drafts.length)];
    if (!chosen || this.random() < 0.4) return await this.make();
    const [name, invoice] = chosen;
    const kind = this.random();
    if (kind < 0.5) await this.change(name, invoice);
    else if (kind < 0.8)
      await this.ask(invoice, 'POST', `${path(name)}/submit`, { ...mark(invoice), docstatus: 1 });
    else await this.ask(invoice, 'DELETE', path(name), null);
  }

  private async make(): Promise<void> {
    const po_no = this.nextMark();
    this.unanswered.add(po_no);
    const answer = await this.client
      .post('/api/resource/Sales Invoice', { ...this.template, po_no })
      .catch(() => null);
    // One that is wrong in itself would be refused for ever, and nothing shown by it.
    if (answer && [400, 401, 403, 404, 422].includes(answer.status)) throw new Error(answer.text);
    if (answer && answer.status !== 200) this.hear(answer);
    if (answer?.status === NOTHING_SAVED) this.unanswered.delete(po_no);
    if (answer?.status !== 200) return;
    this.acknowledged += 1;
    this.unanswered.delete(po_no);
    this.invoices.set(answer.body.data.name, { known: { mark: po_no, docstatus: 0 }, asked: null });
  }

  private async change(name: string, invoice: Invoice): Promise<void> {
    const po_no = this.nextMark();
    await this.ask(invoice, 'PUT', path(name), { mark: po_no, docstatus: 0 }, { po_no });
  }

  private async ask(
    invoice: Invoice,
    method: string,
    where: string,
    known: Known,
    body?: object,
  ): Promise<void> {
    invoice.asked = { known };
    const answer = await this.client.request(method, where, body).catch(() => null);
    if (answer && answer.status >= 300) this.hear(answer);
    if (answer?.status === NOTHING_SAVED) invoice.asked = null;
    // Another refusal was not done either, but it is not relied on here.
    if (answer === null || answer.status >= 300) return;
    this.acknowledged += 1;
    invoice.known = known;
    invoice.asked = null;
  }

  private nextMark(): string {
    this.count += 1;
    return `crash-${this.id}-${this.count}`;
  }
}

const path = (name: string): string => `/api/resource/Sales Invoice/${name}`;

function mark({ known }: Invoice): { mark: string } {
  return { mark: known?.mark ?? '' };
}
