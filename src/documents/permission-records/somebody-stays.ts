/**
 * Somebody must stay who can give access, and somebody who looks after users: nothing inside the
 * system could bring one back.
 */
import {
  applyChange,
  type CompiledWorld,
  isValid,
  kindOf,
  principalNamed,
  type World,
  type WorldChange,
  waysOf,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { anyEnabled } from '../../store/people.ts';
import type { WriteWork } from '../work.ts';

/**
 * Throws `forbidden` where the change leaves no enabled person with a granting authority, or where
 * it disables the last one who may change users.
 */
export async function keepSomebody(work: WriteWork, change: WorldChange | null): Promise<void> {
  const { world } = work.moment.policy;
  const { now } = work.moment;
  const leaver = leaverOf(work);
  if (leaver === null && !change?.authorities && !change?.members) return;
  if (leaver !== null) keepUserKeeper(world, leaver, now);
  const before = giversOf(world.source, now);
  const left = change === null ? before : giversOf(applyChange(world.source, change), now);
  const after = left.filter((user) => user !== leaver);
  if (before.every((user) => after.includes(user))) return;
  const statements = [anyEnabled(before), anyEnabled(after)];
  const [had, has] = await work.transaction.run('read', ...statements);
  if (had?.rows[0]?.[0] !== 't' || has?.rows[0]?.[0] === 't') return;
  throw new Refusal(
    'forbidden',
    'Nobody would be left who can give access. Give an authority to somebody else first.',
  );
}

/** The user who is disabled or removed by this. */
function leaverOf({ doctype, operation, name, after }: WriteWork): string | null {
  if (doctype.name !== 'User' || name === null) return null;
  return operation === 'delete' || after.values['enabled'] === 0 ? name : null;
}

/** An enabled user comes before an access that could be given again: by nobody, if none is left. */
function keepUserKeeper(world: CompiledWorld, leaver: string, now: number): void {
  const keepers = world.source.users.filter((user) => maySetUsers(world, user, now));
  if (!keepers.includes(leaver) || keepers.length > 1) return;
  throw new Refusal(
    'forbidden',
    'Nobody would be left who looks after users. Let somebody else do so first.',
  );
}

function maySetUsers(world: CompiledWorld, user: string, now: number): boolean {
  const doctype = world.doctypes.get('User');
  if (!doctype || kindOf(user) !== 'user') return false;
  const ways = waysOf(world, principalNamed(user), 'write', doctype, now);
  return ways.some(({ unnamed, rule }) => unnamed.length === 0 && rule.source.when === null);
}

function giversOf({ authorities, members }: World, now: number): string[] {
  const givers = authorities.flatMap(({ holder }) =>
    holder.type === 'User'
      ? [holder.name]
      : members
          .filter((member) => member.group === holder.name && isValid(member, now))
          .map(({ user }) => user),
  );
  return [...new Set(givers)];
}
