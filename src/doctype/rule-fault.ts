/** What is wrong with a rule of permissions, as far as its doctype says so. Pure. */
import type { Doctype } from './definition.ts';

export type RuleForm = {
  readonly actions: readonly string[];
  readonly reach: string | null;
  /** Dimensions that a grant need not name. */
  readonly except: readonly string[];
  readonly status: string;
};

/** Of one field of a rule; the detail follows its name. */
export type RuleFault = {
  readonly field: 'actions' | 'document_type' | 'except' | 'reach';
  readonly detail: string;
};

/** The first fault of a rule on the doctype; null where it can be in force, or be a draft. */
export function ruleFault(rule: RuleForm, doctype: Doctype): RuleFault | null {
  if (doctype.istable) return { field: 'document_type', detail: 'names no doctype.' };
  if (doctype.governed_by) {
    const detail = `names ${doctype.name}, which no rule opens: see its documents.`;
    return { field: 'document_type', detail };
  }
  if (rule.actions.length === 0) return { field: 'actions', detail: 'needs at least one action.' };
  const dimensions = new Set((doctype.dimension_paths ?? []).map(({ dimension }) => dimension));
  const stray = rule.except.find((dimension) => !dimensions.has(dimension));
  if (stray !== undefined) {
    return { field: 'except', detail: `names \`${stray}\`, which ${doctype.name} does not carry.` };
  }
  return rule.status === 'in force' ? faultInForce(rule, doctype, dimensions) : null;
}

function faultInForce(
  { actions, reach, except }: RuleForm,
  { name }: Doctype,
  dimensions: ReadonlySet<string>,
): RuleFault | null {
  if (reach === null)
    return { field: 'reach', detail: 'must be chosen before a rule is in force.' };
  if (reach === 'everything' && dimensions.size > 0) {
    const carried = [...dimensions].join(', ');
    return { field: 'reach', detail: `cannot be \`everything\`: ${name} carries ${carried}.` };
  }
  const isUnbound = dimensions.size > 0 && [...dimensions].every((one) => except.includes(one));
  // Everybody may have to choose a company for a document of theirs; that shows its title only.
  if (!isUnbound || actions.every((action) => action === 'select')) return null;
  const detail = `cannot name every dimension that ${name} carries: it would open all of them to any grant.`;
  return { field: 'except', detail };
}
