/** Lines about requests that all fail alike, for as long as something outside of them is wrong. */

/** While it lasts, it is told again so often. */
const REPEAT_MS = 60_000;

type Told = { readonly at: number; since: number };

/**
 * Tells the first of a kind at once, and the next one a minute later, with how many came between:
 * a full disk refuses thousands of requests, and their lines may lie on that very disk.
 */
export class OutageLog {
  private readonly log: (line: string) => void;
  private readonly clock: () => number;
  private readonly told = new Map<string, Told>();

  /** `clock` gives milliseconds that never go back. */
  constructor(log: (line: string) => void, clock: () => number = () => performance.now()) {
    this.log = log;
    this.clock = clock;
  }

  /** Logs the line unless one of its kind was logged less than a minute ago. */
  tell(kind: string, line: string): void {
    const at = this.clock();
    const known = this.told.get(kind);
    if (known && at - known.at < REPEAT_MS) {
      known.since += 1;
      return;
    }
    for (const [other, { at: last }] of this.told) {
      if (at - last >= REPEAT_MS) this.told.delete(other);
    }
    this.told.set(kind, { at, since: 0 });
    this.log(known?.since ? `${line}; and ${known.since} like it before` : line);
  }
}
