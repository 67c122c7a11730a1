/** Keeps the compiled policy current: never older than the transaction that uses it. */
import { type ErrorCode, Refusal } from '../base/errors.ts';
import type { Database } from './database.ts';
import { BrokenPolicy, type Loaded, loadPolicy } from './load-policy.ts';
import { KERNEL, openingFrom, openingStatement } from './opening.ts';
import type { Policy } from './policy.ts';

/** A world that does not hold together can be mended by time alone, as when a grant ends. */
const BROKEN_RETRY_MS = 5_000;

/** While everything is refused, the reason is said again this often. */
const REPEAT_MS = 60_000;

/** Nothing was read, which says nothing of what there is to be read. */
const NOT_READ: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'storage_full',
  'too_many_requests',
]);

/** Why there is no policy. */
type Broken = {
  readonly epoch: number;
  readonly reason: string;
  readonly triedAt: number;
  saidAt: number;
  refused: number;
};

export class PolicySource {
  /** How often everything was loaded, and how often only what had changed. */
  readonly counts = { whole: 0, followed: 0 };
  /** For reading and compiling them. */
  readonly seconds = { whole: 0, followed: 0 };
  private readonly database: Database;
  private readonly report: (line: string) => void;
  private policy: Policy | null = null;
  private broken: Broken | null = null;
  private loading: Promise<Policy> | null = null;

  /** `report` gets a line for the operator when permissions break, and when they are mended. */
  constructor(database: Database, report: (line: string) => void) {
    this.database = database;
    this.report = report;
  }

  /** Of what is compiled; null where nothing is. */
  get epoch(): number | null {
    return this.policy?.world.epoch ?? null;
  }

  /** True while permissions do not hold together. */
  get isBroken(): boolean {
    return this.broken !== null;
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
    throw new Refusal('stale_policy', 'Permissions are being updated. Try again shortly.', {
      cause: new Error('the permissions could not be brought up to date'),
    });
  }

  private async reload(): Promise<Policy> {
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    try {
      return await this.loading;
    } catch (error) {
      throw error instanceof BrokenPolicy ? this.refusalOf(error) : error;
    }
  }

  private async load(): Promise<Policy> {
    await this.refuseKnownBroken();
    const run = async (statement: Parameters<Database['run']>[0]) =>
      (await this.database.run(openingStatement(KERNEL, 'read'), statement))[1];
    let loaded: Loaded;
    const since = performance.now();
    try {
      loaded = await loadPolicy(run, this.policy, { uncommitted: false });
    } catch (error) {
      if (error instanceof Refusal && NOT_READ.has(error.code)) throw error;
      throw this.breakBy(error);
    }
    const { policy, how } = loaded;
    this.counts[how] += 1;
    this.seconds[how] += (performance.now() - since) / 1000;
    if (!this.policy || policy.world.epoch >= this.policy.world.epoch) this.policy = policy;
    if (this.broken) this.report(`permissions hold together again at epoch ${policy.world.epoch}`);
    this.broken = null;
    return policy;
  }

  /** While nothing changes, a world that did not hold together is not loaded for each request. */
  private async refuseKnownBroken(): Promise<void> {
    if (!this.broken || performance.now() - this.broken.triedAt > BROKEN_RETRY_MS) return;
    const [opened] = await this.database.run(openingStatement(KERNEL, 'read'));
    const { epoch, reason } = this.broken;
    if (openingFrom(opened).epoch === epoch) throw new BrokenPolicy(epoch, new Error(reason));
  }

  /** Fail closed: with permissions that contradict themselves nobody is let in by older ones. */
  private breakBy(error: unknown): BrokenPolicy {
    const found = error instanceof BrokenPolicy ? error : new BrokenPolicy(Number.NaN, error);
    const now = performance.now();
    const before = this.broken;
    const isKnown = before?.epoch === found.epoch && before.reason === found.message;
    this.policy = null;
    this.broken = {
      ...{ epoch: found.epoch, reason: found.message, triedAt: now },
      ...{ saidAt: isKnown ? before.saidAt : now, refused: isKnown ? before.refused : 0 },
    };
    if (!isKnown) {
      this.report(
        `ERROR: the permissions of epoch ${found.epoch} do not hold together: ${found.message}. ` +
          'Every request that permissions decide is refused with stale_policy until they do.',
      );
    }
    return found;
  }

  private refusalOf(error: BrokenPolicy): Refusal {
    const { broken } = this;
    const now = performance.now();
    if (broken) broken.refused += 1;
    if (broken && now - broken.saidAt > REPEAT_MS) {
      broken.saidAt = now;
      this.report(
        `ERROR: the permissions of epoch ${broken.epoch} still do not hold together: ` +
          `${broken.reason}. ${broken.refused} requests were refused so far.`,
      );
    }
    return new Refusal(
      'stale_policy',
      'The permissions contradict themselves. Nothing is answered until they are mended.',
      { cause: error },
    );
  }
}
