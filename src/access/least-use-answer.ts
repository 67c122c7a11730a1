/** Least use as it is answered: names, numbers, and days of UTC. */
import type { Action, Effect, FieldWorth, GrantWorth } from '../authz/index.ts';
import type { GrantNeed } from '../store/grant-needs.ts';
import type { Policy } from '../store/policy.ts';

export type LeastUseRow = {
  readonly grant: string;
  readonly grantee_type: 'User' | 'Group';
  readonly grantee: string;
  readonly role: string;
  readonly scope: readonly { dimension: string; value: string; descendants: 0 | 1 }[];
  /** What would be lost if this grant alone went, of all documents that there are. */
  readonly alone: readonly Effect[];
  /** Fields that only this grant opens, for reading or, where others let act, for that action. */
  readonly alone_fields: readonly FieldAnswer[];
  /** Where that is nothing: today, or for any documents as long as the grant is valid. */
  readonly redundant: 'now' | 'ever' | null;
  /** Names of the grants and shares that give all it gives. */
  readonly by: readonly string[];
  /** The last day on which something recorded rested on it, and on nothing else. */
  readonly last_needed: string | null;
  readonly last_solely_needed: string | null;
  /** The day from which on the log can speak of this grant. */
  readonly since: string | null;
  /** Doctypes that it may open of which not every read is recorded. */
  readonly unrecorded: readonly string[];
};

type FieldAnswer = Omit<FieldWorth, 'isPersonal'> & { readonly sensitivity: 'none' | 'personal' };

export type LeastUseAnswer = {
  readonly of: 'everybody' | 'oneself';
  readonly data: readonly LeastUseRow[];
  /** Of all pages. */
  readonly total: number;
  /** Grants that reach documents which the caller may not inspect. */
  readonly withheld: number;
};

/** One grant. Of what covers it, those are named that `isTold` lets through. */
export function leastUseRow(
  policy: Policy,
  { grant, alone, aloneFields, redundant, by }: GrantWorth,
  need: GrantNeed | undefined,
  isTold: (name: string) => boolean,
): LeastUseRow {
  return {
    grant: grant.name,
    grantee_type: grant.grantee.type,
    grantee: grant.grantee.name,
    role: grant.role,
    scope: grant.scope.map(({ dimension, value, descendants }) => ({
      ...{ dimension, value, descendants: descendants ? 1 : 0 },
    })),
    alone,
    alone_fields: aloneFields.map(({ isPersonal, ...worth }) => ({
      ...worth,
      sensitivity: isPersonal ? 'personal' : 'none',
    })),
    redundant,
    by: by.filter(isTold),
    last_needed: need?.needed ?? null,
    last_solely_needed: need?.solely ?? null,
    since: need?.since ?? null,
    unrecorded: unrecordedOf(policy, grant.role),
  };
}

const READING: readonly Action[] = ['read', 'select'];

/** Reads of other doctypes leave an entry only where they show or ask for what is personal. */
function unrecordedOf({ world, doctypes }: Policy, role: string): string[] {
  return [...(world.rules.get(role) ?? [])]
    .filter(([, rules]) => rules.some(({ actions }) => READING.some((one) => actions.has(one))))
    .map(([doctype]) => doctype)
    .filter((doctype) => doctypes.get(doctype)?.audit_reads !== true)
    .sort();
}
