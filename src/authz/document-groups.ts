/**
 * Documents of a doctype in groups that no permission can tell apart. A question about very many
 * documents is asked of each group once.
 */

import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype, CompiledPath } from './compiled-doctype.ts';
import { type Coverage, coversNumber } from './coverage.ts';
import { BLANK_NUMBER, numberOf } from './dimension.ts';
import { fieldOfMe } from './field-of-me.ts';
import { fieldsOf } from './filter.ts';
import { grouped } from './grouped.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import type { Part } from './part.ts';
import { valuesAt } from './path-values.ts';
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

export class DocumentGroups {
  readonly doctype: CompiledDoctype;
  readonly groups: readonly DocumentGroup[];
  /** By path: the number of each group's value; of a path through rows, all its numbers. */
  private readonly numbers: readonly (Int32Array | readonly (readonly number[] | null)[])[];
  /** The path by which groups are ordered: one on which each has one value; -1 for none. */
  private readonly lead: number;
  /** Groups in the order of their numbers on that path, and those numbers. */
  private readonly order: Int32Array;
  private readonly firsts: Int32Array;
  /** Several where documents of other names are about to become one. */
  private readonly byName = new Map<string, number[]>();
  private readonly byField = new Map<string, ReadonlyMap<string, readonly number[]>>();

  constructor(doctype: CompiledDoctype, groups: readonly DocumentGroup[]) {
    this.doctype = doctype;
    this.groups = groups;
    this.numbers = doctype.compiledPaths.map((path) =>
      path.table === null
        ? Int32Array.from(groups, ({ facts }) =>
            numberOf(path.dimension, fieldValue(facts, path.column)),
          )
        : groups.map(({ facts }) => rowNumbers(path, facts)),
    );
    this.lead = doctype.compiledPaths.findIndex(({ table }) => table === null);
    const leading = (this.numbers[this.lead] ?? new Int32Array(groups.length)) as Int32Array;
    this.order = Int32Array.from(groups, (_, group) => group);
    this.order.sort((a, b) => (leading[a] as number) - (leading[b] as number));
    this.firsts = this.order.map((group) => leading[group] as number);
    for (const [group, { facts }] of groups.entries()) {
      const name = fieldValue(facts, 'name');
      if (typeof name === 'string')
        this.byName.set(name, [...(this.byName.get(name) ?? []), group]);
    }
  }

  /** Adds the bits to each group, by its number, that the part reaches for `me`. */
  mark(part: Tested, bits: number, me: string, into: Int32Array): void {
    const mine = part.when && fieldOfMe(part.when);
    if (mine !== null) {
      for (const group of this.groupsBy(mine).get(me) ?? []) {
        if (this.reaches(part, group, me, true)) into[group] = (into[group] as number) | bits;
      }
      return;
    }
    const ranges = this.rangesOf(part.coverages[this.lead] ?? null);
    const isOpen =
      part.when === null && part.coverages.every((one, path) => one === null || path === this.lead);
    for (let at = 0; at < ranges.length; at += 2) {
      for (let place = ranges[at] as number; place < (ranges[at + 1] as number); place++) {
        const group = this.order[place] as number;
        const before = into[group] as number;
        if ((before & bits) === bits) continue;
        if (isOpen || this.reaches(part, group, me, false)) into[group] = before | bits;
      }
    }
  }

  /** The numbers of the groups that the part reaches for `me`, in no order. */
  reachedBy(part: Tested, me: string): number[] {
    const mine = part.when && fieldOfMe(part.when);
    if (mine !== null) {
      const named = this.groupsBy(mine).get(me) ?? [];
      return named.filter((group) => this.reaches(part, group, me, true));
    }
    const found: number[] = [];
    const ranges = this.rangesOf(part.coverages[this.lead] ?? null);
    for (let at = 0; at < ranges.length; at += 2) {
      for (let place = ranges[at] as number; place < (ranges[at + 1] as number); place++) {
        const group = this.order[place] as number;
        if (this.reaches(part, group, me, false)) found.push(group);
      }
    }
    return found;
  }

  /** The numbers of the groups of documents of this name. */
  named(name: string): readonly number[] {
    return this.byName.get(name) ?? [];
  }

  /** How many documents the groups of these numbers hold. */
  count(numbers: readonly number[]): number {
    return numbers.reduce((sum, group) => sum + (this.groups[group] as DocumentGroup).count, 0);
  }

  /**
   * How many documents, of the groups of these numbers, have which value on a path, by its place
   * among the doctype's. A document with several rows counts once for each value of theirs.
   */
  valuesAt(path: number, numbers: readonly number[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const number of numbers) {
      const { facts, count } = this.groups[number] as DocumentGroup;
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
    for (const group of this.byName.get(name) ?? []) into[group] = (into[group] as number) | bits;
  }

  /** The condition and all paths, or all but the leading one. */
  private reaches(
    { coverages, when }: Tested,
    group: number,
    me: string,
    withLead: boolean,
  ): boolean {
    for (let path = 0; path < coverages.length; path++) {
      const coverage = coverages[path];
      if (!coverage || (path === this.lead && !withLead)) continue;
      if (!coversOne(coverage, this.numbers[path]?.[group] ?? null)) return false;
    }
    return when === null || matches(when, (this.groups[group] as DocumentGroup).facts, me);
  }

  /** Groups by whom a field of theirs names. */
  private groupsBy(field: string): ReadonlyMap<string, readonly number[]> {
    const known = this.byField.get(field);
    if (known) return known;
    const made = grouped([...this.groups.keys()], (group) =>
      String(fieldValue((this.groups[group] as DocumentGroup).facts, field)),
    );
    this.byField.set(field, made);
    return made;
  }

  /** Where the covered groups stand in the order: beginnings, and ends that are not in it. */
  private rangesOf(first: Coverage | null): readonly number[] {
    const count = this.order.length;
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
    let high = this.firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.firsts[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
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
