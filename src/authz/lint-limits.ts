/** What lint takes for many. Each constant says in its name what it counts. */
export const LINT_LIMITS = Object.freeze({
  /** A group that more than this share of all people is in, in percent, is as good as everybody. */
  groupPeoplePercent: 50,
  /** Readers of one document's personal fields by one rule. Everybody's own slip has one. */
  personalReadersOfADocument: 10,
  /** Personal documents that one person may print, export, send or share by one rule. */
  personalDocumentsOfAPerson: 100,
  /** Pairs of a person and a document that a draft would open. */
  draftPairs: 1000,
  /** The same, where fields say something of a person. */
  draftPersonalPairs: 100,
});
