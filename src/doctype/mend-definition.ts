/**
 * Takes out of an imported definition whatever a definition cannot hold, and says so.
 *
 * The strict check is the only place that knows what is valid: it finds the problems, and each is
 * mended by leaving out the smallest part that has it, until nothing is left to find.
 */
import { checkDefinition, findProblems } from './check-definition.ts';
import { type Doctype, TABLE_TYPES } from './definition.ts';
import type { Problem } from './definition-error.ts';
import { type FieldDraft, sourceKeyOfField } from './frappe-field.ts';
import type { NotTaken } from './import-reading.ts';
import { type Plain, plainCopy } from './plain-data.ts';

/** A definition under way. */
export type DefinitionDraft = { fields: FieldDraft[]; [key: string]: Plain | FieldDraft[] };

export type Mended =
  | { readonly doctype: Doctype; readonly notTaken: readonly NotTaken[] }
  | { readonly broken: string };

/** Each pass takes something out, and one thing taken out can uncover another. */
const PASSES_MAX = 100;

/** Types that are kept as plain text when what they point to cannot be. */
const KEPT_AS_TEXT: ReadonlySet<Plain | undefined> = new Set(['Link', 'Dynamic Link', 'Select']);

/** The valid definition that remains of the draft. The draft itself is changed on the way. */
export function mendDefinition(draft: DefinitionDraft): Mended {
  const notTaken: NotTaken[] = [];
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const problems = findProblems(plainCopy(draft));
    if (problems.length === 0) return { doctype: checkDefinition(draft), notTaken };
    const removed = new Set<FieldDraft>();
    const fields = [...draft.fields];
    for (const problem of problems) {
      const field = problem.field === null ? null : fields[problem.field];
      if (field === undefined) return { broken: `${problem.path}: ${problem.message}` };
      if (field !== null && removed.has(field)) continue;
      const mended = field === null ? mendKey(draft, problem) : mendField(field, problem, removed);
      if (mended === null) return { broken: `${problem.path}: ${problem.message}` };
      notTaken.push(mended);
    }
    draft.fields = fields.filter((field) => !removed.has(field));
    sweepSearchFields(draft);
  }
  return { broken: 'has more faults than can be mended' };
}

/** Turns the field into plain text, keeping what still fits. */
export function keepAsText(field: FieldDraft): void {
  field['fieldtype'] = 'Data';
  delete field['options'];
}

function mendField(field: FieldDraft, problem: Problem, removed: Set<FieldDraft>): NotTaken | null {
  const name = typeof field['fieldname'] === 'string' ? field['fieldname'] : '(unnamed)';
  const { key, message } = problem;
  if (key === 'options' && KEPT_AS_TEXT.has(field['fieldtype'])) {
    keepAsText(field);
    return { field: name, key, why: `kept as plain text (Data): ${message}` };
  }
  if (key === 'fieldname' || key === 'fieldtype' || (key === 'options' && isTableDraft(field))) {
    removed.add(field);
    const why = key === 'fieldtype' ? 'not a type of field here' : message;
    return { field: name, key, why: `the field is not taken: ${why}` };
  }
  if (!Object.hasOwn(field, key)) return null;
  delete field[key];
  return { field: name, key: sourceKeyOfField(key), why: message };
}

function mendKey(draft: DefinitionDraft, problem: Problem): NotTaken | null {
  const { key, message, path } = problem;
  if (key === 'name' || key === 'app' || key === 'fields' || key === '') return null;
  if (key === 'parent_field') {
    delete draft['is_tree'];
    delete draft['parent_field'];
    return { field: null, key: 'is_tree, nsm_parent_field', why: message };
  }
  const index = /^search_fields\[(\d+)\]$/.exec(path)?.[1];
  const search = draft['search_fields'];
  if (index !== undefined && Array.isArray(search)) {
    // Later problems of this pass count by position, so the entry is only blanked here.
    draft['search_fields'] = (search as readonly Plain[]).with(Number(index), '');
    return { field: null, key, why: message };
  }
  if (!Object.hasOwn(draft, key)) return null;
  delete draft[key];
  return { field: null, key, why: message };
}

function sweepSearchFields(draft: DefinitionDraft): void {
  const search = draft['search_fields'];
  if (!Array.isArray(search)) return;
  const kept = (search as readonly Plain[]).filter((name) => name !== '');
  if (kept.length > 0) draft['search_fields'] = kept;
  else delete draft['search_fields'];
}

function isTableDraft(field: FieldDraft): boolean {
  return (TABLE_TYPES as readonly (Plain | undefined)[]).includes(field['fieldtype']);
}
