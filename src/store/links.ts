/** Whether anything links to a document, without saying what. */
import type { Statement } from './statement.ts';

export function linkExists(doctype: string, name: string): Statement {
  return { text: 'select sys.is_linked($1, $2)', values: [doctype, name] };
}
