/** Lists and counts: exactly the documents that the principal may read, or an error. */
import { decide, openLevels } from '../../authz/index.ts';
import type { BoundTokens } from '../../base/bound-tokens.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { WireValue } from '../../doctype/values.ts';
import type { Caller } from '../../identity/caller.ts';
import {
  type OrderBy,
  type Position,
  pageDocument,
  partsOfRow,
  selectCount,
  selectPage,
} from '../../store/read-documents.ts';
import type { Row } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import type { Where } from '../../store/where.ts';
import {
  auditParentKinds,
  auditParents,
  type ParentKinds,
  type ParentName,
  parentColumns,
  parentKinds,
  parentNameOf,
} from '../governed/audit.ts';
import { type ListRequest, readFilters, readOrder } from '../list-query.ts';
import {
  isReferenceAudited,
  lastColumn,
  levelsNamed,
  levelsOfEach,
  pathOf,
  type Reference,
  reachable,
  readingOf,
  referenceFor,
} from '../references.ts';
import { decidingColumns } from '../steps/deciding-columns.ts';
import { renderInto, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { type Engine, factsOf, type Target } from '../work.ts';
import {
  needsOfPlaces,
  needsOfRows,
  type PlacesRead,
  placesRead,
  recordRead,
  selectPlacesOf,
} from './recorded-read.ts';
import { wireValue } from './wire-value.ts';

type Plan = {
  readonly target: Target;
  readonly limit: number;
  readonly shown: readonly Reference[];
  /** Those of the shown that lie behind links, in their order. */
  readonly linked: readonly Reference[];
  readonly columns: readonly string[];
  /** Fields that the person's own filters speak of. */
  readonly filtered: readonly Reference[];
  readonly ordered: readonly Reference[];
  readonly isAudited: boolean;
  readonly orderBy: readonly OrderBy[];
  /** What a cursor of this list is bound to. */
  readonly bound: string;
};

/** One page, and how to go on. */
export type Page = {
  readonly documents: readonly WireDocument[];
  /** For the page that follows this one; null where there is none. */
  readonly nextCursor: string | null;
  /** How many documents the filters reach; null where that was not asked. */
  readonly total: number | null;
};

/**
 * One page of documents. Fields of a level that is open on some rows only are absent from the
 * others. Throws `unknown_doctype`, `unknown_field`, `bad_value`, `malformed`.
 */
export async function listDocuments(
  { store, cursors }: Pick<Engine, 'store' | 'cursors'>,
  caller: Caller,
  doctype: string,
  request: ListRequest,
): Promise<Page> {
  let plan: Plan | null = null;
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const shown = readFields(target, request.fields);
    const filters = readFilters(target, request.filters, 'every');
    const orFilters = readFilters(target, request.orFilters, 'some');
    const orderBy = readOrder(target, request.orderBy);
    const filtered = [...filters.references, ...orFilters.references];
    const ordered = orderBy.map(({ field }) => referenceFor(target, field));
    // The audit log names the documents, whichever fields were asked for.
    const isAudited = [...shown, ...filtered, ...ordered].some((one) =>
      isReferenceAudited(target, one),
    );
    const deciding = columnsOfDecision(target, isAudited);
    const linked = shown.filter(({ kind }) => kind === 'linked');
    const parents = parentColumns(target.doctype);
    const columns = [...new Set(['name', ...ownNames(shown), ...(deciding ?? []), ...parents])];
    const bound = boundOf(target, request, orderBy);
    const [limit, offset] = [pageLimit(request.limit), pageOffset(request.offset)];
    plan = { limit, target, shown, linked, columns, filtered, ordered, isAudited, orderBy, bound };
    const where = narrowed(target, [...filtered, ...ordered], [filters.where, orFilters.where]);
    const me = caller.principal.id;
    const page = selectPage({
      ...{ table: target.table, columns, where, me, orderBy, offset },
      // One more than is shown tells whether another page follows.
      limit: limit + 1,
      withPlace: deciding !== null,
      linked: linked.map((reference) => pathOf(reference)),
      withPosition: true,
      byCells: true,
      after: positionAfter(cursors, request, bound, orderBy.length),
    });
    return request.withTotal ? [page, selectCount(target.table, where, me, true)] : [page];
  });
  const found = results[0]?.rows ?? [];
  if (plan === null) throw new Error('a list without a plan');
  const { bound, limit, orderBy, linked } = plan as Plan;
  const parts = found.slice(0, limit).map((row) => partsOfRow(row, orderBy.length, linked.length));
  const rows = parts.map(({ document }) => document);
  const documents = maskRows(plan, parts);
  const total = request.withTotal ? Number(results[1]?.rows[0]?.[0]) : null;
  await auditList(store, caller, plan, rows, total);
  await auditParents(store, (plan as Plan).target, parentsOnPage(plan, rows));
  const last = found.length > limit ? parts.at(-1) : undefined;
  const nextCursor = last === undefined ? null : cursors.make(JSON.stringify(last.position), bound);
  return { documents, nextCursor, total };
}

/** A cursor goes on with the same question of the same principal, and with no other. */
function boundOf(
  { caller, doctype, table }: Target,
  { filters, orFilters }: ListRequest,
  orderBy: readonly OrderBy[],
): string {
  const order = orderBy.map(({ field, descending }) => [
    ...[field, descending, table.columns.get(field)?.type],
  ]);
  const { id, actor } = caller.principal;
  return JSON.stringify([id, actor, doctype.name, filters ?? null, orFilters ?? null, order]);
}

