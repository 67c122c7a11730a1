/** Rules: what a role may do. One in force gives to everybody who holds the role. */
import { isAction } from '../../authz/index.ts';
import { readCondition } from '../../store/rule-condition.ts';
import type { WriteWork } from '../work.ts';
import { invalid, levelsOf, listOf } from './scope.ts';

/** Refuses a rule that could not be compiled, and one that opens everything to any grant. */
export function checkRule(work: WriteWork): void {
  const { values } = work.after;
  const doctype = work.moment.policy.doctypes.get(String(values['document_type']));
  if (!doctype || doctype.istable) throw invalid('document_type', 'names no doctype.');
  if (doctype.governed_by) {
    throw invalid(
      'document_type',
      `names ${doctype.name}, which no rule opens: see its documents.`,
    );
  }
  const actions = listOf(values, 'actions');
  const unknown = actions.find((action) => !isAction(action));
  if (unknown !== undefined) throw invalid('actions', `has no action \`${unknown}\`.`);
  if (actions.length === 0) throw invalid('actions', 'needs at least one action.');
  levelsOf(values);
  const dimensions = new Set((doctype.dimension_paths ?? []).map(({ dimension }) => dimension));
  const stray = listOf(values, 'except').find((dimension) => !dimensions.has(dimension));
  if (stray !== undefined) {
    throw invalid('except', `names \`${stray}\`, which ${doctype.name} does not carry.`);
  }
  if (values['when'] !== null && values['when'] !== undefined) {
    try {
      readCondition(JSON.parse(String(values['when'])), doctype);
    } catch (error) {
      throw invalid('when', (error as Error).message);
    }
  }
  if (values['status'] !== 'in force') return;
  if (values['reach'] === null) throw invalid('reach', 'must be chosen before a rule is in force.');
  if (values['reach'] === 'everything' && dimensions.size > 0) {
    throw invalid(
      'reach',
      `cannot be \`everything\`: ${doctype.name} carries ${[...dimensions].join(', ')}.`,
    );
  }
  const except = new Set(listOf(values, 'except'));
  const isUnbound = dimensions.size > 0 && [...dimensions].every((one) => except.has(one));
  // Everybody may have to choose a company for a document of theirs; that shows its title only.
  if (isUnbound && actions.some((action) => action !== 'select')) {
    throw invalid(
      'except',
      `cannot name every dimension that ${doctype.name} carries: it would open all of them to any grant.`,
    );
  }
}
