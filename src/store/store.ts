/**
 * Transactions as the engine sees them: opened for a principal, with the policy of exactly their
 * own epoch. Two forms: a read in one round trip, and a write between BEGIN and COMMIT.
 */
import type { Action } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Measure } from '../base/measures.ts';
import { AccessKeeper } from './access-keeper.ts';
import { CellLearner, forgetCells } from './cell-learner.ts';
import type { Database, Transaction } from './database.ts';
import { translateError } from './database-error.ts';
import {
  type DatabaseFacts,
  FACTS_STATEMENTS,
  factsFrom,
  KEPT_ACCESS,
  MISPLACED,
} from './facts.ts';
import { BrokenPolicy, loadPolicy } from './load-policy.ts';
import { type OpenTransaction, openTransaction } from './open-transaction.ts';
import {
  type Credential,
  epochLock,
  KERNEL,
  type Opening,
  openingFrom,
  openingStatement,
} from './opening.ts';
import { PastPolicies, type PastPolicy } from './past-policy.ts';
import { isSteadyBetween, type Policy } from './policy.ts';
import { PolicySource } from './policy-source.ts';
import { functionsAmong, requireNoFunction } from './raw-sql/own-names.ts';
import type { RawRows, ReportingConnections } from './raw-sql/reporting-connection.ts';
import { issueTicket } from './raw-sql/ticket.ts';
import { PRIMARY_POSITION, positionFrom, type Replica } from './replica.ts';
import type { Once, WrittenDocument } from './request-key.ts';
import { retried } from './retry.ts';
import { Numbers, type TakenNumbers } from './series.ts';
import type { Result, Statement } from './statement.ts';
import { storeMeasures } from './store-measures.ts';

/** What statements are planned with. `now` is certain only once they have run. */
export type Moment = { readonly policy: Policy; readonly now: number; readonly principal: string };

export type ReadResults = Moment & {
  readonly opening: Opening;
  readonly results: readonly Result[];
};

/** One for what no permission decides: sessions, tokens, passwords, the audit log. */
export type RecordTransaction = OpenTransaction & {
  /** The rest of it for another credential, such as a session that it made. */
  continueAs(credential: Credential): Promise<RecordTransaction>;
};

export type WriteTransaction = Moment &
  OpenTransaction & {
    /** The policy that the transaction began with: what follows it is not committed. */
    readonly committed: Policy;
    /** Says which documents this wrote: what its request is answered with when it comes again. */
    readonly wrote: (documents: readonly WrittenDocument[]) => void;
    /** Takes so many numbers of a naming series; see `Numbers`. */
    readonly takeNumbers: (prefix: string, count: number) => Promise<TakenNumbers>;
  };

export type StoreOptions = {
  /** Gets lines for the operator. */
  readonly report?: (line: string) => void;
  /** Answers reads where it is as fresh as the primary. */
  readonly replica?: Replica | null;
  /** Connections of the reporting login; without them there is no raw SQL. */
  readonly reporting?: ReportingConnections | null;
};

type Plan = (moment: Moment) => readonly Statement[];

/** Changes of the epoch while one request is planned; more means something is badly wrong. */
const ATTEMPTS_MAX = 8;

/** Lets an error pass that a migration of the table can explain. */
function changedTable(error: unknown): Refusal {
  if (error instanceof Refusal && error.code === 'stale_policy') return error;
  throw error;
}

export class Store {
  readonly database: Database;
  /** Works aside from requests; tests wait for it. */
  readonly keeper: AccessKeeper;
  /** What is known of cells, learnt aside from requests. */
  readonly cells: CellLearner;
  private readonly replica: Replica | null;
  private readonly reporting: ReportingConnections | null;
  private readonly policyDatabase: Database;
  private readonly policies: PolicySource;
  private readonly past: PastPolicies;
  private readonly numbers: Numbers;
  private readonly clock: () => number;

  /** `policyDatabase` is a pool of its own, so that waiting writers cannot starve the policy. */
  constructor(
    database: Database,
    policyDatabase: Database,
    clock: () => number,
    { report = () => {}, replica = null, reporting = null }: StoreOptions = {},
  ) {
    this.reporting = reporting;
    this.replica = replica;
    this.database = database;
    this.numbers = new Numbers(database.beside);
    this.keeper = new AccessKeeper(database, replica ? [replica.database] : []);
    this.policyDatabase = policyDatabase;
    this.policies = new PolicySource(policyDatabase, report);
    // Never by the policy's own connection: whoever waits for the epoch must not keep it.
    this.past = new PastPolicies(database);
    this.clock = clock;
    this.cells = new CellLearner(database, clock);
  }

