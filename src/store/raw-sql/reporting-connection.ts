/**
 * The connections that raw SQL runs on: a login of their own, a small pool of their own, and one
 * read-only transaction for each statement, with limits on time, memory, rows and bytes.
 */
import pg from 'pg';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { requestSignal } from '../../base/request-signal.ts';
import { Batch } from '../batch.ts';
import { type Connections, connectionsOf } from '../connections.ts';
import type { DatabaseAddress } from '../database.ts';
import { heedRequest } from '../heed-request.ts';
import type { Row, Statement } from '../statement.ts';
import { connectWaiting } from '../waiting.ts';
import { translateReportError } from './report-error.ts';

/** Which transaction of which backend a ticket is for. */
export type ReportingBackend = { readonly pid: string; readonly begun: string };

export type RawRows = { readonly columns: readonly RawColumn[]; readonly rows: readonly Row[] };
/** A column of an answer; `type` is PostgreSQL's number of its type. */
export type RawColumn = { readonly name: string; readonly type: number };

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** What holds for each transaction, whatever the role or the server has as its defaults. */
const SETTINGS: Readonly<Record<string, string>> = {
  // Nothing but the catalogue is found by a bare name; doctypes are named by the statement itself.
  search_path: '',
  lock_timeout: '1s',
  idle_in_transaction_session_timeout: '10s',
  work_mem: '16MB',
  hash_mem_multiplier: '1',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  // As the parser reads constants.
  standard_conforming_strings: 'on',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'iso_8601',
  TimeZone: 'UTC',
};

export class ReportingConnections {
  private readonly pool: pg.Pool;
  private readonly address: DatabaseAddress;
  private readonly opening: readonly Statement[];

  /** `seconds` is what one statement may take. */
  constructor(address: DatabaseAddress, seconds: number = LIMITS.reportSeconds) {
    this.address = address;
    this.opening = openingOf(seconds);
    this.pool = new pg.Pool({
      ...address,
      max: LIMITS.reportConnections,
      application_name: 'bailiwick report',
      connectionTimeoutMillis: 5_000,
      statement_timeout: seconds * 1000,
      idle_in_transaction_session_timeout: 10_000,
      types: AS_TEXT,
    });
    this.pool.on('error', () => {});
  }

  /**
   * Runs one statement in a transaction of its own. `ticketFor` gets the backend and gives the
   * ticket, by which the database itself knows for whom the rows are. No session is used twice:
   * whatever a statement may have left in one is gone with it.
   */
  async run(
    statement: string,
    ticketFor: (backend: ReportingBackend) => Promise<string>,
  ): Promise<RawRows> {
    const client = await this.connect();
    const onError = (): void => {};
    client.on('error', onError);
    const heeded = heedRequest(client, this.address, requestSignal());
    try {
      heeded.requireOpen();
      const opened = await runBatch(client, this.opening);
      const [pid, begun] = opened.at(-1)?.rows[0] ?? [];
      if (!pid || !begun) throw new Error('the reporting transaction did not say what it is');
      const ticket = await ticketFor({ pid, begun });
      heeded.requireOpen();
      await runBatch(client, [{ text: 'select ticket.redeem($1)', values: [ticket] }]);
      heeded.requireOpen();
      return await query(client, statement);
    } catch (error) {
      throw error instanceof Refusal ? error : translateReportError(error);
    } finally {
      heeded.end();
      client.off('error', onError);
      client.release(true);
    }
  }

  get connections(): Connections {
    return connectionsOf(this.pool);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async connect(): Promise<pg.PoolClient> {
    try {
      return await connectWaiting(this.pool, LIMITS.reportsWaitingMax);
    } catch (cause) {
      if (cause instanceof Refusal && cause.code === 'too_many_requests') throw cause;
      const message = 'No connection for reports is free, or there is none. Try again shortly.';
      throw new Refusal('unavailable', message, { cause });
    }
  }
}

/** Within BEGIN, so that none of it can be meant for another transaction. */
function openingOf(seconds: number): Statement[] {
  const settings = { ...SETTINGS, statement_timeout: `${seconds}s` };
  return [
    'begin isolation level repeatable read read only',
    ...Object.entries(settings).map(([name, value]) => `set local ${name} = '${value}'`),
    'select pg_catalog.pg_backend_pid(), pg_catalog.transaction_timestamp()',
  ].map((text) => ({ text, values: [] }));
}

async function runBatch(client: pg.PoolClient, statements: readonly Statement[]) {
  const batch = new Batch(statements);
  client.query(batch as unknown as pg.Submittable);
  return await batch.results;
}

/** One statement by the extended protocol; stops reading where the answer grows too large. */
async function query(client: pg.PoolClient, text: string): Promise<RawRows> {
  const rows: Row[] = [];
  let columns: readonly RawColumn[] = [];
  let bytes = 0;
  return await new Promise<RawRows>((resolve, reject) => {
    const submitted = new pg.Query({
      text,
      rowMode: 'array',
      queryMode: 'extended',
    } as pg.QueryArrayConfig);
    submitted.on('row', (row: unknown) => {
      const cells = row as (string | null)[];
      for (const cell of cells) bytes += (cell?.length ?? 0) + 1;
      if (bytes > LIMITS.reportBytes) {
        rows.length = 0;
        reject(new Refusal('too_large', 'The answer is too large. Ask for fewer columns or rows.'));
      } else rows.push(cells);
    });
    submitted.on('error', reject);
    submitted.on('end', (result) => {
      columns = result.fields.map(({ name, dataTypeID: type }) => ({ name, type }));
      resolve({ columns, rows });
    });
    client.query(submitted);
  });
}
