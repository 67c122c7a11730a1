/** What ends in the coming days: of everybody for those who may inspect it, else of oneself. */
import {
  type CompiledWorld,
  forecastOf,
  isAmong,
  type Principal,
  type Turn,
  turnsBetween,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';
import { type ForecastAnswer, forecastAnswer } from './forecast-answer.ts';
import { HOLDING_RECORDS, mayInspectAll } from './inspects-all.ts';

const DAYS_MAX = 3660;
const DAY_MS = 86_400_000;

/**
 * What grants, memberships and shares begin and end within so many days, and what somebody can do
 * now and nobody then. Who may not inspect every permission record hears of their own only. Throws
 * `bad_value` unless `days` is a whole number from 1 to 3660.
 */
export async function readForecast(
  store: Store,
  { credential, principal }: Caller,
  days: number,
): Promise<ForecastAnswer> {
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
    throw new Refusal('bad_value', `\`days\` is a whole number from 1 to ${DAYS_MAX}.`);
  }
  const { policy, now } = await store.read(credential, principal.id, 'inspect', () => []);
  const until = now + days * DAY_MS;
  if (mayInspectAll(policy.world, principal, HOLDING_RECORDS, now)) {
    return forecastAnswer('everybody', now, until, forecastOf(policy.world, now, until));
  }
  const isOwn = (turn: Turn): boolean =>
    concerns(policy.world, turn, principal.id) && isWithinCeilings(turn, principal);
  const { ending, beginning } = turnsBetween(policy.world, now, until);
  const own = { ending: ending.filter(isOwn), beginning: beginning.filter(isOwn), unheld: [] };
  return forecastAnswer('oneself', now, until, own);
}

function concerns(world: CompiledWorld, turn: Turn, user: string): boolean {
  if (turn.kind === 'grant') return isAmong(world, user, turn.grant.grantee);
  return (turn.kind === 'member' ? turn.member : turn.share).user === user;
}

/** INVARIANT (ceiling-narrows): a token that is for some doctypes tells nothing of the others. */
function isWithinCeilings(turn: Turn, { ceilings }: Principal): boolean {
  const needed = { grant: ['Grant'], member: ['Group'], share: ['Share'] }[turn.kind];
  if (turn.kind === 'share') needed.push(turn.share.doctype);
  return ceilings.every(
    ({ doctypes }) =>
      doctypes === undefined || needed.every((doctype) => doctypes.includes(doctype)),
  );
}
