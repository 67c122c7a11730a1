/** Lists and counts: exactly the documents that the principal may read, or an error. */
import { append } from '../../audit/append.ts';
import { decide, every, fieldsOf, openLevels, uniformLevels, waysOf } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import type { WireValue } from '../../doctype/values.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { pageDocument, selectCount, selectPage } from '../../store/read-documents.ts';
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
import { renderInto, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { factsOf, type Target } from '../work.ts';

type Plan = {
  readonly target: Target;
  /** Fields that the person's own filters speak of. */
  readonly filtered: readonly string[];
  readonly shown: readonly string[];
  readonly columns: readonly string[];
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
    const deciding = columnsOfDecision(target);
    const columns = [...new Set(['name', ...fields, ...deciding])];
    const own = every([filters.filter, orFilters.filter]);
    plan = { target, shown: fields, columns, filtered: [...fieldsOf(own)] };
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
        withPlace: deciding.length > 0,
      }),
    ];
  });
  const rows = results[0]?.rows ?? [];
  if (plan === null) throw new Error('a list without a plan');
  const documents = maskRows(plan, rows);
  await auditRead(store, caller, plan, 'list', {
    fields: (plan as Plan).shown,
    count: documents.length,
    names: rows.map((row) => row[0] ?? null),
  });
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
    plan = { target, shown: [], columns: [], filtered: [...fieldsOf(filter)] };
    const where = { kind: 'every' as const, of: [reachable(target, levels), filter] };
    return [selectCount(target.table, where, caller.principal.id)];
  });
  if (plan === null) throw new Error('a count without a plan');
  const count = Number(results[0]?.rows[0]?.[0]);
  await auditRead(store, caller, plan, 'count', { count });
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

/** What the kernel needs to know of a row where levels differ from one row to the next. */
function columnsOfDecision(target: Target): string[] {
  const request = requestOf(target);
  if (uniformLevels(target.moment.policy.world, request) !== null) return [];
  const { world } = target.moment.policy;
  const shape = world.doctypes.get(target.doctype.name);
  if (!shape) return [];
  const ways = waysOf(world, target.caller.principal, 'read', shape, target.moment.now);
  const conditions = ways.flatMap(({ rule }) =>
    rule.source.when ? [...fieldsOf(rule.source.when)] : [],
  );
  const own = shape.paths.map(({ path }) => path).filter((path) => target.table.columns.has(path));
  return ['name', ...own, ...conditions];
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
  { target, shown, filtered }: Plan,
  action: 'list' | 'count',
  detail: object,
): Promise<void> {
  if (!isReadAudited(target, [...shown, ...filtered])) return;
  const doctype = target.doctype.name;
  await append(store, caller.credential, auditSubject(caller), [
    {
      action,
      doctype,
      name: null,
      outcome: 'allowed',
      code: null,
      detail: { ...detail, filters: filtered },
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
