/**
 * One world and one stream of requests, the same for every engine, and what the right answers
 * are, by plain loops. From a seed, so that nobody's engine is fitted to one world.
 */

import { Dice, names } from './dice.ts';

export const ACTIONS = [
  'read',
  'write',
  'create',
  'delete',
  'submit',
  'cancel',
  'print',
  'export',
] as const;

export type Action = (typeof ACTIONS)[number];
export type Dimension = 'company' | 'cost_center';

export type Doctype = { readonly name: string; readonly dimensions: readonly Dimension[] };

export type Rule = {
  readonly name: string;
  readonly role: string;
  readonly doctype: string;
  readonly actions: readonly Action[];
  readonly ownOnly: boolean;
};

/** A person: every role is held within the same scope. A missing dimension covers nothing. */
export type Person = {
  /** Place in the list of people: whoever asks holds what an engine made of a person. */
  readonly index: number;
  readonly id: string;
  readonly roles: readonly string[];
  readonly scope: Readonly<Record<Dimension, readonly string[]>>;
};

export type BusinessDocument = {
  readonly name: string;
  readonly doctype: string;
  readonly owner: string;
  readonly company: string | null;
  readonly cost_center: string | null;
  /** The cost centre and all above it, as engines without trees want it. */
  readonly cost_centers: readonly string[];
};

export type Request = {
  readonly person: Person;
  readonly action: Action;
  readonly document: BusinessDocument;
};

export type Workload = {
  readonly doctypes: readonly Doctype[];
  readonly roles: readonly string[];
  readonly rules: readonly Rule[];
  readonly people: readonly Person[];
  readonly companies: readonly string[];
  /** Each cost centre's parent, null for a root. */
  readonly costCenters: ReadonlyMap<string, string | null>;
  readonly documents: readonly BusinessDocument[];
  readonly requests: readonly Request[];
};

const DOCTYPES = 50;
const ROLES = 40;
const RULES = 1000;
const PEOPLE = 2000;
const COMPANIES = 50;
const TREE_LEVELS = [1, 4, 20, 95, 380];
const DOCUMENTS = 100_000;
const REQUESTS = 200_000;

/** The workload of a seed. */
export function makeWorkload(seed: number): Workload {
  const dice = new Dice(seed);
  const doctypes = names('DT', DOCTYPES).map((name): Doctype => {
    if (dice.chance(0.6)) return { name, dimensions: ['company', 'cost_center'] };
    return { name, dimensions: dice.chance(0.6) ? ['company'] : [] };
  });
  const roles = names('role', ROLES);
  const companies = names('C', COMPANIES);
  const costCenters = makeTree();
  const rules = names('rule', RULES).map((name) => makeRule(dice, name, roles, doctypes));
  const centers = [...costCenters.keys()];
  const people = names('user', PEOPLE).map((id, index) =>
    makePerson(dice, index, id, roles, companies, centers),
  );
  const documents = names('doc', DOCUMENTS).map((name): BusinessDocument => {
    const doctype = dice.of(doctypes);
    const hasCenter = doctype.dimensions.includes('cost_center');
    const center = hasCenter ? dice.of(centers) : null;
    return {
      name,
      doctype: doctype.name,
      owner: dice.of(people).id,
      company: doctype.dimensions.includes('company') ? dice.of(companies) : null,
      cost_center: center,
      cost_centers: lineOf(center, costCenters),
    };
  });
  const base = { doctypes, roles, rules, people, companies, costCenters, documents };
  return { ...base, requests: makeRequests(dice, people, documents) };
}

function makeTree(): Map<string, string | null> {
  const parents = new Map<string, string | null>();
  let above: string[] = [];
  for (const [depth, count] of TREE_LEVELS.entries()) {
    const level = names(`CC${depth}-`, count);
    for (const [index, name] of level.entries()) {
      parents.set(name, depth === 0 ? null : (above[index % above.length] ?? null));
    }
    above = level;
  }
  return parents;
}

function makeRule(
  dice: Dice,
  name: string,
  roles: readonly string[],
  doctypes: readonly Doctype[],
): Rule {
  const chosen = ACTIONS.filter((action) => dice.chance(action === 'read' ? 0.8 : 0.35));
  // Whoever does something to a document that is there may read it: all engines are told so.
  const reads = chosen.length === 0 || chosen.some((action) => action !== 'create');
  const actions = reads && !chosen.includes('read') ? (['read', ...chosen] as const) : chosen;
  return {
    name,
    role: dice.of(roles),
    doctype: dice.of(doctypes).name,
    actions,
    ownOnly: dice.chance(0.2),
  };
}

function makePerson(
  dice: Dice,
  index: number,
  id: string,
  roles: readonly string[],
  companies: readonly string[],
  centers: readonly string[],
): Person {
  const held = new Set<string>();
  while (held.size < 3) held.add(dice.of(roles));
  const scope = { company: new Set<string>(), cost_center: new Set<string>() };
  for (let left = 1 + dice.below(20); left > 0; left--) {
    if (dice.chance(0.55)) scope.company.add(dice.chance(0.03) ? '*' : dice.of(companies));
    else scope.cost_center.add(dice.chance(0.05) ? '*' : dice.of(centers));
  }
  return {
    index,
    id,
    roles: [...held],
    scope: { company: [...scope.company], cost_center: [...scope.cost_center] },
  };
}

/** Half of them at random; most others on documents within the person's scope; some on own ones. */
function makeRequests(
  dice: Dice,
  people: readonly Person[],
  documents: readonly BusinessDocument[],
): Request[] {
  const owned = Map.groupBy(documents, ({ owner }) => owner);
  return Array.from({ length: REQUESTS }, () => {
    const person = dice.of(people);
    const action = dice.of(ACTIONS);
    let document = dice.of(documents);
    if (dice.chance(0.4)) {
      for (let tries = 0; tries < 40 && !isInScope(person, document); tries++) {
        document = dice.of(documents);
      }
    } else if (dice.chance(1 / 6)) {
      document = dice.of(owned.get(person.id) ?? [document]);
    }
    return { person, action, document };
  });
}

function lineOf(center: string | null, parents: ReadonlyMap<string, string | null>): string[] {
  const line: string[] = [];
  for (let at = center; at !== null; at = parents.get(at) ?? null) line.push(at);
  return line;
}

function isInScope({ scope }: Person, { company, cost_centers }: BusinessDocument): boolean {
  const covers = (held: readonly string[], values: readonly string[]): boolean =>
    held.includes('*') || values.some((value) => held.includes(value));
  return (
    (company === null || covers(scope.company, [company])) &&
    (cost_centers.length === 0 || covers(scope.cost_center, cost_centers))
  );
}

/** What is right: some rule of a role that is held says so, and the scope covers the document. */
export function isAllowed(workload: Workload, { person, action, document }: Request): boolean {
  return workload.rules.some(
    (rule) =>
      rule.doctype === document.doctype &&
      person.roles.includes(rule.role) &&
      rule.actions.includes(action) &&
      (!rule.ownOnly || document.owner === person.id) &&
      isInScope(person, document),
  );
}
