/**
 * The decision: DESIGN 2 in code. A principal may do an action on a document exactly if some one
 * grant of theirs carries a rule that reaches it, or it is shared to them with that action, and
 * every ceiling allows it. Guards, which bind everybody, are asked by the pipeline.
 */
import { type Action, withImplied } from './actions.ts';
import { ceilingAllows } from './ceiling.ts';
import type { CompiledWorld } from './compile.ts';
import { covers } from './coverage.ts';
import { sharesOf, type Way, waysOf } from './holdings.ts';
import { type DocumentFacts, fieldValue, matches } from './matches.ts';
import type { Principal } from './principal.ts';
import type { Share } from './world.ts';

export type DecisionRequest = {
  readonly principal: Principal;
  readonly action: Action;
  readonly doctype: string;
  readonly document: DocumentFacts;
  /** Milliseconds since 1970 UTC, from the transaction that the decision guards. */
  readonly now: number;
};

/** What said yes: a grant with one of its role's rules, or a share. */
export type Witness =
  | { readonly kind: 'grant'; readonly way: Way }
  | { readonly kind: 'share'; readonly share: Share };

/** `missing` names what stood in the way of a refusal, nearest first; see `explain`. */
export type Missing = {
  readonly kind: 'doctype' | 'role' | 'dimension' | 'scope' | 'when' | 'ceiling';
  readonly detail: string;
};

export type Decision = {
  readonly allowed: boolean;
  readonly because: readonly Witness[];
  readonly missing: readonly Missing[];
};

/** Decides on one document. Unknown doctypes and blanks that nothing covers are refusals. */
export function decide(world: CompiledWorld, request: DecisionRequest): Decision {
  const { principal, action, document, now } = request;
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return refusal({ kind: 'doctype', detail: 'no such doctype' });
  const ways = waysOf(world, principal, action, doctype, now);
  const because: Witness[] = [];
  for (const way of ways) {
    if (wayReaches(way, document, principal.id)) because.push({ kind: 'grant', way });
  }
  for (const share of sharesOf(world, principal, doctype.name, now)) {
    if (shareOpens(share, action, document)) because.push({ kind: 'share', share });
  }
  if (because.length === 0)
    return { allowed: false, because, missing: [nearestMiss(ways, request)] };
  for (const ceiling of principal.ceilings) {
    if (!ceilingAllows(world, ceiling, action, doctype, document)) {
      return refusal({ kind: 'ceiling', detail: `\`${ceiling.name}\` does not reach that far` });
    }
  }
  return { allowed: true, because, missing: [] };
}

/**
 * Field levels that are open on the document for an action: the union over all witnesses.
 * A share opens level 0 only. Empty where the action is refused.
 */
export function openLevels(decision: Decision): ReadonlySet<number> {
  const levels = new Set<number>();
  if (!decision.allowed) return levels;
  for (const witness of decision.because) {
    if (witness.kind === 'share') levels.add(0);
    else for (const level of witness.way.rule.levels) levels.add(level);
  }
  return levels;
}

/** True where this one grant and rule reach the document. */
export function wayReaches(way: Way, document: DocumentFacts, me: string): boolean {
  if (way.unnamed.length > 0) return false;
  for (const test of way.tests) {
    if (!covers(test.coverage, fieldValue(document, test.path))) return false;
  }
  const { when } = way.rule.source;
  return when === null || matches(when, document, me);
}

function shareOpens(share: Share, action: Action, document: DocumentFacts): boolean {
  return share.document === document['name'] && withImplied(share.actions).has(action);
}

function refusal(missing: Missing): Decision {
  return { allowed: false, because: [], missing: [missing] };
}

/** The way with the fewest obstacles, and its first obstacle. Names no value of the document. */
function nearestMiss(ways: readonly Way[], request: DecisionRequest): Missing {
  let nearest: { count: number; missing: Missing } | null = null;
  for (const way of ways) {
    const obstacles = obstaclesOf(way, request);
    const first = obstacles[0];
    if (first && (nearest === null || obstacles.length < nearest.count)) {
      nearest = { count: obstacles.length, missing: first };
    }
  }
  return (
    nearest?.missing ?? {
      kind: 'role',
      detail: `no role held now has a rule in force to ${request.action} ${request.doctype}`,
    }
  );
}

function obstaclesOf(way: Way, { document, principal, doctype }: DecisionRequest): Missing[] {
  const { role, name } = way.holding.grant.source;
  const obstacles: Missing[] = way.unnamed.map((dimension) => ({
    kind: 'dimension',
    detail: `role ${role} is held by grant \`${name}\`, which names no ${dimension}`,
  }));
  for (const test of way.tests) {
    if (covers(test.coverage, fieldValue(document, test.path))) continue;
    obstacles.push({
      kind: 'scope',
      detail: `role ${role} is held; no ${test.dimension} of grant \`${name}\` covers it`,
    });
  }
  const { when } = way.rule.source;
  if (when !== null && !matches(when, document, principal.id)) {
    obstacles.push({
      kind: 'when',
      detail: `role ${role} is held; this ${doctype} does not meet the rule's condition`,
    });
  }
  return obstacles;
}
