/** What the commands do, implemented by the composition root. */
import type { Explanation } from '../access/access.ts';

export type CliActions = {
  /** Serves until it is told to stop. */
  readonly serve: () => Promise<void>;
  /** Serves the demo company, which it makes at the first start. */
  readonly start: () => Promise<void>;
  readonly demo: (size: string) => Promise<readonly string[]>;
  readonly explain: (question: {
    readonly user: string;
    readonly action: string;
    readonly doctype: string;
    readonly name: string | undefined;
    readonly as: string | undefined;
  }) => Promise<Explanation>;
  readonly importDoctypes: (folder: string) => Promise<ImportReport>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly migrate: (definitions: string | undefined) => Promise<unknown>;
};

export type ImportReport = {
  readonly broken: number;
  readonly lines: readonly string[];
};

export type DoctorReport = { readonly healthy: boolean; readonly lines: readonly string[] };
