/**
 * `COPY` in both directions, as submittables of pg: `client.query(copy)`, then await `copy.rows`.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/** The part of pg's connection that a copy speaks to. */
type Connection = {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
};

/** What both directions share: they end with a number of rows, or an error. */
class Copy {
  readonly rows: Promise<number>;
  protected failure: Error | null = null;
  private readonly text: string;
  private count = 0;
  private resolve!: (rows: number) => void;
  private reject!: (error: Error) => void;

  constructor(text: string) {
    this.text = text;
    this.rows = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: Connection): null {
    connection.query(this.text);
    return null;
  }

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  /** The tag is `COPY` and the number of rows. */
  handleCommandComplete({ text }: { text: string }): void {
    this.count = Number(text.split(' ').at(-1));
  }

  handleError(error: Error): void {
    this.failure ??= error;
    this.reject(this.failure);
  }

  handleReadyForQuery(): void {
    if (this.failure === null) this.resolve(this.count);
    else this.reject(this.failure);
  }
}

/** `copy … to stdout`: the server waits while the stream has enough. */
export class CopyOut extends Copy {
  private readonly to: Writable;

  constructor(text: string, to: Writable) {
    super(text);
    this.to = to;
    to.on('error', (error) => {
      // What still comes is thrown away: the connection must get to the end of it.
      this.failure ??= error;
    });
  }

  handleCopyInResponse(): void {}

  handleCopyData({ chunk }: { chunk: Buffer }, { stream }: Connection): void {
    if (this.failure !== null || this.to.destroyed) return;
    // The bytes lie in a buffer that the driver fills again.
    if (this.to.write(Buffer.from(chunk))) return;
    stream.pause();
    const resume = (): void => {
      this.to.off('drain', resume).off('close', resume);
      stream.resume();
    };
    this.to.on('drain', resume).on('close', resume);
  }

  override handleError(error: Error): void {
    super.handleError(error);
    this.to.destroy(error);
  }

  override handleReadyForQuery(): void {
    super.handleReadyForQuery();
    if (this.failure === null) this.to.end();
  }
}

/** `copy … from stdin`: no more is read than the server takes. */
export class CopyIn extends Copy {
  private readonly from: AsyncIterable<Buffer>;

  constructor(text: string, from: AsyncIterable<Buffer>) {
    super(text);
    this.from = from;
  }

  handleCopyData(): void {}

  handleCopyInResponse(connection: Connection): void {
    this.send(connection).catch((error: Error) => {
      this.failure ??= error;
      // The server answers with an error of its own, and so gets to the end of the command.
      connection.sendCopyFail('the source of the rows failed');
    });
  }

  private async send(connection: Connection): Promise<void> {
    for await (const chunk of this.from) {
      if (this.failure !== null) return;
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
    }
    if (this.failure === null) connection.endCopyFrom();
  }
}
