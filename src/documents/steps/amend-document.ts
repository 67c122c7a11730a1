/** Makes the new draft of a cancelled document. */

import { decide, openLevels } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { randomId } from '../../base/random.ts';
import type { Field } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import type { StoredDocument, StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { freshRows } from './apply-input.ts';

export const AMENDED_FROM = 'amended_from';

/** Copies what may be copied and what the person may read: an amendment is no way to see more. */
export function applyAmendment(work: WriteWork): void {
  const { before, table } = work;
  if (!before) throw new Error('nothing was loaded');
  const levels = readableLevels(work, before);
  const mayCopy = (field: Field | null): boolean =>
    field !== null &&
    !field.no_copy &&
    levels.has(field.level ?? 0) &&
    sensitivityOf(field) !== 'secret';
  const fresh = freshRows(work);
  const copy = (source: StoredValues, from: Table) => {
    const values: Record<string, StoredValues[string]> = { ...fresh(from) };
    for (const { name, field } of from.columns.values()) {
      if (mayCopy(field)) values[name] = source[name] ?? null;
    }
    return values;
  };
  const original = String(before.values['name']);
  work.after = { values: copy(before.values, table), tables: {} };
  Object.assign(work.after.values, {
    name: nextName(original, before.values[AMENDED_FROM] ?? null),
    owner: work.caller.principal.id,
    creation: work.transaction.opening.at,
    docstatus: 0,
    [AMENDED_FROM]: original,
  });
  for (const { field, table: child } of table.children) {
    const rows = mayCopy(field) ? (before.tables[field.fieldname] ?? []) : [];
    work.after.tables[field.fieldname] = rows.map((row, index) => ({
      ...copy(row, child),
      name: randomId(12),
      idx: index + 1,
    }));
  }
  work.name = String(work.after.values['name']);
  // From here on it is a new document: links and fields are checked as for any other.
  work.before = null;
  work.decision = null;
}

function readableLevels(work: WriteWork, before: StoredDocument): ReadonlySet<number> {
  if (!work.table.columns.has(AMENDED_FROM)) {
    throw new Refusal('invalid_document', `${work.doctype.name} has no field \`${AMENDED_FROM}\`.`);
  }
  return openLevels(
    decide(work.moment.policy.world, {
      principal: work.caller.principal,
      action: 'read',
      doctype: work.doctype.name,
      document: factsOf(work.table, before),
      now: work.moment.now,
    }),
  );
}

/** INV-1 becomes INV-1-1, and that INV-1-2. */
function nextName(original: string, amendedFrom: StoredValues[string]): string {
  const counted = amendedFrom === null ? null : /^(.*)-(\d+)$/.exec(original);
  return counted ? `${counted[1]}-${Number(counted[2]) + 1}` : `${original}-1`;
}
