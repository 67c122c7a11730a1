/** A policy brought up to date by what changed since it was loaded. */
import {
  applyChange,
  compileWorld,
  type Member,
  recompileTo,
  type Separation,
  type Tree,
  type Turnover,
  type Validity,
  type World,
  type WorldChange,
} from '../authz/index.ts';
import { isEnded, type Policy, type Position } from './policy.ts';
import {
  authorityFrom,
  grantFrom,
  memberFrom,
  type RawAuthority,
  type RawGrant,
  type RawMember,
  type RawRule,
  type RawShare,
  ruleFrom,
  shareFrom,
} from './policy-records.ts';

/** Records that changed: as they are now, and the names of all, those that are gone included. */
type RawTurnover<Raw> = { readonly names: readonly string[]; readonly present: readonly Raw[] };

type RawNode = {
  readonly dimension: string;
  readonly value: string;
  readonly parent: string | null;
  readonly is_there: boolean;
};

/** What `sys.world_since` gives. */
type RawChange = {
  readonly epoch: number;
  readonly users: readonly { readonly name: string; readonly acts: boolean }[];
  readonly nodes: readonly RawNode[];
  readonly roles: readonly { readonly name: string; readonly is_there: boolean }[];
  readonly rules: RawTurnover<RawRule>;
  readonly grants: RawTurnover<RawGrant>;
  readonly members: { readonly gone: readonly RawMember[]; readonly added: readonly RawMember[] };
  readonly shares: RawTurnover<RawShare>;
  readonly authorities: RawTurnover<RawAuthority>;
  readonly separations: readonly Separation[] | null;
};

/**
 * The policy after what `sys.world_since` told of the time since its position: the same as if
 * everything had been loaded anew, but for the order of records. Throws where the changed world
 * does not hold together.
 */
export function changedPolicy(text: string, known: Policy, position: Position | null): Policy {
  const raw = JSON.parse(text) as RawChange;
  const { source } = known.world;
  const change = changeFrom(raw, known, position?.at ?? known.position?.at ?? 0);
  const after: World = {
    ...applyChange(source, change),
    epoch: raw.epoch,
    users: usersAfter(source.users, raw.users),
    trees: treesAfter(source.trees, raw.nodes),
    separations: raw.separations ?? source.separations ?? [],
  };
  const isWhole = raw.nodes.length > 0 || raw.separations !== null;
  const { grants, members, shares } = change;
  const turned = [grants, members, shares];
  return {
    ...known,
    world: isWhole ? compileWorld(after) : recompileTo(known.world, after, change),
    boundaries: known.boundaries.turned(
      turned.flatMap((one): readonly Validity[] => one?.gone ?? []),
      turned.flatMap((one): readonly Validity[] => one?.added ?? []),
    ),
    position,
  };
}

/** With what has ended meanwhile: a world that is loaded anew would not have it either. */
function changeFrom(
  raw: RawChange,
  { world, doctypes, position }: Policy,
  at: number,
): WorldChange {
  const { source } = world;
  const isEndedBy = (item: Validity): boolean => isEnded(item, at);
  const isEnding = position !== null && at > position.at;
  const left = <Item extends Validity>(items: readonly Item[]): readonly Item[] =>
    items.filter((item) => !isEndedBy(item));
  const grants = turnover(source.grants, raw.grants, grantFrom, isEnding ? isEndedBy : null);
  const shares = turnover(source.shares, raw.shares, shareFrom, isEnding ? isEndedBy : null);
  return {
    ...given('roles', rolesTurned(source, raw.roles)),
    ...given(
      'rules',
      turnover(source.rules, raw.rules, (rule) => ruleFrom(rule, doctypes)),
    ),
    ...given('grants', { ...grants, added: left(grants.added) }),
    ...given('members', membersTurned(source.members, raw.members)),
    ...given('shares', { ...shares, added: left(shares.added) }),
    ...given('authorities', turnover(source.authorities, raw.authorities, authorityFrom)),
  };
}

/** A kind of records of which none changed is not named at all. */
function given<Key extends string, Item>(
  key: Key,
  turned: Turnover<Item>,
): Partial<Record<Key, Turnover<Item>>> {
  if (turned.gone.length === 0 && turned.added.length === 0) return {};
  return { [key]: turned } as Record<Key, Turnover<Item>>;
}

function turnover<Item extends { readonly name: string }, Raw>(
  items: readonly Item[],
  { names, present }: RawTurnover<Raw>,
  read: (raw: Raw) => Item,
  isOver: ((item: Item) => boolean) | null = null,
): Turnover<Item> {
  const named = new Set(names);
  const isGone = (item: Item): boolean => named.has(item.name) || isOver?.(item) === true;
  const gone = named.size === 0 && isOver === null ? [] : items.filter(isGone);
  return { gone, added: present.map(read) };
}

function rolesTurned({ roles }: World, raw: RawChange['roles']): Turnover<World['roles'][number]> {
  if (raw.length === 0) return { gone: [], added: [] };
  const known = new Map(roles.map((role) => [role.name, role]));
  return {
    gone: raw.flatMap(({ name, is_there }) => (is_there ? [] : (known.get(name) ?? []))),
    added: raw
      .filter(({ name, is_there }) => is_there && !known.has(name))
      .map(({ name }) => ({ name })),
  };
}

/** Members have no names: one that is told gone takes one that is alike with it. */
function membersTurned(
  members: World['members'],
  raw: RawChange['members'],
): Turnover<World['members'][number]> {
  const going = new Map<string, number>();
  for (const member of raw.gone.map(memberFrom)) {
    going.set(keyOf(member), (going.get(keyOf(member)) ?? 0) + 1);
  }
  const groups = new Set(raw.gone.map(({ group }) => group));
  const gone = members.filter((member) => {
    if (!groups.has(member.group)) return false;
    const left = going.get(keyOf(member)) ?? 0;
    if (left > 0) going.set(keyOf(member), left - 1);
    return left > 0;
  });
  if (gone.length !== raw.gone.length) throw new Error('a member is gone who was not there');
  return { gone, added: raw.added.map(memberFrom) };
}

function keyOf({ group, user, from, until }: Member): string {
  return JSON.stringify([group, user, from, until]);
}

/** The very list that was there, where nobody changed. */
function usersAfter(users: World['users'], raw: RawChange['users']): World['users'] {
  const known = new Set(raw.length > 0 ? users : []);
  if (raw.every(({ name, acts }) => known.has(name) === acts)) return users;
  const told = new Set(raw.map(({ name }) => name));
  const acting = raw.filter(({ acts }) => acts).map(({ name }) => name);
  return [...users.filter((name) => !told.has(name)), ...acting];
}

function treesAfter(trees: World['trees'], nodes: readonly RawNode[]): World['trees'] {
  if (nodes.length === 0) return trees;
  const parents = new Map(trees.map((tree) => [tree.dimension, new Map(tree.parents)]));
  for (const { dimension, value, parent, is_there } of nodes) {
    const own = parents.get(dimension) ?? new Map<string, string | null>();
    parents.set(dimension, own);
    if (is_there) own.set(value, parent);
    else own.delete(value);
  }
  const left = [...parents].filter(([, own]) => own.size > 0);
  return left.map(([dimension, own]): Tree => ({ dimension, parents: own }));
}
