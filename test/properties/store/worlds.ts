/** The random worlds of the kernel's properties, made fit for real tables. */
import fc from 'fast-check';
import type { Rule, World } from '../../../src/authz/world.ts';
import type { Doctype } from '../../../src/doctype/definition.ts';
import { readCondition } from '../../../src/store/rule-condition.ts';
import { type RandomWorld, randomWorlds } from '../../model/random-world.ts';
import type { Values } from '../../model/reference-filter.ts';
import { conditions, extras, type Part } from './conditions.ts';
import { keyOf, TABLES } from './doctypes.ts';

/** A sample whose doctypes are tables; `whens` holds each rule's condition as it is stored. */
export type SqlWorld = RandomWorld & {
  readonly definitions: readonly Doctype[];
  readonly whens: ReadonlyMap<string, readonly Part[]>;
};

/** The name by which the database knows whoever has not signed in. */
const GUEST = 'Guest';
const RULES_MAX = 20;
const DOCUMENTS_MAX = 24;

const STANDARD: Values = {
  modified_by: 'ada',
  docstatus: 0,
  creation: '2026-02-01 10:00:00.000000',
  modified: '2026-02-01 10:00:00.500000',
};

/** Worlds in which every condition is one that a rule can hold. */
export const sqlWorlds: fc.Arbitrary<SqlWorld> = fc
  .record({
    sample: randomWorlds,
    conditions: fc.array(conditions, { minLength: RULES_MAX, maxLength: RULES_MAX }),
    extras: fc.array(extras, { minLength: DOCUMENTS_MAX, maxLength: DOCUMENTS_MAX }),
  })
  // Hardly ever two doctypes of one world have the same long list of paths.
  .filter(({ sample }) => tablesFor(sample.world).every((table) => table !== undefined))
  .map(({ sample, conditions, extras }) => {
    const definitions = tablesFor(sample.world) as Doctype[];
    const known = new Map(sample.world.doctypes.map(({ name }, i) => [name, definitions[i]]));
    const named = (doctype: string): string => known.get(doctype)?.name ?? doctype;
    const whens = new Map<string, readonly Part[]>();
    const rules = sample.world.rules.map((rule, i): Rule => {
      const parts = conditions[i];
      if (rule.when === null || !parts) return { ...rule, doctype: named(rule.doctype) };
      whens.set(rule.name, parts);
      const when = readCondition(parts, known.get(rule.doctype));
      return { ...rule, doctype: named(rule.doctype), when };
    });
    const documents = withMixtures(sample).map(({ doctype, values }, i) => ({
      doctype: named(doctype),
      values: { ...STANDARD, ...values, ...extras[i], ...renamedOwner(values) },
    }));
    return {
      ...sample,
      world: renamed(sample.world, rules, named),
      documents,
      definitions,
      whens,
      principals: sample.principals.map((one) => ({
        ...one,
        id: person(one.id),
        ceilings: one.ceilings.map((ceiling) =>
          ceiling.doctypes ? { ...ceiling, doctypes: ceiling.doctypes.map(named) } : ceiling,
        ),
      })),
    };
  });

/** More documents for the price of a world: each once more, with the next one's dimensions. */
function withMixtures({ world, documents }: RandomWorld): RandomWorld['documents'] {
  const mixtures = world.doctypes.flatMap(({ name, paths }) => {
    if (paths.some(({ path }) => path === 'name')) return [];
    const own = documents.filter(({ doctype }) => doctype === name);
    return own.map(({ doctype, values }, i) => {
      const { company, branch, team } = own[(i + 1) % own.length]?.values ?? values;
      const mixed = { ...values, name: `${values['name']} mixed`, company, branch, team };
      return { doctype, values: mixed as Values };
    });
  });
  return [...documents, ...mixtures];
}

/** A table of its own for each doctype of the world. */
function tablesFor(world: World): (Doctype | undefined)[] {
  const taken = new Set<string>();
  return world.doctypes.map(({ paths }) => {
    const table = TABLES.get(keyOf(paths))?.find(({ name }) => !taken.has(name));
    taken.add(table?.name ?? '');
    return table;
  });
}

function renamed(world: World, rules: readonly Rule[], named: (doctype: string) => string): World {
  return {
    ...world,
    rules,
    doctypes: world.doctypes.map((shape) => ({ ...shape, name: named(shape.name) })),
    grants: world.grants.map((grant) => ({
      ...grant,
      grantee: { ...grant.grantee, name: person(grant.grantee.name) },
    })),
    shares: world.shares.map((share) => ({
      ...share,
      user: person(share.user),
      doctype: named(share.doctype),
      // Only its end is kept of a share: it begins when it is given.
      from: null,
    })),
    authorities: [],
  };
}

function renamedOwner(values: Values): Values {
  return { owner: person(String(values['owner'])) };
}

function person(name: string): string {
  return name === 'visitor' ? GUEST : name;
}
