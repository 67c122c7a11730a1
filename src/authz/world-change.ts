/** A change to a world: what is taken out of it, and what comes into it. */
import { renamedWorld, type ValueRename } from './rename.ts';
import type {
  Acting,
  Grant,
  GrantingAuthority,
  Member,
  Role,
  Rule,
  Separation,
  Share,
  World,
} from './world.ts';

/** Some records by what they are called go, others come; one that changes does both. */
export type Turnover<Item> = { readonly gone: readonly Item[]; readonly added: readonly Item[] };

export type WorldChange = {
  /** Who may act no more, and who may from now on: what they hold is given to them anew. */
  readonly users?: Turnover<string>;
  readonly roles?: Turnover<Role>;
  readonly rules?: Turnover<Rule>;
  readonly grants?: Turnover<Grant>;
  readonly members?: Turnover<Member>;
  readonly shares?: Turnover<Share>;
  readonly authorities?: Turnover<GrantingAuthority>;
  readonly acting?: Turnover<Acting>;
  readonly separations?: Turnover<Separation>;
  /** Values of dimensions that get another name, before anything moves. */
  readonly renames?: readonly ValueRename[];
  /** Values of trees that get another parent, or none; ones not known yet come in. */
  readonly moves?: readonly TreeMove[];
  /** Fields that get another level. */
  readonly levels?: readonly {
    readonly doctype: string;
    readonly field: string;
    readonly level: number;
  }[];
  /** Fields that become secret, or are it no longer. */
  readonly sensitivities?: readonly FieldSensitivity[];
  /** Doctypes that get other dimension paths. */
  readonly paths?: readonly {
    readonly doctype: string;
    readonly paths: World['doctypes'][number]['paths'];
  }[];
};

/** A secret is a field that nobody reads, whatever its level is. */
export type FieldSensitivity = {
  readonly doctype: string;
  readonly field: string;
  readonly sensitivity: 'none' | 'personal' | 'secret';
  readonly level: number;
};

export type TreeMove = {
  readonly dimension: string;
  readonly value: string;
  readonly parent: string | null;
};

/** The world as plain data after the change, at the next epoch. */
export function applyChange(world: World, change: WorldChange): World {
  const turnedWorld = {
    ...world,
    epoch: world.epoch + 1,
    users: turned(world.users, change.users),
    roles: turned(world.roles, change.roles),
    rules: turned(world.rules, change.rules),
    grants: turned(world.grants, change.grants),
    members: turned(world.members, change.members),
    shares: turned(world.shares, change.shares),
    authorities: turned(world.authorities, change.authorities),
    acting: turned(world.acting ?? [], change.acting),
    separations: turned(world.separations ?? [], change.separations),
  };
  const renamed = change.renames ? renamedWorld(turnedWorld, change.renames) : turnedWorld;
  return {
    ...renamed,
    trees: change.moves ? movedTrees(renamed.trees, change.moves) : renamed.trees,
    doctypes: isReshaping(change) ? reshaped(world.doctypes, change) : world.doctypes,
  };
}

/** True where a doctype changes. */
export function isReshaping({ levels, sensitivities, paths }: WorldChange): boolean {
  return levels !== undefined || sensitivities !== undefined || paths !== undefined;
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

function reshaped(doctypes: World['doctypes'], change: WorldChange): World['doctypes'] {
  const { levels = [], sensitivities = [], paths = [] } = change;
  return doctypes.map((shape) => {
    const own = <Item extends { readonly doctype: string }>(items: readonly Item[]) =>
      items.filter(({ doctype }) => doctype === shape.name);
    const changed = [...own(levels), ...own(sensitivities)];
    const [other] = own(paths);
    if (changed.length === 0 && !other) return shape;
    const after = new Map(shape.levels);
    const personal = new Set(shape.personal);
    for (const { field, level } of changed) after.set(field, level);
    for (const { field, sensitivity } of own(sensitivities)) {
      personal.delete(field);
      if (sensitivity === 'personal') personal.add(field);
      if (sensitivity === 'secret') after.delete(field);
    }
    return { ...shape, levels: after, personal, paths: other?.paths ?? shape.paths };
  });
}
