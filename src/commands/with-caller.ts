/** Who a command acts for: the system, or a person who signs in for it. */
import type { SignIn } from '../cli/actions.ts';
import type { Caller } from '../identity/caller.ts';
import { commandOrigin, operator, requireInstallation, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

/** Runs `work` on an installation that is there, and ends the session after it. */
export async function withCaller<Value>(
  root: Root,
  as: SignIn | undefined,
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

async function signIn(system: System, as: SignIn): Promise<Caller> {
  const origin = { ...commandOrigin(), agent: 'bailiwick' };
  return (await system.identity.signIn(origin, as.user, await as.password())).caller;
}
