/** Brings the values of an earlier version back, as an ordinary change of what is there now. */

import { openLevels } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { isColumn } from '../../doctype/definition.ts';
import type { WireValue } from '../../doctype/values.ts';
import type { Table } from '../../store/table.ts';
import { askHistory, selectVersions } from '../../store/versions.ts';
import { decideHistory, documentAt, versionsSince } from '../versions/document-at.ts';
import type { WriteWork } from '../work.ts';
import { maskDocument, type WireDocument } from './mask-answer.ts';
import { namingField } from './name-anew.ts';

/**
 * Turns the version asked for into what is written: each field that the caller may read and that
 * was something else. One that they may not write is refused by the steps that follow, which name
 * it; what they may not read keeps its value, and so does what the system works out by itself.
 */
export async function restoreVersion(work: WriteWork): Promise<void> {
  const { before, table, expectedModified } = work;
  if (!before) throw new Error('nothing was loaded');
  if (expectedModified === null) {
    const detail = 'Send `modified`, or the header If-Match, to restore a version.';
    throw new Refusal('version_required', detail);
  }
  const { version } = work.input as { readonly version: number };
  const name = String(before.values['name']);
  const [, result] = await work.transaction.run(
    'read',
    askHistory(table, name),
    selectVersions(table, versionsSince(version)),
  );
  const present = maskDocument(work, before, work.decision);
  const isGoverned = work.doctype.governed_by !== undefined;
  const decision = isGoverned ? work.decision : decideHistory(work, before, undefined);
  if (present === null || !decision) throw new Error('what was loaded could not be read');
  const levels = openLevels(decision);
  const was = documentAt(work, { present, stored: before, levels, result, version }).document;
  work.restores = version;
  work.input = changesTo(was, present, before.tables, table);
}

function changesTo(
  was: WireDocument,
  present: WireDocument,
  rows: NonNullable<WriteWork['before']>['tables'],
  table: Table,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const { fieldname, read_only } of table.doctype.fields.filter(isColumn)) {
    // What was renamed keeps its name.
    if (read_only || fieldname === namingField(table) || !(fieldname in was)) continue;
    if (isSame(was[fieldname], present[fieldname])) continue;
    input[fieldname] = was[fieldname];
  }
  for (const { field, table: child } of table.children) {
    const { fieldname } = field;
    if (field.read_only || !(fieldname in was) || isSame(was[fieldname], present[fieldname])) {
      continue;
    }
    const there = new Set((rows[fieldname] ?? []).map((row) => row['name']));
    input[fieldname] = (was[fieldname] as readonly WireDocument[]).map((row) =>
      rowInput(child, row, there.has(String(row['name']))),
    );
  }
  return input;
}

/** A row that is there no more comes back as a new one. */
function rowInput(table: Table, row: WireDocument, isThere: boolean): Record<string, unknown> {
  const given = table.doctype.fields
    .filter((field) => isColumn(field) && !field.read_only && field.fieldname in row)
    .map(({ fieldname }) => [fieldname, row[fieldname]]);
  return { ...(isThere ? { name: row['name'] } : {}), ...Object.fromEntries(given) };
}

function isSame(one: WireValue | undefined, other: WireValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
