/** Rules about duties that one person should not have. */
import { isAction } from '../../authz/index.ts';
import type { WriteWork } from '../work.ts';
import { invalid } from './scope.ts';

/** Refuses a rule that speaks of what is not there, or keeps a duty apart from itself. */
export function checkSeparationRule({ after: { values }, moment }: WriteWork): void {
  const { doctypes } = moment.policy;
  const duties = (['first', 'second'] as const).map((which) => {
    const doctype = String(values[`${which}_doctype`]);
    const action = String(values[`${which}_action`]);
    const found = doctypes.get(doctype);
    if (!found || found.istable) throw invalid(`${which}_doctype`, 'names no doctype.');
    if (!isAction(action)) throw invalid(`${which}_action`, `is no action: \`${action}\`.`);
    return `${doctype} ${action}`;
  });
  if (duties[0] === duties[1]) throw invalid('second_action', 'is the same duty as the first.');
  const dimension = values['dimension'];
  if (dimension !== null && doctypes.get(String(dimension))?.is_dimension !== true) {
    throw invalid('dimension', `is no dimension: \`${dimension}\`.`);
  }
}
