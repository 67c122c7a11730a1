/** The demo world in memory, for whoever looks at all of it at once: tests and benchmarks. */
import { type DemoDocument, type DemoOptions, generateDemo } from './generate.ts';

/** All documents by doctype, each doctype's in the order of generation. */
export function collectDemo(options: DemoOptions = {}): ReadonlyMap<string, DemoDocument[]> {
  const all = new Map<string, DemoDocument[]>();
  for (const { doctype, documents } of generateDemo(options)) {
    const known = all.get(doctype);
    if (known === undefined) all.set(doctype, [...documents]);
    else known.push(...documents);
  }
  return all;
}

/** The documents of one doctype; a doctype that the demo world lacks is an error. */
export function documentsOf(
  world: ReadonlyMap<string, DemoDocument[]>,
  doctype: string,
): readonly DemoDocument[] {
  const documents = world.get(doctype);
  if (documents === undefined) throw new Error(`The demo world has no \`${doctype}\``);
  return documents;
}
