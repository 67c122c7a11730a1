/** Rules, drafts and grants that may open records to many. */
import type { Action } from './actions.ts';
import { compileRule } from './compile.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRule } from './compiled-grant.ts';
import { fieldOfMe } from './field-of-me.ts';
import { strangeWord } from './filter.ts';
import { wayBy } from './holdings.ts';
import {
  ALWAYS_TOLD,
  type Doctypes,
  type LintCode,
  type LintSubject,
  type Suspect,
} from './lint-finding.ts';
import { LINT_LIMITS } from './lint-limits.ts';
import type { Opening } from './openings.ts';
import { EVERYONE, GUEST, GUESTS, kindOf } from './principal.ts';
import { isValid } from './validity.ts';
import type { Grantee, Rule } from './world.ts';

/** By these, what was read goes out of the system or to somebody else. */
const TAKING: readonly Action[] = ['print', 'email', 'export', 'share'];

/** Rules in force for the doctypes. */
export function ruleSuspects(world: CompiledWorld, doctypes: Doctypes): Suspect[] {
  const rules = [...world.rules.values()].flatMap((own) => [...own.values()].flat());
  return rules.flatMap((rule) => {
    const doctype = world.doctypes.get(rule.source.doctype);
    return doctype && doctypes.has(doctype.name) ? suspectsOfRule(rule, doctype) : [];
  });
}

function suspectsOfRule(rule: CompiledRule, doctype: CompiledDoctype): Suspect[] {
  const fields = personalFields([rule], doctype);
  const { role, name, reach } = rule.source;
  const suspect = (code: LintCode, isWorthTelling: Suspect['isWorthTelling']): Suspect => ({
    ...{ code, subject: { kind: 'rule', name, role, to: null }, doctype: doctype.name },
    ...{ isPersonal: fields.length > 0, fields, isWorthTelling },
    opener: { role, rules: [rule], grant: null },
  });
  const found: Suspect[] = [];
  if (reach === 'everything' && doctype.paths.length > 0) {
    found.push(suspect('everything_over_dimension', ALWAYS_TOLD));
  }
  if (exceptsAll(rule, doctype)) found.push(suspect('except_every_dimension', ALWAYS_TOLD));
  if (fields.length > 0) found.push(suspect('personal_to_many', opensToMany));
  if (fields.length > 0 && TAKING.some((action) => rule.actions.has(action))) {
    found.push(suspect('personal_leaves', opensManyToOne));
  }
  return found;
}

function opensToMany({ readersOfADocument }: Opening): boolean {
  return readersOfADocument > LINT_LIMITS.personalReadersOfADocument;
}

function opensManyToOne({ documentsOfAPerson }: Opening): boolean {
  return documentsOfAPerson > LINT_LIMITS.personalDocumentsOfAPerson;
}

/** A title may have to be chosen by everybody: `select` alone is no such rule. */
function exceptsAll({ source, actions, except }: CompiledRule, { paths }: CompiledDoctype) {
  if (source.reach !== 'within' || paths.length === 0) return false;
  if ([...actions].every((action) => action === 'select')) return false;
  return paths.every(({ dimension }) => except.has(dimension));
}

/** Drafts, as if they were in force; one without a reach as if it reached `within`. */
export function draftSuspects(world: CompiledWorld): Suspect[] {
  return world.source.rules.flatMap((source) => {
    const doctype = world.doctypes.get(source.doctype);
    const rule = doctype ? ruleOfDraft(world, source) : null;
    if (!doctype || !rule) return [];
    const fields = personalFields([rule], doctype);
    const isPersonal = fields.length > 0;
    const { role, name } = source;
    const least = isPersonal ? LINT_LIMITS.draftPersonalPairs : LINT_LIMITS.draftPairs;
    const suspect: Suspect = {
      ...{ code: 'draft_opens_much', subject: { kind: 'rule', name, role, to: null } },
      ...{ doctype: doctype.name, isPersonal, fields },
      opener: { role, rules: [rule], grant: null },
      isWorthTelling: ({ pairs }) => pairs >= least,
    };
    return [suspect];
  });
}

