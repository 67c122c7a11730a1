/** Decides on what belongs to another document, by the kernel's decision on that one alone. */
import {
  type Action,
  ceilingsLeave,
  type Decision,
  decide,
  decideForGoverned,
  GUEST,
  needOf,
} from '../../authz/index.ts';
import { notFound, Refusal } from '../../base/errors.ts';
import type { Governance } from '../../doctype/definition.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { documentFrom, type StoredValues, selectDocument } from '../../store/read-documents.ts';
import { forbidden } from '../steps/forbidden.ts';
import { ACTION_OF, factsOf, type Target, type WriteWork } from '../work.ts';
import { isFieldOpen } from './open-field.ts';
import { parentTarget } from './parents.ts';
import { openWith } from './reach.ts';

/** The document that another belongs to, as the caller reads it. */
type Parent = {
  readonly target: Target;
  readonly reading: Decision;
  readonly request: Omit<Parameters<typeof decide>[1], 'action'>;
};

/** What is brought in from elsewhere would say who wrote it; and nobody writes unnamed. */
export function decideMayAdd(work: WriteWork): void {
  const action = ACTION_OF[work.operation];
  const { principal } = work.caller;
  const isLeft = ceilingsLeave(work.moment.policy.world, principal, action, work.doctype.name);
  if (action === 'create' && principal.id !== GUEST && isLeft) return;
  throw forbidden(action, work.doctype.name);
}

/** Decides on the stored one. Who may not read what it belongs to, or its field, finds nothing. */
export async function decideGovernedBefore(work: WriteWork, governance: Governance): Promise<void> {
  const { before, doctype, moment, caller } = work;
  const { principal } = caller;
  const missing = notFound(doctype.name, work.name ?? '');
  if (!before) throw missing;
  const parent = await parentOf(work, governance, before.values);
  const isLeft = ceilingsLeave(moment.policy.world, principal, 'read', doctype.name);
  if (
    !parent ||
    !isLeft ||
    !isFieldOpen(governance, before.values, parent.target.doctype, parent.reading)
  ) {
    throw missing;
  }
  const action = ACTION_OF[work.operation];
  if (!mayChange(governance, before.values, principal.id, action)) {
    throw forbidden(action, doctype.name);
  }
  permit(work, parent, neededToChange(governance), before.version);
  requireField(governance, before.values, parent, neededToChange(governance), work);
}

/** Decides on a new one: what it names has to be there for whoever adds to it. */
export async function decideGovernedNew(work: WriteWork, governance: Governance): Promise<void> {
  const { values } = work.after;
  const parent = await parentOf(work, governance, values);
  if (!parent) throw parentNotFound(governance, values);
  requireField(governance, values, parent, governance.add, work);
  permit(work, parent, governance.add, 0);
}

/** What it belongs to is set once, and a field of that may be named later. */
export async function decideGovernedChanged(work: WriteWork, governance: Governance) {
  const parent = await parentOf(work, governance, work.after.values);
  if (!parent) throw parentNotFound(governance, work.after.values);
  requireField(governance, work.after.values, parent, neededToChange(governance), work);
}

/** What changing one takes of the document that it belongs to. */
export function neededToChange({ changed_by = [] }: Governance): 'read' | 'write' {
  return changed_by.length > 0 ? 'read' : 'write';
}

function mayChange(
  { changed_by = [] }: Governance,
  values: StoredValues,
  me: string,
  action: Action,
): boolean {
  if (action !== 'write' && action !== 'delete') return false;
  return changed_by.length === 0 || changed_by.some((name) => values[name] === me);
}

function permit(work: WriteWork, parent: Parent, action: 'read' | 'write', version: number): void {
  const { doctype, moment, operation, after, before } = work;
  const name = String((before ?? after).values['name']);
  const governed = { action: ACTION_OF[operation], doctype: doctype.name, name, version };
  const found = decideForGoverned(moment.policy.world, { ...parent.request, action }, governed);
  if (!found.permit) throw forbidden(governed.action, doctype.name);
  work.decision = openWith(found.decision);
  work.permit = found.permit;
  work.needs.add(needOf(found.decision));
}

/** Null where it is hidden or missing, which run the same statements where its doctype is known. */
async function parentOf(
  work: WriteWork,
  { doctype_field, name_field }: Governance,
  values: StoredValues,
): Promise<Parent | null> {
  const name = String(values[name_field] ?? '');
  const target = parentTarget(work, String(values[doctype_field] ?? ''));
  if (!target || !isStorableText(name)) return null;
  const [result] = await work.transaction.run('read', selectDocument(target.table, name));
  const stored = documentFrom(target.table, result);
  if (!stored) return null;
  const request = {
    principal: work.caller.principal,
    doctype: target.doctype.name,
    document: factsOf(target.table, stored),
    now: work.moment.now,
  };
  const reading = decide(work.moment.policy.world, { ...request, action: 'read' });
  return reading.allowed ? { target, reading, request } : null;
}

/** Throws where it names a field that the caller may not read there, or not do this with. */
function requireField(
  governance: Governance,
  values: StoredValues,
  parent: Parent,
  action: 'read' | 'write',
  { moment, doctype }: WriteWork,
): void {
  if (!isFieldOpen(governance, values, parent.target.doctype, parent.reading)) {
    const field = governance.field_field ?? '';
    const detail = `There is no field \`${String(values[field])}\`.`;
    throw new Refusal('unknown_field', detail, {
      errors: [{ field, code: 'unknown_field', detail }],
    });
  }
  const decision = decide(moment.policy.world, { ...parent.request, action });
  if (decision.allowed && !isFieldOpen(governance, values, parent.target.doctype, decision)) {
    throw forbidden('write', doctype.name);
  }
}

/** The same for what is hidden and what is not there. */
function parentNotFound({ doctype_field, name_field }: Governance, values: StoredValues): Refusal {
  const detail = `${String(values[doctype_field])} \`${String(values[name_field])}\` was not found.`;
  return new Refusal('link_not_found', detail, {
    errors: [{ field: name_field, code: 'link_not_found', detail }],
  });
}
