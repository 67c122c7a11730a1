/**
 * How much is worked on at once. Whoever comes when it is too much is told to come again at once,
 * before anything is done for them; so those who were let in get their answer.
 */
import { Refusal } from '../base/errors.ts';

export class Admission {
  private readonly most: number;
  private inside = 0;

  /** `most` requests at once. */
  constructor(most: number) {
    this.most = most;
  }

  /** Runs `work`; throws `too_many_requests` where too many others are worked on. */
  async admit<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.inside >= this.most) {
      throw new Refusal('too_many_requests', 'Too much is asked at once. Try again shortly.', {
        retryAfterSeconds: 1,
      });
    }
    this.inside += 1;
    try {
      return await work();
    } finally {
      this.inside -= 1;
    }
  }
}
