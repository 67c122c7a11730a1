/** Decides on the document as it will be: nobody pushes a record out of a scope, or pulls one. */
import { type Decision, decide, decideForPermit, needOf } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { childDimensions } from '../../store/child-dimensions.ts';
import type { StoredDocument } from '../../store/read-documents.ts';
import { decideGovernedChanged, decideGovernedNew } from '../governed/decide.ts';
import { ACTION_OF, factsOf, type WriteWork } from '../work.ts';
import { checkFieldLevels, givenLevels } from './field-rule.ts';
import { forbidden } from './forbidden.ts';

/** For a new document: the decision, its permit, and the levels of all that was given. */
export async function decideNew(work: WriteWork): Promise<void> {
  const { governed_by: governance } = work.doctype;
  if (governance) {
    await decideGovernedNew(work, governance);
    return checkFieldLevels(work, work.decision ? [work.decision] : []);
  }
  const action = ACTION_OF[work.operation];
  const request = {
    principal: work.caller.principal,
    action,
    doctype: work.doctype.name,
    document: factsOf(work.table, work.after),
    now: work.moment.now,
  };
  const { decision, permit } = decideForPermit(work.moment.policy.world, request, 0);
  if (!permit) throw forbidden(action, work.doctype.name);
  // A document that comes in submitted needs the right to submit as well.
  const isSubmitted = work.after.values['docstatus'] !== 0;
  if (isSubmitted) {
    const submit = decide(work.moment.policy.world, { ...request, action: 'submit' });
    if (!submit.allowed) throw forbidden('submit', work.doctype.name);
    work.needs.add(needOf(submit));
  }
  work.decision = decision;
  work.permit = permit;
  checkFieldLevels(work, [decision]);
  work.needs.add(needOf(decision, givenLevels(work)));
}

/** For a changed document: covered before, and covered after. */
export async function decideChanged(work: WriteWork): Promise<void> {
  const decisions: Decision[] = work.decision ? [work.decision] : [];
  const { governed_by: governance } = work.doctype;
  if (governance) {
    await decideGovernedChanged(work, governance);
    return checkFieldLevels(work, decisions);
  }
  const action = ACTION_OF[work.operation];
  const after = decide(work.moment.policy.world, {
    principal: work.caller.principal,
    action,
    doctype: work.doctype.name,
    document: factsOf(work.table, work.after),
    now: work.moment.now,
  });
  if (!after.allowed) throw forbidden(action, work.doctype.name);
  const byGrant = [...decisions, after].every(isGranted);
  const moves = changesCell(work);
  if (!byGrant && moves) throw forbidden(action, work.doctype.name);
  checkFieldLevels(work, [...decisions, after]);
  if (moves) requireNothingOpened(work);
  const levels = givenLevels(work);
  for (const decision of [...decisions, after]) work.needs.add(needOf(decision, levels));
}

/**
 * INVARIANT (no-self-gain): a document that is moved shows whoever moves it no field that it did
 * not show them before.
 */
function requireNothingOpened({ before, after, caller, doctype, moment, table }: WriteWork): void {
  const levelsOf = (document: StoredDocument | WriteWork['after']): ReadonlySet<number> => {
    const about = { doctype: doctype.name, document: factsOf(table, document), now: moment.now };
    const ask = { ...about, principal: caller.principal, action: 'read' as const };
    return decide(moment.policy.world, ask).levels;
  };
  if (!before) return;
  const known = levelsOf(before);
  if (![...levelsOf(after)].every((level) => known.has(level))) {
    throw new Refusal(
      'self_gain',
      'There, you could read fields that are closed to you here. Somebody else has to move it.',
    );
  }
}

/** A share is for one document wherever it is, and so covers every place it could be moved to. */
export function isGranted({ because }: Decision): boolean {
  return because.some(({ kind }) => kind === 'grant');
}

function changesCell({ doctype, table, before, after }: WriteWork): boolean {
  const paths = (doctype.dimension_paths ?? []).filter(({ path }) => table.columns.has(path));
  if (paths.some(({ path }) => before?.values[path] !== after.values[path])) return true;
  const byRows = (tables: StoredDocument['tables']): string =>
    JSON.stringify(childDimensions(table, tables));
  return byRows(before?.tables ?? {}) !== byRows(after.tables);
}
