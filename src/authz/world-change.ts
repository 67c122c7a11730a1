/** A change to a world: what is taken out of it, and what comes into it. */
import type { Grant, GrantingAuthority, Member, Role, Rule, Share, World } from './world.ts';

/** Some records by what they are called go, others come; one that changes does both. */
export type Turnover<Item> = { readonly gone: readonly Item[]; readonly added: readonly Item[] };

export type WorldChange = {
  readonly roles?: Turnover<Role>;
  readonly rules?: Turnover<Rule>;
  readonly grants?: Turnover<Grant>;
  readonly members?: Turnover<Member>;
  readonly shares?: Turnover<Share>;
  readonly authorities?: Turnover<GrantingAuthority>;
  /** Values of trees that get another parent, or none; ones not known yet come in. */
  readonly moves?: readonly TreeMove[];
  /** Fields that get another level. */
  readonly levels?: readonly {
    readonly doctype: string;
    readonly field: string;
    readonly level: number;
  }[];
  /** Doctypes that get other dimension paths. */
  readonly paths?: readonly {
    readonly doctype: string;
    readonly paths: World['doctypes'][number]['paths'];
  }[];
};

export type TreeMove = {
  readonly dimension: string;
  readonly value: string;
  readonly parent: string | null;
};

/** The world as plain data after the change, at the next epoch. */
export function applyChange(world: World, change: WorldChange): World {
  return {
    ...world,
    epoch: world.epoch + 1,
    roles: turned(world.roles, change.roles),
    rules: turned(world.rules, change.rules),
    grants: turned(world.grants, change.grants),
    members: turned(world.members, change.members),
    shares: turned(world.shares, change.shares),
    authorities: turned(world.authorities, change.authorities),
    trees: change.moves ? movedTrees(world.trees, change.moves) : world.trees,
    doctypes: change.levels || change.paths ? reshaped(world.doctypes, change) : world.doctypes,
  };
}

/** Records are taken out as the very objects that the world holds. */
function turned<Item>(items: readonly Item[], turnover: Turnover<Item> | undefined) {
  if (!turnover) return items;
  const { gone, added } = turnover;
  if (gone.length === 0) return [...items, ...added];
  const going = new Set(gone);
  return [...items.filter((item) => !going.has(item)), ...added];
}

function movedTrees(trees: World['trees'], moves: readonly TreeMove[]): World['trees'] {
  return trees.map((tree) => {
    const own = moves.filter(({ dimension }) => dimension === tree.dimension);
    if (own.length === 0) return tree;
    const moved = own.map(({ value, parent }): [string, string | null] => [value, parent]);
    return { ...tree, parents: new Map([...tree.parents, ...moved]) };
  });
}

function reshaped(doctypes: World['doctypes'], { levels = [], paths = [] }: WorldChange) {
  return doctypes.map((shape) => {
    const own = levels.filter(({ doctype }) => doctype === shape.name);
    const other = paths.find(({ doctype }) => doctype === shape.name);
    if (own.length === 0 && !other) return shape;
    const changed = own.map(({ field, level }): [string, number] => [field, level]);
    return {
      ...shape,
      levels: new Map([...shape.levels, ...changed]),
      paths: other?.paths ?? shape.paths,
    };
  });
}
