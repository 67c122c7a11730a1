/** The system as commands use it, and what they are given to build one. */
import type { Config } from '../config.ts';
import type { Services } from '../http/what-routes-call.ts';
import type { Reports } from '../reports/raw-sql.ts';
import type { DatabaseAddress } from '../store/database.ts';
import type { Store } from '../store/store.ts';

export type System = Services & {
  readonly store: Store;
  readonly reports: Reports;
  readonly close: () => Promise<void>;
};

export type SystemSettings = {
  readonly isDemo: boolean;
  /** The installation's own key, under which secret fields are sealed. */
  readonly fieldKey: string;
  /** Gets lines for the operator; they go to standard error where it is unset. */
  readonly report?: (line: string) => void;
  /** The login that raw SQL runs under; without it there is none. */
  readonly reporting?: DatabaseAddress;
  /** Where a standby of the database listens, for reads; none where it is unset. */
  readonly replicaAt?: Pick<DatabaseAddress, 'host' | 'port'> | null;
  /** Who may state properties of which resources in AuthZEN questions; nobody where it is unset. */
  readonly propertyTrust?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Personal pairs that one person may give at once; `LIMITS.approvalPairs` where it is unset. */
  readonly approvalPairs?: number;
};

export type Root = {
  readonly config: Config;
  /** Builds a system on a database, with the application's login. */
  readonly compose: (address: DatabaseAddress, settings: SystemSettings) => System;
  /** The program itself, to run its `migrate` in a process of its own. */
  readonly mainFile: string;
};
