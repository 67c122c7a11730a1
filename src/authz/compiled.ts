/** A world as decisions read it. `compile.ts` makes it. */
import type { CompiledCeiling } from './compiled-ceiling.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRules } from './compiled-grant.ts';
import type { Dimensions } from './coverage.ts';
import type { Population } from './population.ts';
import type { Ceiling } from './principal.ts';
import type { ProfileStore } from './profile-store.ts';
import type { RuleTable } from './rule-table.ts';
import type { GrantingAuthority, Member, Share, World } from './world.ts';

/** A grant as one user holds it: directly, or while a member of a group. */
export type Holding = { readonly grant: CompiledGrant; readonly member: Member | null };

export type CompiledWorld = {
  readonly epoch: number;
  readonly source: World;
  /** Names of all roles. */
  readonly roles: ReadonlySet<string>;
  readonly doctypes: ReadonlyMap<string, CompiledDoctype>;
  readonly dimensions: Dimensions;
  readonly rules: CompiledRules;
  /** Grants given to a user by name. */
  readonly userGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly groupGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly memberships: ReadonlyMap<string, readonly Member[]>;
  /** By user, then by doctype. */
  readonly shares: ReadonlyMap<string, ReadonlyMap<string, readonly Share[]>>;
  readonly authorities: readonly GrantingAuthority[];
  /** What roles may do, as checks read it. */
  readonly ruleTable: RuleTable;
  /** What has been worked out for principals so far. */
  readonly profiles: ProfileStore;
  /** What has been worked out for ceilings so far. */
  readonly ceilings: WeakMap<Ceiling, CompiledCeiling>;
  /** Worked out when it is first asked for. */
  readonly population: () => Population;
};
