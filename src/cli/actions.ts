/** What the commands do, implemented by the composition root. */
import type { Explanation } from '../access/access.ts';
import type { ForecastAnswer } from '../access/forecast-answer.ts';

export type CliActions = {
  /** Serves until it is told to stop; `ready` gets the address. */
  readonly serve: (ready: (url: string) => void) => Promise<void>;
  /** Serves the demo company, which it makes at the first start. */
  readonly start: (ready: (started: Started) => void) => Promise<void>;
  readonly demo: (size: string, quiet: boolean) => Promise<DemoReport>;
  readonly explain: (question: ExplainQuestion) => Promise<Explanation>;
  readonly forecast: (question: ForecastQuestion) => Promise<ForecastAnswer>;
  readonly importDoctypes: (folder: string) => Promise<ImportReport>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly migrate: (request: { definitions?: string; demo?: boolean }) => Promise<unknown>;
};

export type Started = {
  readonly url: string;
  readonly password: string;
  readonly personas: readonly {
    readonly user: string;
    readonly full_name: string;
    readonly holds: readonly string[];
  }[];
};

export type DemoReport = Omit<Started, 'url'> & { readonly folder: string };

export type ExplainQuestion = {
  readonly user: string;
  readonly action: string;
  readonly doctype: string;
  readonly name: string | undefined;
  /** As of which instant; none is now. */
  readonly at: string | undefined;
  /** Who asks, where it is not the system; the password is asked for only then. */
  readonly as: { readonly user: string; readonly password: () => Promise<string> } | undefined;
};

export type ForecastQuestion = Pick<ExplainQuestion, 'as'> & { readonly days: number };

export type ImportReport = {
  readonly files: readonly ImportedFile[];
  /** How many files came to which outcome. */
  readonly summary: Readonly<Record<string, number>>;
};

export type ImportedFile = {
  readonly file: string;
  readonly doctype: string | null;
  readonly outcome:
    | 'created'
    | 'changed'
    | 'unchanged'
    | 'mapped to a built-in doctype'
    | 'not storable'
    | 'refused'
    | 'broken';
  /** Changes that were made, or reasons why none could be. */
  readonly details: readonly string[];
  /** Permission rows, which are in force only once somebody has chosen a reach. */
  readonly draft_rules: number;
  /** Each field or key that was not taken over, and why. */
  readonly not_taken: readonly {
    readonly field: string | null;
    readonly key: string;
    readonly why: string;
  }[];
};

export type DoctorReport = {
  readonly healthy: boolean;
  /** False where the installation could not be opened at all. */
  readonly reachable: boolean;
  readonly checks: readonly DoctorCheck[];
};

export type DoctorCheck = {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
};
