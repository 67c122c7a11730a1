/** The kernel: decides who may do what. Pure: no clock, no I/O, nothing from outside the folder. */
export * from './actions.ts';
export * from './authority.ts';
export { ceilingAllows } from './ceiling.ts';
export { compileWorld, WorldError } from './compile.ts';
export type { CompiledRule, CompiledWorld, Holding } from './compiled.ts';
export { coverageOf, coveredValues } from './coverage.ts';
export * from './decide.ts';
export * from './filter.ts';
export { type Forecast, forecastOf, type Turn, turnsBetween, type Unheld } from './forecast.ts';
export { holdingsOf, sharesOf, type Way, waysOf } from './holdings.ts';
export * from './list-filter.ts';
export { type DocumentFacts, fieldValue, matches } from './matches.ts';
export * from './permit.ts';
export * from './principal.ts';
export { isVisible } from './profiles.ts';
export { isValid } from './validity.ts';
export * from './world.ts';
