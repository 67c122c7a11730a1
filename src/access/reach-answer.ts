/** What somebody reaches of a doctype, as it is answered. */
import {
  type Cover,
  coversOf,
  type DocumentGroups,
  type Reach,
  type ReachBy,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { PastNote } from './past.ts';
import { type Because, shown } from './witness.ts';

/** Values that are named where there are no more of them; of more, only how many. */
export const VALUES_NAMED_MAX = 5;

/** Values of a scope that are shown of each dimension; `total` says how many there are. */
export const COVERS_SHOWN_MAX = 20;

export type WhoAnywhereAnswer = Partial<PastNote> & {
  readonly of: 'everybody' | 'one';
  /** Documents that the answer is about: those that the caller may ask about. */
  readonly documents: number;
  /** In the order of their names; whoever reaches none is absent. */
  readonly principals: readonly ReachEntry[];
  readonly total: number;
};

export type ReachEntry = {
  readonly name: string;
  readonly documents: number;
  readonly because: readonly ReachReason[];
  /** Whose documents these are, for each dimension path. */
  readonly of: readonly ValuesEntry[];
  readonly by?: CountsEntry;
};

export type ReachReason = Because & {
  /** Of those, how many by this grant with this rule, or by this share. */
  readonly documents: number;
  /** What the grant covers by this rule; a share is of one document. */
  readonly within?: readonly CoverEntry[];
};

type Place = { readonly dimension: string; readonly path: string };

export type CoverEntry = Place & {
  /** `*` is every value but a blank one, and those of `except`. */
  readonly covers:
    | 'everything'
    | readonly { readonly value: string; readonly descendants: 0 | 1 }[];
  /** How many there are, where not all are shown. */
  readonly total?: number;
  readonly except?: readonly { readonly value: string; readonly descendants: 0 | 1 }[];
};

export type ValuesEntry = Place & {
  /** Different values that these documents have; `(blank)` is one. */
  readonly total: number;
  /** They themselves, where there are few. */
  readonly values?: readonly string[];
};

/** For each value the number of documents that have it, the largest first. */
export type CountsEntry = Place & {
  readonly total: number;
  readonly values: readonly { readonly value: string; readonly documents: number }[];
};

/** Which counts of a person. */
export type Page = { readonly start: number; readonly limit: number };

/** Throws `bad_value` for what is no page. */
export function pageOf({ start = 0, limit = LIMITS.pageRowsDefault }: Partial<Page>): Page {
  const { listOffsetMax, pageRowsMax } = LIMITS;
  if (!isWithin(start, 0, listOffsetMax)) throw outside('start', 0, listOffsetMax);
  if (!isWithin(limit, 1, pageRowsMax)) throw outside('limit', 1, pageRowsMax);
  return { start, limit };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && least <= value && value <= most;
}

function outside(name: string, least: number, most: number): Refusal {
  return new Refusal('bad_value', `\`${name}\` is a whole number from ${least} to ${most}.`);
}

type Doctype = DocumentGroups['doctype'];

/** The place of a path among the doctype's, by its own name or by that of its dimension. */
export function readPath({ name, paths }: Doctype, by: string): number {
  const own = paths.findIndex(({ path }) => path === by);
  if (own >= 0) return own;
  const found = paths.filter(({ dimension }) => dimension === by);
  const [only] = found;
  if (found.length === 1 && only) return paths.indexOf(only);
  const places = found.map(({ path }) => `\`${path}\``).join(' and ');
  const detail =
    found.length > 1
      ? `${name} carries ${by} on ${places}: \`by\` takes one of them.`
      : `${name} carries no dimension \`${by}\`.`;
  throw new Refusal('bad_value', detail);
}

/** One person's part of the answer. */
export function shownReach(
  groups: DocumentGroups,
  reach: Reach,
  by: number | null,
  page: Page,
): ReachEntry {
  const { paths } = groups.doctype;
  const counts = paths.map((_, path) => groups.valuesAt(path, reach.groups));
  const of = paths.map((place, path) => valuesEntry(place, [...(counts[path]?.keys() ?? [])]));
  const place = by === null ? undefined : paths[by];
  return {
    name: reach.principal,
    documents: groups.count(reach.groups),
    because: reach.by.map((one) => reason(groups, one)),
    of,
    ...(place && by !== null
      ? { by: { ...place, ...countsEntry(counts[by] ?? new Map(), page) } }
      : {}),
  };
}

function reason(groups: DocumentGroups, by: ReachBy): ReachReason {
  const { witness } = by;
  const told = { ...shown(witness), documents: groups.count(by.groups) };
  if (witness.kind === 'share') return told;
  return { ...told, within: coversOf(groups.doctype, witness.way).map(coverEntry) };
}

function coverEntry({ dimension, path, names }: Cover): CoverEntry {
  if (names === null) return { dimension, path, covers: 'everything' };
  const { values, except } = names;
  return {
    ...{ dimension, path },
    covers: values.slice(0, COVERS_SHOWN_MAX).map(valueEntry),
    ...(values.length > COVERS_SHOWN_MAX ? { total: values.length } : {}),
    ...(except.length > 0 ? { except: except.map(valueEntry) } : {}),
  };
}

function valueEntry({ value, descendants }: { value: string; descendants: boolean }) {
  return { value, descendants: descendants ? (1 as const) : (0 as const) };
}

function valuesEntry(place: Place, values: readonly string[]): ValuesEntry {
  const few = values.length <= VALUES_NAMED_MAX ? { values: values.toSorted() } : {};
  return { ...place, total: values.length, ...few };
}

function countsEntry(counts: ReadonlyMap<string, number>, { start, limit }: Page) {
  const all = [...counts].sort(
    ([a, some], [b, others]) => others - some || (a < b ? -1 : Number(a > b)),
  );
  const values = all.slice(start, start + limit);
  return {
    total: all.length,
    values: values.map(([value, documents]) => ({ value, documents })),
  };
}
