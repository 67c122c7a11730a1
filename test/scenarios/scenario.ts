/** What a scenario is once it has been read: worlds, and what is expected of each of them. */
import type { Action, Ceiling, Missing, Rule, World } from '../../src/authz/index.ts';

/** The doors that every scenario is asked at. */
export const DOORS = ['kernel', 'filter', 'security', 'http'] as const;

export type Door = (typeof DOORS)[number];

export type Scalar = string | number | null;

/** Child rows, where a field is a table. */
export type Rows = readonly Readonly<Record<string, Scalar>>[];

export type Values = Readonly<Record<string, Scalar | Rows>>;

export type ScenarioDocument = { readonly doctype: string; readonly values: Values };

/** A rule, and its condition as it is stored. */
export type RuleSource = { readonly rule: Rule; readonly when: unknown };

export type Token = { readonly user: string; readonly ceiling: Omit<Ceiling, 'name'> };

/**
 * What stood in the way: the kernel's words; `level` for a field that is closed; `grant` where a
 * share alone reaches a document that is to be moved.
 */
export type Lack = Missing['kind'] | 'level' | 'grant';

/** A grant or share that said yes, and the request that it came by. */
export type Because = { readonly name: string; readonly request: string | null };

export type Expected =
  | {
      readonly allowed: true;
      readonly because: readonly Because[];
      readonly levels: readonly number[];
    }
  | { readonly allowed: false; readonly lack: Lack };

/** Actions that are asked of documents that are not there yet. */
export const BRINGS_NEW: ReadonlySet<Action> = new Set(['create', 'import']);

/** Who asks: somebody by name, alone or by one of their tokens. */
export type Who = { readonly id: string; readonly token: string | null };

/** One question about one document, and its answer. */
export type Line = {
  /** As it stands in the file. */
  readonly text: string;
  readonly who: Who;
  readonly action: Action;
  readonly doctype: string;
  readonly name: string;
  /** Asks of this field alone. */
  readonly field: string | null;
  /** Asks of the document before and after this change. */
  readonly change: Values | null;
  readonly expected: Expected;
};

/** Whether somebody is told that a doctype exists. */
export type Visibility = {
  readonly text: string;
  readonly who: Who;
  readonly doctype: string;
  readonly visible: boolean;
};

/** A world at one time. A scenario has one for its beginning, and one for each later change. */
export type Stage = {
  readonly title: string;
  readonly world: World;
  /** Conditions of rules as they are stored, by the name of the rule. */
  readonly whens: ReadonlyMap<string, unknown>;
  readonly documents: readonly ScenarioDocument[];
  /** Documents that are not there yet: somebody asks to create them. */
  readonly drafts: readonly ScenarioDocument[];
  readonly tokens: ReadonlyMap<string, Token>;
  readonly lines: readonly Line[];
  readonly visibilities: readonly Visibility[];
};

export type Scenario = {
  readonly file: string;
  readonly name: string;
  /** One sentence that a security lead understands. */
  readonly why: string;
  /** Complaints about Frappe (`W7`) and cases of the forum thread that it answers. */
  readonly answers: readonly string[];
  /** Doors that it is not asked at, with the reason. */
  readonly leftOut: ReadonlyMap<Door, string>;
  readonly stages: readonly Stage[];
};
