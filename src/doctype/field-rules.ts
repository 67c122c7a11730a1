/**
 * What has to hold for each field of a definition. Each rule looks at one field among all, and
 * says what is wrong with which key.
 */

import { defaultOf } from './default-value.ts';
import { type Doctype, type Field, isColumn, isTable, RESERVED_FIELDS } from './definition.ts';
import type { DefinitionCode, FieldFault, Problem } from './definition-error.ts';
import { fieldsOf, parseExpression } from './expression.ts';
import { isDocumentWord } from './expression-parser.ts';
import { kindOf, type ValueKind } from './field-kind.ts';
import { optionsFault } from './field-options.ts';
import { sensitivityOf } from './table-name.ts';
import { ValueError } from './value-error.ts';

type FieldsByName = ReadonlyMap<string, Field>;
type Rule = (field: Field, fields: FieldsByName) => FieldFault | null;

/** Types that may not change after submit: amounts, parties, dates, links, and rows of them. */
const FIXED_BY_SUBMIT: ReadonlySet<ValueKind | null> = new Set([
  ...(['whole', 'decimal', 'money', 'name', 'date', 'datetime', 'time'] as const),
  null,
]);

/** Keys that only a value can have. Tables have the first few as well. */
const KEYS_OF_TABLES = ['reqd', 'read_only', 'set_only_once', 'no_copy', 'in_list_view'] as const;
const KEYS_OF_COLUMNS = [
  ...(['unique', 'default', 'fetch_from', 'fetch_if_empty', 'sensitivity'] as const),
  ...(['in_standard_filter', 'search_index', 'precision', 'length', 'non_negative'] as const),
] as const;

const CONDITIONS = ['depends_on', 'mandatory_depends_on', 'read_only_depends_on'] as const;

const FIELDNAME = /^[a-z][a-z0-9_]{0,60}$/;

/** All faults of all fields, at most one for each rule. */
export function fieldProblems(definition: Doctype): readonly Problem[] {
  const fields = new Map(definition.fields.map((field) => [field.fieldname, field]));
  const seen = new Set<string>();
  return definition.fields.flatMap((field, index) => {
    const found = RULES.map((rule) => rule(field, fields)).filter((fault) => fault !== null);
    const folded = field.fieldname.toLowerCase();
    if (seen.has(folded)) found.unshift(fault('fieldname', 'duplicate', 'is there twice.'));
    seen.add(folded);
    return found.map((one) => ({ ...one, field: index, path: `fields[${index}].${one.key}` }));
  });
}

const RULES: readonly Rule[] = [
  fieldnameRule,
  renamedRule,
  valueKeysRule,
  (field, fields) => optionsFault(field, fields),
  sensitivityRule,
  afterSubmitRule,
  uniqueRule,
  indexRule,
  lengthRule,
  precisionRule,
  nonNegativeRule,
  fetchRule,
  fetchIfEmptyRule,
  defaultRule,
  ...CONDITIONS.map(
    (key): Rule =>
      (field, fields) =>
        conditionFault(field, key, fields),
  ),
];

function fieldnameRule(field: Field): FieldFault | null {
  const name = field.fieldname;
  // Columns that are still being filled are called so.
  if (RESERVED_FIELDS.has(name) || name.startsWith('bw__')) {
    return fault(
      'fieldname',
      'bad_value',
      `\`${name}\` is a name that every document has already.`,
    );
  }
  if (FIELDNAME.test(name) && isDocumentWord(name)) return null;
  return fault(
    'fieldname',
    'bad_value',
    'has to be 1 to 61 small letters, digits and _, with a letter first.',
  );
}

function renamedRule({ fieldname, renamed_from: from }: Field): FieldFault | null {
  if (from === undefined || (FIELDNAME.test(from) && from !== fieldname)) return null;
  return fault(
    'renamed_from',
    'bad_value',
    'has to be another fieldname, of an earlier definition.',
  );
}

function valueKeysRule(field: Field): FieldFault | null {
  if (isColumn(field)) return null;
  const keys = isTable(field) ? KEYS_OF_COLUMNS : [...KEYS_OF_TABLES, ...KEYS_OF_COLUMNS];
  const key = keys.find((one) => isSet(field, one));
  return key === undefined
    ? null
    : fault(key, 'unknown_key', `${field.fieldtype} fields have none.`);
}

function sensitivityRule(field: Field): FieldFault | null {
  const isWeaker = field.sensitivity !== undefined && field.sensitivity !== sensitivityOf(field);
  return isWeaker ? fault('sensitivity', 'contradiction', 'a Password is always secret.') : null;
}

