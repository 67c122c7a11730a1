/** Names of what is searched. They go by the doctype's number, which never changes. */

/** The column of the document's number, in the entries and in the view. */
export const ENTRY_DOCUMENT = 'bw__document';

/** Words of every document; the application may not look at it. */
export function entriesTable(doctypeId: number): string {
  return `search.entries_${doctypeId}`;
}

/** Words of the documents that the claim reaches. */
export function seenEntries(doctypeId: number): string {
  return `search.seen_${doctypeId}`;
}

/** Letters of a whole that its index keeps: the longest key of a tree has 2,704 bytes. */
const INDEXED_LETTERS = 300;

/** The beginning of a whole, as it is indexed; what is compared with it goes through here, too. */
export function beginningOf(words: string): string {
  return `pg_catalog.left(${words}, ${INDEXED_LETTERS})`;
}
