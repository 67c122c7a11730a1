/**
 * Has the second line's bits kept after they had to be computed, so that they are computed once
 * for each principal, action, doctype and epoch and not for each request.
 *
 * The database gives notice when it computed. What is kept is computed again by the database, in
 * a transaction of its own and never within a request; so a notice can name anything it likes,
 * and a keep that fails costs nobody anything but the speed of the next request.
 */
import { type Action, isAction } from '../authz/index.ts';
import { detached } from '../base/request-signal.ts';
import type { Database, Notice } from './database.ts';
import { keepAccess, openingStatement } from './opening.ts';

/** `errcode` of the notice that `sys.cell_bits` gives. */
const COMPUTED = 'BW100';

/** More at once means that nothing stays kept for long, as during an import. */
const WAITING_MAX = 200;

type Kept = { readonly principal: string; readonly action: Action; readonly doctype: number };

export class AccessKeeper {
  private readonly database: Database;
  private readonly waiting = new Map<string, Kept>();
  private working: Promise<void> | null = null;

  /** Standbys can keep nothing themselves: what they computed is kept by the primary for them. */
  constructor(database: Database, standbys: readonly Database[] = []) {
    this.database = database;
    for (const one of [database, ...standbys]) one.onNotice((notice) => this.hear(notice));
  }

  /** Resolves when nothing is waiting to be kept. */
  async settled(): Promise<void> {
    await this.working;
  }

  private hear({ code, detail }: Notice): void {
    if (code !== COMPUTED || this.waiting.size >= WAITING_MAX) return;
    const kept = keptFrom(detail);
    if (kept === null) return;
    this.waiting.set(detail, kept);
    // Kept for all, whoever goes away meanwhile.
    this.working ??= detached(() => this.work()).finally(() => {
      this.working = null;
    });
  }

  /** One after the other, on one connection: requests come first. */
  private async work(): Promise<void> {
    // Not before the statement that computed has given its answer.
    await new Promise((resolve) => setImmediate(resolve));
    for (const [detail, { principal, action, doctype }] of this.waiting) {
      try {
        const opening = openingStatement({ kind: 'named', principal }, action);
        await this.database.run(opening, keepAccess(doctype));
      } catch {
        // The next request computes again, and gives notice again.
      }
      this.waiting.delete(detail);
    }
  }
}

function keptFrom(detail: string): Kept | null {
  try {
    const { principal, action, doctype } = JSON.parse(detail) as Record<string, unknown>;
    const fits = typeof principal === 'string' && typeof action === 'string' && isAction(action);
    return fits && Number.isInteger(doctype)
      ? { principal, action, doctype: Number(doctype) }
      : null;
  } catch {
    return null;
  }
}
