/** Who may: the decision asked about everybody. */
import { type CompiledWorld, type DecisionRequest, decide } from '../../authz/index.ts';
import { GUEST_ID, principalNamed } from '../../identity/caller.ts';

/** The names of all who may do the action on the document, in their order. */
export function whoMay(
  world: CompiledWorld,
  request: Omit<DecisionRequest, 'principal'>,
): string[] {
  const everybody = new Set([...world.source.users, GUEST_ID]);
  return [...everybody]
    .filter((id) => decide(world, { ...request, principal: principalNamed(id) }).allowed)
    .sort();
}
