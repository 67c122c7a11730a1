/**
 * Who can: the decision asked from the document's side. It says exactly those for whom `decide`
 * says yes (INVARIANT (one-truth)), without asking about everybody.
 */
import { bitsFor, eachBit } from './bits.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { numberOf } from './dimension.ts';
import type { Demand, HolderIndex } from './holder-index.ts';
import type { DocumentFacts } from './matches.ts';
import { valuesAt } from './path-values.ts';
import type { WhoRequest } from './who-request.ts';

export type { WhoRequest } from './who-request.ts';

/**
 * The names of all who may do the action on the document, in their order: people and service
 * accounts that are enabled, system principals, and `Guest` where nobody needs to sign in. By
 * their own right: a token or an assistant of theirs may be limited further.
 */
export function whoCan(world: CompiledWorld, request: WhoRequest): string[] {
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return [];
  const population = world.population();
  const found = bitsFor(population.names.length);
  for (const demand of population.index.demandsOf(doctype, request.action, request.level)) {
    const grants = grantsReaching(population.index, demand, doctype, request.document);
    population.holdersOf(grants, demand.when, request, found);
  }
  if (request.level === undefined || request.level === 0) population.sharers(request, found);
  const names: string[] = [];
  eachBit(found, (number) => names.push(population.names[number] as string));
  return names;
}

function grantsReaching(
  index: HolderIndex,
  { grants, isWithin, except }: Demand,
  doctype: CompiledDoctype,
  document: DocumentFacts,
): Uint32Array {
  const reaching = grants.slice();
  if (!isWithin) return reaching;
  for (const path of doctype.compiledPaths) {
    const { dimension } = path;
    const values = valuesAt(path, document);
    // Rows that the document came without: nobody knows what they say.
    if (values === null) return reaching.fill(0);
    for (const value of values) {
      const number = numberOf(dimension, value);
      const covering = index.covering(dimension, number, except.has(dimension.name));
      for (let word = 0; word < reaching.length; word++) {
        reaching[word] = (reaching[word] as number) & (covering[word] as number);
      }
    }
  }
  return reaching;
}
