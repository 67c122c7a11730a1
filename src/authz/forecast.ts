/** What time alone will change: what begins and ends, and what nobody will hold then. */
import type { CompiledWorld } from './compiled.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { grouped } from './grouped.ts';
import { EVERYONE } from './principal.ts';
import { type ActionDuty, DutyLosses, type RoleDuty } from './unheld.ts';
import { isValid } from './validity.ts';
import type { Grant, Member, Share, Validity } from './world.ts';

/** Something that begins or ends at a moment, in milliseconds since 1970 UTC. */
export type Turn = { readonly at: number } & (
  | { readonly kind: 'grant'; readonly grant: Grant }
  | { readonly kind: 'member'; readonly member: Member }
  | { readonly kind: 'share'; readonly share: Share }
);

/** What somebody holds now and nobody will, and what ends by which they held it. */
export type Unheld = (RoleDuty | ActionDuty) & {
  readonly from: number;
  /** When somebody holds it again; null where that is not within the time asked about. */
  readonly until: number | null;
  readonly ended: readonly Turn[];
};

export type Forecast = {
  readonly ending: readonly Turn[];
  readonly beginning: readonly Turn[];
  readonly unheld: readonly Unheld[];
};

/**
 * What happens after `now` and up to `until`, both in milliseconds since 1970 UTC, if nobody
 * changes anything. Duties are held by the users of the world, who are those that may act; what
 * guests may do is nobody's duty, and a share is none. One that is unheld for a while only is
 * found as well.
 */
export function forecastOf(world: CompiledWorld, now: number, until: number): Forecast {
  const moments = turnsOf(world)
    .flatMap((turn) => [turn.from, turn.until])
    .filter((moment): moment is number => isBetween(moment, now, until));
  return {
    ...turnsBetween(world, now, until),
    unheld: unheldAt(
      world,
      now,
      [...new Set(moments)].sort((a, b) => a - b),
    ),
  };
}

/** The same without what it means for anybody's duties: what begins and what ends, in order. */
export function turnsBetween(
  world: CompiledWorld,
  now: number,
  until: number,
): Pick<Forecast, 'ending' | 'beginning'> {
  const turns = turnsOf(world).filter(
    ({ from, until: last }) => from === null || last === null || from < last,
  );
  const pick = (end: keyof Validity): Turn[] =>
    turns
      .flatMap(({ turn, ...validity }) => {
        const at = validity[end];
        return at !== null && isBetween(at, now, until) ? [{ ...turn, at }] : [];
      })
      .sort((a, b) => a.at - b.at);
  return { ending: pick('until'), beginning: pick('from') };
}

function isBetween(moment: number | null, after: number, last: number): boolean {
  return moment !== null && after < moment && moment <= last;
}

function turnsOf(world: CompiledWorld) {
  const { grants, members, shares } = world.source;
  const of = <Item extends Validity, Own extends object>(
    items: readonly Item[],
    own: (item: Item) => Own,
  ) => items.map((item) => ({ from: item.from, until: item.until, turn: own(item) }));
  return [
    ...of(grants, (grant) => ({ kind: 'grant' as const, grant })),
    ...of(members, (member) => ({ kind: 'member' as const, member })),
    ...of(shares, (share) => ({ kind: 'share' as const, share })),
  ];
}

/** Duties that are unheld from one of the moments on, each for as long as it stays so. */
function unheldAt(world: CompiledWorld, now: number, moments: readonly number[]): Unheld[] {
  const holders = new Holders(world);
  const last = moments.at(-1) ?? now;
  const changing = holders.grants.filter((grant) => holders.turns(grant, now, last));
  const turning = new Set(changing);
  const lasting = holders.grants.filter(
    (grant) => !turning.has(grant) && holders.isHeld(grant, now),
  );
  const heldAt = (at: number) => new Set(changing.filter((grant) => holders.isHeld(grant, at)));
  const losses = new DutyLosses(world, lasting, changing, heldAt(now));
  const found: Unheld[] = [];
  let open = new Map<string, Unheld>();
  for (const at of moments) {
    const still = new Map<string, Unheld>();
    for (const { duty, grants } of losses.beside(heldAt(at))) {
      const key = JSON.stringify(duty);
      const ended = grants.flatMap((grant) => holders.endsBetween(grant, now, at));
      still.set(key, open.get(key) ?? { ...duty, from: at, until: null, ended });
    }
    for (const [key, one] of open) if (!still.has(key)) found.push({ ...one, until: at });
    open = still;
  }
  return [...found, ...open.values()].sort((a, b) => a.from - b.from);
}

/** Who may act, and which grants at least one of them holds. */
class Holders {
  readonly grants: readonly CompiledGrant[];
  private readonly users: ReadonlySet<string>;
  private readonly members: ReadonlyMap<string, readonly Member[]>;
  private readonly hasPeople: boolean;

  constructor(world: CompiledWorld) {
    const { users, members } = world.source;
    this.grants = [...world.userGrants.values(), ...world.groupGrants.values()].flat();
    this.users = new Set(users);
    this.members = grouped(
      members.filter(({ user }) => this.users.has(user)),
      ({ group }) => group,
    );
    this.hasPeople = users.some((user) => !user.startsWith('system:'));
  }

  /** True where the grant, or a membership that brings it, begins or ends in this time. */
  turns({ source }: CompiledGrant, now: number, until: number): boolean {
    const turnsWithin = ({ from, until: last }: Validity): boolean =>
      isBetween(from, now, until) || isBetween(last, now, until);
    if (turnsWithin(source)) return true;
    if (source.grantee.type === 'User') return false;
    return (this.members.get(source.grantee.name) ?? []).some(turnsWithin);
  }

  /** What has ended by which the grant was held: itself, or memberships of its group. */
  endsBetween({ source }: CompiledGrant, now: number, at: number): Turn[] {
    if (source.until !== null && source.until <= at) {
      return [{ kind: 'grant', grant: source, at: source.until }];
    }
    return (this.members.get(source.grantee.name) ?? []).flatMap((member) => {
      const hasEnded = isValid(member, now) && member.until !== null && member.until <= at;
      return hasEnded ? [{ kind: 'member' as const, member, at: member.until ?? at }] : [];
    });
  }

  /** True where somebody who may act holds the grant at the moment. */
  isHeld({ source }: CompiledGrant, moment: number): boolean {
    const { type, name } = source.grantee;
    if (!isValid(source, moment)) return false;
    if (type === 'User') return this.users.has(name);
    if (name === EVERYONE && this.hasPeople) return true;
    return (this.members.get(name) ?? []).some((member) => isValid(member, moment));
  }
}
