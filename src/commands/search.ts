/** `search`: as whoever asks, by their own grants; the use is audited by counts only. */
import type { SearchCommand } from '../cli/actions.ts';
import type { Found } from '../documents/documents.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** The best documents, in their order. */
export async function search(root: Root, command: SearchCommand): Promise<readonly Found[]> {
  const { text, doctype, limit, as } = command;
  return await withCaller(root, as, async (system, caller) => {
    const found = await system.documents.search(caller, {
      text,
      ...(doctype === undefined ? {} : { doctype }),
      ...(limit === undefined ? {} : { limit }),
    });
    await noteUse(system, caller, 'search', { count: found.length }, { doctype });
    return found;
  });
}
