/** Permission records as the database tells them, and as the kernel's world holds them. */
import {
  type Action,
  type Filter,
  type Grant,
  type GrantingAuthority,
  type Member,
  NEVER,
  type Rule,
  type ScopeValue,
  type Separation,
  type Share,
} from '../authz/index.ts';
import type { Doctype } from '../doctype/definition.ts';
import { readCondition } from './rule-condition.ts';

type RawScope = {
  readonly dimension: string;
  readonly value: string;
  readonly descendants: number;
};

export type RawRule = {
  readonly name: string;
  readonly role: string;
  readonly document_type: string;
  readonly actions: Action[];
  readonly levels: number[] | null;
  readonly reach: 'within' | 'everything' | null;
  readonly except: string[] | null;
  readonly when: unknown;
  readonly status: 'draft' | 'in force';
};

export type RawGrant = {
  readonly name: string;
  readonly grantee_type: 'User' | 'Group';
  readonly grantee: string;
  readonly role: string;
  readonly from: string | null;
  readonly until: string | null;
  readonly request: string | null;
  readonly scope: readonly RawScope[];
};

export type RawMember = {
  readonly group: string;
  readonly user: string;
  readonly from: string | null;
  readonly until: string | null;
};

export type RawShare = {
  readonly name: string;
  readonly document_type: string;
  readonly document_name: string;
  readonly user: string;
  readonly actions: Action[];
  readonly until: string | null;
};

export type RawAuthority = {
  readonly name: string;
  readonly holder_type: 'User' | 'Group';
  readonly holder: string;
  readonly roles: string[];
  readonly except_roles: string[] | null;
  readonly scope: readonly RawScope[];
};

/** What `sys.world()` gives. */
export type RawWorld = {
  readonly epoch: number;
  readonly users: string[];
  readonly doctypes: { readonly id: number; readonly definition: Doctype }[];
  readonly trees: {
    readonly dimension: string;
    readonly parents: Record<string, string | null>;
  }[];
  readonly roles: string[];
  readonly rules: RawRule[];
  readonly grants: RawGrant[];
  readonly members: RawMember[];
  readonly shares: RawShare[];
  readonly authorities: RawAuthority[];
  readonly separations: Separation[];
};

/** Throws where the condition of a rule in force does not fit its doctype. */
export function ruleFrom(raw: RawRule, doctypes: ReadonlyMap<string, Doctype>): Rule {
  return {
    name: raw.name,
    role: raw.role,
    doctype: raw.document_type,
    actions: raw.actions,
    levels: raw.levels ?? [0],
    reach: raw.reach,
    except: raw.except ?? [],
    when: isInForce(raw)
      ? conditionOf(raw.when, doctypes.get(raw.document_type))
      : draftCondition(raw.when, doctypes.get(raw.document_type)),
    status: raw.status,
  };
}

export function grantFrom({ grantee_type, grantee, ...grant }: RawGrant): Grant {
  return {
    ...grant,
    grantee: { type: grantee_type, name: grantee },
    scope: grant.scope.map(scopeValue),
    from: momentOf(grant.from),
    until: momentOf(grant.until),
  };
}

export function memberFrom(raw: RawMember): Member {
  return { ...raw, from: momentOf(raw.from), until: momentOf(raw.until) };
}

export function shareFrom(raw: RawShare): Share {
  return {
    name: raw.name,
    doctype: raw.document_type,
    document: raw.document_name,
    user: raw.user,
    actions: raw.actions,
    from: null,
    until: momentOf(raw.until),
  };
}

export function authorityFrom(raw: RawAuthority): GrantingAuthority {
  return {
    name: raw.name,
    holder: { type: raw.holder_type, name: raw.holder },
    roles: raw.roles,
    exceptRoles: raw.except_roles ?? [],
    scope: raw.scope.map(scopeValue),
  };
}

/**
 * Milliseconds since 1970 UTC. PostgreSQL writes timestamps in JSON as ISO 8601 without a zone;
 * they are UTC.
 */
export function momentOf(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text}Z`);
}

function isInForce({ status, reach }: RawRule): boolean {
  return status === 'in force' && reach !== null;
}

function conditionOf(when: unknown, doctype: Doctype | undefined): Filter | null {
  return when === null || when === undefined ? null : readCondition(when, doctype);
}

/** A draft's condition may speak of what is not there yet: so it could open nothing. */
function draftCondition(when: unknown, doctype: Doctype | undefined): Filter | null {
  try {
    return conditionOf(when, doctype);
  } catch {
    return NEVER;
  }
}

function scopeValue(raw: RawScope): ScopeValue {
  return { dimension: raw.dimension, value: raw.value, descendants: raw.descendants === 1 };
}
