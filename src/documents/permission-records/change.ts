/** A write to a permission record, or to a tree, as the change it makes to the kernel's world. */
import type { Member, Turnover, World, WorldChange } from '../../authz/index.ts';
import type { WriteWork } from '../work.ts';
import { authorityOf, grantOf, membersOf, ruleOf, separationOf, shareOf } from './world-records.ts';

/** Null where the write changes nothing that the world holds. Of what is sound only. */
export function changeOf(work: WriteWork): WorldChange | null {
  const { world } = work.moment.policy;
  const isGone = work.operation === 'delete';
  switch (work.doctype.name) {
    case 'Grant':
      return { grants: turnover(work, world.source.grants, isGone ? null : grantOf(work)) };
    case 'Role Rule':
      return { rules: turnover(work, world.source.rules, isGone ? null : ruleOf(work)) };
    case 'Share':
      return { shares: turnover(work, world.source.shares, isGone ? null : shareOf(work)) };
    case 'Granting Authority': {
      const authority = isGone ? null : authorityOf(work);
      return { authorities: turnover(work, world.source.authorities, authority) };
    }
    case 'Separation Rule': {
      const separation = isGone ? null : separationOf(work);
      return { separations: turnover(work, world.source.separations ?? [], separation) };
    }
    case 'Group':
      return { members: memberTurnover(work, world.source, isGone ? [] : membersOf(work)) };
    case 'User':
      return { users: userTurnover(work, world.source) };
    default:
      return moveOf(work);
  }
}

function turnover<Item extends { readonly name: string }>(
  { name, before }: WriteWork,
  items: readonly Item[],
  item: Item | null,
): Turnover<Item> {
  const gone = before === null ? [] : items.filter((one) => one.name === name);
  return { gone, added: item === null ? [] : [item] };
}

/** Only members who come, go, or are in for another time. */
function memberTurnover(
  { name }: WriteWork,
  { members }: World,
  after: readonly Member[],
): Turnover<Member> {
  const before = members.filter(({ group }) => group === name);
  const isIn = (list: readonly Member[], { user, from, until }: Member): boolean =>
    list.some((one) => one.user === user && one.from === from && one.until === until);
  return {
    gone: before.filter((one) => !isIn(after, one)),
    added: after.filter((one) => !isIn(before, one)),
  };
}

/** Who is enabled comes into the world; who is disabled or removed goes out of it. */
function userTurnover({ name, operation, after }: WriteWork, { users }: World): Turnover<string> {
  const user = String(name);
  const isThere = users.includes(user);
  const isComing = operation !== 'delete' && after.values['enabled'] === 1;
  return {
    gone: isThere && !isComing ? [user] : [],
    added: isComing && !isThere ? [user] : [],
  };
}

/** A new value of a tree gives nothing: nothing that exists carries it. */
function moveOf({ doctype, before, after }: WriteWork): WorldChange | null {
  const field = doctype.parent_field;
  if (!doctype.is_dimension || !field || !before || before.values[field] === after.values[field])
    return null;
  const parent = after.values[field] === null ? null : String(after.values[field]);
  const value = String(before.values['name']);
  return { moves: [{ dimension: doctype.name, value, parent }] };
}

/** Several changes as one, as far as they give anybody something. */
export function mergedChange(changes: readonly WorldChange[]): WorldChange {
  return changes.reduce(together, {});
}

/** Of every kind that a change can have, so that none is forgotten. */
function together(one: WorldChange, other: WorldChange): WorldChange {
  const merged: Record<string, unknown> = { ...one };
  for (const [kind, part] of Object.entries(other)) {
    if (part !== undefined) merged[kind] = joined(merged[kind] as Part | undefined, part);
  }
  return merged;
}

type Part = Turnover<unknown> | readonly unknown[];

function joined(one: Part | undefined, other: Part): Part {
  if (one === undefined) return other;
  if ('gone' in one && 'gone' in other) {
    return { gone: [...one.gone, ...other.gone], added: [...one.added, ...other.added] };
  }
  return [...(one as readonly unknown[]), ...(other as readonly unknown[])];
}
