/** Commands ask as the system, or as a person who signs in for it. */
import type { AskAs } from '../cli/actions.ts';
import type { Caller } from '../identity/caller.ts';
import { commandOrigin, operator, requireInstallation, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

/** Runs `work` as that person, or as the operator; a session that it took ends with it. */
export async function asking<Value>(
  root: Root,
  as: AskAs | undefined,
  work: (system: System, caller: Caller) => Promise<Value>,
): Promise<Value> {
  requireInstallation(root);
  return await withSystem(root, async (system) => {
    const caller = as ? await signIn(system, as) : operator(root);
    try {
      return await work(system, caller);
    } finally {
      await system.identity.signOut(caller);
    }
  });
}

async function signIn(system: System, as: AskAs): Promise<Caller> {
  const origin = { ...commandOrigin(), agent: 'bailiwick' };
  return (await system.identity.signIn(origin, as.user, await as.password())).caller;
}
