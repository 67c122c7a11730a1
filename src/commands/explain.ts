/** `explain`: asks as the system, or as a person who signs in for it. */
import type { Explanation } from '../access/access.ts';
import { notFound } from '../base/errors.ts';
import type { ExplainQuestion } from '../cli/actions.ts';
import type { Caller } from '../identity/caller.ts';
import { noteUse } from './audit-use.ts';
import { commandOrigin, operator, requireInstallation, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

/** Why the user may do the action, or what is missing. The use is audited. */
export async function explain(root: Root, question: ExplainQuestion): Promise<Explanation> {
  requireInstallation(root);
  const { user, action, doctype, name, at, as } = question;
  return await withSystem(root, async (system) => {
    const caller = await asCaller(root, system, as);
    try {
      // A name that was mistyped holds nothing either; that must not look like an answer.
      if (!as) await requireUser(system, caller, user);
      const request = {
        ...{ user, action, doctype },
        ...(name === undefined ? {} : { name }),
        ...(at === undefined ? {} : { at }),
      };
      const explanation = await system.access.explain(caller, request);
      const { allowed } = explanation;
      const detail = { user, action, allowed, ...(at === undefined ? {} : { at }) };
      await noteUse(system, caller, 'explain', detail, { doctype, name });
      return explanation;
    } finally {
      await system.identity.signOut(caller);
    }
  });
}

/** Who signs in for the question, or the system itself. */
export async function asCaller(
  root: Root,
  system: System,
  as: ExplainQuestion['as'],
): Promise<Caller> {
  if (as === undefined) return operator(root);
  const origin = { ...commandOrigin(), agent: 'bailiwick' };
  return (await system.identity.signIn(origin, as.user, await as.password())).caller;
}

async function requireUser(system: System, caller: Caller, user: string): Promise<void> {
  if (user.startsWith('system:')) return;
  const found = await system.documents.count(caller, 'User', [['name', '=', user]]);
  if (found === 0) throw notFound('User', user);
}
