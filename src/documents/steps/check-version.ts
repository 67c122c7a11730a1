/** Compares the version token: nobody overwrites what they have not seen. */
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';

/** `version_conflict` where the document changed since the caller read it: by whom, and to what. */
export function checkVersion(work: WriteWork): void {
  if (work.expectedModified === null || !work.before) return;
  const { modified, modified_by } = work.before.values;
  if (work.expectedModified === modified) return;
  // Whoever comes here may read it: every action on a document implies that.
  const detail = `${work.doctype.name} was changed since you read it, by ${modified_by}. Read it again.`;
  const now = `It is now \`${modified}\`.`;
  throw new Refusal('version_conflict', detail, {
    errors: [{ field: 'modified', code: 'version_conflict', detail: now }],
  });
}

/** Child rows are replaced as a list: without the token, rows could be lost unseen. */
export function requireVersionForRows(work: WriteWork, replacesRows: boolean): void {
  if (replacesRows && work.expectedModified === null) {
    throw new Refusal(
      'version_required',
      'Send `modified`, or the header If-Match, when you replace rows of a table.',
    );
  }
}
