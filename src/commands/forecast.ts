/** `forecast`: asks as the system, or as a person who signs in for it. */
import type { ForecastAnswer } from '../access/forecast-answer.ts';
import type { ForecastQuestion } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import { asCaller } from './explain.ts';
import { requireInstallation, withSystem } from './open-system.ts';
import type { Root } from './system.ts';

/** What ends within days, and what nobody holds then. The use is audited. */
export async function forecast(root: Root, question: ForecastQuestion): Promise<ForecastAnswer> {
  requireInstallation(root);
  return await withSystem(root, async (system) => {
    const caller = await asCaller(root, system, question.as);
    try {
      const answer = await system.access.forecast(caller, question.days);
      const { days } = question;
      await noteUse(system, caller, 'forecast', { days, unheld: answer.unheld.length });
      return answer;
    } finally {
      await system.identity.signOut(caller);
    }
  });
}
