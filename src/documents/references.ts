/**
 * Fields as questions name them: `grand_total`, through links `customer.territory`, of rows
 * `items.item_code`. Each is looked at here before anything is asked of it.
 */
import {
  ALWAYS,
  every,
  type Filter,
  levelsAnywhere,
  levelsEverywhere,
  listFilter,
  matches,
  uniformLevels,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { sensitivityOf } from '../doctype/table-name.ts';
import type { ColumnPath, PathStep } from '../store/column-path.ts';
import type { Child, Column, Table } from '../store/table.ts';
import type { Where } from '../store/where.ts';
import { governedReach, OPEN_LEVELS } from './governed/reach.ts';
import { isReadAudited } from './steps/read-audit.ts';
import { resolveDoctype } from './steps/resolve-doctype.ts';
import type { Target } from './work.ts';

export type Reference =
  | { readonly kind: 'own'; readonly name: string; readonly column: Column }
  /** A field of the document that a link leads to. */
  | {
      readonly kind: 'linked';
      readonly name: string;
      readonly column: Column;
      readonly to: Target;
      readonly rest: Reference;
    }
  /** A field of the rows of a table field. */
  | {
      readonly kind: 'row';
      readonly name: string;
      readonly child: Child;
      readonly rest: Reference;
    };

/**
 * What a name stands for, where the caller may know of it: a field whose level is open nowhere, a
 * secret, one behind a doctype that is not visible, and one that does not exist are all
 * `unknown_field`.
 */
export function referenceFor(target: Target, name: unknown): Reference {
  const path = typeof name === 'string' ? name.split('.') : [];
  const found = find(target, target.table, path, String(name), 0);
  if (found === null) throw unknownField(name);
  return found;
}

/** The column of the document itself behind a name; any other name is `unknown_field`. */
export function columnFor(target: Target, name: unknown): Column {
  const column = typeof name === 'string' ? openColumn(target, target.table, name) : null;
  if (column === null) throw unknownField(name);
  return column;
}

function find(
  target: Target,
  table: Table,
  [head = '', ...tail]: readonly string[],
  name: string,
  links: number,
): Reference | null {
  const child = table.children.find(({ field }) => field.fieldname === head);
  if (child && tail.length > 0) {
    if (!isOpenLevel(target, child.field.level ?? 0)) return null;
    const rest = find(target, child.table, tail, name, links);
    return rest && { kind: 'row', name, child, rest };
  }
  const column = openColumn(target, table, head);
  if (column === null) return null;
  if (tail.length === 0) return { kind: 'own', name, column };
  const to = links < LIMITS.linksFollowedMax ? targetOf(target, column) : null;
  const rest = to && find(to, to.table, tail, name, links + 1);
  // Rows of the linked document would be those of any number of documents at once.
  return rest && rest.kind !== 'row' ? { kind: 'linked', name, column, to, rest } : null;
}

function openColumn(target: Target, table: Table, name: string): Column | null {
  const column = table.columns.get(name);
  if (!column) return null;
  if (!column.field) return column;
  const isSecret = sensitivityOf(column.field) === 'secret';
  return !isSecret && isOpenLevel(target, column.field.level ?? 0) ? column : null;
}

/** The doctype that a link leads to; null where there is none that the caller may know of. */
function targetOf({ caller, moment }: Target, { field }: Column): Target | null {
  if (field?.fieldtype !== 'Link' || !field.options) return null;
  try {
    return resolveDoctype(caller, moment, field.options);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function isOpenLevel(target: Target, level: number): boolean {
  const levels = levelsOf(target);
  // Somebody with no scope at all sees no rows; the standard fields' level shows the rest.
  return levels.size === 0 ? level === 0 : levels.has(level);
}

const levelsByTarget = new WeakMap<Target, ReadonlySet<number>>();

/** Levels that are open anywhere, worked out once for all fields of a request. */
function levelsOf(target: Target): ReadonlySet<number> {
  const known = levelsByTarget.get(target);
  if (known) return known;
  const { world } = target.moment.policy;
  const levels = target.doctype.governed_by
    ? OPEN_LEVELS
    : levelsAnywhere(world, readingOf(target));
  levelsByTarget.set(target, levels);
  return levels;
}

/** What the kernel is asked for whoever reads documents of the target. */
export function readingOf({ caller, doctype, moment }: Target) {
  const { now } = moment;
  return { principal: caller.principal, action: 'read' as const, doctype: doctype.name, now };
}

/**
 * Which documents a list, count or search may speak of, by the principal's grants alone. Of what
 * belongs to others, a question that names their doctype spares the rest.
 */
export function reachable(
  target: Target,
  levels: Iterable<number>,
  question: readonly Where[] = [],
): Where {
  if (target.doctype.governed_by) return governedReach(target, question);
  const request = readingOf(target);
  const { world } = target.moment.policy;
  const everywhere = levelsEverywhere(world, request);
  return every([
    listFilter(world, request),
    // A field narrows the rows to those where it is readable, where that is not all of them.
    ...[...levels]
      .filter((level) => !everywhere.has(level))
      .map((level) => listFilter(world, request, level)),
  ]);
}

/** The levels that are open on all documents of the target alike; null where that differs. */
export function levelsOfEach(target: Target): ReadonlySet<number> | null {
  if (target.doctype.governed_by) return OPEN_LEVELS;
  return uniformLevels(target.moment.policy.world, readingOf(target));
}

/** The level that a column narrows rows to; whoever reads a document sees its standard fields. */
export function levelsIn(column: Column | undefined): readonly number[] {
  return column?.field ? [column.field.level ?? 0] : [];
}

/** The levels of the document itself that a reference narrows to; rows are read with it. */
export function levelsNamed(reference: Reference): readonly number[] {
  if (reference.kind !== 'row') return levelsIn(reference.column);
  return [reference.child.field.level ?? 0, ...levelsNamed(reference.rest)];
}

/** The column at the end of a reference. */
export function lastColumn(reference: Reference): Column {
  return reference.kind === 'own' ? reference.column : lastColumn(reference.rest);
}

/** The doctypes that a reference leads to through links. */
export function linkedTargets(reference: Reference): readonly Target[] {
  if (reference.kind === 'own') return [];
  const further = linkedTargets(reference.rest);
  return reference.kind === 'linked' ? [reference.to, ...further] : further;
}

/**
 * Where a condition on the last column holds for a document of the target. Through a link, only
 * documents count that the principal may read with the field; a blank link is as if all of its
 * fields were blank. Of rows, one has to meet it.
 */
export function whereOf(reference: Reference, condition: Filter, me: string): Where {
  if (reference.kind === 'own') return condition;
  const where = whereOf(reference.rest, condition, me);
  if (reference.kind === 'row') return { kind: 'some-row', child: reference.child, where };
  const { to, rest, column } = reference;
  return {
    kind: 'linked',
    field: column.name,
    to: to.table,
    where: { kind: 'all', of: [reachable(to, levelsNamed(rest)), where] },
    ofBlank: matches(condition, {}, me),
  };
}

/** The way to a reference's column, as statements go it; of rows, by those that meet `ofRows`. */
export function pathOf(reference: Reference, ofRows: Where = ALWAYS): ColumnPath {
  if (reference.kind === 'own') return { steps: [], column: reference.column };
  const { steps, column } = pathOf(reference.rest);
  return { steps: [stepOf(reference, ofRows), ...steps], column };
}

function stepOf(reference: Exclude<Reference, { kind: 'own' }>, where: Where): PathStep {
  if (reference.kind === 'row') {
    const { child } = reference;
    return { kind: 'rows', key: child.field.fieldname, child, where };
  }
  const { to, rest, column: link } = reference;
  const levels = levelsNamed(rest);
  // Fields of several levels are not open on the same documents.
  const key = `${link.name} ${levels}`;
  return { kind: 'link', key, link, to: to.table, reach: reachable(to, levels) };
}

/** True where a read that shows this field, or filters or orders by it, is recorded. */
export function isReferenceAudited(target: Target, reference: Reference): boolean {
  if (isColumnPersonal(reference)) return true;
  const targets = [target, ...linkedTargets(reference)];
  return targets.some((one) => isReadAudited(one, []));
}

function isColumnPersonal(reference: Reference): boolean {
  const isPersonal = (field: Column['field']): boolean =>
    field !== null && sensitivityOf(field) === 'personal';
  if (reference.kind === 'own') return isPersonal(reference.column.field);
  const first = reference.kind === 'row' ? reference.child.field : reference.column.field;
  return isPersonal(first) || isColumnPersonal(reference.rest);
}

function unknownField(name: unknown): Refusal {
  const field = String(name).slice(0, 140);
  const detail = `There is no field \`${field}\`.`;
  return new Refusal('unknown_field', detail, {
    errors: [{ field, code: 'unknown_field', detail }],
  });
}
