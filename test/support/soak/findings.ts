/** What the soak saw: requests, comparisons by kind and outcome, and whatever was wrong. */
import type { Answer } from '../client.ts';

/** Kinds of comparisons, and how many decisions of either outcome a minute has to bring. */
const LEAST_A_MINUTE = {
  get: [50, 100],
  list: [1000, 2000],
  page: [500, 1000],
  count: [1000, 2000],
  aggregate: [1000, 2000],
  evaluation: [20, 200],
  fields: [100, 200],
  touch: [2, 20],
  create: [15, 15],
  change: [5, 1],
  move: [3, 3],
  submit: [5, 1],
  cancel: [2, 0],
  delete: [2, 0],
} as const satisfies Record<string, readonly [allowed: number, denied: number]>;

export type Kind = keyof typeof LEAST_A_MINUTE;

export const KINDS = Object.keys(LEAST_A_MINUTE) as Kind[];

type Count = { answers: number; allowed: number; denied: number; sharp: number };

/** More of them say nothing new. */
const FAULTS_MAX = 10;

export class Findings {
  readonly faults: string[] = [];
  /** Answers of conflict and of too much at once, by status: they are what is to be expected. */
  readonly refusals = new Map<number, number>();
  requests = 0;
  private readonly counts = new Map<Kind, Count>(
    KINDS.map((kind) => [kind, { answers: 0, allowed: 0, denied: 0, sharp: 0 }]),
  );

  get isOver(): boolean {
    return this.faults.length >= FAULTS_MAX;
  }

  get comparisons(): number {
    return this.total('answers');
  }

  /** Decisions that were seen in the comparisons. */
  get decisions(): number {
    return this.total('allowed') + this.total('denied');
  }

  /** Every answer comes by here. False where it says nothing to compare. */
  heard(what: string, { status, text }: Answer): boolean {
    this.requests += 1;
    if (status === 409 || status === 429) {
      this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1);
    }
    if (status >= 500) this.wrong(`${what}: ${status} ${text}`);
    return status < 500 && status !== 429;
  }

  /** An answer agreed; `sharp` where it could have agreed with one world at one moment only. */
  agreed(kind: Kind, { allowed, denied }: Outcome, judges: number): void {
    const count = this.counts.get(kind) as Count;
    count.answers += 1;
    count.allowed += allowed;
    count.denied += denied;
    if (judges === 1) count.sharp += 1;
  }

  wrong(fault: string): void {
    if (!this.isOver) this.faults.push(`${new Date().toISOString()} ${fault}`);
  }

  /** Kinds that came by too rarely for so many minutes, in words. */
  lacking(minutes: number): string[] {
    return KINDS.flatMap((kind) => {
      const count = this.counts.get(kind) as Count;
      return (['allowed', 'denied'] as const).flatMap((outcome, index) => {
        const wanted = Math.floor((LEAST_A_MINUTE[kind][index] ?? 0) * minutes);
        const seen = count[outcome];
        return seen < wanted ? [`${kind}, ${outcome}: ${seen} of ${wanted}`] : [];
      });
    });
  }

  table(): string {
    const head = ['kind', 'answers', 'allowed', 'denied', 'one world'];
    const rows = [...this.counts].map(([kind, { answers, allowed, denied, sharp }]) =>
      [kind, answers, allowed, denied, sharp].map(String),
    );
    return [head, ...rows]
      .map(([name = '', ...cells]) =>
        [name.padEnd(12), ...cells.map((cell) => cell.padStart(11))].join(''),
      )
      .join('\n');
  }

  private total(of: keyof Count): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count[of], 0);
  }
}

/** How many decisions an answer showed. */
export type Outcome = { readonly allowed: number; readonly denied: number };

export const ALLOWED: Outcome = { allowed: 1, denied: 0 };
export const DENIED: Outcome = { allowed: 0, denied: 1 };
