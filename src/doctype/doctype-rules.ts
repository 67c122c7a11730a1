/** What has to hold for a definition as a whole. */
import { type Doctype, type Field, isColumn, isTable, STANDARD_FIELDS } from './definition.ts';
import type { DefinitionCode, Problem } from './definition-error.ts';
import { isDoctypeName } from './doctype-name.ts';
import { kindOf } from './field-kind.ts';
import { governanceProblems } from './governance-rules.ts';
import { fieldsInName, planNaming } from './naming.ts';
import { sensitivityOf } from './table-name.ts';
import { ValueError } from './value-error.ts';

/** Flags that cannot stand together, with the reason. */
const CONTRADICTIONS = [
  ['istable', 'issingle', 'rows belong to many documents, a single is only one.'],
  ['istable', 'is_tree', 'rows belong to their document and form no tree.'],
  ['istable', 'is_submittable', 'rows are submitted with their document.'],
  ['istable', 'is_dimension', 'rows divide nothing; make it a doctype of its own.'],
  ['istable', 'audit_reads', 'set it on the doctype that has the rows.'],
  ['issingle', 'is_tree', 'one document forms no tree.'],
  ['issingle', 'is_submittable', 'settings stay open to change.'],
  ['append_only', 'is_submittable', 'submitting changes a document.'],
  ['append_only', 'issingle', 'settings stay open to change.'],
  ['issingle', 'is_dimension', 'one document divides nothing.'],
  ['istable', 'allow_rename', 'rows have no name that anything refers to.'],
  ['issingle', 'allow_rename', 'a single is named after its doctype.'],
  ['append_only', 'allow_rename', 'entries are never changed.'],
  ['is_permission_record', 'allow_rename', 'their names are identities.'],
] as const;

/** Kinds of value that can become a name, or part of one. */
const NAMING_KINDS: ReadonlySet<string | null> = new Set(['line', 'name', 'whole', 'date']);

/** All problems of the definition's own keys; `fields` is for `field-rules.ts`. */
export function doctypeProblems(definition: Doctype): readonly Problem[] {
  const fields = new Map(definition.fields.map((field) => [field.fieldname, field]));
  return [
    ...nameProblems(definition),
    ...flagProblems(definition),
    ...treeProblems(definition, fields),
    ...namingProblems(definition, fields),
    ...shownProblems(definition, fields),
    ...dimensionProblems(definition, fields),
    ...governanceProblems(definition),
  ];
}

function nameProblems(definition: Doctype): Problem[] {
  const problems: Problem[] = [];
  if (!isDoctypeName(definition.name)) {
    const way = 'use up to 61 letters, digits, spaces and - _ & /, with a letter first.';
    problems.push(problem('name', 'bad_value', way));
  }
  if (!/^[a-z][a-z0-9_-]{0,39}$/.test(definition.app)) {
    problems.push(problem('app', 'bad_value', 'use up to 40 small letters, digits, - and _.'));
  }
  return problems;
}

function flagProblems(definition: Doctype): Problem[] {
  return CONTRADICTIONS.filter(
    ([one, other]) => definition[one] === true && definition[other] === true,
  ).map(([one, other, why]) => problem(other, 'contradiction', `not with ${one}: ${why}`));
}

function treeProblems(definition: Doctype, fields: ReadonlyMap<string, Field>): Problem[] {
  const parent = definition.parent_field;
  if (definition.is_tree !== true) {
    return parent === undefined ? [] : [problem('parent_field', 'contradiction', 'needs is_tree.')];
  }
  if (parent === undefined) return [problem('parent_field', 'missing', 'a tree needs it.')];
  const field = fields.get(parent);
  if (field?.fieldtype === 'Link' && field.options === definition.name) return [];
  return [problem('parent_field', 'bad_value', `has to be a Link to ${definition.name} itself.`)];
}