  /** The policy as last compiled: good for planning, never for an answer. */
  async policy(): Promise<Policy> {
    return await this.policies.current();
  }

  /** How often the policy was loaded as a whole, and how often only what had changed of it. */
  get policyLoads(): Readonly<PolicySource['counts']> {
    return this.policies.counts;
  }

  /** Of its connections and of the policy, without asking the database. */
  measures(): Measure[] {
    const pools = {
      requests: this.database.connections,
      policy: this.policyDatabase.connections,
      numbers: this.database.beside.connections,
      ...(this.replica ? { replica: this.replica.database.connections } : {}),
      ...(this.reporting ? { reports: this.reporting.connections } : {}),
    };
    return storeMeasures(pools, this.policies);
  }

  /** Throws where nothing could be decided now: `unavailable` or `stale_policy`. */
  async requireReady(): Promise<void> {
    const { epoch } = await this.open(KERNEL);
    await this.policies.atLeast(epoch);
  }

  /** The policy as it was at a past instant; see `PastPolicies.at`. It opens nothing today. */
  async policyAt(instant: string): Promise<PastPolicy> {
    return await this.past.at(instant, await this.policies.current());
  }

  /** What PostgreSQL says of itself and of the tables, for the operator. */
  async facts(): Promise<DatabaseFacts> {
    const results = await this.database.run(...FACTS_STATEMENTS);
    return factsFrom(results);
  }

  /** What row-level security decides by and is not as it should be: lines, none where all is. */
  async wrongAccess(): Promise<string[]> {
    const [kept, misplaced] = await this.database.run(KEPT_ACCESS, MISPLACED);
    return [
      ...(kept?.rows ?? []).map(([who, action, doctype]) => `${who} ${action} ${doctype}`),
      ...(misplaced?.rows ?? []).map(([doctype, count]) => `${count} of ${doctype} out of place`),
    ];
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
    plan: Plan,
  ): Promise<ReadResults> {
    const answered = await this.readFromReplica(credential, principal, action, plan);
    if (answered) return answered;
    const read = await this.readFromPrimary(credential, principal, action, plan);
    this.cells.learn(read.policy.tables.values());
    return read;
  }

