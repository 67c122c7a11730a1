/**
 * Transactions as the engine sees them: opened for a principal, with the policy of exactly their
 * own epoch. Two forms: a read in one round trip, and a write between BEGIN and COMMIT.
 */
import type { Action } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { AccessKeeper } from './access-keeper.ts';
import type { Database, Transaction } from './database.ts';
import { type DatabaseFacts, FACTS_STATEMENTS, factsFrom } from './facts.ts';
import {
  bindStatement,
  type Credential,
  epochLock,
  type Opening,
  openingFrom,
  openingStatement,
} from './opening.ts';
import { PastPolicies } from './past-policy.ts';
import { compilePolicy, isSteadyBetween, type Policy } from './policy.ts';
import { PolicySource, WORLD } from './policy-source.ts';
import type { Result, Statement } from './statement.ts';

/** What statements are planned with. `now` is certain only once they have run. */
export type Moment = { readonly policy: Policy; readonly now: number; readonly principal: string };

export type ReadResults = Moment & {
  readonly opening: Opening;
  readonly results: readonly Result[];
};

/** A transaction under the claim of the credential that opened it. */
export type OpenTransaction = {
  readonly opening: Opening;
  /** Runs statements under a claim of the given action. */
  run(action: Action, ...statements: Statement[]): Promise<readonly Result[]>;
};

/** One for what no permission decides: sessions, tokens, passwords, the audit log. */
export type RecordTransaction = OpenTransaction & {
  /** The rest of it for another credential, such as a session that it made. */
  continueAs(credential: Credential): Promise<RecordTransaction>;
};

export type WriteTransaction = Moment & OpenTransaction;

/** Changes of the epoch while one request is planned; more means something is badly wrong. */
const ATTEMPTS_MAX = 8;

export class Store {
  readonly database: Database;
  /** Works aside from requests; tests wait for it. */
  readonly keeper: AccessKeeper;
  private readonly policies: PolicySource;
  private readonly past: PastPolicies;
  private readonly clock: () => number;

  /** `policyDatabase` is a pool of its own, so that waiting writers cannot starve the policy. */
  constructor(database: Database, policyDatabase: Database, clock: () => number) {
    this.database = database;
    this.keeper = new AccessKeeper(database);
    this.policies = new PolicySource(policyDatabase);
    // Never by the policy's own connection: whoever waits for the epoch must not keep it.
    this.past = new PastPolicies(database);
    this.clock = clock;
  }

  /** The policy as last compiled: good for planning, never for an answer. */
  async policy(): Promise<Policy> {
    return await this.policies.current();
  }

  /** The policy as it was at a past instant; see `PastPolicies.at`. It opens nothing today. */
  async policyAt(instant: string): Promise<Policy> {
    return await this.past.at(instant, await this.policies.current());
  }

  /** What PostgreSQL says of itself and of the tables, for the operator. */
  async facts(): Promise<DatabaseFacts> {
    const results = await this.database.run(...FACTS_STATEMENTS);
    return factsFrom(results);
  }

  /** Who a credential stands for, by the database's own check; `unauthenticated` where nobody. */
  async open(credential: Credential): Promise<Opening> {
    const [result] = await this.database.run(openingStatement(credential, 'read'));
    return openingFrom(result);
  }

