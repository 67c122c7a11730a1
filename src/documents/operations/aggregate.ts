/** Groups and measures of exactly the documents that the principal may read, or an error. */
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { moneyText, parseMoney, renderMoney } from '../../doctype/money.ts';
import type { WireValue } from '../../doctype/values.ts';
import type { Caller } from '../../identity/caller.ts';
import { selectAggregate } from '../../store/aggregate-documents.ts';
import type { Row } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import type { Column } from '../../store/table.ts';
import type { Where } from '../../store/where.ts';
import {
  type AggregateRequest,
  type AskedGroup,
  type AskedMeasure,
  readAggregate,
  splitFilters,
} from '../aggregate-query.ts';
import { auditParentKinds, type ParentKinds, parentKinds } from '../governed/audit.ts';
import { type ReadFilter, readFilters } from '../list-query.ts';
import { isReferenceAudited, lastColumn, pathOf, whereOf } from '../references.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { namesOf, narrowed } from './list.ts';
import {
  needsOfPlaces,
  type PlacesRead,
  placesRead,
  recordRead,
  selectPlacesOf,
} from './recorded-read.ts';
import { wireValue } from './wire-value.ts';

type Plan = {
  readonly groups: readonly AskedGroup[];
  readonly measures: readonly AskedMeasure[];
  readonly filters: readonly string[];
  readonly recorded: PlacesRead | null;
};

/**
 * One object for each group, in the order of its keys; without `group_by`, one for everything.
 * Fields of a level that is open on some documents only narrow it to those, as filters do. Throws
 * `unknown_doctype`, `unknown_field`, `malformed`, and `bad_value` also where there are more groups
 * than an answer holds: it is complete, or an error.
 */
export async function aggregateDocuments(
  store: Store,
  caller: Caller,
  doctype: string,
  request: AggregateRequest,
): Promise<WireDocument[]> {
  let plan: Plan | null = null;
  let kinds: ParentKinds | null = null;
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const { groups, measures, table } = readAggregate(target, request);
    const filters = readFilters(target, request.filters, 'every');
    const orFilters = readFilters(target, request.or_filters, 'some');
    const filtered = [...filters.references, ...orFilters.references];
    const references = [...groups, ...measures].flatMap(({ reference }) => reference ?? []);
    const all = [...references, ...filtered];
    const { ofRows, ofDocuments } = splitFilters(table, filters, orFilters);
    const documents = ofDocuments.map((filter) => filter.where);
    const where = narrowed(target, all, [...documents, orFilters.where]);
    kinds = parentKinds(target, where);
    const rows = rowsWhere(ofRows, caller.principal.id);
    const isAudited =
      isReadAudited(target, []) || all.some((one) => isReferenceAudited(target, one));
    const recorded = isAudited ? placesRead(target, all) : null;
    plan = { groups, measures, filters: namesOf(filtered), recorded };
    const grouped = selectAggregate({
      table: target.table,
      groups: groups.map(({ reference, by }) => ({ path: pathOf(reference, rows), by })),
      measures: measures.map(({ fn, reference }) => ({
        fn,
        path: reference && pathOf(reference, rows),
      })),
      where,
      byCells: true,
      me: caller.principal.id,
      limit: LIMITS.aggregateGroupsMax + 1,
    });
    if (kinds) return [grouped, kinds.statement];
    return recorded ? [grouped, selectPlacesOf(recorded, where)] : [grouped];
  });
  if (plan === null) throw new Error('an aggregate without a plan');
  const rows = results[0]?.rows ?? [];
  await auditParentKinds(store, kinds, 'aggregate', results[1], { count: rows.length });
  await audit(store, caller, doctype, plan, rows, results[1]?.rows ?? []);
  if (rows.length > LIMITS.aggregateGroupsMax) {
    throw new Refusal(
      'bad_value',
      `There are more than ${LIMITS.aggregateGroupsMax} groups. Filter more, or group by less.`,
    );
  }
  return rows.map((row) => answerOf(plan as Plan, row));
}

/** Which rows count: those that meet each filter, with whatever lies behind their links. */
function rowsWhere(filters: readonly ReadFilter[], me: string): Where {
  const of = filters.flatMap(({ reference, condition }) =>
    reference.kind === 'row' ? [whereOf(reference.rest, condition, me)] : [],
  );
  return { kind: 'all', of };
}

/** Also where there are too many groups: that there are is an answer too. */
async function audit(
  store: Store,
  caller: Caller,
  doctype: string,
  { groups, measures, filters, recorded }: Plan,
  rows: readonly Row[],
  places: readonly Row[],
): Promise<void> {
  if (recorded === null) return;
  await recordRead(store, caller, doctype, 'aggregate', {
    groups: groups.map(({ reference, by }) => ({ field: reference.name, ...(by && { by }) })),
    measures: measures.map(({ fn, reference }) => ({ fn, field: reference?.name ?? null })),
    count: rows.length,
    ...needsOfPlaces(recorded, places).said(),
    filters,
  });
}

function answerOf({ groups, measures }: Plan, row: Row): WireDocument {
  const keys = groups.map(({ reference, by, as }, index): [string, WireValue] => {
    const text = row[index] ?? null;
    return [as, by === null ? wireValue(lastColumn(reference), text) : text];
  });
  const values = measures.map((measure, index): [string, WireValue] => [
    measure.as,
    measureOf(measure, row[groups.length + index] ?? null),
  ]);
  return Object.fromEntries([...keys, ...values]);
}

function measureOf({ fn, reference, as }: AskedMeasure, text: string | null): WireValue {
  if (text === null) return null;
  if (fn === 'count' || fn === 'count_distinct' || reference === null) return Number(text);
  const column = lastColumn(reference);
  if (fn === 'sum') return sumOf(column, as, text);
  if (fn !== 'avg') return wireValue(column, text);
  return column.type === 'money' ? renderMoney(BigInt(text)) : Number(text);
}

/** A sum that JSON cannot hold to the last digit is an error, never one that is nearly right. */
function sumOf(column: Column, as: string, text: string): number {
  if (column.type === 'money') {
    const scaled = BigInt(text);
    if (parseMoney(moneyText(scaled)) !== null) return renderMoney(scaled);
  } else if (column.type === 'double') {
    if (Number.isFinite(Number(text))) return Number(text);
  } else if (Number.isSafeInteger(Number(text))) {
    return Number(text);
  }
  throw new Refusal('bad_value', `\`${as}\` is too large to be exact. Sum up less at once.`);
}
