/** `lint`: what opens records to many, and what to do about it. */
import type { LintAnswer } from '../access/access.ts';
import type { LintCommand } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Every finding, counted. The use is audited. */
export async function lint(root: Root, { as }: LintCommand): Promise<LintAnswer> {
  return await withCaller(root, as, async (system, caller) => {
    const answer = await system.access.lint(caller);
    await noteUse(system, caller, 'lint', { total: answer.total });
    return answer;
  });
}
