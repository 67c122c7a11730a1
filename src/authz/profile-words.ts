/**
 * The form in which `decide` reads what a principal may do: numbers in one memory, and few of
 * them, because a check of a random person and document spends most of its time on waiting for
 * memory. What roles may do stands in the `RuleTable`, once for everybody.
 *
 * A profile is a word that tells when it holds, a word that is 1 where there are shares, and the
 * count of scopes; then each scope: the count of its roles, the roles by their numbers, and for
 * each dimension where its coverage begins, or 0. A coverage is a word of `COVERS_ANY`,
 * `COVERS_BLANK` and the count of spans, and the first and last number of each span.
 */
import type { CompiledDoctype, CompiledPath } from './compiled-doctype.ts';
import type { Coverage } from './coverage.ts';
import { BLANK_NUMBER, numberOf } from './dimension.ts';
import type { Filter } from './filter.ts';
import type { HeldScope } from './held-scope.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import { valuesAt } from './path-values.ts';
import {
  EVERYTHING,
  LAST_RULE,
  LEVELS_MASK,
  LEVELS_SHIFT,
  RULE_WORDS,
  type RuleTable,
} from './rule-table.ts';
import { isInSpans } from './spans.ts';

const COVERS_ANY = 1;
const COVERS_BLANK = 2;
const COUNT_SHIFT = 2;

const WINDOW = 0;
const SHARES = 1;
const SCOPES = 2;
const FIRST_SCOPE = 3;

/** Set in an answer where something reaches the document, even if it opens no level. */
const REACHED = 1 << 10;

/** No dimension of the document was looked up yet. */
const UNKNOWN_NUMBER = -3;

/** A question about one document, with the action as its bit. */
export type Asked = {
  readonly doctype: CompiledDoctype;
  readonly action: number;
  readonly document: DocumentFacts;
  readonly me: string;
};

/** What all profiles of a world are written into. */
export class ProfileMemory {
  /** Replaced by a longer one as it fills; what stands in it keeps its place. */
  words = new Int32Array(1 << 12);
  private used = 1;
  private readonly slots: number;
  /** The document's numbers by path, while one question is answered. */
  private numbers = new Int32Array(32);

  /** `slots` is how many dimensions a scope can cover. */
  constructor(slots: number) {
    this.slots = slots;
  }

  /** Writes a profile and gives its place. `window` is a number that the reader understands. */
  write(
    window: number,
    hasShares: boolean,
    scopes: readonly HeldScope[],
    rules: RuleTable,
  ): number {
    const written = new Map<Coverage, number>();
    const places = scopes.map(({ coverages }) => coverages.map((one) => this.place(one, written)));
    const start = this.used;
    this.push(window);
    this.push(hasShares ? 1 : 0);
    this.push(scopes.length);
    for (const [index, { roles }] of scopes.entries()) {
      this.push(roles.length);
      for (const role of roles) this.push(rules.numberOf(role));
      for (const place of places[index] ?? []) this.push(place);
    }
    return start;
  }

  window(profile: number): number {
    return this.words[profile + WINDOW] as number;
  }

  hasShares(profile: number): boolean {
    return this.words[profile + SHARES] === 1;
  }

  /** True where a role is held, in whatever scope, that has a rule for the doctype. */
  isVisible(profile: number, rules: RuleTable, doctype: CompiledDoctype): boolean {
    return this.someList(profile, rules, doctype, () => true);
  }

  /** True where a rule allows the action by a scope that names all that it must. */
  mayEver(profile: number, rules: RuleTable, doctype: CompiledDoctype, action: number): boolean {
    return this.someList(profile, rules, doctype, (list, slots) => {
      if (((rules.words[list] as number) & action) === 0) return false;
      for (let rule = list + 1; ; rule += RULE_WORDS) {
        const head = rules.words[rule] as number;
        if (
          (head & action) !== 0 &&
          this.namesAll(slots, rules.words[rule + 2] as number, doctype)
        ) {
          return true;
        }
        if ((head & LAST_RULE) !== 0) return false;
      }
    });
  }

