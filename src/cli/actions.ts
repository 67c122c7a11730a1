/** What the commands do, implemented by the composition root. */
import type {
  Explanation,
  LintAnswer,
  PreviewAnswer,
  WhoAnswer,
  WhoAnywhereAnswer,
  WhoAnywhereQuestion,
  WhoQuestion,
} from '../access/access.ts';
import type { ForecastAnswer } from '../access/forecast-answer.ts';
import type { LeastUseAnswer } from '../access/least-use-answer.ts';
import type { Difference } from '../access/permission-files/difference.ts';
import type { Effect } from '../access/permission-files/effect.ts';
import type { Problem } from '../access/permission-files/problem.ts';
import type { Found, Version, WireDocument } from '../documents/documents.ts';
import type { RawReport } from '../reports/raw-sql.ts';

export type CliActions = {
  /** Serves until it is told to stop; `ready` gets the address. */
  readonly serve: (ready: (url: string) => void) => Promise<void>;
  /** Serves the demo company, which it makes at the first start. */
  readonly start: (ready: (started: Started) => void) => Promise<void>;
  readonly demo: (size: string, quiet: boolean) => Promise<DemoReport>;
  readonly explain: (question: ExplainQuestion) => Promise<Explanation>;
  readonly who: (question: WhoCommand) => Promise<WhoAnswer>;
  readonly whoAnywhere: (question: WhoAnywhereCommand) => Promise<WhoAnywhereAnswer>;
  readonly preview: (question: PreviewCommand) => Promise<PreviewAnswer>;
  readonly forecast: (question: ForecastQuestion) => Promise<ForecastAnswer>;
  readonly lint: (question: LintCommand) => Promise<LintAnswer>;
  readonly leastUse: (question: LeastUseQuestion) => Promise<LeastUseAnswer>;
  readonly sql: (question: SqlCommand) => Promise<RawReport>;
  readonly search: (command: SearchCommand) => Promise<readonly Found[]>;
  readonly history: (question: HistoryQuestion) => Promise<HistoryAnswer>;
  readonly importDoctypes: (folder: string) => Promise<ImportReport>;
  readonly exportPermissions: (
    request: PermissionsQuestion & { readonly shares: boolean; readonly replace: boolean },
  ) => Promise<PermissionsExport>;
  readonly diffPermissions: (request: PermissionsQuestion) => Promise<PermissionsDiff>;
  readonly importPermissions: (
    request: PermissionsQuestion & { readonly prune: boolean; readonly dryRun: boolean },
  ) => Promise<PermissionsImport>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly backup: (folder: string) => Promise<BackupReport>;
  readonly restore: (
    folder: string,
    words: { readonly replace: boolean; readonly loseSecrets: boolean },
  ) => Promise<RestoreReport>;
  readonly migrate: (request: {
    definitions?: string;
    demo?: boolean;
    dryRun?: boolean;
    drop?: readonly string[];
    retype?: readonly string[];
  }) => Promise<unknown>;
};

export type BackupReport = {
  readonly folder: string;
  /** The moment that everything in the backup is of. */
  readonly taken_at: string;
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
};

export type RestoreReport = {
  readonly taken_at: string;
  readonly tables: number;
  readonly rows: number;
  readonly tokens_ended: number;
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
  readonly field: string | undefined;
  /** As of which instant; none is now. */
  readonly at: string | undefined;
  readonly as: SignIn | undefined;
};

/** Who asks, where it is not the system; the password is asked for only then. */
export type SignIn = { readonly user: string; readonly password: () => Promise<string> };

/** One statement of raw SQL. */
export type SqlCommand = { readonly text: string; readonly as: SignIn | undefined };

export type PermissionsQuestion = { readonly folder: string; readonly as: SignIn | undefined };

export type PermissionsExport = {
  readonly folder: string;
  /** Records of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly files: number;
  /** Files that were not there so before. */
  readonly written: number;
  readonly removed: number;
};

export type PermissionsDiff = {
  /** Where there are any, nothing was compared. */
  readonly problems: readonly Problem[];
  readonly differences: readonly ToldDifference[];
  /** Null where there is nothing to count, or nothing that counts it. */
  readonly effect: Effect | null;
};

export type ToldDifference = Omit<Difference, 'add' | 'remove' | 'where'> & PlaceOrNone;

type PlaceOrNone = {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
};

export type PermissionsImport = Omit<PermissionsDiff, 'effect'> & {
  readonly outcome:
    | 'imported'
    | 'could be imported'
    | 'nothing to do'
    | 'needs prune'
    | 'refused'
    | 'not read';
  /** What was refused, and by which place of the files it was asked for. */
  readonly refusals: readonly (PlaceOrNone & {
    readonly subject: string;
    readonly code: string;
    readonly detail: string;
  })[];
};

export type WhoCommand = WhoQuestion & { readonly as: SignIn | undefined };

export type WhoAnywhereCommand = WhoAnywhereQuestion & { readonly as: SignIn | undefined };

export type PreviewCommand = { readonly file: string; readonly as: SignIn | undefined };

export type ForecastQuestion = { readonly days: number; readonly as: SignIn | undefined };

export type LintCommand = { readonly as: SignIn | undefined };

export type LeastUseQuestion = {
  readonly grant?: string;
  readonly user?: string;
  readonly role?: string;
  readonly as: SignIn | undefined;
};

/** Words to search for; without a doctype, in all of them. */
export type SearchCommand = {
  readonly text: string;
  readonly doctype?: string | undefined;
  readonly limit?: number;
  readonly as: SignIn | undefined;
};

export type HistoryQuestion = {
  readonly doctype: string;
  readonly name: string;
  /** The document as this version left it, instead of what was changed. */
  readonly version: number | undefined;
  readonly as: SignIn | undefined;
};

export type HistoryAnswer =
  | { readonly versions: readonly Version[] }
  | { readonly document: WireDocument };

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
