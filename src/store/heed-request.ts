/**
 * Stops what runs on a connection when nobody waits for it any more: otherwise whoever asks and
 * goes away again and again would keep every connection busy.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
import { createConnection } from 'node:net';
import type pg from 'pg';
import { Refusal } from '../base/errors.ts';

export type Heeded = {
  /** Throws `unavailable` where the request is over: nothing more is begun for it. */
  readonly requireOpen: () => void;
  /** Ends the heeding. True where it was stopped: the connection must not be used again. */
  readonly end: () => boolean;
};

/** The part of pg's client by which PostgreSQL knows a connection. */
type Known = { readonly processID: number; readonly secretKey: number };

/** Heeds a request's signal while a connection works for it. */
export function heedRequest(
  client: pg.ClientBase,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal | null,
): Heeded {
  const stop = (): void => cancel(client as unknown as Known, host, port);
  signal?.addEventListener('abort', stop, { once: true });
  return {
    requireOpen: () => requireOpen(signal),
    end: () => {
      signal?.removeEventListener('abort', stop);
      return signal?.aborted === true;
    },
  };
}

/** Throws `unavailable` where the request is over. */
export function requireOpen(signal: AbortSignal | null): void {
  if (signal?.aborted) throw new Refusal('unavailable', 'This took too long and was stopped.');
}

/** CancelRequest: its length, 80877102, and the two numbers that PostgreSQL gave at the start. */
function cancel({ processID, secretKey }: Known, host: string, port: number): void {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(80877102, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = host.startsWith('/')
    ? createConnection(`${host}/.s.PGSQL.${port}`)
    : createConnection(port, host);
  // Where it cannot be told, the statement ends by its own time limit.
  socket.on('error', () => {});
  socket.end(message);
}
