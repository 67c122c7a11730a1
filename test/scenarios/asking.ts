/** A stage as it is asked about by HTTP. */
import type { Action } from '../../src/authz/index.ts';
import type { Census } from '../properties/census.ts';
import type { Client } from '../support/client.ts';
import type { Line, Stage, Who } from './scenario.ts';

/** One stage at this door: who asks how, and what they may know of. */
export type Asking = {
  readonly stage: Stage;
  readonly census: Census;
  readonly inspector: Client;
  /** Null for whoever has no way in of their own: system principals. */
  readonly clientOf: (who: Who) => Client | null;
  /** Whether the kernel lets them know of the doctype. */
  readonly sees: (who: Who, doctype: string) => boolean;
  /** Levels that are open to them on any document at all, for one of these actions. */
  readonly levels: (who: Who, doctype: string, ...actions: Action[]) => ReadonlySet<number>;
  /** Whether the kernel lets them read the line's document. */
  readonly mayRead: (line: Line) => boolean;
  /** Puts everything back after a write that was done. */
  readonly restore: () => Promise<void>;
};
