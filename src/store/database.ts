/** Connections to PostgreSQL. The only module that imports the driver. */

import pg from 'pg';
import { LIMITS } from '../base/limits.ts';
import { requestSignal } from '../base/request-signal.ts';
import { Batch } from './batch.ts';
import { type Connections, connectionsOf } from './connections.ts';
import { translateError } from './database-error.ts';
import { type Heeded, heedRequest, requireOpen } from './heed-request.ts';
import type { Result, Statement } from './statement.ts';
import { connectWaiting } from './waiting.ts';

export type DatabaseAddress = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
};

/** One transaction on one connection. */
export type Transaction = {
  run(...statements: Statement[]): Promise<readonly Result[]>;
  /** Runs the last of its statements and commits, in one round trip. */
  commit(...statements: Statement[]): Promise<void>;
};

/** What the database says aside from an answer; `detail` is as the function there made it. */
export type Notice = { readonly code: string; readonly detail: string };

/**
 * A process that hangs in mid-transaction holds the epoch, and with it every permission change.
 * Much longer than any step of a request takes.
 */
const IDLE_IN_TRANSACTION_SECONDS_MAX = 60;

export type DatabaseOptions = {
  /** Stops when nobody waits for the answer; others go on to their end. */
  readonly servesRequests?: boolean;
  /** Keeps its connections while nobody asks: by them a restore sees that a server runs. */
  readonly staysConnected?: boolean;
};

/** A pool of connections under one login. */
export class Database {
  private readonly pool: pg.Pool;
  private readonly address: DatabaseAddress;
  private readonly servesRequests: boolean;
  private hear: (notice: Notice) => void = () => {};
  private besides: Database | null = null;

  constructor(
    address: DatabaseAddress,
    connectionsMax: number,
    { servesRequests = false, staysConnected = false }: DatabaseOptions = {},
  ) {
    this.address = address;
    this.servesRequests = servesRequests;
    this.pool = new pg.Pool({
      ...address,
      max: connectionsMax,
      ...(staysConnected ? { idleTimeoutMillis: 0 } : {}),
      application_name: 'bailiwick',
      connectionTimeoutMillis: LIMITS.connectionSeconds * 1000,
      statement_timeout: LIMITS.statementSeconds * 1000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_SECONDS_MAX * 1000,
    });
    this.pool.on('connect', (client) => {
      client.on('notice', ({ code = '', detail = '' }) => this.hear({ code, detail }));
    });
    // A connection that breaks while idle is dropped; the next request gets a new one.
    this.pool.on('error', () => {});
  }

  /** Calls `hear` with each notice of any of the connections. */
  onNotice(hear: (notice: Notice) => void): void {
    this.hear = hear;
  }

  /** Runs the statements in one round trip and one transaction. */
  async run(...statements: Statement[]): Promise<readonly Result[]> {
    return await this.withClient((client) => runBatch(client, statements));
  }

  /**
   * Runs statements that only read, in one round trip and on one snapshot: grants, a document
   * and its rows are all of the same moment, whatever commits in between.
   */
  async read(...statements: Statement[]): Promise<readonly Result[]> {
    return await this.withClient(async (client) => {
      try {
        const planned = statements.flatMap(asPlanned);
        const results = (await runBatch(client, [BEGIN_READING, ...planned, COMMIT])).slice(1, -1);
        return results.filter((_, index) => !PLANNING.has(planned[index] as Statement));
      } catch (error) {
        await runBatch(client, [ROLLBACK]).catch(() => {});
        throw error;
      }
    });
  }

  /** Runs `work` between BEGIN and COMMIT; whatever it throws rolls everything back. */
  async transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    return await this.withClient(async (client, { requireOpen }) => {
      let isOpen = false;
      const run = async (statements: readonly Statement[]): Promise<readonly Result[]> => {
        requireOpen();
        if (isOpen) return await runBatch(client, statements);
        isOpen = true;
        return (await runBatch(client, [BEGIN, ...statements])).slice(1);
      };
      const commit = async (statements: readonly Statement[]): Promise<void> => {
        await run([...statements, COMMIT]);
        isOpen = false;
      };
      try {
        const value = await work({
          run: async (...statements) => await run(statements),
          commit: async (...statements) => await commit(statements),
        });
        requireOpen();
        if (isOpen) await commit([]);
        return value;
      } catch (error) {
        // Where the connection is gone, the server has rolled back by itself.
        if (isOpen) await runBatch(client, [ROLLBACK]).catch(() => {});
        throw error;
      }
    });
  }

  get connections(): Connections {
    return connectionsOf(this.pool);
  }

  /**
   * One connection more, with the same login: for what is committed by itself while a transaction
   * of this pool goes on, and which would wait for itself where all connections are held.
   */
  get beside(): Database {
    this.besides ??= new Database(this.address, 1);
    return this.besides;
  }

  async close(): Promise<void> {
    await this.besides?.close();
    await this.pool.end();
  }

  private async withClient<Value>(
    work: (client: pg.PoolClient, heeded: Heeded) => Promise<Value>,
  ): Promise<Value> {
    const signal = this.servesRequests ? requestSignal() : null;
    requireOpen(signal);
    const client = await connectWaiting(this.pool, LIMITS.connectionsWaitingMax);
    let broken: Error | undefined;
    // Without a listener, a server that dies in mid-query would take this process with it.
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    const heeded = heedRequest(client, this.address, signal);
    try {
      heeded.requireOpen();
      return await work(client, heeded);
    } catch (error) {
      // The server says that it ends this connection before the connection ends.
      if (isFatal(error)) broken = error;
      throw translateError(error);
    } finally {
      // What was stopped may still be on its way to be: the next request must not be hit by it.
      if (heeded.end()) broken ??= new Error('the request is over');
      client.off('error', onError);
      client.release(broken);
    }
  }
}

const bare = (text: string): Statement => ({ text, values: [] });
const BEGIN = bare('begin');
const BEGIN_READING = bare('begin isolation level repeatable read read only');
const COMMIT = bare('commit');
const ROLLBACK = bare('rollback');
// A kept plan outlives the size that its tables had: by an index, it is good for any size.
const KEEP_PLANS = planning('force_generic_plan', 'off');
const CHOOSE_PLANS = planning('auto', 'on');
const PLANNING: ReadonlySet<Statement> = new Set([KEEP_PLANS, CHOOSE_PLANS]);

function planning(mode: string, scans: string): Statement {
  return bare(
    `select set_config('plan_cache_mode', '${mode}', true), set_config('enable_seqscan', '${scans}', true)`,
  );
}

function asPlanned(statement: Statement): Statement[] {
  return statement.keepsPlan ? [KEEP_PLANS, statement, CHOOSE_PLANS] : [statement];
}

function isFatal(error: unknown): error is Error {
  return error instanceof pg.DatabaseError && /^(FATAL|PANIC)$/.test(error.severity ?? '');
}

async function runBatch(client: pg.PoolClient, statements: readonly Statement[]) {
  const batch = new Batch(statements);
  client.query(batch as unknown as pg.Submittable);
  return await batch.results;
}
