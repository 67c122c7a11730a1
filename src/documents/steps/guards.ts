/** Guards bind everybody, whatever they hold. None of them reads grants. */
import { Refusal } from '../../base/errors.ts';
import type { Field } from '../../doctype/definition.ts';
import type { WriteWork } from '../work.ts';

const SUBMITTED = 1;
const CANCELLED = 2;

/** INVARIANT (submitted-is-immutable): only fields declared `after_submit` still change. */
export function guardUpdate(work: WriteWork): void {
  if (work.doctype.append_only) throw new Refusal('forbidden', 'Entries are never changed.');
  const status = work.before?.values['docstatus'];
  if (status === CANCELLED) throw refusal('A cancelled document cannot be changed. Amend it.');
  if (status !== SUBMITTED) return;
  const changed = changedFields(work).filter((name) => !mayChangeAfterSubmit(work, name));
  if (changed[0]) {
    throw refusal(`\`${changed[0]}\` cannot be changed after submit. Cancel and amend instead.`);
  }
}

/** A draft of a submittable doctype may be submitted, once. */
export function guardSubmit(work: WriteWork): void {
  requireSubmittable(work);
  if (work.before?.values['docstatus'] !== 0) throw refusal('Only a draft can be submitted.');
  work.after.values['docstatus'] = SUBMITTED;
}

/** Only a submitted document may be cancelled. */
export function guardCancel(work: WriteWork): void {
  requireSubmittable(work);
  if (work.before?.values['docstatus'] !== SUBMITTED) {
    throw refusal('Only a submitted document can be cancelled.');
  }
  work.after.values['docstatus'] = CANCELLED;
}

/** Only a cancelled document may be amended. */
export function guardAmend(work: WriteWork): void {
  requireSubmittable(work);
  if (work.before?.values['docstatus'] !== CANCELLED) {
    throw refusal('Only a cancelled document can be amended.');
  }
}

/** A submitted document is cancelled first, and entries of a log are never removed. */
export function guardDelete(work: WriteWork): void {
  if (work.doctype.append_only) throw new Refusal('forbidden', 'Entries are only ever added.');
  if (work.before?.values['docstatus'] === SUBMITTED) {
    throw refusal('A submitted document cannot be deleted. Cancel it first.');
  }
}

/** Entries of an append-only doctype are written by the system as things happen, by nobody else. */
export function guardCreate(work: WriteWork): void {
  if (work.doctype.append_only)
    throw new Refusal('forbidden', 'Entries are written by the system.');
}

/** Names of the columns and tables that differ between before and after. */
export function changedFields(work: WriteWork): string[] {
  const { before, after, table } = work;
  const names = [...table.columns.values()].filter(({ field }) => field).map(({ name }) => name);
  const changed = names.filter(
    (name) => (before?.values[name] ?? null) !== (after.values[name] ?? null),
  );
  for (const { field } of table.children) {
    if (before === null) {
      if ((after.tables[field.fieldname] ?? []).length > 0) changed.push(field.fieldname);
      continue;
    }
    const stored = JSON.stringify(before.tables[field.fieldname] ?? [], bigintText);
    if (stored !== JSON.stringify(after.tables[field.fieldname] ?? [], bigintText)) {
      changed.push(field.fieldname);
    }
  }
  return changed;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

function mayChangeAfterSubmit(work: WriteWork, name: string): boolean {
  return work.doctype.fields.some((field: Field) => field.fieldname === name && field.after_submit);
}

function requireSubmittable(work: WriteWork): void {
  if (!work.doctype.is_submittable) {
    throw new Refusal('invalid_document', `${work.doctype.name} is not submitted or cancelled.`);
  }
}

function refusal(detail: string): Refusal {
  return new Refusal('submitted', detail);
}
