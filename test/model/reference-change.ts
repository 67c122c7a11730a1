/** What people can do after a change and could not before, asked of the reference for each. */
import type { Principal } from '../../src/authz/principal.ts';
import type { World } from '../../src/authz/world.ts';
import type { WorldChange } from '../../src/authz/world-change.ts';
import type { RandomDocument } from './random-schema.ts';
import { type Question, referenceDecide, referenceLevels } from './reference.ts';
import type { Values } from './reference-filter.ts';

/** Somebody can do more with a document: an action, or reading a field. */
export type Growth = {
  readonly who: Principal;
  readonly doctype: string;
  /** As it is before the change. */
  readonly document: Values;
  readonly action: string;
  /** Null where it is the action itself. */
  readonly field: string | null;
  readonly now: number;
};

const ACTIONS = ['read', 'write', 'create', 'transition'];

/** Everything that grows at these moments. */
export function growthOf(
  before: World,
  after: World,
  change: WorldChange,
  sample: {
    readonly principals: readonly Principal[];
    readonly documents: readonly RandomDocument[];
    readonly moments: readonly number[];
  },
): Growth[] {
  const found: Growth[] = [];
  for (const who of sample.principals) {
    const known = change.users?.added.includes(who.id) ? asNewcomer(before) : before;
    for (const { doctype, values } of sample.documents) {
      const renamed = renamedValues(before, change, doctype, values);
      for (const now of sample.moments) {
        for (const action of ACTIONS) {
          const question = { principal: who, action, doctype, now };
          const old = { ...question, document: values };
          const next = { ...question, document: renamed };
          const base = { who, doctype, document: values, action, now };
          if (referenceDecide(after, next) && !referenceDecide(known, old)) {
            found.push({ ...base, field: null });
          }
          const read = fieldsOf(known, old);
          for (const field of fieldsOf(after, next)) {
            if (!read.includes(field)) found.push({ ...base, field });
          }
        }
      }
    }
  }
  return found;
}

/** Who comes has what everybody has, and nothing else. */
function asNewcomer(world: World): World {
  const grants = world.grants.filter(({ grantee }) => grantee.name === 'Everyone');
  return { ...world, grants, shares: [] };
}

/** Fields that the action reaches on the document. */
export function fieldsOf(world: World, question: Question): string[] {
  const levels = referenceLevels(world, question);
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  return [...(shape?.levels ?? [])].flatMap(([field, level]) => (levels.has(level) ? [field] : []));
}

/** A document once the values that it carries have other names. */
export function renamedValues(
  world: World,
  { renames = [] }: WorldChange,
  doctype: string,
  values: Values,
): Values {
  const after: Record<string, Values[string]> = { ...values };
  const shape = world.doctypes.find(({ name }) => name === doctype);
  for (const { dimension, path } of shape?.paths ?? []) {
    const [field = '', column] = path.split('.');
    for (const { dimension: own, value, to } of renames) {
      if (own !== dimension) continue;
      const rows = after[field];
      if (column === undefined) {
        if (values[path] === value) after[path] = to;
      } else if (Array.isArray(rows)) {
        after[field] = rows.map((row) => (row[column] === value ? { ...row, [column]: to } : row));
      }
    }
  }
  return after;
}
