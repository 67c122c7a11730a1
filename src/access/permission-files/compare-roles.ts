/** Roles, rules and groups: what they are called by stays, what they say changes in place. */
import { shortMoment, subjectOf } from './describe.ts';
import { Differences } from './difference.ts';
import { matchRecords, pairUnique } from './match-records.ts';
import {
  CONTENT,
  type GroupRecord,
  type InFile,
  type InSystem,
  type MemberRecord,
  type Members,
  type RoleRecord,
  type RuleRecord,
} from './records.ts';

/** Roles are told apart by their names. */
export function compareRoles(
  files: readonly (RoleRecord & InFile)[],
  stored: readonly (RoleRecord & InSystem)[],
): Differences {
  const differences = new Differences('role', 'Role');
  const known = new Map(stored.map((one) => [one.role, one]));
  for (const file of files) {
    const { role, description } = file;
    const found = known.get(role);
    known.delete(role);
    const subject = subjectOf.role(file);
    if (!found) differences.added(subject, file, { name: role, description });
    else if (found.description !== description) {
      const details = [changed('description', found.description, description)];
      differences.updated(subject, details, file, found, { description }, null);
    }
  }
  for (const one of known.values()) differences.onlyStored(subjectOf.role(one), one);
  return differences;
}

/** A rule that is the only other one of its role for its doctype, in files and system, changed. */
export function compareRules(
  files: readonly (RuleRecord & InFile)[],
  stored: readonly (RuleRecord & InSystem)[],
): Differences {
  const differences = new Differences('rule', 'Role Rule');
  const matched = pairUnique(matchRecords(files, stored, CONTENT.rule), ({ role, doctype }) =>
    JSON.stringify([role, doctype]),
  );
  for (const one of matched.problems) differences.problems.push(one);
  for (const { file, stored: found } of matched.pairs) {
    if (CONTENT.rule(file) === CONTENT.rule(found)) continue;
    const input = ruleInput(file);
    const details = changedFields(ruleInput(found), input);
    differences.updated(subjectOf.rule(file), details, file, found, input, input);
  }
  for (const one of matched.added) differences.added(subjectOf.rule(one), one, ruleInput(one));
  for (const one of matched.left) differences.onlyStored(subjectOf.rule(one), one);
  return differences;
}

type Group<Place> = GroupRecord & Place & Members<Place>;

/** Groups are told apart by their names; each member is a difference of its own. */
export function compareGroups(
  files: readonly Group<InFile>[],
  stored: readonly Group<InSystem>[],
): { readonly groups: Differences; readonly members: Differences } {
  const groups = new Differences('group', 'Group');
  const members = new Differences('member', 'Group');
  const known = new Map(stored.map((one) => [one.group, one]));
  for (const file of files) {
    const { group, description } = file;
    const found = known.get(group);
    known.delete(group);
    if (found) compareGroup(groups, members, file, found);
    else {
      const rows = file.members.map(memberInput);
      groups.added(subjectOf.group(file), file, { name: group, description, members: rows });
      for (const member of file.members) noteMember(members, group, member);
    }
  }
  for (const one of known.values()) {
    groups.onlyStored(subjectOf.group(one), one);
    for (const member of one.members) noteLeft(members, one.group, member);
  }
  return { groups, members };
}

function compareGroup(
  groups: Differences,
  members: Differences,
  file: Group<InFile>,
  found: Group<InSystem>,
): void {
  const { group, description } = file;
  const matched = pairUnique(
    matchRecords(file.members, found.members, CONTENT.member),
    ({ user }) => user,
  );
  const same = matched.pairs.filter(
    ({ file: one, stored }) => CONTENT.member(one) === CONTENT.member(stored),
  );
  const other = matched.pairs.filter((pair) => !same.includes(pair));
  for (const { file: one, stored } of other) {
    const details = changedFields(memberInput(stored), memberInput(one));
    const add = members.addOf({ group, ...memberInput(one) });
    const remove = [{ type: 'member', group, user: stored.user }];
    const more = { details, where: one.where, name: stored.name, add, remove };
    members.note('changed', subjectOf.member(one, group), more);
  }
  for (const one of matched.added) noteMember(members, group, one);
  for (const one of matched.left) noteLeft(members, group, one);
  const isSame = matched.added.length + matched.left.length + other.length === 0;
  const rows = [
    // A row that stays is named, so that it stays what it is.
    ...same.map(({ stored }) => ({ name: stored.name })),
    ...[...other.map((pair) => pair.file), ...matched.added].map(memberInput),
  ];
  const input = { description, ...(isSame ? {} : { members: rows }) };
  const subject = subjectOf.group(file);
  if (found.description !== description) {
    const details = [changed('description', found.description, description)];
    groups.updated(subject, details, file, found, input, null);
  } else if (!isSame) groups.update(subject, file.where, found, input);
}

function noteMember(members: Differences, group: string, one: MemberRecord & InFile): void {
  const add = members.addOf({ group, ...memberInput(one) });
  members.note('added', subjectOf.member(one, group), { where: one.where, add });
}

function noteLeft(members: Differences, group: string, one: MemberRecord & InSystem): void {
  const { name, user } = one;
  const remove = [{ type: 'member', group, user }];
  members.note('only in the system', subjectOf.member(one, group), { name, remove });
}

function memberInput({ user, from, until }: MemberRecord) {
  return { user, from, until };
}

function ruleInput({ role, doctype, actions, levels, reach, except, when, status }: RuleRecord) {
  return {
    ...{ role, document_type: doctype, actions, levels, reach },
    ...{ except: except.length > 0 ? except : null, when, status },
  };
}

/** Fields that differ, each with what was and what will be. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(after)
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => changed(field, before[field], after[field]));
}

export function changed(field: string, before: unknown, after: unknown): string {
  return `${field}: ${shown(before)} becomes ${shown(after)}`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return value.length === 0 ? 'nothing' : value.join(', ');
  }
  return typeof value === 'string' ? shortMoment(value) : JSON.stringify(value);
}
