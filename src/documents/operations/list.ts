/** Lists and counts: exactly the documents that the principal may read, or an error. */
import { append } from '../../audit/append.ts';
import {
  decide,
  every,
  fieldsOf,
  type Needs,
  openLevels,
  uniformLevels,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import type { WireValue } from '../../doctype/values.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { pageDocument, selectCount, selectPage, selectPlaces } from '../../store/read-documents.ts';
import type { Row } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import {
  columnFor,
  type ListRequest,
  levelsIn,
  reachable,
  readFilters,
  readOrder,
} from '../list-query.ts';
import { decidingColumns } from '../steps/deciding-columns.ts';
import { renderInto, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { levelsOfFields, needsOfReading, needsOfReadingAny } from '../steps/read-need.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { factsOf, type Target } from '../work.ts';

/** Beyond so many kinds of documents, a count names every grant that may have let to some. */
const PLACES_MAX = 1000;

type Plan = {
  readonly target: Target;
  /** Fields that the person's own filters speak of. */
  readonly filtered: readonly string[];
  readonly shown: readonly string[];
  readonly columns: readonly string[];
  readonly isAudited: boolean;
};

/**
 * One page of documents. Fields of a level that is open on some rows only are absent from the
 * others. Throws `unknown_doctype`, `unknown_field`, `bad_value`, `malformed`.
 */
export async function listDocuments(
  store: Store,
  caller: Caller,
  doctype: string,
  request: ListRequest,
): Promise<WireDocument[]> {
  let plan: Plan | null = null;
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const fields = readFields(target, request.fields);
    const filters = readFilters(target, request.filters, 'every');
    const orFilters = readFilters(target, request.orFilters, 'some');
    const orderBy = readOrder(target, request.orderBy);
    const levels = new Set([
      ...filters.levels,
      ...orFilters.levels,
      ...orderBy.flatMap(({ field }) => levelsIn(target.table.columns.get(field))),
    ]);
    // The audit log names the documents, whichever fields were asked for.
    const filtered = [...fieldsOf(every([filters.filter, orFilters.filter]))];
    const isAudited = isReadAudited(target, [...fields, ...filtered]);
    const deciding = columnsOfDecision(target, isAudited);
    const columns = [...new Set(['name', ...fields, ...(deciding ?? [])])];
    plan = { target, shown: fields, columns, filtered, isAudited };
    const where = {
      kind: 'every' as const,
      of: [reachable(target, levels), filters.filter, orFilters.filter],
    };
    const page = { limit: pageLimit(request.limit), offset: pageOffset(request.offset) };
    return [
      selectPage({
        table: target.table,
        columns,
        where,
        me: caller.principal.id,
        orderBy,
        ...page,
        withPlace: deciding !== null,
      }),
    ];
  });
  const rows = results[0]?.rows ?? [];
  if (plan === null) throw new Error('a list without a plan');
  const documents = maskRows(plan, rows);
  await auditRead(store, caller, plan, 'list', () => ({
    fields: (plan as Plan).shown,
    count: documents.length,
    names: rows.map((row) => row[0] ?? null),
    ...needsOfRows(plan as Plan, rows).said(),
  }));
  return documents;
}

/** How many documents the filters reach for this principal. */
export async function countDocuments(
  store: Store,
  caller: Caller,
  doctype: string,
  filters: unknown,
): Promise<number> {
  let plan: Plan | null = null;
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const { filter, levels } = readFilters(target, filters, 'every');
    const filtered = [...fieldsOf(filter)];
    const isAudited = isReadAudited(target, filtered);
    const deciding = isAudited ? columnsOfDecision(target, true) : null;
    // Where nothing else tells documents apart, this leaves a few that stand for all.
    const columns = deciding?.length ? deciding : ['docstatus'];
    plan = { target, shown: [], columns, filtered, isAudited };
    const where = { kind: 'every' as const, of: [reachable(target, levels), filter] };
    const me = caller.principal.id;
    const counted = selectCount(target.table, where, me);
    if (!isAudited) return [counted];
    const limit = PLACES_MAX + 1;
    return [counted, selectPlaces({ table: target.table, columns, where, me, limit })];
  });
  if (plan === null) throw new Error('a count without a plan');
  const count = Number(results[0]?.rows[0]?.[0]);
  const places = results[1]?.rows ?? [];
  await auditRead(store, caller, plan, 'count', () => ({
    count,
    ...(places.length > PLACES_MAX
      ? needsOfReadingAny((plan as Plan).target)
      : needsOfRows(plan as Plan, places)
    ).said(),
  }));
  return count;
}

