/**
 * Slows guessing down. Only failures count, so that many people behind one address can sign in
 * at once; an attempt counts from its start, so that a burst in parallel is no way around.
 */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';

const WINDOW_MS = 60_000;

/** Windows kept in memory; a stranger can make new ones at will by new names. */
const WINDOWS_MAX = 20_000;

type Window = { failures: number; readonly endsAt: number };

export class SignInLimit {
  private readonly clock: () => number;
  private readonly windows = new Map<string, Window>();

  /** `clock` gives milliseconds since 1970 UTC. */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  /**
   * Runs one attempt for a name from an address. Throws `too_many_requests` where either failed
   * too often within a minute, and whatever the attempt throws, which then counts as a failure.
   */
  async attempt<Value>(
    address: string | null,
    name: string,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const windows = [
      this.take(`${address} ${name}`, LIMITS.failedSignInsPerMinute),
      this.take(`${address}`, LIMITS.failedSignInsPerAddressPerMinute),
    ];
    for (const window of windows) window.failures++;
    const value = await work();
    for (const window of windows) window.failures--;
    return value;
  }

  private take(key: string, most: number): Window {
    const now = this.clock();
    const known = this.windows.get(key);
    if (known && now < known.endsAt) {
      if (known.failures < most) return known;
      const retryAfterSeconds = Math.max(1, Math.ceil((known.endsAt - now) / 1000));
      throw new Refusal('too_many_requests', 'Too many failed sign-ins. Wait a minute.', {
        retryAfterSeconds,
      });
    }
    if (this.windows.size >= WINDOWS_MAX) this.forget(now);
    const window = { failures: 0, endsAt: now + WINDOW_MS };
    this.windows.set(key, window);
    return window;
  }

  /** Windows that ended go first; where none did, the oldest, which is the first of the map. */
  private forget(now: number): void {
    for (const [key, { endsAt }] of this.windows) if (endsAt <= now) this.windows.delete(key);
    const [oldest] = this.windows.keys();
    if (this.windows.size >= WINDOWS_MAX && oldest !== undefined) this.windows.delete(oldest);
  }
}
