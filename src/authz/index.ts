/** The kernel: decides who may do what. Pure: no clock, no I/O, nothing from outside the folder. */
export * from './actions.ts';
export { ANY_ROLE, hasAuthority, hasRole, isAmong } from './authority.ts';
export { ceilingAllows, ceilingsLeave } from './ceiling.ts';
export { compileWorld, WorldError } from './compile.ts';
export type { CompiledWorld, Holding } from './compiled.ts';
export type { CompiledRule } from './compiled-grant.ts';
export { coverageOf, coveredValues } from './coverage.ts';
export * from './decide.ts';
export {
  type DocumentGroup,
  DocumentGroups,
  type Grouping,
  groupingOf,
} from './document-groups.ts';
export * from './filter.ts';
export { type Forecast, forecastOf, type Turn, turnsBetween, type Unheld } from './forecast.ts';
export * from './gain.ts';
export { gainsOf } from './gains.ts';
export { type Giver, giversFor } from './givers.ts';
export * from './grant-worth.ts';
export { type GrantsAsked, grantsWithin, groupingsOfGrants } from './grants-asked.ts';
export { marksOf } from './group-marks.ts';
export { holdingsOf, sharesOf, type Way, waysOf } from './holdings.ts';
export { type FactsOf, type GainRefusal, judgeGains } from './judge-gains.ts';
export {
  type Finding,
  findingsAdded,
  findingsOf,
  groupingsForLint,
  suspectsIn,
  suspectsOf,
} from './lint.ts';
export { LINT_CODES, type LintCode, type LintSubject, type Suspect } from './lint-finding.ts';
export { LINT_LIMITS } from './lint-limits.ts';
export * from './list-filter.ts';
export { type DocumentFacts, fieldValue, matches } from './matches.ts';
export { type MayEverRequest, mayEver } from './may-ever.ts';
export { type Need, Needs, needOf } from './need.ts';
export { NO_OPENING, type Opener, type Opening, openingsOf } from './openings.ts';
export * from './permit.ts';
export { personalPairs } from './personal-pairs.ts';
export {
  type PersonalReach,
  personalReach,
  type ReachedDocuments,
} from './personal-reach.ts';
export * from './preview.ts';
export * from './principal.ts';
export { isVisible } from './profiles.ts';
export {
  type Cover,
  coversOf,
  type Reach,
  type ReachBy,
  type ReachQuestion,
  reachesOf,
} from './reach.ts';
export { recompile, recompileTo } from './recompile.ts';
export type { ValueRename } from './rename.ts';
export { type Conflict, conflictsMade, conflictsOf } from './separation.ts';
export { type Support, supportsOf } from './support.ts';
export { isValid } from './validity.ts';
export { type WhoRequest, whoCan } from './who.ts';
export * from './world.ts';
export * from './world-change.ts';