/** Null for one that is in force, and for one that can never be. */
function ruleOfDraft(world: CompiledWorld, source: Rule): CompiledRule | null {
  if (source.status === 'in force' && source.reach !== null) return null;
  if (source.when !== null && strangeWord(source.when) !== null) return null;
  const inForce: Rule = { ...source, status: 'in force', reach: source.reach ?? 'within' };
  return compileRule(inForce, world.roles, world.doctypes);
}

/** Grants to very many people, and grants of every value where fields are personal. */
export function grantSuspects(world: CompiledWorld, doctypes: Doctypes, now: number): Suspect[] {
  const grants = [...world.userGrants.values(), ...world.groupGrants.values()].flat();
  const codeOf = audienceOf(world, now);
  return grants.flatMap((grant) => {
    const { grantee, role } = grant.source;
    const code = codeOf(grantee);
    return [...(world.rules.get(role) ?? [])].flatMap(([name, rules]) => {
      const doctype = world.doctypes.get(name);
      if (!doctype || !doctypes.has(name)) return [];
      // What one may read of one's own opens nothing to many.
      const reading = rules.filter(
        ({ actions, source }) =>
          actions.has('read') && (source.when === null || fieldOfMe(source.when) === null),
      );
      const whole = reading.filter((rule) => isOfAllValues(grant, rule, doctype));
      return [
        ...(code ? suspectOfGrant(code, grant, reading, doctype) : []),
        ...suspectOfGrant('personal_all_values', grant, whole, doctype),
      ];
    });
  });
}

function suspectOfGrant(
  code: LintCode,
  grant: CompiledGrant,
  rules: readonly CompiledRule[],
  doctype: CompiledDoctype,
): Suspect[] {
  if (rules.length === 0) return [];
  const { name, role, grantee } = grant.source;
  const fields = personalFields(rules, doctype);
  const subject: LintSubject = { kind: 'grant', name, role, to: nameOf(grantee) };
  return [
    {
      ...{ code, subject, doctype: doctype.name, isPersonal: fields.length > 0, fields },
      ...{ opener: { role, rules, grant }, isWorthTelling: ALWAYS_TOLD },
    },
  ];
}

/** By a rule that opens personal fields: every value of each dimension but for what is excepted. */
function isOfAllValues(grant: CompiledGrant, rule: CompiledRule, doctype: CompiledDoctype) {
  if (personalFields([rule], doctype).length === 0) return false;
  const { tests, unnamed } = wayBy({ grant, member: null }, rule, doctype);
  return unnamed.length === 0 && tests.length > 0 && tests.every(({ coverage }) => coverage.any);
}

/** Says of a grantee by which code it is many people; null where it is not. */
function audienceOf(world: CompiledWorld, now: number) {
  const people = new Set(world.source.users.filter((name) => kindOf(name) === 'user'));
  const inGroups = new Map<string, Set<string>>();
  for (const member of world.source.members) {
    if (!people.has(member.user) || !isValid(member, now)) continue;
    const users = inGroups.get(member.group) ?? new Set<string>();
    inGroups.set(member.group, users.add(member.user));
  }
  return ({ type, name }: Grantee): LintCode | null => {
    if (type === 'User') return name === GUEST ? 'open_to_guests' : null;
    if (name === GUESTS) return 'open_to_guests';
    if (name === EVERYONE) return 'open_to_everyone';
    const members = inGroups.get(name)?.size ?? 0;
    return members * 100 > people.size * LINT_LIMITS.groupPeoplePercent
      ? 'open_to_large_group'
      : null;
  };
}

/** Fields that the rules let read and that say something of a person. */
export function personalFields(
  rules: readonly CompiledRule[],
  { levels, personal }: CompiledDoctype,
): string[] {
  const opened = new Set(
    rules.flatMap((rule) => (rule.actions.has('read') ? [...rule.levels] : [])),
  );
  return [...personal].filter((field) => opened.has(levels.get(field) ?? -1)).sort();
}

/** A user by their name, a group as `group NAME`. */
export function nameOf({ type, name }: Grantee): string {
  return type === 'Group' ? `group ${name}` : name;
}
