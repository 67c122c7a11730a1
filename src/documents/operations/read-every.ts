/** All documents of a doctype, whole. INVARIANT (complete-or-error): all of them, or an error. */
import { append } from '../../audit/append.ts';
import { listFilter, Needs, uniformLevels } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { documentsFrom, selectDocumentsAfter } from '../../store/read-documents.ts';
import type { Moment, ReadResults, Store } from '../../store/store.ts';
import { maskDocument, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { levelsOfAll, needsOfReading } from '../steps/read-need.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import type { Target } from '../work.ts';

export type EveryDocument = {
  /** The epoch at which all of them were read. */
  readonly epoch: number;
  /** When the first of them was read, as `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
  readonly at: string;
  readonly documents: readonly WireDocument[];
};

/** Documents of one round trip. */
const PAGE_ROWS = 500;

/**
 * Reads every document with its rows, by pages at one epoch. Throws `unknown_doctype`, `forbidden`
 * where the caller's grants do not open each field of each document there is or will be, and
 * `version_conflict` where permissions changed between two pages.
 */
export async function readEvery(
  store: Store,
  caller: Caller,
  doctype: string,
): Promise<EveryDocument> {
  const first = await page(store, caller, doctype, '0');
  const { epoch, at } = first.opening;
  const documents: WireDocument[] = [];
  const needs = new Needs();
  for (let read = first; ; ) {
    const target = resolveDoctype(caller, read, doctype);
    const stored = documentsFrom(target.table, read.results[0]);
    for (const one of stored) {
      const document = maskDocument(target, one);
      if (document === null) throw notAll(doctype);
      documents.push(document);
    }
    if (isEveryReadAudited(target)) needsOfReading(target, stored, levelsOfAll(target), needs);
    const last = stored.at(-1);
    if (last === undefined || stored.length < PAGE_ROWS) break;
    read = await page(store, caller, doctype, last.id);
    if (read.opening.epoch !== epoch) {
      throw new Refusal('version_conflict', 'Permissions changed meanwhile. Try again.');
    }
  }
  await audit(store, caller, first, doctype, documents.length, needs);
  return { epoch, at, documents };
}

async function page(store: Store, caller: Caller, doctype: string, afterId: string) {
  return await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const { table } = resolveDoctype(caller, moment, doctype);
    requireAll(caller, moment, doctype);
    return [selectDocumentsAfter(table, afterId, PAGE_ROWS)];
  });
}

/** Judged by the grants, not by counting: what is hidden is neither counted nor told. */
function requireAll(caller: Caller, moment: Moment, doctype: string): void {
  const { world, doctypes } = moment.policy;
  const { principal } = caller;
  const request = { principal, action: 'read' as const, doctype, now: moment.now };
  const levels = uniformLevels(world, request);
  const fields = doctypes.get(doctype)?.fields ?? [];
  const isWhole = fields.every(
    (field) => sensitivityOf(field) === 'secret' || levels?.has(field.level ?? 0) === true,
  );
  if (!isWhole || listFilter(world, request).kind !== 'always') throw notAll(doctype);
}

function notAll(doctype: string): Refusal {
  return new Refusal('forbidden', `Your grants do not let you read every ${doctype} in full.`);
}

async function audit(
  store: Store,
  caller: Caller,
  moment: ReadResults,
  doctype: string,
  count: number,
  needs: Needs,
): Promise<void> {
  if (!isEveryReadAudited(resolveDoctype(caller, moment, doctype))) return;
  const detail = { count, ...needs.said() };
  await append(store, caller.credential, auditSubject(caller), [
    { action: 'list', doctype, name: null, outcome: 'allowed', code: null, detail },
  ]);
}

function isEveryReadAudited(target: Target): boolean {
  return isReadAudited(
    target,
    target.doctype.fields.map(({ fieldname }) => fieldname),
  );
}
