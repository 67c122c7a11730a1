/** What is wrong with files only when they are seen together. */
import { inWords, subjectOf } from './describe.ts';
import type { Problem, ProblemCode } from './problem.ts';
import type { Mention } from './read-files.ts';
import { CONTENT, type InFile, type InSystem, type Permissions, type Where } from './records.ts';

/** Records that say the same twice, and names that stand for two records. */
export function doubledRecords(files: Permissions<InFile>): Problem[] {
  const { roles, rules, groups, grants, authorities, shares } = files;
  return [
    ...doubled('doubled_role', roles, ({ role }) => role, subjectOf.role),
    ...doubled('doubled_rule', rules, CONTENT.rule, subjectOf.rule),
    ...doubled('doubled_group', groups, ({ group }) => group, subjectOf.group),
    ...groups.flatMap(({ group, members }) =>
      doubled('doubled_member', members, CONTENT.member, (one) => subjectOf.member(one, group)),
    ),
    ...doubled('doubled_grant', grants, CONTENT.grant, subjectOf.grant),
    ...doubled('doubled_authority', authorities, CONTENT.authority, subjectOf.authority),
    ...doubled('doubled_share', shares, CONTENT.share, subjectOf.share),
  ];
}

/** Two that say the same are told apart by their names alone, which both have to give. */
function doubled<One extends InFile>(
  code: ProblemCode,
  records: readonly One[],
  contentOf: (one: One) => string,
  inSubject: (one: One) => string,
): Problem[] {
  const problems: Problem[] = [];
  const byContent = new Map<string, One>();
  const byName = new Map<string, One>();
  for (const one of records) {
    const content = contentOf(one);
    const same = byContent.get(content);
    const named = one.name === null ? undefined : byName.get(one.name);
    if (named) {
      const detail = `\`${one.name}\` stands there already, ${inWords(named.where)}`;
      problems.push({ ...one.where, code, detail });
    } else if (same && (one.name === null || same.name === null)) {
      const detail = `${inSubject(one)} stands there already, ${inWords(same.where)}`;
      problems.push({ ...one.where, code, detail });
    }
    if (!same) byContent.set(content, one);
    if (one.name !== null) byName.set(one.name, one);
  }
  return problems;
}

/** Names that neither the files nor the system's own records speak of, by doctype. */
export function unknownMentions(
  mentions: readonly Mention[],
  files: Permissions<InFile>,
  system: Permissions<InSystem>,
): ReadonlyMap<string, Mention[]> {
  const known = new Set([...namesOf(files, true), ...namesOf(system, false)]);
  const unknown = new Map<string, Mention[]>();
  for (const mention of mentions) {
    if (known.has(at(mention.doctype, mention.name))) continue;
    const others = unknown.get(mention.doctype);
    if (others) others.push(mention);
    else unknown.set(mention.doctype, [mention]);
  }
  return unknown;
}

/**
 * What a folder defines, or what the system's records already speak of: a value that a grant names
 * cannot have gone.
 */
function* namesOf<Place>(permissions: Permissions<Place>, isFiles: boolean): Generator<string> {
  const { roles, groups, grants, authorities, shares } = permissions;
  for (const { role } of roles) yield at('Role', role);
  for (const { group } of groups) yield at('Group', group);
  if (isFiles) return;
  for (const { members } of groups) for (const { user } of members) yield at('User', user);
  for (const { holder, scope } of [...grants, ...authorities]) {
    yield at(holder.type, holder.name);
    for (const { dimension, value } of scope) yield at(dimension, value);
  }
  for (const { user, doctype, document } of shares) {
    yield at('User', user);
    yield at(doctype, document);
  }
}

function at(doctype: string, name: string): string {
  return `${doctype}\n${name}`;
}

/** Roles and groups that are to go, because no file defines them, while files speak of them. */
export function removedMentions(
  mentions: readonly Mention[],
  { kinds, roles, groups }: Permissions<InFile>,
): Problem[] {
  const kept = new Set([
    ...roles.map(({ role }) => at('Role', role)),
    ...groups.map(({ group }) => at('Group', group)),
  ]);
  const isHeld = (doctype: string): boolean =>
    (doctype === 'Role' && kinds.has('roles')) || (doctype === 'Group' && kinds.has('groups'));
  return mentions
    .filter(({ doctype, name }) => isHeld(doctype) && !kept.has(at(doctype, name)))
    .map((mention) => ({
      ...notFoundAt(mention),
      detail: `${mention.doctype} \`${mention.name}\` has no file, and so would be removed`,
    }));
}

/** The problem of a name that could not be found; hidden and missing are one. */
export function notFoundAt({ doctype, name, where }: Mention): Problem {
  const detail = `${doctype} \`${name}\` was not found, or you may not select it`;
  return { ...where, code: CODE_OF[doctype] ?? 'unknown_value', detail };
}

const CODE_OF: Readonly<Record<string, ProblemCode>> = {
  Role: 'unknown_role',
  Group: 'unknown_group',
  User: 'unknown_user',
};

/** Problems in the order of their files and lines. */
export function orderedProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => compareFiles(a, b) || a.line - b.line || a.column - b.column);
}

function compareFiles(a: Where, b: Where): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}
