/**
 * Documents of a doctype in groups that no permission can tell apart. A question about very many
 * documents is asked of each group once.
 */

import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { type Coverage, coversNumber } from './coverage.ts';
import { BLANK_NUMBER, numberOf } from './dimension.ts';
import { fieldsOf } from './filter.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import type { Part } from './part.ts';

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

export class DocumentGroups {
  readonly groups: readonly DocumentGroup[];
  /** By path, then by group: the number of the value. */
  private readonly numbers: readonly Int32Array[];
  /** Groups in the order of their numbers on the first path, and those numbers. */
  private readonly order: Int32Array;
  private readonly firsts: Int32Array;
  /** Several where documents of other names are about to become one. */
  private readonly byName = new Map<string, number[]>();

  constructor(doctype: CompiledDoctype, groups: readonly DocumentGroup[]) {
    this.groups = groups;
    this.numbers = doctype.compiledPaths.map(({ dimension, path }) =>
      Int32Array.from(groups, ({ facts }) => numberOf(dimension, fieldValue(facts, path))),
    );
    const [first] = this.numbers;
    this.order = Int32Array.from(groups, (_, group) => group);
    if (first) this.order.sort((a, b) => (first[a] as number) - (first[b] as number));
    this.firsts = first ? this.order.map((group) => first[group] as number) : this.order;
    for (const [group, { facts }] of groups.entries()) {
      const name = fieldValue(facts, 'name');
      if (typeof name === 'string')
        this.byName.set(name, [...(this.byName.get(name) ?? []), group]);
    }
  }

  /** Adds the bits to each group, by its number, that the part reaches for `me`. */
  mark(part: Part, bits: number, me: string, into: Int32Array): void {
    const ranges = this.rangesOf(part.coverages[0] ?? null);
    for (let at = 0; at < ranges.length; at += 2) {
      for (let place = ranges[at] as number; place < (ranges[at + 1] as number); place++) {
        const group = this.order[place] as number;
        const before = into[group] as number;
        if ((before & bits) === bits || !this.reaches(part, group, me)) continue;
        into[group] = before | bits;
      }
    }
  }

  /** Adds the bits to the group of the document of this name. */
  markNamed(name: string, bits: number, into: Int32Array): void {
    for (const group of this.byName.get(name) ?? []) into[group] = (into[group] as number) | bits;
  }

  /** All paths but the first, and the condition. */
  private reaches({ coverages, when }: Part, group: number, me: string): boolean {
    for (let path = 1; path < coverages.length; path++) {
      const coverage = coverages[path];
      const number = (this.numbers[path] as Int32Array)[group] as number;
      if (coverage && !coversNumber(coverage, number)) return false;
    }
    return when === null || matches(when, (this.groups[group] as DocumentGroup).facts, me);
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