function readFields(target: Target, input: unknown): string[] {
  const names = input === undefined || input === null ? ['name'] : input;
  if (!Array.isArray(names) || names.length === 0) {
    throw new Refusal('malformed', '`fields` is a list of field names, or ["*"].');
  }
  if (names.length === 1 && names[0] === '*') return readableColumns(target);
  return [...new Set(names.map((name) => columnFor(target, name).name))];
}

function readableColumns(target: Target): string[] {
  const names: string[] = [];
  for (const { name, field } of target.table.columns.values()) {
    if (field && sensitivityOf(field) === 'secret') continue;
    try {
      names.push(columnFor(target, name).name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return names;
}

/** What the kernel needs to know of a row where levels differ, or where the read is recorded. */
function columnsOfDecision(target: Target, isAudited: boolean): readonly string[] | null {
  const isUniform = uniformLevels(target.moment.policy.world, requestOf(target)) !== null;
  if (isUniform && !isAudited) return null;
  return decidingColumns(target.moment, target.caller, 'read', target.table);
}

function maskRows({ target, shown, columns }: Plan, rows: readonly Row[]): WireDocument[] {
  const { world } = target.moment.policy;
  const request = requestOf(target);
  const uniform = uniformLevels(world, request);
  return rows.map((row) => {
    const document = pageDocument(target.table, columns, row);
    const levels =
      uniform ??
      openLevels(decide(world, { ...request, document: factsOf(target.table, document) }));
    const answer: Record<string, WireValue> = {};
    renderInto(answer, target.table, document.values, levels, shown);
    return answer;
  });
}

/** By which grants rows are seen, with the fields that are shown and those of filters. */
function needsOfRows({ target, columns, shown, filtered }: Plan, rows: readonly Row[]): Needs {
  const documents = rows.map((row) => pageDocument(target.table, columns, row));
  return needsOfReading(target, documents, levelsOfFields(target, [...shown, ...filtered]));
}

function requestOf(target: Target) {
  return {
    principal: target.caller.principal,
    action: 'read' as const,
    doctype: target.doctype.name,
    now: target.moment.now,
  };
}

/** Also of no rows: that nobody earns more than so much is an answer too. */
async function auditRead(
  store: Store,
  caller: Caller,
  { target, filtered, isAudited }: Plan,
  action: 'list' | 'count',
  detail: () => object,
): Promise<void> {
  if (!isAudited) return;
  const doctype = target.doctype.name;
  await append(store, caller.credential, auditSubject(caller), [
    {
      action,
      doctype,
      name: null,
      outcome: 'allowed',
      code: null,
      detail: { ...detail(), filters: filtered },
    },
  ]);
}

function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return LIMITS.pageRowsDefault;
  if (limit >= 1 && limit <= LIMITS.pageRowsMax) return limit;
  throw new Refusal('bad_value', `A page has 1 to ${LIMITS.pageRowsMax} rows.`);
}

function pageOffset(offset: number | undefined): number {
  if (offset === undefined) return 0;
  if (offset >= 0 && offset <= LIMITS.listOffsetMax) return offset;
  throw new Refusal('bad_value', `\`limit_start\` is 0 to ${LIMITS.listOffsetMax}.`);
}
