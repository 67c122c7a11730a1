/** Least use against the reference: each grant taken away, and everybody asked about everything. */
import { isDeepStrictEqual } from 'node:util';
import type * as authz from '../../src/authz/index.ts';
import { PEOPLE } from '../model/random-schema.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceLevels, referenceWitnesses } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';
import { groupsOf } from './document-groups.ts';
import { documentsToCome, momentsOf, worldToCome } from './least-use-to-come.ts';

/** What was found of one grant, for those who count what the property has seen. */
export type Seen = (worth: authz.GrantWorth) => void;

/** The first grant of which the kernel says what is not so; null where there is none. */
export function findLeastUseMistake(
  kernel: Kernel,
  sample: RandomWorld,
  seen: Seen = () => {},
): string | null {
  const { world, now } = sample;
  const documents = withCopies(sample.documents);
  const compiled = kernel.compileWorld(world);
  const grants = world.grants.filter((grant) => kernel.isValid(grant, now));
  const groupings = kernel.groupingsOfGrants(compiled, grants);
  const documentGroups = (doctype: string) => groupsOf(documents, doctype, groupings.get(doctype));
  const found = kernel.worthOfGrants(compiled, {
    ...{ grants, of: null, groupsOf: documentGroups, now },
  });
  const people = [...new Set([...world.users, 'Guest'])];
  for (const worth of found) {
    const questions = questionsOf(kernel, { ...sample, documents }, people, worth.grant);
    const mistake =
      mistakeOfCounts(world, questions, worth) ??
      mistakeOfCover(world, questions, worth) ??
      (worth.redundant === 'ever' ? mistakeOfEver(kernel, sample, worth) : null);
    if (mistake !== null) return `${JSON.stringify(worth.grant)}: ${mistake}`;
    seen(worth);
  }
  return mistakeOfOneself(kernel, sample, found);
}

/** Groups are of different sizes, so that it matters which of them is counted. */
function withCopies(documents: RandomWorld['documents']): RandomWorld['documents'] {
  const copies = documents.filter((_, index) => index % 3 === 0);
  return [
    ...documents,
    ...copies.map(({ doctype, values }) => ({
      doctype,
      values: { ...values, name: `${String(values['name'])} copied` },
    })),
  ];
}

/** Every person and document with the actions that the grant's role has rules for. */
function questionsOf(
  kernel: Kernel,
  { world, documents, now }: RandomWorld,
  people: readonly string[],
  { role }: authz.Grant,
) {
  const rules = world.rules.filter((rule) => rule.role === role);
  return people.flatMap((id) =>
    documents.flatMap(({ doctype, values: document }) => {
      const own = rules.filter((rule) => rule.doctype === doctype);
      const actions = kernel.withImplied(own.flatMap((rule) => rule.actions));
      return [...actions].map((action) => {
        const principal = { id, kind: kernel.kindOf(id), actor: null, ceilings: [] };
        return { principal, action, doctype, document, now };
      });
    }),
  );
}

const without = (world: authz.World, { name }: authz.Grant): authz.World => ({
  ...world,
  grants: world.grants.filter((grant) => grant.name !== name),
});

/** What can be done and, of fields, with which. Levels that no field has do not count. */
function rightsOf(world: authz.World, question: Question): Set<string> {
  const witnesses = referenceWitnesses(world, question);
  if (witnesses.length === 0) return new Set();
  const levels = referenceLevels(world, question);
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  const fields = [...(shape?.levels ?? [])].filter(([, level]) => levels.has(level));
  return new Set(['at all', ...fields.map(([field]) => field)]);
}

type Count = { people: Set<string>; documents: Set<string>; pairs: number };

function mistakeOfCounts(
  world: authz.World,
  questions: readonly Question[],
  worth: authz.GrantWorth,
): string | null {
  const less = without(world, worth.grant);
  const alone = { ...world, grants: [worth.grant], shares: [] };
  const counts = new Map<string, Count>();
  for (const question of questions) {
    if (referenceWitnesses(alone, question).length === 0) continue;
    const has = rightsOf(less, question);
    const lost = [...rightsOf(world, question)].filter((right) => !has.has(right));
    const isWhole = lost.includes('at all');
    for (const what of lost) {
      // Of what cannot be done at all any more, only the fields that were read are told.
      if (what !== 'at all' && isWhole && question.action !== 'read') continue;
      add(counts, `${question.doctype} ${question.action} ${what}`, question);
    }
  }
  const expected = [...counts].map(([kind, { people, documents, pairs }]) =>
    line(kind, people.size, documents.size, pairs),
  );
  const said = [
    ...worth.alone.map((one) =>
      line(`${one.doctype} ${one.action} at all`, one.people, one.documents, one.pairs),
    ),
    ...worth.aloneFields.flatMap(({ doctype, action, fields, people, documents, pairs }) =>
      fields.map((field) => line(`${doctype} ${action} ${field}`, people, documents, pairs)),
    ),
  ];
  if (!isDeepStrictEqual(said.sort(), expected.sort())) {
    return `said ${said.join('; ')}\nnot ${expected.join('; ')}`;
  }
  const isNothing = expected.length === 0;
  return isNothing === (worth.redundant !== null) ? null : `said to be ${worth.redundant}`;
}

