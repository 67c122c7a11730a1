/**
 * Documents of a doctype in groups that no permission can tell apart. A question about very many
 * documents is asked of each group once.
 */

import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype, CompiledPath } from './compiled-doctype.ts';
import { type Coverage, coversNumber } from './coverage.ts';
import { BLANK_NUMBER, numberOf, UNNAMED_NUMBER } from './dimension.ts';
import { fieldOfMe } from './field-of-me.ts';
import { fieldsOf } from './filter.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import type { Part } from './part.ts';
import { valuesAt } from './path-values.ts';
import { isInSpans } from './spans.ts';
import { BLANK_VALUE } from './world.ts';

/** Documents alike in all that decides about them: their facts, and how many they are. */
export type DocumentGroup = { readonly facts: DocumentFacts; readonly count: number };

/** What documents of a doctype must be grouped by. */
export type Grouping = {
  /** Fields that a dimension path or a rule's condition reads. */
  readonly fields: readonly string[];
  /** Names of documents that a share names: each is a group of its own. */
  readonly names: readonly string[];
};

/** What tells documents of the doctype apart in any of the worlds. */
export function groupingOf(worlds: readonly CompiledWorld[], doctype: string): Grouping {
  const fields = new Set<string>();
  const names = new Set<string>();
  for (const world of worlds) {
    for (const { path } of world.doctypes.get(doctype)?.paths ?? []) fields.add(path);
    for (const byDoctype of world.rules.values()) {
      for (const { source } of byDoctype.get(doctype) ?? []) {
        if (source.when) for (const field of fieldsOf(source.when)) fields.add(field);
      }
    }
    for (const share of world.source.shares)
      if (share.doctype === doctype) names.add(share.document);
  }
  return { fields: [...fields].sort(), names: [...names].sort() };
}

/** What groups are tested by. */
type Tested = Pick<Part, 'coverages' | 'when'>;

/** A coverage, and the numbers that it must cover: of each place its one, or all of its rows. */
type Test = { readonly coverage: Coverage; readonly numbers: PathNumbers };
type PathNumbers = Int32Array | readonly (readonly number[] | null)[];

export class DocumentGroups {
  readonly doctype: CompiledDoctype;
  /** In an order of its own: what a scope covers stands together. A group's place is here. */
  readonly groups: readonly DocumentGroup[];
  /** By place: where the group stood in the list that was given. */
  readonly origins: Int32Array;
  /** By path: the numbers of the groups' values. */
  private readonly numbers: readonly PathNumbers[];
  /** The path by which groups are ordered: one on which each has one value; -1 for none. */
  private readonly lead: number;
  /** Their numbers on that path, ascending. */
  private readonly leading: Int32Array;
  private readonly byField = new Map<string, ReadonlyMap<string, readonly number[]>>();

  constructor(doctype: CompiledDoctype, groups: readonly DocumentGroup[]) {
    this.doctype = doctype;
    const paths = doctype.compiledPaths;
    this.lead = paths.findIndex(({ table }) => table === null);
    const lead = paths[this.lead];
    this.origins = lead ? orderBy(oneNumber(lead, groups)) : Int32Array.from(groups.keys());
    this.groups = Array.from(this.origins, (origin) => groups[origin] as DocumentGroup);
    this.numbers = paths.map((path) =>
      path.table === null
        ? oneNumber(path, this.groups)
        : this.groups.map(({ facts }) => rowNumbers(path, facts)),
    );
    this.leading = (this.numbers[this.lead] ?? new Int32Array(groups.length)) as Int32Array;
  }

  /** Adds the bits to each group, by its place, that the part reaches for `me`. */
  mark(part: Tested, bits: number, me: string, into: Int32Array): void {
    const mine = part.when && fieldOfMe(part.when);
    if (mine !== null) {
      const tests = this.testsOf(part, -1);
      for (const place of this.groupsBy(mine).get(me) ?? []) {
        if (this.reaches(tests, part, place, me)) into[place] = (into[place] as number) | bits;
      }
      return;
    }
    const tests = this.testsOf(part, this.lead);
    const ranges = this.rangesOf(part.coverages[this.lead] ?? null);
    const [only] = tests;
    const isPlain = part.when === null && tests.length === 1;
    for (let at = 0; at < ranges.length; at += 2) {
      const [from, end] = [ranges[at] as number, ranges[at + 1] as number];
      if (isPlain && only?.numbers instanceof Int32Array) {
        markCovered(only.coverage, only.numbers, from, end, bits, into);
        continue;
      }
      for (let place = from; place < end; place++) {
        if (this.reaches(tests, part, place, me)) into[place] = (into[place] as number) | bits;
      }
    }
  }

  /** The places of the groups that the part reaches for `me`, in no order. */
  reachedBy(part: Tested, me: string): number[] {
    const mine = part.when && fieldOfMe(part.when);
    if (mine !== null) {
      const tests = this.testsOf(part, -1);
      const named = this.groupsBy(mine).get(me) ?? [];
      return named.filter((place) => this.reaches(tests, part, place, me));
    }
    const found: number[] = [];
    const tests = this.testsOf(part, this.lead);
    const ranges = this.rangesOf(part.coverages[this.lead] ?? null);
    for (let at = 0; at < ranges.length; at += 2) {
      for (let place = ranges[at] as number; place < (ranges[at + 1] as number); place++) {
        if (this.reaches(tests, part, place, me)) found.push(place);
      }
    }
    return found;
  }

  /** The places of the groups of documents of this name. */
  named(name: string): readonly number[] {
    return this.groupsBy('name').get(name) ?? [];
  }

