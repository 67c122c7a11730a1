/** `who`: everybody who may do an action on a document, on any document, or on a field of it. */
import type { WhoAnswer, WhoAnywhereAnswer } from '../access/access.ts';
import type { WhoAnywhereCommand, WhoCommand } from '../cli/actions.ts';
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

/** Everybody who can on any document of a doctype, and of whom. The use is audited. */
export async function whoAnywhere(
  root: Root,
  { as, ...question }: WhoAnywhereCommand,
): Promise<WhoAnywhereAnswer> {
  return await withCaller(root, as, async (system, caller) => {
    const answer = await system.access.whoAnywhere(caller, question);
    const { action, doctype, field = null } = question;
    await noteUse(system, caller, 'who', { action, field, total: answer.total }, { doctype });
    return answer;
  });
}
