/**
 * What has to be done to a table when its doctype's definition changes. Pure: the store carries
 * it out. No change takes data away, but where somebody asked for it by the field's name.
 */
import { type AskedLosses, lossName, NO_LOSSES } from './asked-losses.ts';
import type { Doctype, Field } from './definition.ts';
import { type ColumnType, columnOf, sensitivityOf } from './table-name.ts';

export type Change =
  | {
      readonly kind: 'create-table';
      readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
    }
  /** The column may be there already, kept from a field of that name that was taken out. */
  | { readonly kind: 'add-column'; readonly field: string; readonly type: ColumnType }
  /** Nothing to do: the field is gone, its column and values stay. */
  | { readonly kind: 'keep-column'; readonly field: string; readonly why: string }
  | {
      readonly kind: 'retype-column';
      readonly field: string;
      readonly from: ColumnType;
      readonly to: ColumnType;
    }
  | { readonly kind: 'add-unique'; readonly field: string }
  | { readonly kind: 'drop-unique'; readonly field: string }
  | { readonly kind: 'add-index'; readonly field: string }
  | { readonly kind: 'drop-index'; readonly field: string }
  /** The values already stored have to be kept as secrets from now on. */
  | { readonly kind: 'seal-column'; readonly field: string }
  /** Where the documents stand in the dimensions has to be worked out again. */
  | { readonly kind: 'recompute-cells' }
  /** Who is whose parent has to be worked out again. */
  | { readonly kind: 'rebuild-tree' };

/** What to do, in order; or why the definition cannot be changed so, each with the way out. */
export type MigrationPlan =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] };

/** Retypings that keep every value. Anything becomes text; text becomes nothing else. */
const WIDENINGS: ReadonlySet<string> = new Set([
  'smallint>bigint',
  'smallint>double',
  // Whole numbers are kept within ±2^53, all of which a double holds.
  'bigint>double',
]);

/** Retypings that may lose something of some values, for those who ask for them by name. */
const LOSSY: ReadonlySet<string> = new Set([
  ...['text>bigint', 'text>double', 'text>money', 'text>date'],
  ...['bigint>money', 'money>bigint', 'money>double', 'double>bigint', 'timestamp>date'],
]);

/** Text types whose values have to name or choose something, which a converted value does not. */
const CHOSEN: ReadonlySet<string> = new Set(['Link', 'Dynamic Link', 'Select', 'Password']);

/**
 * The way from one definition to another, both already checked; `before` is null for a new
 * doctype. Equal definitions need no change.
 */
export function planChange(
  before: Doctype | null,
  after: Doctype,
  asked: AskedLosses = NO_LOSSES,
): MigrationPlan {
  if (before === null) return { kind: 'changes', changes: createTable(after) };
  const fieldsBefore = new Map(before.fields.map((field) => [field.fieldname, field]));
  const fieldsAfter = new Map(after.fields.map((field) => [field.fieldname, field]));
  const reasons = [
    ...refusedFlags(before, after),
    ...after.fields.flatMap((field) => {
      const isAsked = asked.retype.has(lossName(after.name, field.fieldname));
      return refusedField(fieldsBefore.get(field.fieldname), field, isAsked);
    }),
  ];
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const changes = [
    ...after.fields.flatMap((field) => fieldChanges(fieldsBefore.get(field.fieldname), field)),
    ...before.fields
      .filter((field) => columnOf(field) !== null)
      .filter((field) => columnNow(fieldsAfter.get(field.fieldname)) === null)
      .flatMap(leaveColumn),
    ...doctypeChanges(before, after),
  ];
  return { kind: 'changes', changes };
}

function createTable(doctype: Doctype): readonly Change[] {
  const columns = doctype.fields.flatMap((field) => {
    const type = columnOf(field);
    return type === null ? [] : [{ name: field.fieldname, type }];
  });
  return [
    { kind: 'create-table', columns },
    ...doctype.fields.flatMap((field) => indexChanges(null, field)),
  ];
}

