/** What has to hold for a doctype whose documents belong to others. */
import { type Doctype, type Field, isTable } from './definition.ts';
import type { Problem } from './definition-error.ts';
import { sensitivityOf } from './table-name.ts';

/** What would decide about its documents beside the ones that they belong to. */
const DECIDES_ITSELF = [
  'istable',
  'issingle',
  'is_tree',
  'is_submittable',
  'is_dimension',
  'append_only',
  'is_permission_record',
] as const;

/** All problems with `governed_by`; none where a doctype has no such key. */
export function governanceProblems(definition: Doctype): readonly Problem[] {
  const { governed_by: governance } = definition;
  if (governance === undefined) return [];
  const fields = new Map(definition.fields.map((field) => [field.fieldname, field]));
  const { doctype_field, name_field, field_field, changed_by = [] } = governance;
  const messages = [
    ...DECIDES_ITSELF.filter((flag) => definition[flag] === true).map(
      (flag) => `not with ${flag}.`,
    ),
    ...((definition.dimension_paths ?? []).length > 0 ? ['not with dimension_paths.'] : []),
    ...[doctype_field, name_field]
      .filter((name) => !isOnce(fields.get(name)) || fields.get(name)?.reqd !== true)
      .map((name) => `\`${name}\` has to be a Data field with reqd and set_only_once.`),
    ...(field_field !== undefined && !isOnce(fields.get(field_field))
      ? [`\`${field_field}\` has to be a Data field with set_only_once.`]
      : []),
    ...changed_by
      .filter((name) => name !== 'owner' && fields.get(name)?.options !== 'User')
      .map((name) => `\`${name}\` has to be \`owner\` or a Link to User.`),
    ...definition.fields
      .filter(decidesMore)
      .map(
        ({ fieldname }) =>
          `\`${fieldname}\` can be no table, secret, personal, nor of a level above 0.`,
      ),
  ];
  return messages.map((message) => ({
    ...{ code: 'contradiction' as const, path: 'governed_by', field: null },
    ...{ key: 'governed_by', message },
  }));
}

function isOnce(field: Field | undefined): boolean {
  return field?.fieldtype === 'Data' && field.set_only_once === true;
}

/** Whoever reads the document that it belongs to reads all of it. */
function decidesMore(field: Field): boolean {
  return isTable(field) || (field.level ?? 0) > 0 || sensitivityOf(field) !== 'none';
}