  /** How many documents the groups of these places hold. */
  count(places: readonly number[]): number {
    return places.reduce((sum, group) => sum + (this.groups[group] as DocumentGroup).count, 0);
  }

  /**
   * How many documents, of the groups of these places, have which value on a path, by its place
   * among the doctype's. A document with several rows counts once for each value of theirs.
   */
  valuesAt(path: number, places: readonly number[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const place of places) {
      const { facts, count } = this.groups[place] as DocumentGroup;
      const values = valuesAt(this.doctype.compiledPaths[path] as CompiledPath, facts) ?? [];
      for (const value of new Set(values)) {
        const name = value === null ? BLANK_VALUE : String(value);
        counts.set(name, (counts.get(name) ?? 0) + count);
      }
    }
    return counts;
  }

  /** Adds the bits to the group of the document of this name. */
  markNamed(name: string, bits: number, into: Int32Array): void {
    for (const place of this.named(name)) into[place] = (into[place] as number) | bits;
  }

  /** What must hold of a place besides the condition, on all paths but one. */
  private testsOf({ coverages }: Tested, except: number): readonly Test[] {
    const tests: Test[] = [];
    for (const [path, numbers] of this.numbers.entries()) {
      const coverage = coverages[path];
      if (coverage && path !== except) tests.push({ coverage, numbers });
    }
    return tests;
  }

  private reaches(tests: readonly Test[], { when }: Tested, place: number, me: string): boolean {
    for (let test = 0; test < tests.length; test++) {
      const { coverage, numbers } = tests[test] as Test;
      if (!coversOne(coverage, numbers[place] as number | readonly number[] | null)) return false;
    }
    return when === null || matches(when, (this.groups[place] as DocumentGroup).facts, me);
  }

  /** Groups by the text that a field of theirs has. */
  private groupsBy(field: string): ReadonlyMap<string, readonly number[]> {
    const known = this.byField.get(field);
    if (known) return known;
    const made = new Map<string, number[]>();
    for (const [place, { facts }] of this.groups.entries()) {
      const value = fieldValue(facts, field);
      if (typeof value !== 'string') continue;
      const same = made.get(value);
      if (same) same.push(place);
      else made.set(value, [place]);
    }
    this.byField.set(field, made);
    return made;
  }

  /** Where the covered groups stand: beginnings, and ends that are not in it. */
  private rangesOf(first: Coverage | null): readonly number[] {
    const count = this.leading.length;
    if (first === null) return [0, count];
    const blank = this.startOf(BLANK_NUMBER);
    const named = this.startOf(BLANK_NUMBER + 1);
    // Below the blank stands what no scope names, above it what scopes name.
    const ranges = first.any ? [0, blank, named, count] : [];
    if (first.blank) ranges.push(blank, named);
    if (first.any) return ranges;
    for (let at = 0; at < first.spans.length; at += 2) {
      const [from, to] = [first.spans[at] as number, first.spans[at + 1] as number];
      ranges.push(this.startOf(from), this.startOf(to + 1));
    }
    return ranges;
  }

  /** The first place in the order whose number is at least this. */
  private startOf(number: number): number {
    let low = 0;
    let high = this.leading.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.leading[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Places in the order of the numbers; of equal ones, the earlier first. Sorts by counting. */
function orderBy(numbers: Int32Array): Int32Array {
  let last = UNNAMED_NUMBER;
  for (const number of numbers) if (number > last) last = number;
  // By number, counted from the lowest there is: first how many, then where the next one goes.
  const nexts = new Int32Array(last - UNNAMED_NUMBER + 2);
  for (const number of numbers) {
    nexts[number - UNNAMED_NUMBER + 1] = (nexts[number - UNNAMED_NUMBER + 1] as number) + 1;
  }
  for (let at = 1; at < nexts.length; at++) {
    nexts[at] = (nexts[at] as number) + (nexts[at - 1] as number);
  }
  const order = new Int32Array(numbers.length);
  for (const [place, number] of numbers.entries()) {
    const next = nexts[number - UNNAMED_NUMBER] as number;
    order[next] = place;
    nexts[number - UNNAMED_NUMBER] = next + 1;
  }
  return order;
}

function oneNumber(path: CompiledPath, groups: readonly DocumentGroup[]): Int32Array {
  return Int32Array.from(groups, ({ facts }) =>
    numberOf(path.dimension, fieldValue(facts, path.column)),
  );
}

/** The usual case, written out: no condition, and one value on one path left to be covered. */
function markCovered(
  { any, blank, spans }: Coverage,
  numbers: Int32Array,
  from: number,
  end: number,
  bits: number,
  into: Int32Array,
): void {
  for (let place = from; place < end; place++) {
    const before = into[place] as number;
    if ((before & bits) === bits) continue;
    const number = numbers[place] as number;
    const isCovered =
      number === BLANK_NUMBER ? blank : any || isInSpans(spans, 0, spans.length >> 1, number);
    if (isCovered) into[place] = before | bits;
  }
}

/** By null, rows that nobody knows: nothing covers them. */
function coversOne(coverage: Coverage, numbers: number | readonly number[] | null): boolean {
  if (typeof numbers === 'number') return coversNumber(coverage, numbers);
  return numbers?.every((number) => coversNumber(coverage, number)) ?? false;
}

function rowNumbers(path: CompiledPath, facts: DocumentFacts): readonly number[] | null {
  const values = valuesAt(path, facts);
  return values?.map((value) => numberOf(path.dimension, value)) ?? null;
}
