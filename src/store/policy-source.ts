/** Keeps the compiled policy current: never older than the transaction that uses it. */
import { Refusal } from '../base/errors.ts';
import type { Database } from './database.ts';
import { KERNEL, openingStatement } from './opening.ts';
import { compilePolicy, type Policy } from './policy.ts';
import type { Statement } from './statement.ts';

/** Everything that decides, as the transaction that asks sees it. */
export const WORLD: Statement = { text: 'select sys.world()', values: [] };

export class PolicySource {
  private readonly database: Database;
  private policy: Policy | null = null;
  private loading: Promise<Policy> | null = null;

  constructor(database: Database) {
    this.database = database;
  }

  /** What is compiled, or the first compilation. */
  async current(): Promise<Policy> {
    return this.policy ?? (await this.reload());
  }

  /** A policy of this epoch or a later one. Throws `stale_policy` where there is none to be had. */
  async atLeast(epoch: number): Promise<Policy> {
    if (this.policy && this.policy.world.epoch >= epoch) return this.policy;
    // A load that began before the change may bring the old world; the second one cannot.
    for (let attempt = 0; attempt < 2; attempt++) {
      const policy = await this.reload();
      if (policy.world.epoch >= epoch) return policy;
    }
    throw stale(new Error('the permissions could not be brought up to date'));
  }

  private async reload(): Promise<Policy> {
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    return await this.loading;
  }

  private async load(): Promise<Policy> {
    const [, result] = await this.database.run(openingStatement(KERNEL, 'read'), WORLD);
    try {
      const policy = compilePolicy(String(result?.rows[0]?.[0]), this.policy);
      if (!this.policy || policy.world.epoch >= this.policy.world.epoch) this.policy = policy;
      return policy;
    } catch (cause) {
      // Fail closed: with permissions that contradict themselves nobody is let in by older ones.
      this.policy = null;
      throw stale(cause);
    }
  }
}

function stale(cause: unknown): Refusal {
  return new Refusal('stale_policy', 'Permissions are being updated. Try again shortly.', {
    cause,
  });
}
