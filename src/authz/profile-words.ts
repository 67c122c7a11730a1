/**
 * The form in which `decide` reads what a principal may do: numbers in one memory, because a
 * check of a random person and document spends most of its time on waiting for memory.
 *
 * A profile is a word that tells when it holds, and for each doctype by its number two: a summary
 * and where its parts begin. A summary is the actions of all parts, `IS_VISIBLE`, `HAS_SHARES`.
 * A part is a word of actions, levels and `LAST_PART`, the number of its condition, and for each
 * path where its coverage begins, or 0. A coverage is a word of `COVERS_ANY`, `COVERS_BLANK` and
 * the count of spans, and the first and last number of each span.
 */
import type { CompiledDoctype, CompiledPath } from './compiled-doctype.ts';
import type { Coverage } from './coverage.ts';
import { BLANK_NUMBER, numberOf } from './dimension.ts';
import type { Filter } from './filter.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import type { Part } from './part.ts';
import { valuesAt } from './path-values.ts';
import { isInSpans } from './spans.ts';

const ACTIONS_MASK = 0xffff;
const IS_VISIBLE = 1 << 16;
const HAS_SHARES = 1 << 17;
const LEVELS_SHIFT = 16;
const LEVELS_MASK = 0x3ff;
const LAST_PART = 1 << 26;
const COVERS_ANY = 1;
const COVERS_BLANK = 2;
const COUNT_SHIFT = 2;

/** Set in an answer where something reaches the document, even if it opens no level. */
const REACHED = 1 << 10;

/** A question about one document, with the action as its bit. */
export type Asked = {
  readonly doctype: CompiledDoctype;
  readonly action: number;
  readonly document: DocumentFacts;
  readonly me: string;
};

/** By path, the values that a document with rows has there, as numbers. */
type ValueSets = readonly (readonly number[] | null)[];

/** What all profiles of a world are written into. */
export class ProfileMemory {
  /** Replaced by a longer one as it fills; what stands in it keeps its place. */
  words = new Int32Array(1 << 12);
  private used = 1;
  /** By number; 0 stands for none. */
  private readonly conditions: (Filter | null)[] = [null];
  private readonly conditionNumbers = new Map<Filter, number>();

  /** Writes a profile and gives its place. `window` is a number that the reader understands. */
  write(
    window: number,
    doctypeCount: number,
    doctypes: ReadonlyMap<CompiledDoctype, readonly Part[]>,
    shared: Iterable<CompiledDoctype>,
  ): number {
    const start = this.used;
    this.push(window);
    for (let count = 0; count < 2 * doctypeCount; count++) this.push(0);
    const written = new Map<Coverage, number>();
    for (const [doctype, parts] of doctypes) {
      const places = parts.map((part) => part.coverages.map((one) => this.place(one, written)));
      this.words[start + 1 + 2 * doctype.number] = parts.reduce(
        (bits, part) => bits | part.actions,
        IS_VISIBLE,
      );
      this.words[start + 2 + 2 * doctype.number] = this.used;
      for (const [index, part] of parts.entries()) {
        const last = index === parts.length - 1 ? LAST_PART : 0;
        this.push((part.actions & ACTIONS_MASK) | (part.levels << LEVELS_SHIFT) | last);
        this.push(this.conditionNumber(part.when));
        for (const place of places[index] ?? []) this.push(place);
      }
    }
    for (const { number } of shared) {
      const at = start + 1 + 2 * number;
      this.words[at] = (this.words[at] ?? 0) | IS_VISIBLE | HAS_SHARES;
    }
    return start;
  }

  window(profile: number): number {
    return this.words[profile] as number;
  }

  isVisible(profile: number, doctype: CompiledDoctype): boolean {
    return (this.summary(profile, doctype) & IS_VISIBLE) !== 0;
  }

  mayEver(profile: number, doctype: CompiledDoctype, action: number): boolean {
    return (this.summary(profile, doctype) & action) !== 0;
  }

  hasShares(profile: number, doctype: CompiledDoctype): boolean {
    return (this.summary(profile, doctype) & HAS_SHARES) !== 0;
  }

