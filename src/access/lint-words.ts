/** Findings in words: what each code means, what it opens, and what to do. */
import { type Finding, LINT_LIMITS, type LintCode, type LintSubject } from '../authz/index.ts';

export type FindingEntry = {
  /** Stable: others may compare by it. */
  readonly code: LintCode;
  readonly sensitivity: 'none' | 'personal';
  readonly subject: LintSubject;
  readonly doctype: string | null;
  /** Fields that say something of a person, where such come into sight. */
  readonly fields: readonly string[];
  readonly people: number;
  readonly documents: number;
  readonly pairs: number;
  readonly says: string;
  readonly todo: string;
};

type Meaning = {
  /** What the code stands for, as the guide has it. */
  readonly means: string;
  readonly todo: string;
};

/** Of each code what it means and what to do about it. */
export const LINT_MEANINGS: Readonly<Record<LintCode, Meaning>> = {
  everything_over_dimension: {
    means:
      'A rule reaches `everything` though its doctype carries a dimension: scopes do not count.',
    todo: 'Set its reach to `within`, and name the dimension in the grants.',
  },
  except_every_dimension: {
    means:
      'A rule excepts every dimension of its doctype: any grant of the role opens all documents.',
    todo: 'Take the dimension that should narrow out of `except`.',
  },
  open_to_guests: {
    means: 'A grant to `Guests` opens documents to whoever has not signed in.',
    todo: 'End the grant, or keep what is public in a doctype of its own.',
  },
  open_to_everyone: {
    means: 'A grant to `Everyone` opens documents to everybody who signed in.',
    todo: 'Grant the role to the people who need it, within their own scope.',
  },
  open_to_large_group: {
    means: `A grant opens documents to a group with more than ${LINT_LIMITS.groupPeoplePercent} % of all people.`,
    todo: 'Grant the role to a smaller group, or narrow the scope.',
  },
  personal_to_many: {
    means: `A rule opens the personal fields of one document to more than ${LINT_LIMITS.personalReadersOfADocument} people.`,
    todo: 'Put the fields on a level of their own, or give the role to fewer people.',
  },
  personal_all_values: {
    means: 'A grant names every value (`*`) of each dimension of a doctype with personal fields.',
    todo: 'Name the values that are needed; new ones are then closed until somebody adds them.',
  },
  personal_leaves: {
    means: `A rule lets one person print, export, send or share more than ${LINT_LIMITS.personalDocumentsOfAPerson} personal documents.`,
    todo: 'Take `export`, `print`, `email` and `share` into a role of its own, with an end.',
  },
  share_without_end: {
    means: 'A document with personal fields is shared until somebody remembers to end it.',
    todo: 'End the share, or share again with a date.',
  },
  draft_opens_much: {
    means:
      `A draft would open ${LINT_LIMITS.draftPersonalPairs} pairs or more of a person and a ` +
      `document with personal fields, or ${LINT_LIMITS.draftPairs} others.`,
    todo: 'Preview it before it is put in force; give it `except` and `when` that are as narrow as can be.',
  },
  grant_to_disabled: {
    means:
      'Somebody who may not act any more holds a grant without end: enabling them gives it back.',
    todo: 'End the grant.',
  },
  member_disabled: {
    means: 'Somebody who may not act any more is in a group without end.',
    todo: 'Take them out of the group.',
  },
  authority_over_all_roles: {
    means: 'An authority is over every role (`*`), those included that nobody has thought of yet.',
    todo: 'Name the roles, or except those that open personal fields.',
  },
  role_nobody_holds: {
    means: 'Nobody who may act holds the role: its rules are read by nobody and checked by nobody.',
    todo: 'Delete the role, or give it.',
  },
};

/** A finding as it is answered. */
export function findingEntry(finding: Finding): FindingEntry {
  const { code, subject, doctype, fields, isPersonal, opening } = finding;
  const { people, documents, pairs } = opening;
  return {
    ...{ code, sensitivity: isPersonal ? ('personal' as const) : ('none' as const) },
    ...{ subject, doctype, fields, people, documents, pairs },
    says: wordsOf(finding),
    todo: LINT_MEANINGS[code].todo,
  };
}

function wordsOf({ code, subject, doctype, fields, opening }: Finding): string {
  const { kind, name } = subject;
  if (kind === 'role') return `Nobody holds role ${name}.`;
  if (kind === 'authority') return `${subject.to} may give every role by ${name}.`;
  if (kind === 'member') return `${name} may not act, and is in ${subject.to}.`;
  if (code === 'grant_to_disabled') {
    return `${subject.to} may not act, and holds ${subject.role} by grant ${name}.`;
  }
  const { people, documents, pairs } = opening;
  const shown = fields.length > 0 ? ` with ${fields.join(', ')}` : '';
  const opens = code === 'draft_opens_much' ? 'would open' : 'opens';
  const counts = people > 1 ? `: ${number(people)} people, ${number(pairs)} pairs` : '';
  const what = `${opens} ${number(documents)} ${doctype}${shown} to ${audience(subject, people)}`;
  return `${kind === 'rule' ? 'Rule' : kind === 'share' ? 'Share' : 'Grant'} ${name} ${what}${counts}.`;
}

function audience({ role, to }: LintSubject, people: number): string {
  if (to === null) return people === 0 ? `nobody: no holder of ${role}` : `holders of ${role}`;
  if (to === 'group Everyone') return 'everybody signed in';
  if (to === 'group Guests' || to === 'Guest') return 'whoever has not signed in';
  return to;
}

/** With separators, as large numbers are read. */
function number(count: number): string {
  return count.toLocaleString('en');
}