/** What a table cannot become, whatever its fields are. */
function refusedFlags(before: Doctype, after: Doctype): readonly string[] {
  const reasons: string[] = [];
  if (before.name !== after.name) {
    reasons.push(`${before.name} cannot become ${after.name} by a change; rename it instead.`);
  }
  for (const flag of ['istable', 'issingle'] as const) {
    if ((before[flag] ?? false) !== (after[flag] ?? false)) {
      reasons.push(`${flag} cannot change, its rows are of another kind; make a new doctype.`);
    }
  }
  if (before.is_submittable === true && after.is_submittable !== true) {
    reasons.push('is_submittable cannot be taken away: submitted documents would become open.');
  }
  if (before.append_only === true && after.append_only !== true) {
    reasons.push('append_only cannot be taken away: what was final would become open.');
  }
  if (JSON.stringify(before.governed_by) !== JSON.stringify(after.governed_by)) {
    reasons.push('governed_by cannot change: who reads what is there would; make a new doctype.');
  }
  return reasons;
}

function refusedField(
  before: Field | undefined,
  after: Field,
  isAsked: boolean,
): readonly string[] {
  const from = columnNow(before);
  const to = columnOf(after);
  if (before === undefined || from === null || to === null) return [];
  const name = after.fieldname;
  if (sensitivityOf(before) === 'secret' && sensitivityOf(after) !== 'secret') {
    return [`${name}: a secret stays one, or stored secrets would be shown; make a new field.`];
  }
  if (from === to || WIDENINGS.has(`${from}>${to}`)) return [];
  if (to === 'text' && !CHOSEN.has(after.fieldtype)) return [];
  const isLossy = LOSSY.has(`${from}>${to}`) && !CHOSEN.has(after.fieldtype);
  if (isLossy && isAsked) return [];
  const types = `${before.fieldtype} cannot become ${after.fieldtype}`;
  return [
    `${name}: ${types} without losing values; make a new field${isLossy ? ', or name it in --retype' : ''}.`,
  ];
}

function fieldChanges(before: Field | undefined, after: Field): readonly Change[] {
  const from = columnNow(before);
  const to = columnOf(after);
  if (to === null) return [];
  const field = after.fieldname;
  const changes: Change[] = [];
  if (before === undefined || from === null) {
    changes.push({ kind: 'add-column', field, type: to });
  } else {
    if (from !== to) changes.push({ kind: 'retype-column', field, from, to });
    const isSealed = sensitivityOf(before) === 'secret';
    if (!isSealed && sensitivityOf(after) === 'secret')
      changes.push({ kind: 'seal-column', field });
  }
  return [...changes, ...indexChanges(from === null ? null : (before ?? null), after)];
}

/** Uniqueness first: a unique field needs no index besides. */
function indexChanges(before: Field | null, after: Field): readonly Change[] {
  const field = after.fieldname;
  const [hadUnique, hasUnique] = [isUnique(before), isUnique(after)];
  const [hadIndex, hasIndex] = [isIndexed(before), isIndexed(after)];
  return [
    ...(hadUnique && !hasUnique ? [{ kind: 'drop-unique', field } as const] : []),
    ...(hadIndex && !hasIndex ? [{ kind: 'drop-index', field } as const] : []),
    ...(hasUnique && !hadUnique ? [{ kind: 'add-unique', field } as const] : []),
    ...(hasIndex && !hadIndex ? [{ kind: 'add-index', field } as const] : []),
  ];
}

/** A column that no field speaks of must not refuse anything any more. */
function leaveColumn(before: Field): readonly Change[] {
  const field = before.fieldname;
  const why = 'kept in the table, no longer shown';
  return [
    ...(isUnique(before) ? [{ kind: 'drop-unique', field } as const] : []),
    ...(isIndexed(before) ? [{ kind: 'drop-index', field } as const] : []),
    { kind: 'keep-column', field, why },
  ];
}

function doctypeChanges(before: Doctype, after: Doctype): readonly Change[] {
  const paths = (doctype: Doctype) => JSON.stringify(sortedPaths(doctype));
  const tree = (doctype: Doctype) => (doctype.is_tree === true ? doctype.parent_field : null);
  return [
    ...(tree(before) === tree(after) ? [] : [{ kind: 'rebuild-tree' } as const]),
    ...(paths(before) === paths(after) ? [] : [{ kind: 'recompute-cells' } as const]),
  ];
}

function sortedPaths(doctype: Doctype): readonly string[] {
  return (doctype.dimension_paths ?? [])
    .map((one) => JSON.stringify([one.dimension, one.path]))
    .sort();
}

function columnNow(field: Field | undefined): ColumnType | null {
  return field === undefined ? null : columnOf(field);
}

function isUnique(field: Field | null): boolean {
  return field?.unique === true;
}

function isIndexed(field: Field | null): boolean {
  return field?.search_index === true && field.unique !== true;
}
