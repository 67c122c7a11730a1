/** `least-use`: what each grant alone gives, and when it was last needed. */
import type { LeastUseAnswer, LeastUseRow } from '../access/least-use-answer.ts';
import { LIMITS } from '../base/limits.ts';
import type { LeastUseQuestion } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** All pages of it. The use is audited. */
export async function leastUse(root: Root, question: LeastUseQuestion): Promise<LeastUseAnswer> {
  const { as, ...filters } = question;
  return await withCaller(root, as, async (system, caller) => {
    const data: LeastUseRow[] = [];
    for (;;) {
      const page = { start: data.length, limit: LIMITS.pageRowsMax };
      const answer = await system.access.leastUse(caller, { ...filters, ...page });
      data.push(...answer.data);
      if (answer.data.length < page.limit) {
        await noteUse(system, caller, 'least-use', { ...filters, grants: data.length });
        return { ...answer, data };
      }
    }
  });
}