function add(counts: Map<string, Count>, kind: string, { principal, document }: Question): void {
  const count = counts.get(kind) ?? { people: new Set(), documents: new Set(), pairs: 0 };
  counts.set(kind, count);
  count.people.add(principal.id);
  count.documents.add(String(document['name']));
  count.pairs += 1;
}

function line(kind: string, people: number, documents: number, pairs: number): string {
  return `${kind}: ${people} people, ${documents} documents, ${pairs} pairs`;
}

/** Those that are named give, with nothing else beside them, all that the grant gives. */
function mistakeOfCover(
  world: authz.World,
  questions: readonly Question[],
  { grant, redundant, by }: authz.GrantWorth,
): string | null {
  if (redundant === null) return by.length === 0 ? null : 'a grant that is needed is covered';
  if (by.includes(grant.name)) return 'a grant covers itself';
  const only = (names: readonly string[]): authz.World => ({
    ...world,
    grants: world.grants.filter(({ name }) => names.includes(name)),
    shares: world.shares.filter(({ name }) => names.includes(name)),
  });
  const [own, cover] = [only([grant.name]), only(by)];
  for (const question of questions) {
    const covered = rightsOf(cover, question);
    for (const right of rightsOf(own, question)) {
      if (!covered.has(right)) return `${by.join(', ')} do not give ${right} to ${asked(question)}`;
    }
  }
  return null;
}

/** Other documents, new nodes of trees, new people, and all moments at which it is valid. */
function mistakeOfEver(
  kernel: Kernel,
  sample: RandomWorld,
  { grant, by }: authz.GrantWorth,
): string | null {
  const world = worldToCome(sample.world);
  const less = without(world, grant);
  const alone = { ...world, grants: [grant], shares: [] };
  const people = [...new Set([...PEOPLE, ...world.users, 'Guest', 'newcomer'])];
  const documents = documentsToCome(sample);
  for (const now of momentsOf(world, grant, sample.now)) {
    for (const question of questionsOf(kernel, { ...sample, documents, now }, people, grant)) {
      const given = rightsOf(alone, question);
      if (given.size === 0) continue;
      const has = rightsOf(less, question);
      for (const right of given) {
        if (!has.has(right)) return `${by.join(', ')} never give ${right} to ${asked(question)}`;
      }
    }
  }
  return null;
}

/** About oneself one is told what one would lose, and of nobody else. */
function mistakeOfOneself(
  kernel: Kernel,
  sample: RandomWorld,
  all: readonly authz.GrantWorth[],
): string | null {
  const { world, documents, now } = sample;
  const compiled = kernel.compileWorld(world);
  const [id] = world.users;
  if (id === undefined) return null;
  const of = { id, kind: kernel.kindOf(id), actor: null, ceilings: [] };
  const held = new Set(kernel.holdingsOf(compiled, of, now).map(({ grant }) => grant.source));
  const grants = all.map(({ grant }) => grant).filter((grant) => held.has(grant));
  const groupings = kernel.groupingsOfGrants(compiled, grants);
  const documentGroups = (doctype: string) => groupsOf(documents, doctype, groupings.get(doctype));
  const own = kernel.worthOfGrants(compiled, { grants, of, groupsOf: documentGroups, now });
  for (const worth of own) {
    const questions = questionsOf(kernel, sample, [id], worth.grant);
    const mistake = mistakeOfCounts(world, questions, worth);
    if (mistake !== null) return `of ${id} alone, ${worth.grant.name}: ${mistake}`;
  }
  return null;
}

function asked({ principal, action, doctype, document }: Question): string {
  return `${principal.id}: ${action} ${doctype} ${JSON.stringify(document)}`;
}
