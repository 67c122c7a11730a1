/** The world after a change, as plain records. */
import type { Grant, Member, Share, World } from '../../../src/authz/index.ts';

/** What is given or shared, told apart by whoever gave it: the server's own name comes later. */
export function withGrant(world: World, grant: Grant): World {
  return { ...world, grants: [...world.grants, grant] };
}

export function withoutGrant(world: World, name: string): World {
  return { ...world, grants: world.grants.filter((grant) => grant.name !== name) };
}

export function withShare(world: World, share: Share): World {
  return { ...world, shares: [...world.shares, share] };
}

export function withoutShare(world: World, name: string): World {
  return { ...world, shares: world.shares.filter((share) => share.name !== name) };
}

/** With these and no others in the group. */
export function withMembers(world: World, group: string, members: readonly Member[]): World {
  const others = world.members.filter((member) => member.group !== group);
  return { ...world, members: [...others, ...members] };
}

export function withRule(world: World, name: string, status: 'draft' | 'in force'): World {
  const rules = world.rules.map((rule) => (rule.name === name ? { ...rule, status } : rule));
  return { ...world, rules };
}

export function withParent(world: World, dimension: string, value: string, parent: string): World {
  const trees = world.trees.map((tree) =>
    tree.dimension === dimension
      ? { ...tree, parents: new Map([...tree.parents, [value, parent]]) }
      : tree,
  );
  return { ...world, trees };
}

/** Without what had ended by then, which nothing can be decided by any more. */
export function withoutEnded(world: World, at: number): World {
  const lasts = ({ until }: { readonly until: number | null }) => until === null || until > at;
  return {
    ...world,
    grants: world.grants.filter(lasts),
    members: world.members.filter(lasts),
    shares: world.shares.filter(lasts),
  };
}
