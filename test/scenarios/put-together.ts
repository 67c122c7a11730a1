/** A world out of its parts: documents, trees and grants as the kernel takes them. */
import { EVERYONE, GUESTS, type World } from '../../src/authz/index.ts';
import { PEOPLE } from './cast.ts';
import { DOCTYPES, SHAPES } from './doctypes.ts';
import { documentKey, type Parts } from './parts.ts';
import type { Piece } from './piece.ts';
import type { ScenarioDocument, Stage, Values } from './scenario.ts';

/** Whoever made the documents, where a scenario does not say. */
export const SOMEBODY = 'olga';

type Surroundings = Pick<Stage, 'world' | 'whens' | 'documents' | 'drafts' | 'tokens'>;

/** Fails where a part speaks of one that is not there. */
export function putTogether(owner: Piece, parts: Parts): Surroundings {
  const documents = documentsOf(parts);
  requireWhole(owner, parts, documents);
  const rules = [...parts.roles.values()].flat();
  const systems = [...parts.grants.values()]
    .map(({ grantee }) => grantee.name)
    .filter((name) => name.startsWith('system:'));
  const world: World = {
    epoch: 1,
    users: [...PEOPLE, ...new Set(systems)],
    doctypes: SHAPES,
    trees: treesOf(documents),
    roles: [...parts.roles.keys()].map((name) => ({ name })),
    rules: rules.map(({ rule }) => rule),
    grants: [...parts.grants.values()],
    members: [...parts.groups.values()].flat(),
    shares: [...parts.shares.values()],
    authorities: [],
  };
  return {
    world,
    whens: new Map(rules.map(({ rule, when }) => [rule.name, when])),
    documents,
    drafts: [...parts.drafts].map(([key, values]) => documentFrom(key, values)),
    tokens: parts.tokens,
  };
}

/** A node of a tree is a document of its doctype; what is told of it as such is added. */
function documentsOf(parts: Parts): ScenarioDocument[] {
  const all = new Map<string, Values>(parts.documents);
  for (const [doctype, parents] of parts.trees) {
    const field = DOCTYPES.get(doctype)?.parent_field ?? '';
    for (const [name, parent] of parents) {
      const key = documentKey(doctype, name);
      all.set(key, { ...all.get(key), name, [field]: parent });
    }
  }
  return [...all].map(([key, values]) => documentFrom(key, values));
}

function documentFrom(key: string, values: Values): ScenarioDocument {
  const doctype = key.slice(0, -String(values['name']).length - 1);
  return { doctype, values: { owner: SOMEBODY, docstatus: 0, ...values } };
}

/** As the store keeps them: every document of a tree that divides records is a node. */
function treesOf(documents: readonly ScenarioDocument[]): World['trees'] {
  const trees = new Map<string, Map<string, string | null>>();
  for (const { doctype, values } of documents) {
    const { is_tree, is_dimension, parent_field = '' } = DOCTYPES.get(doctype) ?? {};
    if (!is_tree || !is_dimension) continue;
    const parents = trees.get(doctype) ?? new Map<string, string | null>();
    trees.set(doctype, parents.set(String(values['name']), textOrNull(values[parent_field])));
  }
  return [...trees].map(([dimension, parents]) => ({ dimension, parents }));
}

function textOrNull(value: Values[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function requireWhole(owner: Piece, parts: Parts, documents: readonly ScenarioDocument[]): void {
  const known = new Set(
    documents.map(({ doctype, values }) => documentKey(doctype, String(values['name']))),
  );
  for (const { name, role, grantee } of parts.grants.values()) {
    if (!parts.roles.has(role)) owner.fail(`grant \`${name}\` gives no role of this world`);
    const isGroup = grantee.type === 'Group' && ![EVERYONE, GUESTS].includes(grantee.name);
    if (isGroup && !parts.groups.has(grantee.name)) owner.fail(`there is no ${grantee.name}`);
  }
  for (const { name, doctype, document } of parts.shares.values()) {
    if (parts.grants.has(name)) owner.fail(`\`${name}\` is a grant and a share`);
    if (!known.has(documentKey(doctype, document))) owner.fail(`share \`${name}\` shares nothing`);
  }
  for (const [name, { user }] of parts.tokens) {
    const people: readonly string[] = PEOPLE;
    if (!people.includes(user)) owner.fail(`token \`${name}\` is nobody's`);
  }
  const taken = [...parts.drafts.keys()].find((key) => known.has(key));
  if (taken !== undefined) owner.fail(`\`${taken}\` is not new`);
}