  /**
   * Plans statements, runs them with their opening in one round trip, and plans again where the
   * permissions changed meanwhile. A refusal of the plan holds only at the transaction's epoch.
   */
  async read(
    credential: Credential,
    principal: string,
    action: Action,
    plan: (moment: Moment) => readonly Statement[],
  ): Promise<ReadResults> {
    let policy = await this.policies.current();
    let now = this.clock();
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const moment: Moment = { policy, now, principal };
      const { statements, refusal } = planned(plan, moment);
      const [first, ...results] = await this.database.read(
        openingStatement(credential, action),
        ...statements,
      );
      const opening = openingFrom(first);
      if (this.isCurrent(moment, opening)) {
        if (refusal !== null) throw refusal;
        return { ...moment, now: opening.now, opening, results };
      }
      policy = await this.policies.atLeast(opening.epoch);
      // The database's clock, as ours may be wrong.
      now = opening.now;
    }
    throw new Refusal('stale_policy', 'Permissions change too fast to answer. Try again shortly.');
  }

  /** Runs statements under the credential's claim; the first result is the opening's. */
  async run(
    credential: Credential,
    action: Action,
    ...statements: Statement[]
  ): Promise<readonly Result[]> {
    return await this.database.run(openingStatement(credential, action), ...statements);
  }

  /** Runs `work` in a transaction that needs no policy; its time and epoch are the opening's. */
  async record<Value>(
    credential: Credential,
    work: (transaction: RecordTransaction) => Promise<Value>,
  ): Promise<Value> {
    return await this.database.transaction(
      async (transaction) => await work(await continueAs(transaction, credential)),
    );
  }

  /**
   * Runs `work` in a transaction that holds the epoch: `shared` for documents, `alone` for
   * whatever changes access. INVARIANT (revoked-means-now).
   */
  async write<Value>(
    credential: Credential,
    hold: 'shared' | 'alone',
    work: (transaction: WriteTransaction) => Promise<Value>,
  ): Promise<Value> {
    return await this.database.transaction(async (transaction) => {
      const [, opened] = await transaction.run(
        epochLock(hold),
        openingStatement(credential, 'read'),
      );
      const opening = openingFrom(opened);
      const policy = await this.policies.atLeast(opening.epoch);
      if (policy.world.epoch !== opening.epoch) {
        throw new Refusal('stale_policy', 'Permissions are being updated. Try again shortly.');
      }
      const { now, principal } = opening;
      return await work({ policy, now, principal, ...openTransaction(transaction, opening) });
    });
  }

  /**
   * The same transaction with the policy as it stands after what it has written so far. Nobody
   * else sees that policy: it is not committed, and may never be.
   */
  async renewed(transaction: WriteTransaction): Promise<WriteTransaction> {
    const [result] = await transaction.run('read', WORLD);
    const policy = compileUncommitted(String(result?.rows[0]?.[0]), transaction.policy);
    const opening = { ...transaction.opening, epoch: policy.world.epoch };
    return { ...transaction, policy, opening };
  }

  /**
   * Runs `work` in the transaction and takes back all that it wrote. Where it throws, so does this,
   * and the whole transaction has to be given up.
   */
  async trial(transaction: WriteTransaction, work: () => Promise<unknown>): Promise<void> {
    await transaction.run('read', { text: 'savepoint trial', values: [] });
    await work();
    await transaction.run('read', { text: 'rollback to savepoint trial', values: [] });
  }

  private isCurrent(moment: Moment, opening: Opening): boolean {
    return (
      moment.policy.world.epoch === opening.epoch &&
      isSteadyBetween(moment.policy, moment.now, opening.now)
    );
  }
}

function compileUncommitted(text: string, known: Policy): Policy {
  try {
    return compilePolicy(text, known);
  } catch (cause) {
    const message = 'These changes contradict each other. Nothing was saved.';
    throw new Refusal('invalid_document', message, { cause });
  }
}

function openTransaction(transaction: Transaction, opening: Opening): OpenTransaction {
  return {
    opening,
    run: async (action, ...statements) => {
      const bind = bindStatement(opening.principal, action);
      return (await transaction.run(bind, ...statements)).slice(1);
    },
  };
}

async function continueAs(
  transaction: Transaction,
  credential: Credential,
): Promise<RecordTransaction> {
  const [opened] = await transaction.run(openingStatement(credential, 'read'));
  return {
    ...openTransaction(transaction, openingFrom(opened)),
    continueAs: async (other) => await continueAs(transaction, other),
  };
}

function planned(plan: (moment: Moment) => readonly Statement[], moment: Moment) {
  try {
    return { statements: plan(moment), refusal: null };
  } catch (error) {
    if (error instanceof Refusal) return { statements: [], refusal: error };
    throw error;
  }
}
