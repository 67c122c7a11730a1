/** Loads the document and decides on it as it stands. */
import { type Action, decide, decideForPermit, levelsAnywhere, needOf } from '../../authz/index.ts';
import { notFound } from '../../base/errors.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { documentFrom, selectDocument } from '../../store/read-documents.ts';
import { decideGovernedBefore, decideMayAdd } from '../governed/decide.ts';
import { ACTION_OF, factsOf, renameInput, type WriteWork } from '../work.ts';
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
 * amendment needs `amend` on the document that is amended; a merge, `delete` on the one that goes.
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
  const action = actionBefore(work);
  const { decision, permit } = decideForPermit(world, { ...request, action }, before.version);
  if (!permit) throw forbidden(action, table.doctype.name);
  work.decision = decision;
  work.needs.add(needOf(decision));
  work.permit = permit;
}

/** What is done to the document as it stands: one that is merged into another goes. */
function actionBefore(work: WriteWork): Action {
  if (work.operation === 'amend') return 'amend';
  if (work.operation === 'rename' && renameInput(work).merge) return 'delete';
  return ACTION_OF[work.operation];
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
