/** `who`: everybody who may do an action on a document or a field of it. */
import type { WhoAnswer } from '../access/access.ts';
import type { WhoCommand } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Everybody who can, with reasons. The use is audited. */
export async function who(root: Root, { as, ...question }: WhoCommand): Promise<WhoAnswer> {
  return await withCaller(root, as, async (system, caller) => {
    const answer = await system.access.who(caller, question);
    const { action, doctype, name } = question;
    await noteUse(system, caller, 'who', { action, total: answer.total }, { doctype, name });
    return answer;
  });
}
