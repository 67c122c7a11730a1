/**
 * The world a decision is made in: everything that grants access, as plain data.
 *
 * The kernel never fetches any of it. Whoever builds a world (the store, a test) hands over all
 * of it at once; `compile.ts` checks it and turns it into what `decide` reads.
 */
import type { Action } from './actions.ts';
import type { Filter } from './filter.ts';

/** `*` covers every value but a blank one; `(blank)` covers only a blank one. */
export const ANY_VALUE = '*';
export const BLANK_VALUE = '(blank)';

export type Role = { readonly name: string };

export type Rule = {
  readonly name: string;
  readonly role: string;
  readonly doctype: string;
  readonly actions: readonly Action[];
  /** Field levels 0 to 9 that this rule opens. */
  readonly levels: readonly number[];
  /** There is no default reach: a rule without one is a draft and not in force. */
  readonly reach: 'within' | 'everything' | null;
  /** Dimensions that the grant need not name. */
  readonly except: readonly string[];
  readonly when: Filter | null;
  readonly status: 'draft' | 'in force';
};

export type ScopeValue = {
  readonly dimension: string;
  readonly value: string;
  readonly descendants: boolean;
};

/** Milliseconds since 1970 UTC; `from ≤ now < until`, null is unbounded. */
export type Validity = { readonly from: number | null; readonly until: number | null };

export type Grantee = { readonly type: 'User' | 'Group'; readonly name: string };

export type Grant = Validity & {
  readonly name: string;
  readonly grantee: Grantee;
  readonly role: string;
  readonly scope: readonly ScopeValue[];
  readonly request: string | null;
};

export type Member = Validity & { readonly group: string; readonly user: string };

export type Share = Validity & {
  readonly name: string;
  readonly doctype: string;
  readonly document: string;
  readonly user: string;
  readonly actions: readonly Action[];
};

/** May give these roles within this scope. It gives no access to records. */
export type GrantingAuthority = {
  readonly name: string;
  readonly holder: Grantee;
  /** By name; `*` is every role that there is or will be, but those of `exceptRoles`. */
  readonly roles: readonly string[];
  readonly exceptRoles: readonly string[];
  readonly scope: readonly ScopeValue[];
};

/**
 * The holder acts as the principal: by a webhook or a job that they set up, or a service account
 * in their hands. Gives no access by itself; what the principal gains, the holder gains too.
 */
export type Acting = {
  readonly name: string;
  readonly holder: Grantee;
  readonly principal: string;
};

/** What somebody does with documents of a doctype. */
export type Duty = { readonly doctype: string; readonly action: Action };

/** Two duties that one person should not have: at all, or for one value of a dimension. */
export type Separation = {
  readonly name: string;
  readonly first: Duty;
  readonly second: Duty;
  readonly dimension: string | null;
  /** Whether what would bring both together is refused, or let pass and recorded. */
  readonly effect: 'refuse' | 'flag';
};

/**
 * Where a doctype carries a dimension: `path` is a field, `name`, or `table_field.column` for a
 * column of child rows. Of rows, every one has to be covered; none at all counts as blank.
 */
export type DimensionPath = { readonly dimension: string; readonly path: string };

export type DoctypeShape = {
  readonly name: string;
  readonly paths: readonly DimensionPath[];
  /** Field name to level; a field not listed does not exist. */
  readonly levels: ReadonlyMap<string, number>;
  /** Of these fields, those that say something of a person: pay, health, a home. */
  readonly personal: ReadonlySet<string>;
};

/** A tree dimension: each value's parent, null for a root. Flat dimensions have no entry. */
export type Tree = {
  readonly dimension: string;
  readonly parents: ReadonlyMap<string, string | null>;
};

export type World = {
  /** Grows with every change to anything in the world. */
  readonly epoch: number;
  /** Everybody who may act: people and service accounts that are enabled, system principals. */
  readonly users: readonly string[];
  readonly doctypes: readonly DoctypeShape[];
  readonly trees: readonly Tree[];
  readonly roles: readonly Role[];
  readonly rules: readonly Rule[];
  readonly grants: readonly Grant[];
  readonly members: readonly Member[];
  readonly shares: readonly Share[];
  readonly authorities: readonly GrantingAuthority[];
  /** Missing where nobody acts as another. */
  readonly acting?: readonly Acting[];
  /** Missing where no duties are kept apart. */
  readonly separations?: readonly Separation[];
};
