/** Rules: what a role may do. One in force gives to everybody who holds the role. */
import { isAction } from '../../authz/index.ts';
import { ruleFault } from '../../doctype/rule-fault.ts';
import { readCondition } from '../../store/rule-condition.ts';
import type { WriteWork } from '../work.ts';
import { invalid, levelsOf, listOf } from './scope.ts';

/** Refuses a rule that could not be compiled, and one that opens everything to any grant. */
export function checkRule(work: WriteWork): void {
  const { values } = work.after;
  const doctype = work.moment.policy.doctypes.get(String(values['document_type']));
  if (!doctype) throw invalid('document_type', 'names no doctype.');
  const actions = listOf(values, 'actions');
  const unknown = actions.find((action) => !isAction(action));
  if (unknown !== undefined) throw invalid('actions', `has no action \`${unknown}\`.`);
  levelsOf(values);
  if (values['when'] !== null && values['when'] !== undefined) {
    try {
      readCondition(JSON.parse(String(values['when'])), doctype);
    } catch (error) {
      throw invalid('when', (error as Error).message);
    }
  }
  const [reach, status] = [values['reach'] ?? null, String(values['status'])];
  const form = { reach: reach === null ? null : String(reach), status };
  const fault = ruleFault({ ...form, actions, except: listOf(values, 'except') }, doctype);
  if (fault) throw invalid(fault.field, fault.detail);
}