  /**
   * The levels, as bits, that parts of the profile open on the document; 0 where none reaches it.
   * With `isEnough` only those of the first part that does, which is all that a check must know.
   */
  reached(profile: number, asked: Asked, isEnough: boolean): number {
    const { words } = this;
    const { doctype, action } = asked;
    const at = profile + 1 + 2 * doctype.number;
    if (((words[at] as number) & action) === 0) return 0;
    const paths = doctype.compiledPaths;
    // Where rows carry a dimension, in a way of its own, which the others do not pay for.
    const sets = doctype.hasRowPaths ? numbersOfRows(paths, asked.document) : null;
    const numbers: number[] = [];
    for (let path = 0; sets === null && path < paths.length; path++) {
      const { dimension, column } = paths[path] as CompiledPath;
      numbers.push(numberOf(dimension, fieldValue(asked.document, column)));
    }
    let levels = 0;
    for (let part = words[at + 1] as number; ; part += 2 + paths.length) {
      const head = words[part] as number;
      if (
        (head & action) !== 0 &&
        (sets === null
          ? this.partReaches(part, numbers, asked)
          : this.partReachesRows(part, sets, asked))
      ) {
        levels |= ((head >> LEVELS_SHIFT) & LEVELS_MASK) | REACHED;
        if (isEnough) return levels;
      }
      if ((head & LAST_PART) !== 0) return levels;
    }
  }

  private partReachesRows(part: number, sets: ValueSets, asked: Asked): boolean {
    const { words } = this;
    for (const [path, all] of sets.entries()) {
      const coverage = words[part + 2 + path] as number;
      if (coverage === 0) continue;
      if (all === null || !all.every((number) => coversAt(words, coverage, number))) return false;
    }
    return this.conditionHolds(part, asked);
  }

  private partReaches(part: number, numbers: readonly number[], asked: Asked): boolean {
    const { words } = this;
    for (let path = 0; path < numbers.length; path++) {
      const coverage = words[part + 2 + path] as number;
      if (coverage !== 0 && !coversAt(words, coverage, numbers[path] as number)) return false;
    }
    return this.conditionHolds(part, asked);
  }

  private conditionHolds(part: number, asked: Asked): boolean {
    const condition = this.words[part + 1] as number;
    if (condition === 0) return true;
    return matches(this.conditions[condition] as Filter, asked.document, asked.me);
  }

  private summary(profile: number, doctype: CompiledDoctype): number {
    return this.words[profile + 1 + 2 * doctype.number] as number;
  }

  private push(word: number): void {
    if (this.used === this.words.length) {
      const longer = new Int32Array(2 * this.words.length);
      longer.set(this.words);
      this.words = longer;
    }
    this.words[this.used] = word;
    this.used += 1;
  }

  private place(coverage: Coverage | null, written: Map<Coverage, number>): number {
    if (coverage === null) return 0;
    const known = written.get(coverage);
    if (known !== undefined) return known;
    const place = this.used;
    const { any, blank, spans } = coverage;
    const flags = (any ? COVERS_ANY : 0) | (blank ? COVERS_BLANK : 0);
    this.push(flags | ((spans.length >> 1) << COUNT_SHIFT));
    for (const number of spans) this.push(number);
    written.set(coverage, place);
    return place;
  }

  private conditionNumber(condition: Filter | null): number {
    if (condition === null) return 0;
    const known = this.conditionNumbers.get(condition);
    if (known !== undefined) return known;
    const number = this.conditions.push(condition) - 1;
    this.conditionNumbers.set(condition, number);
    return number;
  }
}

/** By path: each value of the document once; null where it came without its rows. */
function numbersOfRows(paths: readonly CompiledPath[], document: DocumentFacts): ValueSets {
  return paths.map((path) => {
    const values = valuesAt(path, document);
    return values && [...new Set(values.map((value) => numberOf(path.dimension, value)))];
  });
}

function coversAt(words: Int32Array, at: number, number: number): boolean {
  const head = words[at] as number;
  if (number === BLANK_NUMBER) return (head & COVERS_BLANK) !== 0;
  if ((head & COVERS_ANY) !== 0) return true;
  return isInSpans(words, at + 1, head >> COUNT_SHIFT, number);
}
