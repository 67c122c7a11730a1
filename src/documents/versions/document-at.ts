/** A document as it was: what it is now, without the changes since. */

import { type Decision, decide } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { WireValue } from '../../doctype/values.ts';
import type { StoredDocument } from '../../store/read-documents.ts';
import type { Result } from '../../store/statement.ts';
import type { Table } from '../../store/table.ts';
import { type StoredVersion, type VersionQuery, versionsFrom } from '../../store/versions.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import { factsOf, type Target } from '../work.ts';
import type { Difference } from './difference.ts';
import { blanksOf, maskDifference } from './mask-difference.ts';
import { undo } from './undo.ts';

/** One more than are gone back through, so that too many of them show. Throws `bad_value`. */
export function versionsSince(version: number): VersionQuery {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new Refusal('bad_value', 'A version is a whole number from 1 on.');
  }
  return { from: version, limit: LIMITS.versionsBackMax + 1, offset: 0 };
}

/**
 * Decides whether the caller may read the history: by the document as it is now, or as it was
 * when it was removed. Null where there is none, or none that the store lets them see.
 */
export function decideHistory(
  { moment, caller, doctype, table }: Target,
  stored: StoredDocument | null,
  newest: StoredVersion | undefined,
): Decision | null {
  const facts = stored ? factsOf(table, stored) : lastFacts(table, newest);
  if (facts === null) return null;
  return decide(moment.policy.world, {
    principal: caller.principal,
    action: 'read',
    doctype: doctype.name,
    document: facts,
    now: moment.now,
  });
}

/** What a document was when it was removed; null where its newest version does not say so. */
export function lastFacts(
  table: Table,
  newest: StoredVersion | undefined,
): Record<string, unknown> | null {
  if (newest?.action !== 'delete') return null;
  const { fields = {}, rows = {} } = newest.changes as Difference;
  const facts: Record<string, unknown> = {};
  for (const name of table.columns.keys()) facts[name] = fields[name]?.[0] ?? null;
  for (const { field, dimensions } of table.children) {
    if (dimensions.length === 0) continue;
    facts[field.fieldname] = (rows[field.fieldname]?.removed ?? []).map((row) =>
      Object.fromEntries(dimensions.map(({ name }) => [name, row[name] ?? null])),
    );
  }
  return facts;
}

export type AskedVersion = {
  /** The document as the caller may see it now; null where it is gone. */
  readonly present: WireDocument | null;
  readonly stored: StoredDocument | null;
  /** Levels of it that are open to the caller now. */
  readonly levels: ReadonlySet<number>;
  /** Of the statement of `selectVersions` with `versionsSince`. */
  readonly result: Result | undefined;
  readonly version: number;
};

/** A document as it was, and the version that made it so. */
export type DocumentAt = {
  readonly document: WireDocument;
  readonly version: StoredVersion;
};

/**
 * The document as the version left it, with the fields that the caller may read of it now. Throws
 * `not_found` where the version is not recorded, `too_large` where too many came after it, and
 * `invalid_document` where one after it is missing: then nobody knows what it was.
 */
export function documentAt(target: Target, asked: AskedVersion): DocumentAt {
  const { present, stored, levels, result, version } = asked;
  const versions = versionsFrom(result);
  const newest = versions[0];
  if (versions.length > LIMITS.versionsBackMax) {
    const most = LIMITS.versionsBackMax.toLocaleString('en');
    throw new Refusal('too_large', `More than ${most} changes came after version ${version}.`);
  }
  const found = versions.at(-1);
  const isGone = stored === null;
  if (found?.version !== version || (isGone && found === newest)) {
    throw new Refusal('not_found', `${target.doctype.name} has no version ${version}.`);
  }
  requireComplete(versions, stored);
  const blanks = blanksOf(target.table, levels);
  let document = present ?? blanks.document;
  for (const { changes } of versions.slice(0, -1)) {
    const seen = maskDifference(target.table, changes as Difference, levels);
    document = undo(document, seen, blanks.rows);
  }
  const told: Record<string, WireValue> = { ...document };
  Object.assign(told, { modified: found.at, modified_by: found.principal });
  return { document: told, version: found };
}

/** Each change adds one to the number: where one is not there, it was made beside the records. */
function requireComplete(versions: readonly StoredVersion[], stored: StoredDocument | null): void {
  const last = stored?.version ?? versions[0]?.version ?? 0;
  const isWhole = versions.every(({ version }, index) => version === last - index);
  if (isWhole) return;
  const detail = 'A change since then was not recorded: what it was is not known.';
  throw new Refusal('invalid_document', detail);
}