  /**
   * The levels, as bits, that the profile opens on the document; 0 where nothing reaches it. With
   * `isEnough` only those of the first rule that does, which is all that a check must know.
   */
  reached(profile: number, rules: RuleTable, asked: Asked, isEnough: boolean): number {
    const { words, numbers } = this;
    const { doctype, action } = asked;
    const table = rules.words;
    let levels = 0;
    let isAsked = false;
    let scope = profile + FIRST_SCOPE;
    for (let left = words[profile + SCOPES] as number; left > 0; left--) {
      const slots = scope + 1 + (words[scope] as number);
      for (let at = scope + 1; at < slots; at++) {
        const list = rules.listOf(words[at] as number, doctype);
        if (list === 0 || ((table[list] as number) & action) === 0) continue;
        if (!isAsked) {
          // A loop of its own: `fill` costs more than all of these few words.
          for (let path = doctype.compiledPaths.length; path >= 0; path--)
            numbers[path] = UNKNOWN_NUMBER;
          isAsked = true;
        }
        levels |= this.listReached(slots, rules, list + 1, asked, isEnough);
        if (isEnough && levels !== 0) return levels;
      }
      scope = slots + this.slots;
    }
    return levels;
  }

  private listReached(
    slots: number,
    rules: RuleTable,
    first: number,
    asked: Asked,
    isEnough: boolean,
  ): number {
    const table = rules.words;
    let levels = 0;
    for (let rule = first; ; rule += RULE_WORDS) {
      const head = table[rule] as number;
      if (
        (head & asked.action) !== 0 &&
        this.scopeReaches(slots, table[rule + 2] as number, asked) &&
        conditionHolds(rules.conditions[table[rule + 1] as number] as Filter | null, asked)
      ) {
        levels |= ((head >> LEVELS_SHIFT) & LEVELS_MASK) | REACHED;
        if (isEnough) return levels;
      }
      if ((head & LAST_RULE) !== 0) return levels;
    }
  }

  private scopeReaches(slots: number, excepted: number, { doctype, document }: Asked): boolean {
    if (excepted === EVERYTHING) return true;
    const paths = doctype.compiledPaths;
    for (let path = 0; path < paths.length; path++) {
      const compiled = paths[path] as CompiledPath;
      const coverage = this.words[slots + compiled.slot] as number;
      if (coverage === 0) {
        if ((excepted & (1 << path)) === 0) return false;
      } else if (compiled.table !== null) {
        if (!this.coversRows(coverage, compiled, document)) return false;
      } else {
        let number = this.numbers[path] as number;
        if (number === UNKNOWN_NUMBER) {
          number = numberOf(compiled.dimension, fieldValue(document, compiled.column));
          this.numbers[path] = number;
        }
        if (!coversAt(this.words, coverage, number)) return false;
      }
    }
    return true;
  }

  private coversRows(coverage: number, path: CompiledPath, document: DocumentFacts): boolean {
    const values = valuesAt(path, document);
    if (values === null) return false;
    return values.every((value) => coversAt(this.words, coverage, numberOf(path.dimension, value)));
  }

  /** Of a rule that reaches everything, the bits of all paths are set. */
  private namesAll(slots: number, excepted: number, { compiledPaths }: CompiledDoctype): boolean {
    return compiledPaths.every(
      ({ slot }, path) => this.words[slots + slot] !== 0 || (excepted & (1 << path)) !== 0,
    );
  }

  private someList(
    profile: number,
    rules: RuleTable,
    doctype: CompiledDoctype,
    holds: (list: number, slots: number) => boolean,
  ): boolean {
    const { words } = this;
    let scope = profile + FIRST_SCOPE;
    for (let left = words[profile + SCOPES] as number; left > 0; left--) {
      const slots = scope + 1 + (words[scope] as number);
      for (let at = scope + 1; at < slots; at++) {
        const list = rules.listOf(words[at] as number, doctype);
        if (list !== 0 && holds(list, slots)) return true;
      }
      scope = slots + this.slots;
    }
    return false;
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
}

function conditionHolds(condition: Filter | null, { document, me }: Asked): boolean {
  return condition === null || matches(condition, document, me);
}

function coversAt(words: Int32Array, at: number, number: number): boolean {
  const head = words[at] as number;
  if (number === BLANK_NUMBER) return (head & COVERS_BLANK) !== 0;
  if ((head & COVERS_ANY) !== 0) return true;
  return isInSpans(words, at + 1, head >> COUNT_SHIFT, number);
}
