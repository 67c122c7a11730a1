/**
 * A permit is the proof of an allowed decision. `store` writes only with one, and compares it
 * with the row it is about to write, so that nothing can come between check and use.
 */
import type { Action } from './actions.ts';
import { ceilingsLeave } from './ceiling.ts';
import type { CompiledWorld } from './compiled.ts';
import { type Decision, type DecisionRequest, decide } from './decide.ts';
import { witnessName } from './support.ts';

export type Permit = {
  readonly principal: string;
  readonly actor: string | null;
  readonly action: Action;
  readonly doctype: string;
  readonly name: string;
  /** The version of the row that was decided on; 0 for a document that does not exist yet. */
  readonly version: number;
  readonly epoch: number;
  /** The grants and shares that said yes. */
  readonly witnesses: readonly string[];
};

const issued = new WeakSet<Permit>();

/** Decides, and where the answer is yes gives the permit for just this document and version. */
export function decideForPermit(
  world: CompiledWorld,
  request: DecisionRequest,
  version: number,
): { readonly decision: Decision; readonly permit: Permit | null } {
  const decision = decide(world, request);
  if (!decision.allowed) return { decision, permit: null };
  const { action, doctype, document } = request;
  const what = { action, doctype, name: String(document['name']), version };
  return { decision, permit: issue(world, request, decision, what) };
}

/** What belongs to another document, and what is done with it. */
export type Governed = Pick<Permit, 'action' | 'doctype' | 'name' | 'version'>;

/**
 * The same for what belongs to another document, on which alone it is decided: `request` asks of
 * that one. INVARIANT (ceiling-narrows): a ceiling has to leave what is done with what, as well.
 */
export function decideForGoverned(
  world: CompiledWorld,
  request: DecisionRequest,
  governed: Governed,
): { readonly decision: Decision; readonly permit: Permit | null } {
  const decision = decide(world, request);
  const { action, doctype } = governed;
  const isLeft = ceilingsLeave(world, request.principal, action, doctype);
  if (!decision.allowed || !isLeft) return { decision, permit: null };
  return { decision, permit: issue(world, request, decision, governed) };
}

function issue(
  world: CompiledWorld,
  { principal }: DecisionRequest,
  decision: Decision,
  { action, doctype, name, version }: Governed,
): Permit {
  const permit: Permit = Object.freeze({
    ...{ principal: principal.id, actor: principal.actor },
    ...{ action, doctype, name, version },
    epoch: world.epoch,
    witnesses: Object.freeze(decision.because.map(witnessName)),
  });
  issued.add(permit);
  return permit;
}

/** True only for a value that this module made. */
export function isPermit(value: Permit): boolean {
  return issued.has(value);
}
