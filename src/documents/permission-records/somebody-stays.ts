/**
 * Somebody must stay who can give access, and somebody who looks after users: nothing inside the
 * system could bring one back.
 */
import {
  type CompiledWorld,
  isValid,
  kindOf,
  principalNamed,
  type WorldChange,
  waysOf,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { anyEnabled } from '../../store/people.ts';
import type { WriteWork } from '../work.ts';
import { worldAfter } from './gains.ts';

/** The latest that JavaScript has a date for; nothing that ends is held then. */
const LAST_MOMENT = 8.64e15;

/**
 * Throws `forbidden` where the change leaves no enabled person who can give access, now or once all
 * that ends has ended, or where it disables the last one who may change users.
 */
export async function keepSomebody(work: WriteWork, change: WorldChange | null): Promise<void> {
  const { world } = work.moment.policy;
  const { now } = work.moment;
  const leaver = leaverOf(work);
  if (leaver === null && !takesAway(change)) return;
  if (leaver !== null) keepUserKeeper(world, leaver, now);
  const later = change === null ? world : worldAfter(work, change);
  for (const moment of [now, LAST_MOMENT]) {
    const before = giversOf(world, moment);
    const after = giversOf(later, moment).filter((user) => user !== leaver);
    if (before.every((user) => after.includes(user))) continue;
    const statements = [anyEnabled(before), anyEnabled(after)];
    const [had, has] = await work.transaction.run('read', ...statements);
    if (had?.rows[0]?.[0] !== 't' || has?.rows[0]?.[0] === 't') continue;
    throw new Refusal(
      'forbidden',
      'Nobody would be left who can give access. Let somebody else be able to first: it takes an ' +
        'authority, and a role that may create grants.',
    );
  }
}

function takesAway(change: WorldChange | null): boolean {
  const { authorities, members, grants, rules } = change ?? {};
  return [authorities, members, grants, rules].some((one) => one && one.gone.length > 0);
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

/** People with an authority who may also make the grants that it is for. */
function giversOf(world: CompiledWorld, now: number): string[] {
  const { authorities, members } = world.source;
  const doctype = world.doctypes.get('Grant');
  if (!doctype) return [];
  const holders = authorities.flatMap(({ holder }) =>
    holder.type === 'User'
      ? [holder.name]
      : members
          .filter((member) => member.group === holder.name && isValid(member, now))
          .map(({ user }) => user),
  );
  return [...new Set(holders)].filter(
    (user) => waysOf(world, principalNamed(user), 'create', doctype, now).length > 0,
  );
}
