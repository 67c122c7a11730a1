/**
 * Which documents that belong to others the caller may read: those of documents that they may
 * read, by the kernel's own filter on those.
 */
import {
  type Action,
  ceilingsLeave,
  type Decision,
  type Filter,
  listFilter,
} from '../../authz/index.ts';
import type { Governance } from '../../doctype/definition.ts';
import { fieldsByLevel } from '../../doctype/fields-by-level.ts';
import { selectPage } from '../../store/read-documents.ts';
import type { Result, Statement } from '../../store/statement.ts';
import type { Where } from '../../store/where.ts';
import type { Target } from '../work.ts';
import { parentTargets } from './parents.ts';

/** All of what belongs to a document is open with it. */
export const OPEN_LEVELS: ReadonlySet<number> = new Set([0]);

/** As good as a decision of the kernel, of what it has let through with the document it is of. */
export function openWith(decision: Pick<Decision, 'because'> = { because: [] }): Decision {
  return { allowed: true, because: decision.because, missing: [], levels: OPEN_LEVELS };
}

/**
 * The condition on documents of the target. What the question itself asks of the parents' doctype
 * spares the others; it never adds one.
 */
export function governedReach(target: Target, question: readonly Where[] = []): Where {
  const { doctype, caller, moment } = target;
  const { governed_by: governance } = doctype;
  if (!governance) throw new Error(`${doctype.name} belongs to nothing`);
  const { world } = moment.policy;
  if (!ceilingsLeave(world, caller.principal, 'read', doctype.name)) return NOTHING;
  const asked = namedBy(governance.doctype_field, { kind: 'all', of: question });
  const parents = parentTargets(target).filter(
    (parent) => asked === null || asked.has(parent.doctype.name),
  );
  return { kind: 'any', of: parents.map((parent) => belongsTo(governance, parent)) };
}

const NOTHING: Where = { kind: 'any', of: [] };

function belongsTo(governance: Governance, parent: Target): Where {
  const { doctype_field, name_field, field_field } = governance;
  const named: Filter = { kind: 'one-of', field: doctype_field, values: [parent.doctype.name] };
  const readable = (level?: number): Where => {
    const where = readableAt(parent, 'read', level);
    return { kind: 'belongs', field: name_field, to: parent.table, where };
  };
  if (field_field === undefined) return { kind: 'all', of: [named, readable()] };
  const blank: Filter = { kind: 'blank', field: field_field };
  const byLevel = [...fieldsByLevel(parent.doctype)].map(([level, fields]): Where => {
    const ofFields: Filter = { kind: 'one-of', field: field_field, values: fields };
    return { kind: 'all', of: [ofFields, readable(level)] };
  });
  const open: Where = { kind: 'any', of: [{ kind: 'all', of: [blank, readable()] }, ...byLevel] };
  return { kind: 'all', of: [named, open] };
}

/** The kernel's filter on documents that the caller may do this with, where a level is open. */
export function readableAt({ caller, moment, doctype }: Target, action: Action, level?: number) {
  const request = { principal: caller.principal, action, doctype: doctype.name, now: moment.now };
  return listFilter(moment.policy.world, request, level);
}

/** The values of a field that a condition leaves; null where it leaves any. */
function namedBy(field: string, where: Where): ReadonlySet<unknown> | null {
  if (where.kind === 'one-of' && where.field === field) return new Set(where.values);
  if (where.kind !== 'all' && where.kind !== 'every') return null;
  for (const part of where.of) {
    const named = namedBy(field, part);
    if (named) return named;
  }
  return null;
}

/** Brings the document's name where the caller may read it; goes with the one that reads it. */
export function selectReadable(target: Target, name: string): Statement {
  const named: Filter = { kind: 'one-of', field: 'name', values: [name] };
  return selectPage({
    ...{ table: target.table, columns: ['name'], me: target.caller.principal.id, orderBy: [] },
    where: { kind: 'all', of: [named, governedReach(target)] },
    ...{ limit: 1, offset: 0 },
  });
}

/** What that statement says: a decision to read, or null. */
export function readableFrom(result: Result | undefined): Decision | null {
  return result?.rows.length === 1 ? openWith() : null;
}
