/** What lint looks for, each by a stable code. */
import type { Opener, Opening } from './openings.ts';

/** Never renamed and never used again for something else: others compare by them. */
export const LINT_CODES = [
  'everything_over_dimension',
  'except_every_dimension',
  'open_to_guests',
  'open_to_everyone',
  'open_to_large_group',
  'personal_to_many',
  'personal_all_values',
  'personal_leaves',
  'share_without_end',
  'draft_opens_much',
  'grant_to_disabled',
  'member_disabled',
  'authority_over_all_roles',
  'role_nobody_holds',
] as const;

export type LintCode = (typeof LINT_CODES)[number];

/** A permission record; a member of a group is named by the user. */
export type LintSubject = {
  readonly kind: 'rule' | 'grant' | 'share' | 'member' | 'authority' | 'role';
  readonly name: string;
  /** The role that it is or is of. */
  readonly role: string | null;
  /** Whom it is given to: a user, `group NAME`; null for a rule, which all its holders have. */
  readonly to: string | null;
};

/** Something that may open records to many. Whether it does, the documents say. */
export type Suspect = {
  readonly code: LintCode;
  readonly subject: LintSubject;
  /** Null where it is of no doctype. */
  readonly doctype: string | null;
  /** True where fields come into sight that say something of a person. */
  readonly isPersonal: boolean;
  /** These fields. */
  readonly fields: readonly string[];
  /** What opens the documents; null where nothing does, or a share does. */
  readonly opener: Opener | null;
  /** Of a share: its document, and with whom. */
  readonly document?: { readonly name: string; readonly user: string };
  readonly isWorthTelling: (opening: Opening) => boolean;
};

/** Doctypes that are looked at. */
export type Doctypes = { readonly has: (doctype: string) => boolean };

export const ALWAYS_TOLD = (): boolean => true;