  private async readFromPrimary(
    credential: Credential,
    principal: string,
    action: Action,
    plan: Plan,
  ): Promise<ReadResults> {
    let policy = await this.policies.current();
    let now = this.clock();
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const moment: Moment = { policy, now, principal };
      const { statements, refusal } = planned(plan, moment);
      const opens = openingStatement(credential, action);
      const answers = await this.database.read(opens, ...statements).catch(changedTable);
      if (!Array.isArray(answers)) {
        // The statements speak of a table as it was; who asks is asked again, and the definitions.
        const { epoch, now: later } = await this.open(credential);
        const isOfCells = forgetCells(answers, policy.tables.values());
        if (!isOfCells && epoch === policy.world.epoch) throw answers;
        policy = await this.policies.atLeast(epoch);
        now = later;
        continue;
      }
      const [first, ...results] = answers;
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

  /**
   * The same by the replica. Who asks, the epoch and the time are the primary's word; null where
   * the replica does not say the same of the first two, or something begins or ends between their
   * clocks.
   */
  private async readFromReplica(
    credential: Credential,
    principal: string,
    action: Action,
    plan: Plan,
  ): Promise<ReadResults | null> {
    if (!this.replica?.isRested()) return null;
    const opens = openingStatement(credential, action);
    const [opened, told] = await this.database.run(opens, PRIMARY_POSITION);
    const opening = openingFrom(opened);
    const position = positionFrom(told);
    const policy = await this.policies.atLeast(opening.epoch);
    if (position === null || policy.world.epoch !== opening.epoch) return null;
    const moment: Moment = { policy, now: opening.now, principal };
    const { statements, refusal } = planned(plan, moment);
    if (refusal !== null) throw refusal;
    const isFit = (first: Result | undefined): boolean => {
      const there = openingFrom(first);
      return there.principal === opening.principal && this.isCurrent(moment, there);
    };
    const results = await this.replica.read(position, [opens, ...statements], isFit);
    return results && { ...moment, opening, results: results.slice(1) };
  }

  /**
   * Runs one statement of raw SQL under the reporting login. `plan` makes its text and refuses what
   * the principal may not ask; it is asked again in the transaction that signs the ticket, and the
   * two have to agree. `ownNames` may be no functions.
   */
  async query(
    credential: Credential,
    principal: string,
    plan: (moment: Moment) => string,
    ownNames: readonly string[],
  ): Promise<RawRows> {
    if (!this.reporting) throw new Refusal('unavailable', 'Raw SQL is not set up here.');
    // Refused before a connection is taken, and by the transaction's own world.
    const asked = await this.read(credential, principal, 'report', (moment) => {
      plan(moment);
      return [functionsAmong(ownNames)];
    });
    requireNoFunction(asked.results[0]);
    const { policy, now } = asked;
    const text = plan({ policy, now, principal });
    return await this.reporting.run(text, async (backend) => {
      const { results } = await this.read(credential, principal, 'report', (moment) => {
        if (plan(moment) !== text) throw changed();
        return [issueTicket(credential, text, backend)];
      });
      const ticket = results[0]?.rows[0]?.[0];
      if (!ticket) throw new Error('no ticket was issued');
      return ticket;
    });
  }

  /** Throws as the same in `write` does, where it is not new. */
  async requireNew(credential: Credential, once: Once): Promise<void> {
    const [, begun] = await this.run(credential, 'read', once.begin);
    once.requireNew(begun);
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
   * whatever changes access. INVARIANT (revoked-means-now). What is to be done `once` throws where
   * it was done. Where PostgreSQL gives the transaction up for another's sake, `work` runs again in
   * a new one; it must leave nothing outside of it.
   */
  async write<Value>(
    credential: Credential,
    hold: 'shared' | 'alone',
    work: (transaction: WriteTransaction) => Promise<Value>,
    once?: Once,
  ): Promise<Value> {
    const run = async (transaction: Transaction): Promise<Value> => {
      const [, opened, known] = await transaction.run(
        epochLock(hold),
        openingStatement(credential, 'read'),
        ...(once ? [once.begin] : []),
      );
      const opening = openingFrom(opened);
      once?.requireNew(known);
      const policy = await this.policies.atLeast(opening.epoch);
      if (policy.world.epoch !== opening.epoch) {
        throw new Refusal('stale_policy', 'Permissions are being updated. Try again shortly.');
      }
      const { now, principal } = opening;
      const { end, ...inside } = openTransaction(transaction, opening);
      let written: readonly WrittenDocument[] | null = null;
      const wrote = (documents: readonly WrittenDocument[]): void => {
        written = documents;
      };
      const taken: TakenNumbers[] = [];
      const takeNumbers = async (prefix: string, count: number): Promise<TakenNumbers> => {
        const numbers = await this.numbers.take(prefix, count);
        taken.push(numbers);
        return numbers;
      };
      try {
        const about = { policy, committed: policy, now, principal };
        const value = await work({ ...about, wrote, takeNumbers, ...inside });
        if (once && written) inside.later('read', once.end(written));
        await end();
        return value;
      } catch (error) {
        if (givesBack(error)) await this.numbers.giveBack(taken).catch(() => {});
        throw error;
      }
    };
    return await retried(async () => await this.database.transaction(run));
  }

  /**
   * The same transaction with the policy as it stands after what it has written so far. Nobody
   * else sees that policy: it is not committed, and may never be.
   */
  async renewed(transaction: WriteTransaction): Promise<WriteTransaction> {
    const run = async (statement: Statement) => (await transaction.run('read', statement))[0];
    const policy = await loadUncommitted(run, transaction.committed);
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

/**
 * Whether numbers that a transaction took are free again. Not where the name was taken, as the next
 * one would be given the same number, without an end; nor where a commit may have arrived.
 */
function givesBack(error: unknown): boolean {
  const told = translateError(error);
  return !(told instanceof Refusal && /^(duplicate|unavailable)$/.test(told.code));
}

async function loadUncommitted(
  run: (statement: Statement) => Promise<Result | undefined>,
  committed: Policy,
): Promise<Policy> {
  try {
    return (await loadPolicy(run, committed, { uncommitted: true })).policy;
  } catch (cause) {
    if (!(cause instanceof BrokenPolicy)) throw cause;
    const message = 'These changes contradict each other. Nothing was saved.';
    throw new Refusal('invalid_document', message, { cause });
  }
}

async function continueAs(
  transaction: Transaction,
  credential: Credential,
): Promise<RecordTransaction> {
  const [opened] = await transaction.run(openingStatement(credential, 'read'));
  const { end: _, ...inside } = openTransaction(transaction, openingFrom(opened));
  return {
    ...inside,
    continueAs: async (other) => {
      await inside.settle();
      return await continueAs(transaction, other);
    },
  };
}

function changed(): Refusal {
  return new Refusal('stale_policy', 'Permissions changed meanwhile. Try again.');
}

function planned(plan: Plan, moment: Moment) {
  try {
    return { statements: plan(moment), refusal: null };
  } catch (error) {
    if (error instanceof Refusal) return { statements: [], refusal: error };
    throw error;
  }
}
