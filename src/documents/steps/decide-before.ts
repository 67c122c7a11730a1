/** Loads the document and decides on it as it stands. */
import { decide, decideForPermit, levelsAnywhere, needOf } from '../../authz/index.ts';
import { notFound } from '../../base/errors.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { documentFrom, selectDocument } from '../../store/read-documents.ts';
import { decideGovernedBefore, decideMayAdd } from '../governed/decide.ts';
import { ACTION_OF, factsOf, type WriteWork } from '../work.ts';
import { forbidden } from './forbidden.ts';

/** Reads the stored document under the claim to read, so that a hidden row is a missing one. */
export async function loadBefore(work: WriteWork): Promise<void> {
  const name = work.name ?? '';
  // PostgreSQL's text cannot hold such a name, so no document has it.
  if (!isStorableText(name)) return;
  const [result] = await work.transaction.run('read', selectDocument(work.table, name));
  work.before = documentFrom(work.table, result);
}

/**
 * Hidden or missing: `not_found`. Readable, but the action is not permitted: `forbidden`. An
 * amendment needs `amend` on the document that is amended.
 */
export function decideBefore(work: WriteWork): void | Promise<void> {
  const { governed_by: governance } = work.doctype;
  if (governance) return decideGovernedBefore(work, governance);
  const { before, table, caller, moment } = work;
  if (!before) throw notFound(table.doctype.name, work.name ?? '');
  const request = {
    principal: caller.principal,
    doctype: table.doctype.name,
    document: factsOf(table, before),
    now: moment.now,
  };
  const { world } = moment.policy;
  if (!decide(world, { ...request, action: 'read' }).allowed) {
    throw notFound(table.doctype.name, work.name ?? '');
  }
  const action = work.operation === 'amend' ? 'amend' : ACTION_OF[work.operation];
  const { decision, permit } = decideForPermit(world, { ...request, action }, before.version);
  if (!permit) throw forbidden(action, table.doctype.name);
  work.decision = decision;
  work.needs.add(needOf(decision));
  work.permit = permit;
}

/** Creating is decided on the new document; where no rule could ever allow it, say so at once. */
export function decideMayCreate(work: WriteWork): void {
  const { caller, moment, doctype } = work;
  if (doctype.governed_by) {
    decideMayAdd(work);
    return;
  }
  const action = ACTION_OF[work.operation];
  const request = { principal: caller.principal, action, doctype: doctype.name, now: moment.now };
  if (levelsAnywhere(moment.policy.world, request).size === 0)
    throw forbidden(action, doctype.name);
}
