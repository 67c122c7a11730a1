/** The parts a world is put together from, each by name: of a file, a scenario, a later change. */
import type { Grant, Member, Share } from '../../src/authz/index.ts';
import type { Piece } from './piece.ts';
import { required } from './piece.ts';
import {
  readCeiling,
  readGrant,
  readMembers,
  readRules,
  readShare,
  readTree,
  readValues,
} from './read-part.ts';
import type { RuleSource, Token, Values } from './scenario.ts';

export type ByName<Value> = ReadonlyMap<string, Value>;

export type Parts = {
  readonly roles: ByName<readonly RuleSource[]>;
  /** By doctype: the parent of each node, null for a root. */
  readonly trees: ByName<ByName<string | null>>;
  /** By `doctype` and name, as `documentKey` writes them. */
  readonly documents: ByName<Values>;
  readonly drafts: ByName<Values>;
  readonly groups: ByName<readonly Member[]>;
  readonly grants: ByName<Grant>;
  readonly shares: ByName<Share>;
  readonly tokens: ByName<Token>;
};

/** The keys of a file's `world`, a scenario and a change that hold parts. */
export const PART_KEYS = [
  'roles',
  'trees',
  'documents',
  'new',
  'groups',
  'grants',
  'shares',
  'tokens',
] as const;

export type PartPieces = Partial<Record<(typeof PART_KEYS)[number], Piece>>;

export const NO_PARTS: Parts = {
  roles: new Map(),
  trees: new Map(),
  documents: new Map(),
  drafts: new Map(),
  groups: new Map(),
  grants: new Map(),
  shares: new Map(),
  tokens: new Map(),
};

export function documentKey(doctype: string, name: string): string {
  return `${doctype} ${name}`;
}

/** Reads whatever parts are there. */
export function readParts(pieces: PartPieces): Parts {
  return {
    roles: named(pieces.roles, readRules),
    trees: named(pieces.trees, readTree),
    documents: documentsOf(pieces.documents),
    drafts: documentsOf(pieces.new),
    groups: named(pieces.groups, readMembers),
    grants: named(pieces.grants, readGrant),
    shares: named(pieces.shares, readShare),
    tokens: named(pieces.tokens, readToken),
  };
}

function readToken(_name: string, piece: Piece): Token {
  const fields = piece.fields('of', 'actions', 'doctypes', 'within');
  return { user: required(piece, fields, 'of').text(), ceiling: readCeiling(fields) };
}

/** Both together. Nothing is told twice: what is there already cannot be told otherwise. */
export function joinParts(owner: Piece, one: Parts, other: Parts): Parts {
  const joined = <Value>(word: string, a: ByName<Value>, b: ByName<Value>) => {
    const double = [...b.keys()].find((name) => a.has(name));
    if (double !== undefined) owner.fail(`tells of the ${word} \`${double}\` a second time`);
    return new Map([...a, ...b]);
  };
  return {
    roles: joined('role', one.roles, other.roles),
    trees: joined('tree', one.trees, other.trees),
    documents: joined('document', one.documents, other.documents),
    drafts: joined('new document', one.drafts, other.drafts),
    groups: joined('group', one.groups, other.groups),
    grants: joined('grant', one.grants, other.grants),
    shares: joined('share', one.shares, other.shares),
    tokens: joined('token', one.tokens, other.tokens),
  };
}

/** The parts without those that `without` names by kind; each of them has to be there. */
export function removeParts(parts: Parts, without: Piece | undefined): Parts {
  if (without === undefined) return parts;
  const fields = without.fields('roles', 'trees', 'documents', 'groups', 'grants', 'shares');
  const rest = <Value>(piece: Piece | undefined, from: ByName<Value>): ByName<Value> => {
    const names = piece?.oneOrMore().map((item) => item.text()) ?? [];
    const missing = names.find((name) => !from.has(name));
    if (missing !== undefined) piece?.fail(`there is no \`${missing}\` to take away`);
    return new Map([...from].filter(([name]) => !names.includes(name)));
  };
  return {
    ...parts,
    roles: rest(fields.roles, parts.roles),
    trees: rest(fields.trees, parts.trees),
    documents: rest(fields.documents, parts.documents),
    groups: rest(fields.groups, parts.groups),
    grants: rest(fields.grants, parts.grants),
    shares: rest(fields.shares, parts.shares),
  };
}

function named<Value>(
  piece: Piece | undefined,
  read: (name: string, piece: Piece) => Value,
): ByName<Value> {
  const entries = piece?.entries() ?? [];
  return new Map(entries.map(([name, inner]) => [name, read(name, inner)]));
}

function documentsOf(piece: Piece | undefined): ByName<Values> {
  const all = (piece?.entries() ?? []).flatMap(([doctype, names]) =>
    names
      .entries()
      .map(([name, inner]): [string, Values] => [
        documentKey(doctype, name),
        { name, ...readValues(doctype, inner) },
      ]),
  );
  return new Map(all);
}
