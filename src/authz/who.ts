/**
 * Who can: the decision asked from the document's side. It says exactly those for whom `decide`
 * says yes (INVARIANT (one-truth)), without asking about everybody.
 */
import { bitsFor } from './bits.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { BLANK_NUMBER, numberOf } from './dimension.ts';
import { fieldOfMe } from './field-of-me.ts';
import type { Filter } from './filter.ts';
import type { Demand, HolderIndex } from './holder-index.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import { valuesAt } from './path-values.ts';
import type { Population } from './population.ts';
import type { WhoRequest } from './who-request.ts';

export type { WhoRequest } from './who-request.ts';

/**
 * The names of all who may do the action on the document, in their order: people and service
 * accounts that are enabled, system principals, and `Guest` where nobody needs to sign in. By
 * their own right: a token or an assistant of theirs may be limited further. The list may be one
 * for several who ask, and is frozen then.
 */
export function whoCan(world: CompiledWorld, request: WhoRequest): readonly string[] {
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return [];
  const population = world.population();
  const { index, kept } = population;
  const demands = index.demandsOf(doctype, request.action, request.level);
  const others: number[] = [];
  for (const demand of demands) {
    if (demand.when === null) continue;
    const sets = setsFor(index, demand, doctype, request.document);
    addWhoMeets(population, sets, demand.when, request, others);
  }
  if (request.level === undefined || request.level === 0) population.sharers(request, others);
  const value = others.length === 0 ? onlyValue(doctype, request.document) : null;
  const known = value === null ? undefined : kept.get(demands, value);
  if (known) return known;
  const bundles = population.scratch.fill(0);
  for (const demand of demands) {
    if (demand.when === null) {
      addIntersection(bundles, setsFor(index, demand, doctype, request.document));
    }
  }
  const isKept = value !== null && index.isSteady(bundles);
  const names = population.namesOf(bundles, others, request);
  if (isKept) kept.keep(demands, value, names);
  return names;
}

/** The number of the only value by which its documents differ; null where there are several. */
function onlyValue({ compiledPaths }: CompiledDoctype, document: DocumentFacts): number | null {
  const [path, ...more] = compiledPaths;
  if (!path) return BLANK_NUMBER;
  if (more.length > 0 || path.table !== null) return null;
  return numberOf(path.dimension, fieldValue(document, path.column));
}

/** What a bundle must be in, all of them, to reach the document. */
function setsFor(
  index: HolderIndex,
  { bundles, isWithin, except }: Demand,
  doctype: CompiledDoctype,
  document: DocumentFacts,
): readonly Int32Array[] {
  const sets = [bundles];
  if (!isWithin) return sets;
  for (const path of doctype.compiledPaths) {
    const { dimension } = path;
    const isExcepted = except.has(dimension.name);
    if (path.table === null) {
      const number = numberOf(dimension, fieldValue(document, path.column));
      sets.push(index.covering(dimension, number, isExcepted));
      continue;
    }
    const values = valuesAt(path, document);
    // Rows that the document came without: nobody knows what they say, so nothing covers them.
    if (values === null) sets.push(isExcepted ? index.unnamed(dimension) : NOTHING);
    for (const value of values ?? []) {
      sets.push(index.covering(dimension, numberOf(dimension, value), isExcepted));
    }
  }
  return sets;
}

function addWhoMeets(
  population: Population,
  sets: readonly Int32Array[],
  when: Filter,
  request: WhoRequest,
  found: number[],
): void {
  const { document } = request;
  const field = fieldOfMe(when);
  if (field === null) {
    const bundles = bitsFor(population.index.bundles.length);
    addIntersection(bundles, sets);
    population.addHolders(bundles, when, 0, request, found);
    return;
  }
  // Only one person can meet it: the one whom the document names there.
  const name = fieldValue(document, field);
  if (typeof name === 'string' && matches(when, document, name)) {
    population.holderNamed(name, sets, request, found);
  }
}

/** Adds what is in all of the sets. */
function addIntersection(into: Int32Array, sets: readonly Int32Array[]): void {
  // Two sets at a time: most often there are no more, and nothing is looked up for each word.
  const [first = NOTHING, second = first, third = second, ...more] = sets;
  for (let word = 0; word < into.length; word++) {
    let left = (first[word] as number) & (second[word] as number) & (third[word] as number);
    for (let set = 0; left !== 0 && set < more.length; set++) {
      left &= (more[set] as Int32Array)[word] as number;
    }
    into[word] = (into[word] as number) | left;
  }
}

const NOTHING = new Int32Array(0);
