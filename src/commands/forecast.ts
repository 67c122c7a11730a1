/** `forecast`: what access ends in the coming days, and what nobody could do then. */
import type { ForecastAnswer } from '../access/forecast-answer.ts';
import type { ForecastQuestion } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** What ends within days, and what nobody holds then. The use is audited. */
export async function forecast(root: Root, question: ForecastQuestion): Promise<ForecastAnswer> {
  const { days, as } = question;
  return await withCaller(root, as, async (system, caller) => {
    const answer = await system.access.forecast(caller, days);
    await noteUse(system, caller, 'forecast', { days, unheld: answer.unheld.length });
    return answer;
  });
}
