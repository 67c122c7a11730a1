/** The new name of a document, or the one that it is merged into. */
import { decide, decideForPermit, needOf } from '../../authz/index.ts';
import { notFound, Refusal } from '../../base/errors.ts';
import { checkName } from '../../doctype/document-name.ts';
import { ValueError } from '../../doctype/value-error.ts';
import { documentFrom, type StoredValues, selectDocument } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { factsOf, renameInput, type WriteWork } from '../work.ts';
import { forbidden } from './forbidden.ts';

/** Binds everybody: only drafts of doctypes whose definition says that they are renamed. */
export function guardRename({ doctype, before }: WriteWork): void {
  if (!doctype.allow_rename || doctype.name === 'User') {
    throw new Refusal('forbidden', `A ${doctype.name} keeps its name.`);
  }
  if (before?.values['docstatus'] !== 0) throw submitted();
}

/**
 * Sets what the document will be. Merging, the other has to be there and to be one that the caller
 * may write: hidden or missing it is `not_found`. Else nothing may have the name: `duplicate`, and
 * so it is where only a scope or a tree speaks of it, as whoever holds that would get the document.
 */
export async function nameAnew(work: WriteWork): Promise<void> {
  const { merge } = renameInput(work);
  const from = String(work.before?.values['name']);
  const to = checkedName(work);
  if (to === from) throw badName('is its name already.');
  work.renaming = { dimension: work.doctype.name, value: from, to, merges: merge };
  if (merge) return await loadInto(work, to);
  if (isSpokenOf(work, to)) {
    const detail = 'Another document has this name already.';
    throw new Refusal('duplicate', detail, {
      errors: [{ field: 'name', code: 'duplicate', detail }],
    });
  }
  const named = namingField(work.table);
  const values = renamedLinks(work, work.before?.values ?? {});
  work.after = {
    values: { ...values, name: to, ...(named === null ? {} : { [named]: to }) },
    tables: { ...work.before?.tables } as WriteWork['after']['tables'],
  };
  if (named !== null) work.given.add(named);
}

/** The field that a document is named after, which goes with the name; null where none is. */
export function namingField({ doctype }: Table): string | null {
  const field = /^field:(.+)$/.exec(doctype.autoname ?? '')?.[1];
  return field ?? null;
}

function checkedName(work: WriteWork): string {
  try {
    return checkName(renameInput(work).name);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw badName(error.message);
  }
}

async function loadInto(work: WriteWork, name: string): Promise<void> {
  const { table, caller, moment, doctype } = work;
  const [result] = await work.transaction.run('read', selectDocument(table, name));
  const into = documentFrom(table, result);
  if (!into) throw notFound(doctype.name, name);
  const request = {
    ...{ principal: caller.principal, doctype: doctype.name },
    ...{ document: factsOf(table, into), now: moment.now },
  };
  const { world } = moment.policy;
  if (!decide(world, { ...request, action: 'read' }).allowed) throw notFound(doctype.name, name);
  if (into.values['docstatus'] !== 0) throw submitted();
  const { decision, permit } = decideForPermit(
    world,
    { ...request, action: 'write' },
    into.version,
  );
  if (!permit) throw forbidden('write', doctype.name);
  work.needs.add(needOf(decision));
  work.into = { document: into, decision, permit };
  work.after = {
    values: { ...renamedLinks(work, into.values) },
    tables: { ...into.tables } as WriteWork['after']['tables'],
  };
}

/** Links to the document from itself, or from what it is merged into. */
function renamedLinks({ table, renaming }: WriteWork, values: StoredValues): StoredValues {
  const own = table.doctype.fields.filter(
    ({ fieldname, fieldtype, options }) =>
      fieldtype === 'Link' &&
      options === table.doctype.name &&
      values[fieldname] === renaming?.value,
  );
  const to = renaming?.to ?? null;
  return { ...values, ...Object.fromEntries(own.map(({ fieldname }) => [fieldname, to])) };
}

/** True where the permissions know a value of this name. */
function isSpokenOf({ moment, doctype }: WriteWork, name: string): boolean {
  const { trees, grants, authorities, shares } = moment.policy.world.source;
  return (
    trees.some(({ dimension, parents }) => dimension === doctype.name && parents.has(name)) ||
    shares.some((share) => share.doctype === doctype.name && share.document === name) ||
    [...grants, ...authorities].some(({ scope }) =>
      scope.some(({ dimension, value }) => dimension === doctype.name && value === name),
    )
  );
}

function badName(message: string): Refusal {
  const errors = [{ field: 'name', code: 'bad_value' as const, detail: message }];
  return new Refusal('bad_value', `\`name\` ${message}`, { errors });
}

function submitted(): Refusal {
  return new Refusal('submitted', 'Only drafts are renamed.');
}
