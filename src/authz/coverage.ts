/** What a scope covers of each dimension it names. */
import { BLANK_NUMBER, type Dimension, numberOf, UNNAMED_NUMBER } from './dimension.ts';
import { every, type Filter, not, type Scalar, some } from './filter.ts';
import { grouped } from './grouped.ts';
import { isInSpans, joinSpans } from './spans.ts';
import { ANY_VALUE, BLANK_VALUE, type ScopeValue } from './world.ts';

/** Of one dimension: every value but blank, the blank one, and values by number or name. */
export type Coverage = {
  readonly any: boolean;
  readonly blank: boolean;
  /** First and last number of each span, ascending; no two of them touch. */
  readonly spans: Int32Array;
  /** Values that the world does not name: a token's limits may know of them first. */
  readonly strangers: ReadonlySet<string>;
};

/** By dimension; one that the scope does not name is absent. */
export type ScopeCoverage = ReadonlyMap<string, Coverage>;

export type Dimensions = ReadonlyMap<string, Dimension>;

const NO_STRANGERS: ReadonlySet<string> = new Set();

/** Spells a scope out, descendants included. */
export function coverageOf(scope: readonly ScopeValue[], dimensions: Dimensions): ScopeCoverage {
  const entries = grouped(scope, ({ dimension }) => dimension);
  return new Map(
    [...entries].map(([name, values]) => [name, coverageOfValues(values, dimensions.get(name))]),
  );
}

function coverageOfValues(
  entries: readonly ScopeValue[],
  dimension: Dimension | undefined,
): Coverage {
  let any = false;
  let blank = false;
  const spans: number[] = [];
  let strangers: Set<string> | null = null;
  for (const { value, descendants } of entries) {
    if (value === ANY_VALUE) any = true;
    else if (value === BLANK_VALUE) blank = true;
    else {
      const number = dimension?.numbers.get(value);
      if (number === undefined) {
        strangers ??= new Set();
        strangers.add(value);
      } else spans.push(number, descendants ? (dimension?.lasts[number] ?? number) : number);
    }
  }
  return { any, blank, spans: joinSpans(spans), strangers: strangers ?? NO_STRANGERS };
}

/** What any of them covers. */
export function joinCoverages(coverages: readonly Coverage[]): Coverage {
  return {
    any: coverages.some(({ any }) => any),
    blank: coverages.some(({ blank }) => blank),
    spans: joinSpans(coverages.flatMap(({ spans }) => [...spans])),
    strangers: new Set(coverages.flatMap(({ strangers }) => [...strangers])),
  };
}

/** True where a document's value, by its number, is covered. */
export function coversNumber(coverage: Coverage, number: number): boolean {
  if (number === BLANK_NUMBER) return coverage.blank;
  if (coverage.any) return true;
  return isInSpans(coverage.spans, 0, coverage.spans.length >> 1, number);
}

/** True where the value, null for blank, is covered. Names are texts: only `*` covers a number. */
export function covers(
  coverage: Coverage,
  dimension: Dimension | undefined,
  value: Scalar | null,
): boolean {
  const number = dimension ? numberOf(dimension, value) : numberWithout(value);
  if (coversNumber(coverage, number)) return true;
  return typeof value === 'string' && coverage.strangers.has(value);
}

function numberWithout(value: Scalar | null): number {
  return value === null ? BLANK_NUMBER : UNNAMED_NUMBER;
}

/** All values that are covered by name, in the order of their names. */
export function coveredValues(coverage: Coverage, dimension: Dimension | undefined): string[] {
  const values = [...coverage.strangers];
  const { spans } = coverage;
  for (let index = 0; index < spans.length; index += 2) {
    const [first = 0, last = 0] = spans.subarray(index, index + 2);
    for (let number = first; number <= last; number++) {
      const value = dimension?.values[number];
      if (value !== undefined) values.push(value);
    }
  }
  return values.sort();
}

/** The same as a condition on the field that carries the dimension. */
export function coverageFilter(
  coverage: Coverage,
  dimension: Dimension | undefined,
  field: string,
): Filter {
  const blank: Filter = Object.freeze({ kind: 'blank', field });
  if (coverage.any) return coverage.blank ? every([]) : not(blank);
  const values = Object.freeze(coveredValues(coverage, dimension));
  const named: Filter[] =
    values.length > 0 ? [Object.freeze({ kind: 'one-of', field, values })] : [];
  return some(coverage.blank ? [...named, blank] : named);
}
