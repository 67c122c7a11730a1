/**
 * CASL, a general library for Node.js: one ability for each person, all of them made beforehand.
 * It knows no trees, so that each document carries its cost centre with all that are above it.
 *
 * @see https://casl.js.org/v6/en/guide/intro
 */
import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import type { EngineLoader } from './engine.ts';
import type { BusinessDocument, Doctype, Person, Rule } from './workload.ts';

export const loadCasl: EngineLoader = ({ people, rules, doctypes, documents }) => {
  const byRole = Map.groupBy(rules, ({ role }) => role);
  const byName = new Map(doctypes.map((doctype) => [doctype.name, doctype]));
  const abilities = people.map((person) => abilityOf(person, byRole, byName));
  return {
    name: 'CASL',
    check: (person, action, document) =>
      (abilities[person.index] as MongoAbility).can(action, document as never),
    list: (person) => {
      const ability = abilities[person.index] as MongoAbility;
      const readable = documents.filter((document) => ability.can('read', document as never));
      return readable.map(({ name }) => name);
    },
  };
};

function abilityOf(
  person: Person,
  byRole: ReadonlyMap<string, readonly Rule[]>,
  byName: ReadonlyMap<string, Doctype>,
): MongoAbility {
  const raw = person.roles.flatMap((role) =>
    (byRole.get(role) ?? []).map((rule): RawRuleOf<MongoAbility> => {
      const conditions = conditionsOf(person, rule, byName.get(rule.doctype)?.dimensions ?? []);
      const base = { action: [...rule.actions], subject: rule.doctype };
      return Object.keys(conditions).length > 0 ? { ...base, conditions } : base;
    }),
  );
  return createMongoAbility(raw, {
    detectSubjectType: (subject) =>
      typeof subject === 'string' ? subject : (subject as unknown as BusinessDocument).doctype,
  });
}

function conditionsOf(
  { id, scope }: Person,
  { ownOnly }: Rule,
  dimensions: Doctype['dimensions'],
): Record<string, unknown> {
  const conditions: Record<string, unknown> = {};
  if (dimensions.includes('company') && !scope.company.includes('*')) {
    conditions['company'] = { $in: scope.company };
  }
  if (dimensions.includes('cost_center') && !scope.cost_center.includes('*')) {
    conditions['cost_centers'] = { $in: scope.cost_center };
  }
  if (ownOnly) conditions['owner'] = id;
  return conditions;
}
