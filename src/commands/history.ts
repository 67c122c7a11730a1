/** `history`: what was changed of a document, or what it was. */
import { LIMITS } from '../base/limits.ts';
import type { HistoryAnswer, HistoryQuestion } from '../cli/actions.ts';
import type { Version } from '../documents/documents.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** All pages of the versions, or the document as one of them left it. The use is audited. */
export async function history(root: Root, question: HistoryQuestion): Promise<HistoryAnswer> {
  const { doctype, name, version, as } = question;
  return await withCaller(root, as, async (system, caller) => {
    const { documents } = system;
    if (version !== undefined) {
      const document = await documents.version(caller, doctype, name, version);
      await noteUse(system, caller, 'history', { version }, { doctype, name });
      return { document };
    }
    const versions: Version[] = [];
    for (;;) {
      const page = { start: versions.length, limit: LIMITS.pageRowsMax };
      const found = await documents.versions(caller, doctype, name, page);
      versions.push(...found);
      if (found.length < page.limit) break;
    }
    const detail = { versions: versions.length };
    await noteUse(system, caller, 'history', detail, { doctype, name });
    return { versions };
  });
}
