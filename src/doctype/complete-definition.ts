/** What every doctype of a kind has, so that no app has to write it down. */
import { checkDefinition } from './check-definition.ts';
import type { Doctype, Field } from './definition.ts';

/**
 * Checks a definition and adds `amended_from` to a submittable one that lacks it. Throws
 * `DefinitionError` as `checkDefinition` does.
 */
export function completeDefinition(source: unknown): Doctype {
  const definition = checkDefinition(source);
  const lacks = !definition.fields.some(({ fieldname }) => fieldname === 'amended_from');
  if (!definition.is_submittable || !lacks) return definition;
  const amendedFrom: Field = {
    fieldname: 'amended_from',
    fieldtype: 'Link',
    options: definition.name,
    label: 'Amended from',
    read_only: true,
    no_copy: true,
  };
  return checkDefinition({ ...definition, fields: [...definition.fields, amendedFrom] });
}
