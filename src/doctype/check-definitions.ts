/** What has to hold between definitions, once each is valid by itself. */
import {
  type DimensionPath,
  type Doctype,
  type Field,
  isColumn,
  isTable,
  STANDARD_FIELDS,
} from './definition.ts';
import { type DefinitionCode, DefinitionError } from './definition-error.ts';
import { sensitivityOf, tableName } from './table-name.ts';

/** A fault between two doctypes, in one field or key of the first. */
export type CrossFault = {
  readonly code: DefinitionCode;
  readonly doctype: string;
  readonly field: string | null;
  readonly key: string;
  readonly message: string;
};

type Doctypes = ReadonlyMap<string, Doctype>;

/**
 * Checks a whole set of definitions, each already through `checkDefinition`. Throws
 * `DefinitionError` for the first fault: two of one name or of one table, a link or table to a
 * doctype that is not there, a Table whose target is no child table, a dimension that is none, a
 * dimension path through rows that carry no such dimension, `fetch_from` a field that is not there
 * or that would bring a secret into the open.
 */
export function checkDefinitions(all: readonly Doctype[]): void {
  const first = clashes(all)[0] ?? crossFaults(all)[0];
  if (first === undefined) return;
  const path = [first.doctype, first.field, first.key].filter((part) => part !== null).join('.');
  throw new DefinitionError(first.code, path, first.message);
}

/** All faults between definitions but clashes of names. */
export function crossFaults(all: readonly Doctype[]): readonly CrossFault[] {
  const doctypes = new Map(all.map((doctype) => [doctype.name, doctype]));
  return all.flatMap((doctype) => [
    ...dimensionFaults(doctype, doctypes),
    ...doctype.fields.flatMap((field) => fieldFaults(doctype, field, doctypes)),
  ]);
}

function clashes(all: readonly Doctype[]): readonly CrossFault[] {
  const owners = new Map<string, string>();
  return all.flatMap((doctype) => {
    const table = tableName(doctype.name);
    const owner = owners.get(table);
    owners.set(table, doctype.name);
    if (owner === undefined) return [];
    const message = `would be kept in the same table as \`${owner}\`; give it another name.`;
    return [
      { code: 'duplicate' as const, doctype: doctype.name, field: null, key: 'name', message },
    ];
  });
}

function dimensionFaults(doctype: Doctype, doctypes: Doctypes): CrossFault[] {
  return (doctype.dimension_paths ?? []).flatMap(({ dimension, path }, index): CrossFault[] => {
    const key = `dimension_paths[${index}]`;
    const fault = { doctype: doctype.name, field: null };
    if (doctypes.get(dimension)?.is_dimension !== true) {
      const message = `\`${dimension}\` is not a doctype with is_dimension.`;
      return [{ ...fault, code: 'unknown_doctype', key: `${key}.dimension`, message }];
    }
    const message = rowPathFault(doctype, { dimension, path }, doctypes);
    return message === null ? [] : [{ ...fault, code: 'bad_value', key: `${key}.path`, message }];
  });
}

/** What is wrong with a path through rows, once the child doctype is known; null for nothing. */
export function rowPathFault(
  doctype: Doctype,
  { dimension, path }: DimensionPath,
  doctypes: Doctypes,
): string | null {
  const [table, column] = path.split('.');
  if (column === undefined) return null;
  const rows = doctype.fields.find((field) => field.fieldname === table)?.options ?? '';
  const field = doctypes.get(rows)?.fields.find((one) => one.fieldname === column);
  const carries = field?.fieldtype === 'Link' && field.options === dimension;
  if (carries && sensitivityOf(field) !== 'secret') return null;
  return `\`${column}\` of \`${rows}\` has to be a Link to ${dimension}, and not secret.`;
}

function fieldFaults(doctype: Doctype, field: Field, doctypes: Doctypes): CrossFault[] {
  const fault = (code: DefinitionCode, key: string, message: string): CrossFault[] => [
    { code, doctype: doctype.name, field: field.fieldname, key, message },
  ];
  if (isTable(field) && doctype.istable === true) {
    return fault('contradiction', 'fieldtype', 'a child table has no tables of its own.');
  }
  if (field.fieldtype === 'Link' || isTable(field)) {
    const target = doctypes.get(field.options ?? '');
    if (target === undefined) {
      return fault('unknown_doctype', 'options', `there is no doctype \`${field.options}\`.`);
    }
    if (isTable(field) && target.istable !== true) {
      return fault('bad_value', 'options', `\`${target.name}\` is not a child table (istable).`);
    }
    if (!isTable(field) && target.governed_by !== undefined) {
      const message = `\`${target.name}\` belongs to other documents; link to one of those.`;
      return fault('bad_value', 'options', message);
    }
    if (!isTable(field) && target.istable === true) {
      return fault(
        'bad_value',
        'options',
        `\`${target.name}\` is a child table; link its document.`,
      );
    }
  }
  const message = fetchFault(doctype, field, doctypes);
  return message === null ? [] : fault('unknown_field', 'fetch_from', message);
}

function fetchFault(doctype: Doctype, field: Field, doctypes: Doctypes): string | null {
  if (field.fetch_from === undefined) return null;
  const [link, source = ''] = field.fetch_from.split('.');
  const target = doctype.fields.find((one) => one.fieldname === link)?.options ?? '';
  const sourceField = doctypes.get(target)?.fields.find((one) => one.fieldname === source);
  if (sourceField === undefined) {
    // What every document has may be fetched as well, but not where it is kept.
    const isStandard =
      (STANDARD_FIELDS as readonly string[]).includes(source) && doctypes.has(target);
    return isStandard ? null : `\`${target}\` has no field \`${source}\`.`;
  }
  if (!isColumn(sourceField)) return `\`${source}\` of \`${target}\` holds no value.`;
  const brings = sensitivityOf(sourceField) === 'secret' && sensitivityOf(field) !== 'secret';
  return brings ? `\`${source}\` of \`${target}\` is secret.` : null;
}