function afterSubmitRule(field: Field): FieldFault | null {
  if (field.after_submit !== true || !FIXED_BY_SUBMIT.has(kindOf(field))) return null;
  return fault(
    'after_submit',
    'contradiction',
    'amounts, parties, dates, links and tables cannot change after submit; amend instead.',
  );
}

function uniqueRule(field: Field): FieldFault | null {
  if (field.unique !== true) return null;
  if (sensitivityOf(field) === 'secret') {
    return fault('unique', 'contradiction', 'would tell whether a secret is in use.');
  }
  return isShort(field) ? null : fault('unique', 'contradiction', 'is for short values only.');
}

function indexRule(field: Field): FieldFault | null {
  if (field.search_index !== true || (isShort(field) && sensitivityOf(field) !== 'secret')) {
    return null;
  }
  return fault('search_index', 'contradiction', 'is for short values that are not secret.');
}

function lengthRule(field: Field): FieldFault | null {
  if (field.length === undefined) return null;
  const kind = kindOf(field);
  if (kind === 'line' && field.length <= 1000) return null;
  if (kind === 'text' || kind === 'long-text') return null;
  return fault(
    'length',
    'contradiction',
    'is for text: up to 1000 in a line, 65536 in a long one.',
  );
}

function precisionRule(field: Field): FieldFault | null {
  if (field.precision === undefined) return null;
  const kind = kindOf(field);
  if (kind === 'decimal' || (kind === 'money' && field.precision <= 4)) return null;
  return fault('precision', 'contradiction', 'is for decimals; a Currency has 4 at most.');
}

function nonNegativeRule(field: Field): FieldFault | null {
  const kind = kindOf(field);
  const isNumber = kind === 'whole' || kind === 'decimal' || kind === 'money';
  if (field.non_negative !== true || isNumber) return null;
  return fault('non_negative', 'contradiction', 'is for numbers.');
}

function fetchRule(field: Field, fields: FieldsByName): FieldFault | null {
  if (field.fetch_from === undefined) return null;
  const [link = '', source = '', ...more] = field.fetch_from.split('.');
  if (more.length > 0 || !FIELDNAME.test(source) || !isDocumentWord(source)) {
    return fault('fetch_from', 'bad_value', 'has to be `link_field.source_field`.');
  }
  if (fields.get(link)?.fieldtype === 'Link') return null;
  return fault('fetch_from', 'unknown_field', `\`${link}\` is not a Link field of this doctype.`);
}

function fetchIfEmptyRule(field: Field): FieldFault | null {
  if (field.fetch_if_empty !== true || field.fetch_from !== undefined) return null;
  return fault('fetch_if_empty', 'contradiction', 'needs fetch_from.');
}

function defaultRule(field: Field): FieldFault | null {
  if (!isColumn(field) || field.default === undefined) return null;
  if (sensitivityOf(field) === 'secret') {
    return fault('default', 'contradiction', 'a definition is no place for a secret.');
  }
  try {
    defaultOf(field);
    return null;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return fault('default', 'bad_value', `does not fit: the field ${reasonOf(error)}`);
  }
}

function conditionFault(
  field: Field,
  key: (typeof CONDITIONS)[number],
  fields: FieldsByName,
): FieldFault | null {
  const text = field[key];
  if (text === undefined) return null;
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    const where = `\`${parsed.token}\` at ${parsed.at}`;
    return fault(key, 'bad_value', `not in the safe expression language: ${where} ${parsed.why}.`);
  }
  const missing = fieldsOf(parsed.expression).find((name) => !isReadable(name, fields));
  if (missing === undefined) return null;
  return fault(key, 'unknown_field', `names the field \`${missing}\`, which is not there.`);
}

/** Own values, what every document has, and the marks of a document not saved yet. */
function isReadable(name: string, fields: FieldsByName): boolean {
  const field = fields.get(name);
  if (field !== undefined) return isColumn(field) || isTable(field);
  return RESERVED_FIELDS.has(name) || name.startsWith('__');
}

function isShort(field: Field): boolean {
  const kind = kindOf(field);
  return kind !== null && kind !== 'text' && kind !== 'long-text' && kind !== 'json';
}

/** A key counts as set unless it holds its zero, which means the same as leaving it out. */
function isSet(field: Field, key: keyof Field): boolean {
  const value = field[key];
  return value !== undefined && value !== false && value !== 'none';
}

function reasonOf(error: ValueError): string {
  return error.message.slice(error.message.indexOf('` ') + 2);
}

function fault(key: keyof Field, code: DefinitionCode, message: string): FieldFault {
  return { key, code, message };
}