function positionAfter(
  cursors: BoundTokens,
  { cursor, offset }: ListRequest,
  bound: string,
  terms: number,
): Position | null {
  if (cursor === undefined) return null;
  if (offset !== undefined && offset !== 0) {
    throw new Refusal('bad_value', 'A page goes by `cursor` or by `limit_start`, not by both.');
  }
  const text = cursors.read(cursor, bound);
  const position = text === null ? null : (JSON.parse(text) as Position);
  if (position?.length === terms + 1) return position;
  throw new Refusal('bad_value', '`cursor` belongs to another question, or was changed.');
}

/** How many documents the filters reach for this principal. */
export async function countDocuments(
  store: Store,
  caller: Caller,
  doctype: string,
  input: unknown,
): Promise<number> {
  let read: PlacesRead | null = null;
  let kinds: ParentKinds | null = null;
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const { where: filters, references } = readFilters(target, input, 'every');
    const where = narrowed(target, references, [filters]);
    kinds = parentKinds(target, where);
    const counted = selectCount(target.table, where, caller.principal.id, true);
    const isAudited =
      isReadAudited(target, []) || references.some((one) => isReferenceAudited(target, one));
    read = isAudited ? placesRead(target, references) : null;
    const beside = kinds ? [kinds.statement] : read ? [selectPlacesOf(read, where)] : [];
    return [counted, ...beside];
  });
  const count = Number(results[0]?.rows[0]?.[0]);
  await auditParentKinds(store, kinds, 'count', results[1], { count });
  const recorded = read as PlacesRead | null;
  if (recorded) {
    await recordRead(store, caller, doctype, 'count', {
      count,
      ...needsOfPlaces(recorded, results[1]?.rows ?? []).said(),
      filters: namesOf(recorded.references),
    });
  }
  return count;
}

/** What the principal reaches of a doctype with fields that a question names, and meets it. */
export function narrowed(
  target: Target,
  references: readonly Reference[],
  conditions: readonly Where[],
): Where {
  const levels = new Set(references.flatMap(levelsNamed));
  return { kind: 'all', of: [reachable(target, levels, conditions), ...conditions] };
}

/** The names of references, each once. */
export function namesOf(references: readonly Reference[]): string[] {
  return [...new Set(references.map(({ name }) => name))];
}

function readFields(target: Target, input: unknown): Reference[] {
  const names = input === undefined || input === null ? ['name'] : input;
  if (!Array.isArray(names) || names.length === 0) {
    throw new Refusal('malformed', '`fields` is a list of field names, or ["*"].');
  }
  if (names.length === 1 && names[0] === '*') return readableColumns(target);
  const references = [...new Set(names)].map((name) => referenceFor(target, name));
  const ofRows = references.find(({ kind }) => kind === 'row');
  if (!ofRows) return references;
  const detail = `\`${ofRows.name}\` has a value for each row: read the document, or aggregate.`;
  throw new Refusal('bad_value', detail, {
    errors: [{ field: ofRows.name, code: 'bad_value', detail }],
  });
}

function readableColumns(target: Target): Reference[] {
  return [...target.table.columns.keys()].flatMap((name) => {
    try {
      return [referenceFor(target, name)];
    } catch (error) {
      // Secrets and closed levels are unknown, here as anywhere.
      if (error instanceof Refusal) return [];
      throw error;
    }
  });
}

function ownNames(shown: readonly Reference[]): string[] {
  return shown.flatMap(({ kind, name }) => (kind === 'own' ? [name] : []));
}

/** What the kernel needs to know of a row where levels differ, or where the read is recorded. */
function columnsOfDecision(target: Target, isAudited: boolean): readonly string[] | null {
  if (levelsOfEach(target) !== null && !isAudited) return null;
  return decidingColumns(target.moment, target.caller, 'read', target.table);
}

type Parts = ReturnType<typeof partsOfRow>;

function maskRows({ target, shown, linked, columns }: Plan, rows: readonly Parts[]) {
  const { world } = target.moment.policy;
  const request = readingOf(target);
  const uniform = levelsOfEach(target);
  return rows.map((row): WireDocument => {
    const document = pageDocument(target.table, columns, row.document);
    const levels =
      uniform ??
      openLevels(decide(world, { ...request, document: factsOf(target.table, document) }));
    const answer: Record<string, WireValue> = {};
    renderInto(answer, target.table, document.values, levels, ownNames(shown));
    for (const [index, reference] of linked.entries()) {
      const { isKnown, text } = row.linked[index] ?? { isKnown: false, text: null };
      // Absent where the link or what it leads to may not be read; a blank link leads to blanks.
      const isOpen = levelsNamed(reference).every((level) => levels.has(level));
      if (isKnown && isOpen) answer[reference.name] = wireValue(lastColumn(reference), text);
    }
    return answer;
  });
}

/** The documents that those on a page belong to; none of what belongs to nothing. */
function parentsOnPage({ target, columns }: Plan, rows: readonly Row[]): ParentName[] {
  const { governed_by: governance } = target.doctype;
  if (!governance) return [];
  return rows.map((row) => {
    const { values } = pageDocument(target.table, columns, row);
    return parentNameOf(governance, values);
  });
}

/** Also of no rows: that nobody earns more than so much is an answer too. */
async function auditList(
  store: Store,
  caller: Caller,
  { target, shown, columns, filtered, ordered, isAudited }: Plan,
  rows: readonly Row[],
  total: number | null,
): Promise<void> {
  if (!isAudited) return;
  const references = [...shown, ...filtered, ...ordered];
  await recordRead(store, caller, target.doctype.name, 'list', {
    fields: namesOf(shown),
    count: rows.length,
    ...(total === null ? {} : { total }),
    names: rows.map((row) => row[0] ?? null),
    ...needsOfRows({ target, columns, references }, rows).said(),
    filters: namesOf(filtered),
    order: namesOf(ordered),
  });
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
