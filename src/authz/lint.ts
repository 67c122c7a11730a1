/**
 * What opens records to many, or is left lying about: found by how permissions are written, and
 * then counted on the documents there are.
 */
import type { CompiledWorld } from './compiled.ts';
import {
  type DocumentGroup,
  DocumentGroups,
  type Grouping,
  groupingOf,
} from './document-groups.ts';
import { fieldsOf } from './filter.ts';
import { grouped } from './grouped.ts';
import type { Doctypes, Suspect } from './lint-finding.ts';
import { recordSuspects } from './lint-records.ts';
import { draftSuspects, grantSuspects, ruleSuspects } from './lint-rules.ts';
import { NO_OPENING, type Opening, openingsOf } from './openings.ts';

export type Finding = Omit<Suspect, 'opener' | 'isWorthTelling' | 'document'> & {
  readonly opening: Opening;
};

/** Everything that might be worth telling, before documents are counted. */
export function suspectsOf(world: CompiledWorld, now: number): Suspect[] {
  return [...inForceOf(world, world.doctypes, now), ...draftSuspects(world)];
}

/** What must be known of documents to count what the suspects open, by doctype. */
export function groupingsForLint(
  world: CompiledWorld,
  suspects: readonly Suspect[],
): Map<string, Grouping> {
  const groupings = new Map<string, Grouping>();
  for (const { doctype, opener } of suspects) {
    if (doctype === null) continue;
    const { fields, names } = groupings.get(doctype) ?? groupingOf([world], doctype);
    // A draft's condition is not among those of the world.
    const own = (opener?.rules ?? []).flatMap(({ source }) =>
      source.when ? [...fieldsOf(source.when)] : [],
    );
    groupings.set(doctype, { fields: [...new Set([...fields, ...own])].sort(), names });
  }
  return groupings;
}

/**
 * The suspects that do open records to many, or are worth telling however little they open: those
 * that concern personal fields first, then by how much they open. `groupsOf` gives all documents of
 * a doctype in groups that differ in nothing which `groupingsForLint` names.
 */
export function findingsOf(
  world: CompiledWorld,
  suspects: readonly Suspect[],
  groupsOf: (doctype: string) => readonly DocumentGroup[],
  now: number,
): Finding[] {
  const findings = [...grouped(suspects, ({ doctype }) => String(doctype)).values()].flatMap(
    (own) => countedIn(world, own, groupsOf, now),
  );
  return findings.sort(
    (a, b) =>
      Number(b.isPersonal) - Number(a.isPersonal) ||
      b.opening.pairs - a.opening.pairs ||
      compare(a.code, b.code) ||
      compare(keyOf(a), keyOf(b)),
  );
}

/** Of two lists of findings, those of the second that the first does not have. */
export function findingsAdded(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const had = new Set(before.map(keyOf));
  return after.filter((finding) => !had.has(keyOf(finding)));
}

/**
 * Those of the doctypes, and of none, that a change can add. A draft is not in force: what adds one
 * adds no access.
 */
export function suspectsIn(world: CompiledWorld, doctypes: Doctypes, now: number): Suspect[] {
  return inForceOf(world, doctypes, now);
}

function inForceOf(world: CompiledWorld, doctypes: Doctypes, now: number): Suspect[] {
  return [
    ...ruleSuspects(world, doctypes),
    ...grantSuspects(world, doctypes, now),
    ...recordSuspects(world, doctypes, now),
  ];
}

function countedIn(
  world: CompiledWorld,
  suspects: readonly Suspect[],
  groupsOf: (doctype: string) => readonly DocumentGroup[],
  now: number,
): Finding[] {
  const doctype = world.doctypes.get(suspects[0]?.doctype ?? '');
  const groups = doctype ? new DocumentGroups(doctype, groupsOf(doctype.name)) : null;
  const openers = suspects.flatMap(({ opener }) => opener ?? []);
  const counted = groups && openers.length > 0 ? openingsOf(world, groups, openers, now) : [];
  const openings = new Map(openers.map((opener, index) => [opener, counted[index]]));
  const known = new Set(world.population().names);
  return suspects.flatMap(({ opener, document, isWorthTelling, ...suspect }) => {
    const opening = opener
      ? (openings.get(opener) ?? NO_OPENING)
      : sharedOpening(groups, document, known);
    return isWorthTelling(opening) ? [{ ...suspect, opening }] : [];
  });
}

/** One document, to one person, if it is there and they may act. */
function sharedOpening(
  groups: DocumentGroups | null,
  document: Suspect['document'],
  known: ReadonlySet<string>,
): Opening {
  if (!groups || !document || !known.has(document.user)) return NO_OPENING;
  const documents = groups.count(groups.named(document.name));
  const one = documents > 0 ? 1 : 0;
  return {
    ...{ people: one, documents, pairs: documents },
    ...{ readersOfADocument: one, documentsOfAPerson: documents },
  };
}

function keyOf({ code, subject, doctype }: Pick<Suspect, 'code' | 'subject' | 'doctype'>): string {
  // Somebody may be a member of several groups.
  return JSON.stringify([code, doctype, subject.kind, subject.name, subject.to]);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
