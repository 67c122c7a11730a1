/** What something was, and when, as far as the one actor who changes it can know. */

/** From before a request was sent until after its answer was there. */
export type Span = {
  /** Of a clock that only goes forward: the order of what happens in this process. */
  readonly begin: number;
  readonly end: number;
  /** The same moments of the day's clock, which is the database's as well. */
  readonly from: number;
  readonly until: number;
};

/** An answer takes a minute at most: what ended so long ago is compared with nothing any more. */
const KEPT_MS = 120_000;

type Entry<State> = { state: State; readonly from: number; until: number };

/** Says how a planned change went; a state that differs from the planned one may be given. */
export type Settle<State> = (isDone: boolean, state?: State) => void;

/**
 * States one after the other. A new one may be there from the moment at which it was asked for,
 * and the one before it until the answer came: between the two, both are possible. What the
 * answer does not acknowledge has never been.
 */
export class Timeline<State> {
  private entries: Entry<State>[];

  constructor(first: State) {
    this.entries = [{ state: first, from: Number.NEGATIVE_INFINITY, until: Infinity }];
  }

  get last(): State {
    return (this.entries.at(-1) as Entry<State>).state;
  }

  /** To be called before the change is sent; one change at a time. */
  plan(next: State): Settle<State> {
    const before = this.entries.at(-1) as Entry<State>;
    const planned: Entry<State> = { state: next, from: performance.now(), until: Infinity };
    this.entries.push(planned);
    return (isDone, state = next) => {
      const now = performance.now();
      if (isDone) {
        planned.state = state;
        before.until = now;
      }
      this.entries = this.entries.filter(
        (one) => one.until >= now - KEPT_MS && (isDone || one !== planned),
      );
    };
  }

  /** All that it may have been at some moment of the span. */
  during({ begin, end }: Span): State[] {
    const { entries } = this;
    return entries.flatMap(({ state, from, until }) =>
      from <= end && until >= begin ? [state] : [],
    );
  }
}

/** Does it, and gives what came with the span in which it happened. */
export async function timed<Value>(work: () => Promise<Value>) {
  const [begin, from] = [performance.now(), Date.now()];
  const value = await work();
  const span: Span = { begin, from, end: performance.now(), until: Date.now() };
  return { value, span };
}
