/** What a change to permissions gives, as somebody must be allowed to give it. */
import type { Grantee, Rule, ScopeValue, Share } from './world.ts';

/** A role within a scope, to somebody. */
export type RoleGain = {
  readonly grantee: Grantee;
  /** `*` for every role that there is or will be, but those of `exceptRoles`. */
  readonly role: string;
  readonly exceptRoles?: readonly string[];
  readonly scope: readonly ScopeValue[];
};

/** One document with some actions, to somebody. Levels are those of the fields that it shows. */
export type ShareGain = {
  readonly grantee: Grantee;
  readonly share: Pick<Share, 'doctype' | 'document' | 'actions' | 'until'>;
  readonly levels: readonly number[];
};

/** Something that its role could not do before, whoever holds the role now or later. */
export type PowerGain = {
  readonly power: Rule;
  /** Dimensions whose values kept documents away from it and do so no longer. */
  readonly opened: readonly string[];
  /** Of authorities over the role that could not give as much before. */
  readonly scopes: readonly (readonly ScopeValue[])[];
};

export type Gain = RoleGain | ShareGain | PowerGain;

/** The level of a field that nobody can read: no rule opens it. */
export const CLOSED_LEVEL = -1;
