/** A world as decisions read it. `compile.ts` makes it. */
import type { Action } from './actions.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { Dimensions, ScopeCoverage } from './coverage.ts';
import type { ProfileStore } from './profile-store.ts';
import type { Grant, GrantingAuthority, Member, Rule, Share, World } from './world.ts';

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

/** A grant as one user holds it: directly, or while a member of a group. */
export type Holding = { readonly grant: CompiledGrant; readonly member: Member | null };

export type CompiledWorld = {
  readonly epoch: number;
  readonly source: World;
  readonly doctypes: ReadonlyMap<string, CompiledDoctype>;
  readonly dimensions: Dimensions;
  /** Rules in force by role, then by doctype. */
  readonly rules: ReadonlyMap<string, ReadonlyMap<string, readonly CompiledRule[]>>;
  /** Grants given to a user by name. */
  readonly userGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly groupGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly memberships: ReadonlyMap<string, readonly Member[]>;
  /** By user, then by doctype. */
  readonly shares: ReadonlyMap<string, ReadonlyMap<string, readonly Share[]>>;
  readonly authorities: readonly GrantingAuthority[];
  /** What has been worked out for principals so far. */
  readonly profiles: ProfileStore;
};
