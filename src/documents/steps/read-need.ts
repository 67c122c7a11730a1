/** What a read rested on, for its audit entry. Worked out only where there is one. */
import { decide, Needs, needOf, waysOf } from '../../authz/index.ts';
import { type DecidedDocument, factsOf, type Target } from '../work.ts';

/** Of documents that were shown, with fields of these levels. Added to what was needed before. */
export function needsOfReading(
  target: Target,
  documents: readonly DecidedDocument[],
  levels: Iterable<number>,
  needs: Needs = new Needs(),
): Needs {
  const { table, doctype, moment, caller } = target;
  const mattering = [...levels];
  for (const document of documents) {
    const facts = factsOf(table, document);
    const ask = { principal: caller.principal, action: 'read' as const, doctype: doctype.name };
    const decision = decide(moment.policy.world, { ...ask, document: facts, now: moment.now });
    needs.add(needOf(decision, mattering));
  }
  return needs;
}

/** Of documents that nobody has looked at one by one: every grant that may have let to some. */
export function needsOfReadingAny({ doctype, moment, caller }: Target): Needs {
  const { world } = moment.policy;
  const shape = world.doctypes.get(doctype.name);
  const ways = shape ? waysOf(world, caller.principal, 'read', shape, moment.now) : [];
  const names = ways
    .filter(({ unnamed }) => unnamed.length === 0)
    .map(({ holding }) => `grant ${holding.grant.source.name}`);
  const needs = new Needs();
  needs.add({ witnesses: new Set(names), solely: new Set() });
  return needs;
}

/** The levels of fields, by their names, of the document itself. */
export function levelsOfFields({ table }: Target, names: Iterable<string>): ReadonlySet<number> {
  const levels = new Set<number>();
  for (const name of names) {
    const field = table.columns.get(name)?.field;
    if (field) levels.add(field.level ?? 0);
  }
  return levels;
}

/** The levels of all fields of the doctype. */
export function levelsOfAll({ moment, doctype }: Target): ReadonlySet<number> {
  return new Set(moment.policy.world.doctypes.get(doctype.name)?.levels.values() ?? []);
}
