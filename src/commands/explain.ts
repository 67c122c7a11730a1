/** `explain`: why a user may do something, or what is missing. */
import type { Explanation } from '../access/access.ts';
import { notFound } from '../base/errors.ts';
import type { ExplainQuestion } from '../cli/actions.ts';
import type { Caller } from '../identity/caller.ts';
import { noteUse } from './audit-use.ts';
import type { Root, System } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Why the user may do the action, or what is missing. The use is audited. */
export async function explain(root: Root, question: ExplainQuestion): Promise<Explanation> {
  const { user, action, doctype, name, field, at, as } = question;
  return await withCaller(root, as, async (system, caller) => {
    // A name that was mistyped holds nothing either; that must not look like an answer.
    if (!as) await requireUser(system, caller, user);
    const subject = {
      doctype,
      ...(name === undefined ? {} : { name }),
      ...(field === undefined ? {} : { field }),
      ...(at === undefined ? {} : { at }),
    };
    const explanation = await system.access.explain(caller, { user, action, ...subject });
    const { allowed } = explanation;
    const detail = { user, action, allowed, ...(at === undefined ? {} : { at }) };
    await noteUse(system, caller, 'explain', detail, { doctype, name });
    return explanation;
  });
}

async function requireUser(system: System, caller: Caller, user: string): Promise<void> {
  if (user.startsWith('system:')) return;
  const found = await system.documents.count(caller, 'User', [['name', '=', user]]);
  if (found === 0) throw notFound('User', user);
}
