/** Every limit of the system in one place, each with its unit last in the name. */
export const LIMITS = Object.freeze({
  bodyBytes: 1024 * 1024,
  jsonDepth: 32,
  pageRowsDefault: 20,
  pageRowsMax: 500,
  listOffsetMax: 1_000_000,
  filterConditionsMax: 100,
  filterValuesMax: 1000,
  childRowsMax: 1000,
  nameCharacters: 140,
  sessionHours: 12,
  passwordCharactersMin: 10,
  passwordCharactersMax: 256,
  requestsPerMinute: 3000,
  signInsPerMinute: 30,
  statementSeconds: 15,
});
