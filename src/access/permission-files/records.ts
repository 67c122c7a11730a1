/** Permissions as plain records, the same from files and from the system. */
import { ACTIONS, type Action, ANY_VALUE, BLANK_VALUE } from '../../authz/index.ts';

/** What a folder may hold, each in a folder of its own; rules are in the files of their roles. */
export const KINDS = ['roles', 'groups', 'grants', 'authorities', 'shares'] as const;
export type Kind = (typeof KINDS)[number];

export type Holder = { readonly type: 'User' | 'Group'; readonly name: string };

/** Moments are `YYYY-MM-DD HH:MM:SS.ffffff` UTC; null is unbounded. */
export type Times = { readonly from: string | null; readonly until: string | null };

export type ScopeEntry = {
  readonly dimension: string;
  readonly value: string;
  readonly descendants: boolean;
};

export type RoleRecord = { readonly role: string; readonly description: string | null };

export type RuleRecord = {
  readonly role: string;
  readonly doctype: string;
  readonly actions: readonly Action[];
  readonly levels: readonly number[];
  readonly reach: 'within' | 'everything' | null;
  readonly except: readonly string[];
  /** A list of `[field, op, value]`, or null. */
  readonly when: unknown;
  readonly status: 'draft' | 'in force';
};

export type MemberRecord = Times & { readonly user: string };

export type GroupRecord = { readonly group: string; readonly description: string | null };

export type GrantRecord = Times & {
  readonly holder: Holder;
  readonly role: string;
  readonly scope: readonly ScopeEntry[];
  readonly reason: string | null;
};

export type AuthorityRecord = {
  readonly holder: Holder;
  readonly roles: readonly string[];
  readonly exceptRoles: readonly string[];
  readonly scope: readonly ScopeEntry[];
};

export type ShareRecord = {
  readonly user: string;
  readonly doctype: string;
  readonly document: string;
  readonly actions: readonly Action[];
  readonly until: string | null;
};

/** Everything of the given kinds; `Place` says where a record was found. */
export type Permissions<Place> = {
  readonly kinds: ReadonlySet<Kind>;
  readonly roles: readonly (RoleRecord & Place)[];
  readonly rules: readonly (RuleRecord & Place)[];
  readonly groups: readonly (GroupRecord & Place & Members<Place>)[];
  readonly grants: readonly (GrantRecord & Place)[];
  readonly authorities: readonly (AuthorityRecord & Place)[];
  readonly shares: readonly (ShareRecord & Place)[];
};

export type Members<Place> = { readonly members: readonly (MemberRecord & Place)[] };

/** A place in a file; lines and columns count from 1. */
export type Where = { readonly file: string; readonly line: number; readonly column: number };

/** In a file: the name is there only where the file gives it. */
export type InFile = { readonly name: string | null; readonly where: Where };

/** In the system; `modified` is the version token. */
export type InSystem = { readonly name: string; readonly modified: string };

/** What makes two records of a kind the same one. A grant's reason is no part of it. */
export const CONTENT = {
  rule: (one: RuleRecord): string =>
    key(
      one.role,
      one.doctype,
      one.status,
      one.reach,
      one.actions,
      one.levels,
      one.except,
      one.when,
    ),
  member: (one: MemberRecord): string => key(one.user, one.from, one.until),
  grant: (one: GrantRecord): string =>
    key(one.holder.type, one.holder.name, one.role, one.from, one.until, scopeKey(one.scope)),
  authority: (one: AuthorityRecord): string =>
    key(one.holder.type, one.holder.name, one.roles, one.exceptRoles, scopeKey(one.scope)),
  share: (one: ShareRecord): string =>
    key(one.user, one.doctype, one.document, one.until, one.actions),
} as const;

function key(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

function scopeKey(scope: readonly ScopeEntry[]): unknown {
  return scope.map(({ dimension, value, descendants }) => [dimension, value, descendants]);
}

/**
 * A scope in its one order: by dimension, in each of them `*`, `(blank)`, then names. A value that
 * stands there with its descendants and without covers no more than with them.
 */
export function orderedScope(scope: readonly ScopeEntry[]): ScopeEntry[] {
  const found = new Map<string, ScopeEntry>();
  for (const entry of scope) {
    const at = key(entry.dimension, entry.value);
    const known = found.get(at);
    if (known === undefined || entry.descendants) found.set(at, entry);
  }
  const rank = ({ value }: ScopeEntry): number =>
    value === ANY_VALUE ? 0 : value === BLANK_VALUE ? 1 : 2;
  return [...found.values()].sort(
    (a, b) => inOrder(a.dimension, b.dimension) || rank(a) - rank(b) || inOrder(a.value, b.value),
  );
}

/** Actions in the order of the model, each once. */
export function orderedActions(actions: readonly string[]): Action[] {
  return ACTIONS.filter((action) => actions.includes(action));
}

/** The order of UTF-16 code units, the same on every machine. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
