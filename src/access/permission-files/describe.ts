/** Records in words. */
import type {
  AuthorityRecord,
  GrantRecord,
  GroupRecord,
  MemberRecord,
  RoleRecord,
  RuleRecord,
  ScopeEntry,
  ShareRecord,
  Times,
  Where,
} from './records.ts';

/** What a record is, in a few words that tell it from others. */
export const subjectOf = {
  role: ({ role }: RoleRecord): string => `role ${role}`,
  rule: ({ role, doctype, actions, reach, status }: RuleRecord): string => {
    const where = status === 'draft' ? 'a draft' : (reach ?? 'no reach');
    return `rule of ${role}: ${actions.join(', ') || 'nothing'} ${doctype}, ${where}`;
  },
  group: ({ group }: GroupRecord): string => `group ${group}`,
  member: ({ user, ...times }: MemberRecord, group: string): string =>
    `member of ${group}: ${user}${timesInWords(times)}`,
  grant: ({ holder, role, scope, ...times }: GrantRecord): string =>
    `grant to ${holder.type.toLowerCase()} ${holder.name}: ${role} within ` +
    `${scopeInWords(scope)}${timesInWords(times)}`,
  authority: ({ holder, roles, exceptRoles, scope }: AuthorityRecord): string => {
    const but = exceptRoles.length > 0 ? ` but ${exceptRoles.join(', ')}` : '';
    const may = `may give ${roles.join(', ')}${but} within ${scopeInWords(scope, 'everything')}`;
    return `authority of ${holder.type.toLowerCase()} ${holder.name}: ${may}`;
  },
  share: ({ user, doctype, document, actions, until }: ShareRecord): string =>
    `share with ${user}: ${actions.join(', ')} ${doctype} ${document}` +
    timesInWords({ from: null, until }),
} as const;

/** Entries of one dimension are told together; `none` is what no entry at all means. */
export function scopeInWords(scope: readonly ScopeEntry[], none = 'no scope'): string {
  const dimensions = [...new Set(scope.map(({ dimension }) => dimension))];
  if (dimensions.length === 0) return none;
  return dimensions
    .map((dimension) => {
      const entries = scope.filter((entry) => entry.dimension === dimension);
      const values = entries.map(({ value, descendants }) =>
        descendants ? `${value} and below` : value,
      );
      return `${dimension} ${values.join(' or ')}`;
    })
    .join(', ');
}

function timesInWords({ from, until }: Times): string {
  const words = [
    ...(from === null ? [] : [`from ${shortMoment(from)}`]),
    ...(until === null ? [] : [`until ${shortMoment(until)}`]),
  ];
  return words.length > 0 ? `, ${words.join(' ')}` : '';
}

/** A moment without the part of a second that is zero. */
export function shortMoment(moment: string): string {
  return moment.replace(/\.0+$/, '');
}

export function inWords({ file, line, column }: Where): string {
  return `${file}:${line}:${column}`;
}
