/** An aggregate's question, read strictly: what to group by, and what to measure. */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { kindOf } from '../doctype/field-kind.ts';
import type { MeasureFunction, Period } from '../store/aggregate-documents.ts';
import type { Condition, ReadFilter } from './list-query.ts';
import { lastColumn, type Reference, referenceFor } from './references.ts';
import type { Target } from './work.ts';

/** An aggregate request after its door has checked its shape. */
export type AggregateRequest = {
  readonly group_by?: readonly (string | GroupRequest)[];
  readonly measures?: readonly MeasureRequest[];
  readonly filters?: unknown;
  readonly or_filters?: unknown;
};

export type GroupRequest = { readonly field: string; readonly by?: string; readonly as?: string };

export type MeasureRequest = {
  readonly fn: string;
  readonly field?: string | null;
  readonly as: string;
};

/** A key of the groups; `as` is its name in the answer. */
export type AskedGroup = {
  readonly reference: Reference;
  readonly by: Period | null;
  readonly as: string;
};

export type AskedMeasure = {
  readonly fn: MeasureFunction;
  readonly reference: Reference | null;
  readonly as: string;
};

const PERIODS: readonly string[] = ['day', 'week', 'month', 'quarter', 'year'] satisfies Period[];
const FUNCTIONS: readonly string[] = [
  ...(['sum', 'count', 'count_distinct', 'min', 'max', 'avg'] satisfies MeasureFunction[]),
];
const ANSWER_NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** Throws `unknown_field`, `bad_value`, and `malformed` where nothing is asked for. */
export function readAggregate(target: Target, { group_by, measures }: AggregateRequest) {
  const groups = (group_by ?? []).map((group) => readGroup(target, group));
  const measured = (measures ?? []).map((measure) => readMeasure(target, measure));
  const names = [...groups, ...measured].map(({ as }) => as);
  if (names.length === 0) {
    throw new Refusal('malformed', 'An aggregate has `group_by`, `measures` or both.');
  }
  if (names.length > LIMITS.aggregateKeysMax) {
    throw new Refusal('bad_value', `At most ${LIMITS.aggregateKeysMax} keys and measures go.`);
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new Refusal('bad_value', `\`${twice}\` would stand for two things: say another \`as\`.`);
  }
  return { groups, measures: measured, table: tableOfRows(groups, measured) };
}

/**
 * The table field whose rows are counted, once each, where a key or measure is of rows: those of
 * two tables would be multiplied by each other, and what is measured of the document itself would
 * count once for each row.
 */
function tableOfRows(
  groups: readonly AskedGroup[],
  measures: readonly AskedMeasure[],
): string | null {
  const [table, another] = new Set(
    [...groups, ...measures].flatMap(({ reference }) => tableOf(reference)),
  );
  if (table === undefined) return null;
  if (another !== undefined) {
    throw new Refusal('bad_value', 'An aggregate takes the rows of one table field at most.');
  }
  const ofDocument = measures.find(({ reference }) => reference && reference.kind !== 'row');
  if (ofDocument?.reference) {
    throw badValue(ofDocument.reference.name, 'would count once for each row: measure it alone.');
  }
  return table;
}

/**
 * The person's filters, where rows are what is counted: those of the same table field then say
 * which of its rows are, and the others which documents.
 */
export function splitFilters(table: string | null, filters: Condition, orFilters: Condition) {
  const isOfRows = ({ reference }: ReadFilter): boolean =>
    table !== null && tableOf(reference)[0] === table;
  const mixed = orFilters.filters.find(isOfRows);
  if (mixed) {
    throw badValue(mixed.reference.name, 'says which rows count, so it goes into `filters`.');
  }
  return {
    ofRows: filters.filters.filter(isOfRows),
    ofDocuments: filters.filters.filter((filter) => !isOfRows(filter)),
  };
}

/** The table field of a reference to rows. */
function tableOf(reference: Reference | null): string[] {
  return reference?.kind === 'row' ? [reference.child.field.fieldname] : [];
}

function readGroup(target: Target, group: string | GroupRequest): AskedGroup {
  const { field, by, as } = typeof group === 'string' ? { field: group } : { ...group };
  const reference = referenceFor(target, field);
  const column = lastColumn(reference);
  if (by !== undefined && !isPeriod(by)) {
    throw badValue(field, `is grouped by ${PERIODS.join(', ')}.`);
  }
  if (by !== undefined && column.type !== 'date' && column.type !== 'timestamp') {
    throw badValue(field, 'is no date, so it has no periods.');
  }
  // A group for each text of a megabyte would be an answer that nobody can hold.
  const kind = column.field && kindOf(column.field);
  if (kind === 'json' || kind === 'long-text') throw badValue(field, 'is too long to group by.');
  return { reference, by: by ?? null, as: as === undefined ? field : answerName(as) };
}

function readMeasure(target: Target, { fn, field, as }: MeasureRequest): AskedMeasure {
  if (!isFunction(fn)) throw new Refusal('bad_value', `\`fn\` is one of ${FUNCTIONS.join(', ')}.`);
  const name = answerName(as);
  if (field === undefined || field === null) {
    if (fn === 'count') return { fn, reference: null, as: name };
    throw new Refusal('bad_value', `\`${fn}\` takes a \`field\`.`);
  }
  const reference = referenceFor(target, field);
  const { type } = lastColumn(reference);
  const isNumber = ['money', 'bigint', 'smallint', 'double'].includes(type);
  if ((fn === 'sum' || fn === 'avg') && !isNumber) throw badValue(field, 'is no number.');
  if (type === 'jsonb' && fn !== 'count') throw badValue(field, 'is only counted.');
  return { fn, reference, as: name };
}

function answerName(as: string): string {
  if (ANSWER_NAME.test(as)) return as;
  throw new Refusal('bad_value', '`as` is a name of letters, digits and `_`.');
}

function isPeriod(text: string): text is Period {
  return PERIODS.includes(text);
}

function isFunction(text: string): text is MeasureFunction {
  return FUNCTIONS.includes(text);
}

function badValue(field: string, detail: string): Refusal {
  const message = `\`${field}\` ${detail}`;
  return new Refusal('bad_value', message, {
    errors: [{ field, code: 'bad_value', detail: message }],
  });
}
