/**
 * A permit is the proof of an allowed decision. `store` writes only with one, and compares it
 * with the row it is about to write, so that nothing can come between check and use.
 */
import type { Action } from './actions.ts';
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
  const permit: Permit = Object.freeze({
    principal: request.principal.id,
    actor: request.principal.actor,
    action: request.action,
    doctype: request.doctype,
    name: String(request.document['name']),
    version,
    epoch: world.epoch,
    witnesses: Object.freeze(decision.because.map(witnessName)),
  });
  issued.add(permit);
  return { decision, permit };
}

/** True only for a value that this module made. */
export function isPermit(value: Permit): boolean {
  return issued.has(value);
}
