/** The opening statement of a transaction: who it is for, at which epoch, at what time. */
import type { Action } from '../authz/index.ts';
import { timestamp } from './column.ts';
import type { Result, Statement } from './statement.ts';

/** How a principal proves who they are, to the database itself. */
export type Credential =
  | { readonly kind: 'session'; readonly hash: Buffer }
  | {
      readonly kind: 'token';
      readonly key: string;
      readonly secretHash: Buffer;
      readonly address: string;
    }
  /** A system principal, or `Guest`: nobody signed in. */
  | { readonly kind: 'named'; readonly principal: string };

/** The kernel's own name when it reads the grants. */
export const KERNEL: Credential = { kind: 'named', principal: 'system:kernel' };

export type Opening = {
  readonly principal: string;
  readonly epoch: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The same moment to the microsecond, as `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
  readonly at: string;
};

const COLUMNS = `select o.principal, o.epoch, (o.at at time zone 'UTC')::text from`;

/** Claims the principal for the transaction that it is the first statement of. */
export function openingStatement(credential: Credential, action: Action): Statement {
  switch (credential.kind) {
    case 'session':
      return { text: `${COLUMNS} sys.open_session($1, $2) o`, values: [credential.hash, action] };
    case 'token': {
      const { key, secretHash, address } = credential;
      const text = `${COLUMNS} sys.open_token($1, $2, $3, $4) o`;
      return { text, values: [key, secretHash, address, action] };
    }
    case 'named':
      return {
        text: `${COLUMNS} sys.open_named($1, $2) o`,
        values: [credential.principal, action],
      };
  }
}

/** Reads what the opening statement answered. */
export function openingFrom(result: Result | undefined): Opening {
  const [principal, epoch, at] = result?.rows[0] ?? [];
  if (!principal || !epoch || !at) throw new Error('the opening statement gave no answer');
  const moment = timestamp(at);
  return {
    principal,
    epoch: Number(epoch),
    now: Date.parse(`${moment.slice(0, 10)}T${moment.slice(11, 23)}Z`),
    at: moment,
  };
}

/** Claims another action of the same principal, later in the same transaction. */
export function bindStatement(principal: string, action: Action): Statement {
  return { text: 'select sys.bind($1, $2)', values: [principal, action] };
}

/** Writes share the epoch, permission changes hold it alone: none commits under a revoked grant. */
export function epochLock(kind: 'shared' | 'alone'): Statement {
  return {
    text: `select sys.${kind === 'alone' ? 'lock_epoch' : 'lock_epoch_shared'}()`,
    values: [],
  };
}

/** Keeps the claim's cells of a doctype for the requests to come. A statement after an opening. */
export function keepAccess(doctypeId: number): Statement {
  return { text: 'select sys.keep_access($1)', values: [doctypeId] };
}
