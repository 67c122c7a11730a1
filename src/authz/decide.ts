/**
 * The decision: DESIGN 2 in code. A principal may do an action on a document exactly if some one
 * grant of theirs carries a rule that reaches it, or it is shared to them with that action, and
 * every ceiling allows it. Guards, which bind everybody, are asked by the pipeline.
 */
import { type Action, actionBit, withImplied } from './actions.ts';
import { ceilingAllows } from './ceiling.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { sharesOf, type Way, waysOf } from './holdings.ts';
import { levelSet } from './levels.ts';
import { type DocumentFacts, matches } from './matches.ts';
import { coversPath } from './path-values.ts';
import type { Principal } from './principal.ts';
import { profileOf } from './profiles.ts';
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
  /** Names no value of the document. */
  readonly detail: string;
  /** Of kind `scope`: the field whose value is not covered. */
  readonly field?: string;
};

export type Decision = {
  readonly allowed: boolean;
  /** Every witness of an allow. Worked out when it is asked for, as the next two are. */
  readonly because: readonly Witness[];
  /** Of a refusal: what stood in the way. */
  readonly missing: readonly Missing[];
  /** Levels whose fields are open on the document for the action. A share opens level 0 only. */
  readonly levels: ReadonlySet<number>;
};

/**
 * Decides on one document. Unknown doctypes and blanks that nothing covers are refusals. The
 * document must not change while the decision is in use.
 */
export function decide(world: CompiledWorld, request: DecisionRequest): Decision {
  const { principal, document } = request;
  const doctype = world.doctypes.get(request.doctype);
  if (doctype === undefined) return new Verdict(world, request, false);
  const allowed =
    openedTo(world, request, doctype, true) !== 0 &&
    (principal.ceilings.length === 0 ||
      principal.ceilings.every((ceiling) =>
        ceilingAllows(world, ceiling, request.action, doctype, document),
      ));
  return new Verdict(world, request, allowed);
}

function openedTo(
  world: CompiledWorld,
  { principal, action, document, now }: DecisionRequest,
  doctype: CompiledDoctype,
  isEnough: boolean,
): number {
  const asked = { doctype, action: actionBit(action), document, me: principal.id };
  const place = profileOf(world, principal, now);
  return world.profiles.reached(place, principal, world.ruleTable, asked, isEnough);
}

/** The answer, with reasons that cost nothing until somebody wants them. */
class Verdict implements Decision {
  readonly allowed: boolean;
  private readonly world: CompiledWorld;
  private readonly request: DecisionRequest;

  constructor(world: CompiledWorld, request: DecisionRequest, allowed: boolean) {
    this.allowed = allowed;
    this.world = world;
    this.request = request;
  }

  private get doctype(): CompiledDoctype | null {
    return this.world.doctypes.get(this.request.doctype) ?? null;
  }

  get because(): readonly Witness[] {
    if (!this.allowed || !this.doctype) return [];
    return witnessesOf(this.world, this.request, this.doctype);
  }

  get missing(): readonly Missing[] {
    if (this.allowed) return [];
    if (!this.doctype) return [{ kind: 'doctype', detail: 'no such doctype' }];
    return missingOf(this.world, this.request, this.doctype);
  }

  get levels(): ReadonlySet<number> {
    if (!this.allowed || !this.doctype) return levelSet(0);
    return levelSet(openedTo(this.world, this.request, this.doctype, false));
  }
}

function witnessesOf(
  world: CompiledWorld,
  { principal, action, document, now }: DecisionRequest,
  doctype: CompiledDoctype,
): Witness[] {
  const because: Witness[] = [];
  for (const way of waysOf(world, principal, action, doctype, now)) {
    if (wayReaches(way, document, principal.id)) because.push({ kind: 'grant', way });
  }
  for (const share of sharesOf(world, principal, doctype.name, now)) {
    if (shareOpens(share, action, document)) because.push({ kind: 'share', share });
  }
  return because;
}

function missingOf(
  world: CompiledWorld,
  request: DecisionRequest,
  doctype: CompiledDoctype,
): readonly Missing[] {
  const { principal, action, document, now } = request;
  const stopping =
    witnessesOf(world, request, doctype).length > 0 &&
    principal.ceilings.find((ceiling) => !ceilingAllows(world, ceiling, action, doctype, document));
  if (stopping)
    return [{ kind: 'ceiling', detail: `\`${stopping.name}\` does not reach that far` }];
  return nearestMiss(waysOf(world, principal, action, doctype, now), request);
}

/** Field levels that are open on the document for an action. Empty where it is refused. */
export function openLevels(decision: Decision): ReadonlySet<number> {
  return decision.levels;
}

/** True where this one grant and rule reach the document. */
function wayReaches(way: Way, document: DocumentFacts, me: string): boolean {
  if (way.unnamed.length > 0) return false;
  for (const test of way.tests) {
    if (!testHolds(test, document)) return false;
  }
  const { when } = way.rule.source;
  return when === null || matches(when, document, me);
}

function testHolds({ path, coverage }: Way['tests'][number], document: DocumentFacts): boolean {
  return coversPath(coverage, path, document);
}

function shareOpens(share: Share, action: Action, document: DocumentFacts): boolean {
  return share.document === document['name'] && withImplied(share.actions).has(action);
}

/** All obstacles of the way with the fewest. */
function nearestMiss(ways: readonly Way[], request: DecisionRequest): readonly Missing[] {
  let nearest: readonly Missing[] = [];
  for (const way of ways) {
    const obstacles = obstaclesOf(way, request);
    if (nearest.length === 0 || obstacles.length < nearest.length) nearest = obstacles;
  }
  if (nearest.length > 0) return nearest;
  const detail = `no role held now has a rule in force to ${request.action} ${request.doctype}`;
  return [{ kind: 'role', detail }];
}

function obstaclesOf(way: Way, { document, principal, doctype }: DecisionRequest): Missing[] {
  const { role, name } = way.holding.grant.source;
  const obstacles: Missing[] = way.unnamed.map((dimension) => ({
    kind: 'dimension',
    detail: `role ${role} is held by grant \`${name}\`, which names no ${dimension}`,
  }));
  for (const test of way.tests) {
    if (testHolds(test, document)) continue;
    obstacles.push({
      kind: 'scope',
      detail: `role ${role} is held; no ${test.path.dimension.name} of grant \`${name}\` covers it`,
      field: test.path.path,
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