function namingProblems(definition: Doctype, fields: ReadonlyMap<string, Field>): Problem[] {
  if (definition.autoname === undefined) return [];
  if (definition.issingle === true) {
    return [problem('autoname', 'contradiction', 'a single is named after its doctype.')];
  }
  try {
    const unfit = fieldsInName(planNaming(definition)).find((name) => !mayName(fields.get(name)));
    if (unfit === undefined) return [];
    const why = `\`${unfit}\` cannot become a name: it is secret, or not a short value.`;
    return [problem('autoname', 'bad_value', why)];
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return [problem('autoname', 'bad_value', error.message)];
  }
}

function mayName(field: Field | undefined): boolean {
  return field !== undefined && NAMING_KINDS.has(kindOf(field)) && !isSecret(field);
}

/** Titles, search and order put values where the document itself may not be open. */
function shownProblems(definition: Doctype, fields: ReadonlyMap<string, Field>): Problem[] {
  const problems: Problem[] = [];
  const check = (key: string, path: string, name: string, extra: readonly string[]) => {
    if (extra.includes(name)) return;
    const field = fields.get(name);
    if (field === undefined || !isColumn(field)) {
      problems.push(problem(key, 'unknown_field', `there is no field \`${name}\`.`, path));
    } else if (isSecret(field)) {
      problems.push(problem(key, 'contradiction', `\`${name}\` is secret.`, path));
    }
  };
  const { title_field: title, sort_field: sort, search_fields: search = [] } = definition;
  if (title !== undefined) check('title_field', 'title_field', title, ['name']);
  if (sort !== undefined) check('sort_field', 'sort_field', sort, STANDARD_FIELDS);
  for (const [index, name] of search.entries()) {
    check('search_fields', `search_fields[${index}]`, name, ['name']);
  }
  if (new Set(search).size < search.length) {
    problems.push(problem('search_fields', 'duplicate', 'has a field twice.'));
  }
  return problems;
}

function dimensionProblems(definition: Doctype, fields: ReadonlyMap<string, Field>): Problem[] {
  const paths = definition.dimension_paths ?? [];
  const problems: Problem[] = [];
  if (definition.istable === true && paths.length > 0) {
    problems.push(
      problem('dimension_paths', 'contradiction', 'rows are reached by their document.'),
    );
  }
  const seen = new Set<string>();
  for (const [index, { dimension, path }] of paths.entries()) {
    const at = `dimension_paths[${index}]`;
    const why = pathFault(definition, dimension, path, fields);
    if (why !== null) problems.push(problem('dimension_paths', 'bad_value', why, `${at}.path`));
    const key = JSON.stringify([dimension, path]);
    if (seen.has(key))
      problems.push(problem('dimension_paths', 'duplicate', 'is there twice.', at));
    seen.add(key);
  }
  return problems;
}

/** What is wrong with a dimension path of the definition; null for nothing. */
export function pathFault(
  definition: Doctype,
  dimension: string,
  path: string,
  fields: ReadonlyMap<string, Field>,
): string | null {
  if (path === 'name') {
    const isItself = definition.is_dimension === true && dimension === definition.name;
    return isItself ? null : '`name` is for a dimension (is_dimension) and names itself.';
  }
  if (path.includes('.')) return rowPathFault(path, fields);
  const field = fields.get(path);
  if (field?.fieldtype === 'Link' && field.options === dimension && !isSecret(field)) return null;
  return `has to be a Link field of this doctype to ${dimension}, and not secret.`;
}

/** What its rows are like, `check-definitions.ts` looks up in the child doctype. */
function rowPathFault(path: string, fields: ReadonlyMap<string, Field>): string | null {
  const [table = '', column = '', ...more] = path.split('.');
  const field = fields.get(table);
  if (field && isTable(field) && column !== '' && more.length === 0) return null;
  return 'has to be `table_field.column`, of a Table field of this doctype.';
}

function isSecret(field: Field): boolean {
  return sensitivityOf(field) === 'secret';
}

function problem(key: string, code: DefinitionCode, message: string, path = key): Problem {
  return { code, path, field: null, key, message };
}
