/** Compares the version token: nobody overwrites what they have not seen. */
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';

/** `version_conflict` where the document changed since the caller read it. */
export function checkVersion(work: WriteWork): void {
  if (work.expectedModified === null || !work.before) return;
  if (work.expectedModified !== work.before.values['modified']) {
    throw new Refusal(
      'version_conflict',
      `${work.doctype.name} was changed since you read it. Read it again.`,
    );
  }
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
