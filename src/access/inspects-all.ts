/** Who may ask about everybody's permissions: whoever may inspect all records of them. */
import { type CompiledWorld, listFilter, type Principal } from '../authz/index.ts';

/** Whoever may ask who holds what, may ask who will. */
export const HOLDING_RECORDS = ['Role', 'Role Rule', 'Grant', 'Group', 'Share'] as const;

/** Every single one of the records: a condition or a ceiling that leaves some out is not enough. */
export function mayInspectAll(
  world: CompiledWorld,
  principal: Principal,
  records: readonly string[],
  now: number,
): boolean {
  return records.every((doctype) => {
    const filter = listFilter(world, { principal, action: 'inspect', doctype, now });
    return filter.kind === 'always';
  });
}
