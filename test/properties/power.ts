/** What somebody could give once a change is made, against what its maker could give before. */
import type * as authz from '../../src/authz/index.ts';
import { kindOf } from '../../src/authz/principal.ts';
import type { RandomGainChange } from '../model/random-gain-change.ts';
import { holds, referenceDecide } from '../model/reference.ts';
import { fieldsOf, type Growth, growthOf } from '../model/reference-change.ts';
import type { Kernel } from './agreement.ts';

/** Somebody who has nothing but what is given to them; nobody's document is theirs. */
const GIFTED: authz.Principal = { id: 'gifted', kind: 'user', actor: null, ceilings: [] };

/** What was said of a change, and what somebody could give after it who could not before. */
export type JudgedPower = {
  readonly refusal: authz.GainRefusal;
  readonly growth: readonly Growth[];
};

/** What changes what a role is worth, whoever holds it. */
export const POWERS = ['rules', 'levels', 'sensitivities', 'paths'] as const;

/** True where the change is of no other kind. */
export function onlyPowers(change: authz.WorldChange): boolean {
  return Object.keys(change).every((kind) => POWERS.some((power) => power === kind));
}

/** The same where nobody holds anything yet: whoever gains will be given it afterwards. */
export function unheld({ sample, change, actor }: RandomGainChange): RandomGainChange {
  const world = { ...sample.world, grants: [], members: [], shares: [] };
  return { sample: { ...sample, world }, change, actor };
}

/** The same where whoever may give every role may give all but one of them. */
export function leavingOut({ sample, change, actor }: RandomGainChange, role: string) {
  const narrower = (authority: authz.GrantingAuthority): authz.GrantingAuthority =>
    authority.roles.includes('*') ? { ...authority, exceptRoles: [role] } : authority;
  const world = { ...sample.world, authorities: sample.world.authorities.map(narrower) };
  return { sample: { ...sample, world }, change, actor };
}

/**
 * The first thing that the holder of some authority could give after a change, and not before,
 * although whoever made it could not have given it themself; null if there is none.
 */
export function findUngivable(
  kernel: Kernel,
  { sample, change, actor }: RandomGainChange,
  seen: (judged: JudgedPower) => void = () => {},
): string | null {
  const { world, documents, now } = sample;
  const before = kernel.compileWorld(world);
  const after = kernel.recompile(before, change);
  const who: authz.Principal = { id: actor, kind: kindOf(actor), actor: null, ceilings: [] };
  const refusal = kernel.judgeGains(before, who, kernel.gainsOf(before, change, now), now);
  const own = world.authorities.filter(({ holder }) => holds(world, who, holder, now));
  for (const authority of world.authorities) {
    const same = ({ holder }: authz.GrantingAuthority): boolean =>
      holder.type === authority.holder.type && holder.name === authority.holder.name;
    const given = (one: authz.World) => withGifts(one, one.authorities.filter(same));
    const growth = growthOf(given(world), given(after.source), change, {
      ...{ principals: [GIFTED], documents, moments: [now] },
    });
    if (growth.length > 0) seen({ refusal, growth });
    if (refusal !== null) continue;
    const [unable] = growth.filter((one) => !couldGive(world, own, one));
    if (unable) return `${actor} could not give: ${JSON.stringify(unable)}`;
  }
  return null;
}

function couldGive(
  world: authz.World,
  authorities: readonly authz.GrantingAuthority[],
  growth: Growth,
): boolean {
  if (isOpen(withGifts(world, authorities), growth)) return true;
  return authorities.some((authority) => {
    if (!authority.roles.includes('*')) return false;
    // What no role could do: but not what a role does that the authority leaves out.
    const left = { ...authority, roles: authority.exceptRoles, exceptRoles: [], scope: [] };
    return isWithin(world, authority, growth) && !isOpen(withGifts(world, [left]), growth);
  });
}

function isOpen(world: authz.World, { field, ...asked }: Growth): boolean {
  const question = { ...asked, principal: GIFTED };
  return field === null
    ? referenceDecide(world, question)
    : fieldsOf(world, question).includes(field);
}

/** Would a role that does everything, given by the authority, reach the document? */
function isWithin(world: authz.World, authority: authz.GrantingAuthority, growth: Growth) {
  const { doctype } = growth;
  const all: authz.Rule = {
    ...{ name: 'all', role: 'all', doctype, actions: ['read'], levels: [0], reach: 'within' },
    ...{ except: [], when: null, status: 'in force' },
  };
  const over = { ...world, roles: [{ name: 'all' }], rules: [all] };
  return isOpen(withGifts(over, [authority]), { ...growth, action: 'read', field: null });
}

/** The world in which all that these authorities can give is given to somebody: nothing else. */
function withGifts(
  world: authz.World,
  authorities: readonly authz.GrantingAuthority[],
): authz.World {
  const dimensions = world.doctypes.flatMap(({ paths }) => paths.map(({ dimension }) => dimension));
  const grants = authorities.flatMap(({ roles, exceptRoles, scope }, index) => {
    const every = world.roles.map(({ name }) => name).filter((name) => !exceptRoles.includes(name));
    // What an authority does not name may be given whole.
    const free = [...new Set(dimensions)].filter(
      (dimension) => !scope.some((entry) => entry.dimension === dimension),
    );
    const whole = free.flatMap((dimension) =>
      ['*', '(blank)'].map((value) => ({ dimension, value, descendants: false })),
    );
    return (roles.includes('*') ? every : roles).map((role) => ({
      ...{ name: `gift-${index}-${role}`, grantee: { type: 'User' as const, name: GIFTED.id } },
      ...{ role, scope: [...scope, ...whole], from: null, until: null, request: null },
    }));
  });
  return { ...world, grants, members: [], shares: [] };
}
