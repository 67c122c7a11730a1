/** Who could do what one person should not do both of, as things stand. */
import { type Conflict, conflictsOf } from '../authz/index.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';
import { loadInspected } from './asked-document.ts';

export const SEPARATION_RULE = 'Separation Rule';

export type SeparationAnswer = {
  /** By rule and person; `from` says when it begins to hold, null where it holds already. */
  readonly conflicts: readonly (Omit<Conflict, 'from'> & { readonly from: string | null })[];
  readonly total: number;
};

/** See `Access.separation`. */
export async function separation(store: Store, caller: Caller): Promise<SeparationAnswer> {
  const { read } = await loadInspected(store, caller, { doctype: SEPARATION_RULE });
  const { world } = read.policy;
  const conflicts = conflictsOf(world, world.source.separations ?? [], read.now).map(
    ({ from, ...conflict }) => ({ ...conflict, from: from === null ? null : momentText(from) }),
  );
  return { conflicts, total: conflicts.length };
}

/** As Datetime values are written. */
function momentText(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 23).replace('T', ' ')}000`;
}
