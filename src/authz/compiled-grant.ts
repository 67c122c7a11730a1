/** Rules and grants as decisions read them. */
import type { Action } from './actions.ts';
import type { ScopeCoverage } from './coverage.ts';
import type { Grant, Rule } from './world.ts';

/** A rule as decisions read it: with the actions it implies, and as sets. */
export type CompiledRule = {
  readonly source: Rule;
  readonly actions: ReadonlySet<Action>;
  readonly actionBits: number;
  readonly levelBits: number;
  readonly levels: ReadonlySet<number>;
  readonly except: ReadonlySet<string>;
};

/** A grant with its scope spelled out. */
export type CompiledGrant = { readonly source: Grant; readonly coverage: ScopeCoverage };

/** Rules in force by role, then by doctype. */
export type CompiledRules = ReadonlyMap<string, ReadonlyMap<string, readonly CompiledRule[]>>;
