/** What is said of a change against all that anybody can do after it. */
import * as authz from '../../src/authz/index.ts';
import type { RandomGainChange } from '../model/random-gain-change.ts';
import { referenceDecide } from '../model/reference.ts';
import { referenceInsideAuthority } from '../model/reference-authority.ts';
import { fieldsOf, type Growth, growthOf } from '../model/reference-change.ts';
import type { Kernel } from './agreement.ts';
import { remembering } from './remembering.ts';

/** A judged change: what was said of it, and what grows by it. */
export type Judged = {
  readonly refusal: authz.GainRefusal;
  readonly gains: readonly authz.Gain[];
  readonly growth: readonly Growth[];
};

/** What a change makes possible, asked of the reference; null where it is refused as a whole. */
const expectationOf = remembering(({ sample, change, actor }: RandomGainChange) => {
  const { world, documents, now } = sample;
  if (isRefused(authz, world, change)) return null;
  const after = authz.applyChange(world, change);
  const who: authz.Principal = { id: actor, kind: authz.kindOf(actor), actor: null, ceilings: [] };
  const principals = sample.principals.filter(({ ceilings }) => ceilings.length === 0);
  const growth = growthOf(world, after, change, {
    principals: [...principals, who],
    documents,
    moments: [now, now + 1, now + 120_000],
  });
  return { after, who, growth };
});

/** A tree with a cycle: the change as a whole is refused. */
function isRefused(kernel: Kernel, world: authz.World, change: authz.WorldChange): boolean {
  const before = kernel.compileWorld(world);
  try {
    kernel.recompile(before, change);
    return false;
  } catch (error) {
    if (error instanceof kernel.WorldError && (change.renames || change.moves)) return true;
    throw error;
  }
}

/**
 * The first thing that somebody can do after a change which its gains do not say, or which the
 * actor was let do without an authority over it, or would do themself; null if there is none.
 */
export function findUnsaid(
  kernel: Kernel,
  input: RandomGainChange,
  seen: (judged: Judged) => void = () => {},
): string | null {
  const { sample, change, actor } = input;
  const { world, documents, now } = sample;
  const expected = expectationOf(input);
  const isTaken = !isRefused(kernel, world, change);
  if (isTaken !== (expected !== null)) return `a change that is ${isTaken ? 'taken' : 'refused'}`;
  if (expected === null) return null;
  const { after, who, growth } = expected;
  const before = kernel.compileWorld(world);
  const gains = kernel.gainsOf(before, change, now);
  const factsOf = (doctype: string, name: string): authz.DocumentFacts | null =>
    documents.find((one) => one.doctype === doctype && one.values['name'] === name)?.values ?? null;
  const refusal = kernel.judgeGains(before, who, gains, now, factsOf);
  for (const one of growth) {
    const saying = gains.filter((gain) => says(world, after, gain, one));
    if (saying.length === 0) return `nothing says ${inWords(one)}: ${JSON.stringify(change)}`;
    if (refusal !== null) continue;
    if (one.who.id === actor) return `${actor} gains by their own change: ${inWords(one)}`;
    const isInside = (gain: authz.Gain): boolean =>
      'role' in gain
        ? referenceInsideAuthority(world, who, gain, now)
        : 'share' in gain && mayShareAll(world, who, one, gain.share.actions, now);
    if (!saying.some(isInside)) return `${actor} may not give ${inWords(one)}`;
  }
  const removal = kernel.gainsOf(before, onlyGone(change), now);
  if (removal.length > 0) return `what only goes gives ${JSON.stringify(removal)}`;
  seen({ refusal, gains, growth });
  return null;
}

/** Does the sharer hold by themself what they pass on? */
function mayShareAll(
  world: authz.World,
  principal: authz.Principal,
  { doctype, document }: Growth,
  actions: readonly authz.Action[],
  now: number,
): boolean {
  const asked = { principal, doctype, document, now };
  return ['share', ...actions].every((action) => referenceDecide(world, { ...asked, action }));
}

/** Does the gain give this, by the rules that are there afterwards and whatever they ask for? */
function says(before: authz.World, after: authz.World, gain: authz.Gain, growth: Growth): boolean {
  if ('power' in gain) return false;
  const always = { from: null, until: null };
  const said: authz.World = {
    ...{ ...after, trees: before.trees, grants: [], shares: [] },
    rules: after.rules.map((rule) => ({ ...rule, when: null })),
  };
  const { who, field, ...question } = growth;
  const given: authz.World =
    'role' in gain
      ? { ...said, grants: [{ ...gain, ...always, name: 'gain', request: null }] }
      : { ...said, shares: [{ ...gain.share, ...always, name: 'gain', user: gain.grantee.name }] };
  const asked = { ...question, principal: who };
  return field === null ? referenceDecide(given, asked) : fieldsOf(given, asked).includes(field);
}

function onlyGone(change: authz.WorldChange): authz.WorldChange {
  const kinds = (['rules', 'grants', 'members', 'shares'] as const).flatMap((kind) =>
    change[kind] ? [[kind, { gone: change[kind].gone, added: [] }]] : [],
  );
  return Object.fromEntries(kinds);
}

function inWords({ who, doctype, document, action, field, now }: Growth): string {
  return JSON.stringify({ who: who.id, action, field, doctype, document, now });
}
