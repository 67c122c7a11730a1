/** Every limit of the system in one place, each with its unit last in the name. */
export const LIMITS = Object.freeze({
  bodyBytes: 1024 * 1024,
  jsonDepth: 32,
  pageRowsDefault: 20,
  pageRowsMax: 500,
  listOffsetMax: 1_000_000,
  filterConditionsMax: 100,
  filterValuesMax: 1000,
  /** Matching costs the pattern's length times the text's, for each row. */
  likePatternCharacters: 200,
  orderFieldsMax: 8,
  /** Changes that are gone back through to tell what a document was. */
  versionsBackMax: 5000,
  /** From one document to the next: `customer.territory` follows one. */
  linksFollowedMax: 2,
  /** The best of a search; there is no second page. */
  searchResultsDefault: 20,
  searchResultsMax: 100,
  searchCharacters: 140,
  /** Each is looked for by itself. */
  searchTermsMax: 8,
  aggregateGroupsMax: 10_000,
  /** Keys of groups and measures of one aggregate, each. */
  aggregateKeysMax: 20,
  childRowsMax: 1000,
  /** In one AuthZEN batch: each one loads a document. */
  evaluationsMax: 100,
  /** `X-Request-ID`, which is sent back. */
  requestIdCharacters: 200,
  sessionHours: 12,
  /** Of one transaction, or of one request of a batch. */
  bulkChangesMax: 500,
  batchRowsMax: 100_000,
  /** Rows that were refused, as a batch's state shows them. */
  batchRefusalsShown: 100,
  /** How long a request is known that was sent with a key. */
  requestKeyHours: 24,
  passwordCharactersMin: 10,
  passwordCharactersMax: 256,
  requestsPerMinute: 60_000,
  /** Of nobody signed in, from one address: each refusal of theirs is kept for good. */
  guestRequestsPerMinute: 300,
  /** For a whole request to arrive: slow ones hold a connection each. */
  requestSeconds: 30,
  tokensPerMinute: 60,
  /** Each looks at every grant there is. */
  forecastsPerMinute: 60,
  /** Each counts the documents of most doctypes. */
  lintsPerMinute: 30,
  /** Each is tried out whole, while everybody's writes wait. */
  proposalsPerMinute: 60,
  /** Each counts all documents that the grants asked about could reach. */
  leastUsesPerMinute: 60,
  failedSignInsPerMinute: 20,
  failedSignInsPerAddressPerMinute: 100,
  bulksPerMinute: 600,
  statementSeconds: 15,
  /** For an answer, unless its route says otherwise; what is done for it is stopped then. */
  answerSeconds: 60,
  /** That are worked on at once. More are told to come again, before anything is done for them. */
  requestsAtOnceMax: 200,
  /** For a connection to the database, a new one or one that is free again. */
  connectionSeconds: 15,
  connectionsWaitingMax: 1_000,
  /** For a renaming, by which every document that refers to it is written. Others wait. */
  renameSeconds: 120,
  /** Raw SQL: a person's own statement. */
  reportStatementBytes: 16 * 1024,
  reportTokensMax: 3_000,
  reportTreeDepth: 100,
  reportRelationsMax: 16,
  reportSeconds: 10,
  reportConnections: 3,
  reportsWaitingMax: 10,
  /** More is an error, never a cut. */
  reportRows: 10_000,
  reportRowBytes: 256 * 1024,
  reportBytes: 16 * 1024 * 1024,
  /** Everybody's writes wait while permission changes are made together. */
  changesTogetherMax: 10_000,
  /**
   * Of a person and a document with a personal field that comes into their sight: more of them at
   * once than this are not for one person to give, where an installation does not say otherwise.
   */
  approvalPairs: 10_000,
  /** How long a change that was proposed can be approved. */
  proposalDays: 14,
});
