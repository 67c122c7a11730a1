/** What `options` has to say for each type of field. */
import type { Field } from './definition.ts';
import type { FieldFault } from './definition-error.ts';
import { isDoctypeName } from './doctype-name.ts';
import { kindOf, selectOptions } from './field-kind.ts';
import { DATA_FORMS, LINE_CHARACTERS } from './text-values.ts';

type FieldsByName = ReadonlyMap<string, Field>;

/** What is wrong with the field's options, if anything. */
export function optionsFault(field: Field, fields: FieldsByName): FieldFault | null {
  const options = field.options;
  switch (field.fieldtype) {
    case 'Link':
    case 'Table':
    case 'Table MultiSelect':
      if (options === undefined) return fault('missing', `a ${field.fieldtype} needs a doctype.`);
      return isDoctypeName(options) ? null : fault('bad_value', 'has to name a doctype.');
    case 'Dynamic Link':
      if (options === undefined) return fault('missing', 'names the field with the doctype.');
      return namesOneOf(options, fields, ['Link', 'Select', 'Data', 'Read Only', 'Autocomplete']);
    case 'Select':
      return linesFault(field, true);
    case 'Autocomplete':
      return linesFault(field, false);
    default:
      return options === undefined ? null : extraFault(field, options, fields);
  }
}

/** Types which may do without options. */
function extraFault(field: Field, options: string, fields: FieldsByName): FieldFault | null {
  if (field.fieldtype === 'Currency')
    return namesOneOf(options, fields, ['Link', 'Select', 'Data']);
  if (field.fieldtype === 'Image') return namesOneOf(options, fields, ['Attach', 'Attach Image']);
  if (field.fieldtype === 'Data') {
    const isForm = (DATA_FORMS as readonly string[]).includes(options);
    return isForm ? null : fault('bad_value', `has to be one of: ${DATA_FORMS.join(', ')}.`);
  }
  if (field.fieldtype === 'Code') {
    const isLanguage = /^[A-Za-z][A-Za-z0-9+# -]{0,39}$/.test(options);
    return isLanguage ? null : fault('bad_value', 'has to name a language.');
  }
  return fault('unknown_key', `${field.fieldtype} fields have none.`);
}

function linesFault(field: Field, isNeeded: boolean): FieldFault | null {
  const lines = selectOptions(field);
  if (lines.length === 0) {
    return isNeeded ? fault('missing', 'a Select needs at least one line.') : null;
  }
  if (new Set(lines).size < lines.length) return fault('duplicate', 'has a line twice.');
  const longest = field.length ?? LINE_CHARACTERS;
  const isTooLong = kindOf(field) === 'line' && lines.some((line) => [...line].length > longest);
  return isTooLong ? fault('bad_value', `has a line of more than ${longest} characters.`) : null;
}

function namesOneOf(
  name: string,
  fields: FieldsByName,
  types: readonly string[],
): FieldFault | null {
  const type = fields.get(name)?.fieldtype;
  if (type !== undefined && types.includes(type)) return null;
  const wanted = types.join(', ');
  return fault('unknown_field', `has to name a field of this doctype of type ${wanted}.`);
}

function fault(code: FieldFault['code'], message: string): FieldFault {
  return { key: 'options', code, message };
}
