/** What a renaming gives, and whether the caller may do it to the document as it will be. */
import {
  type DocumentFacts,
  decide,
  type FactsOf,
  type Filter,
  matches,
  needOf,
  type ValueRename,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { isColumn } from '../../doctype/definition.ts';
import {
  requireAuthority,
  requireFewPersonalPairsAhead,
  worldAfter,
} from '../permission-records/index.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { isGranted } from './decide-after.ts';
import { checkFieldLevels, givenLevels } from './field-rule.ts';
import { forbidden } from './forbidden.ts';

/**
 * INVARIANT (no-self-gain): a value that is merged brings the scopes that name it to the other's
 * documents, and the other way round. Conditions of rules speak of values by their names and stay
 * as they are; so a name that one of them tells from the new one is `linked`.
 */
export async function judgeRename(work: WriteWork): Promise<void> {
  const renaming = renamingOf(work);
  if (isInCondition(work, renaming)) {
    throw new Refusal(
      'linked',
      'The condition of a rule speaks of this name. Change the rule first.',
    );
  }
  work.change = { renames: [renaming] };
  requireAuthority(work, work.change, factsOfBoth(work));
  if (!renaming.merges) return;
  const { transaction, approvalPairs, change } = work;
  const after = worldAfter(work, change);
  await requireFewPersonalPairsAhead(approvalPairs, transaction, change, after);
}

/** Covered before and covered after, by grants: a share is of one document as it is called. */
export function decideRenamed(work: WriteWork): void {
  const { moment, table, caller, doctype, into } = work;
  const world = worldAfter(work, { renames: [renamingOf(work)] });
  const request = { principal: caller.principal, action: 'write', doctype: doctype.name } as const;
  const document = factsOf(table, work.after);
  const after = decide(world, { ...request, document, now: moment.now });
  const before = into ? [work.decision, into.decision] : [work.decision];
  if (![...before, after].every((decision) => decision?.allowed && isGranted(decision))) {
    throw forbidden('rename', doctype.name);
  }
  if (!into && work.decision) checkFieldLevels(work, [work.decision, after]);
  work.needs.add(needOf(after, givenLevels(work)));
  work.momentAfter = { ...moment, policy: { ...moment.policy, world } };
}

function renamingOf({ renaming }: WriteWork): ValueRename {
  if (!renaming) throw new Error('a renaming without its name');
  return renaming;
}

/** Of a value that is shared as a document. */
function factsOfBoth({ table, before, into, doctype }: WriteWork): FactsOf {
  const documents = [before, into?.document].flatMap((one) => (one ? [factsOf(table, one)] : []));
  return (name: string, document: string): DocumentFacts | null =>
    (name === doctype.name && documents.find((facts) => facts['name'] === document)) || null;
}

/** True where a rule's condition does not say the same of both names. */
function isInCondition({ doctype, moment }: WriteWork, renaming: ValueRename): boolean {
  const { world, doctypes } = moment.policy;
  return world.source.rules.some((rule) => {
    if (rule.when === null) return false;
    const fields = (doctypes.get(rule.doctype)?.fields ?? []).filter(isColumn);
    const links = fields.filter(
      ({ fieldtype, options }) =>
        fieldtype === 'Dynamic Link' || (fieldtype === 'Link' && options === doctype.name),
    );
    const named = new Set(links.map(({ fieldname }) => fieldname));
    if (rule.doctype === doctype.name) named.add('name');
    return partsOf(rule.when).some((part) => 'field' in part && differs(part, named, renaming));
  });
}

function differs(
  part: Filter & { readonly field: string },
  named: ReadonlySet<string>,
  { value, to }: ValueRename,
): boolean {
  if (!named.has(part.field)) return false;
  // Called as somebody is, it would be theirs.
  if (part.kind === 'is-me') return true;
  const holds = (name: string): boolean => matches(part, { [part.field]: name }, '');
  return holds(value) !== holds(to);
}

function partsOf(condition: Filter): Filter[] {
  if (condition.kind === 'every' || condition.kind === 'some') return condition.of.flatMap(partsOf);
  if (condition.kind === 'not' || condition.kind === 'rows') return partsOf(condition.of);
  return [condition];
}
