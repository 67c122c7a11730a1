/** The number of personal pairs that a change adds, against counting every person and document. */
import type * as authz from '../../src/authz/index.ts';
import type { RandomWorldChange } from '../model/random-change.ts';
import { referenceDecide, referenceLevels } from '../model/reference.ts';
import { renamedValues } from '../model/reference-change.ts';
import type { Values } from '../model/reference-filter.ts';
import type { Kernel } from './agreement.ts';
import { groupsOf } from './document-groups.ts';

export type CountedPairs = {
  readonly pairs: number;
  readonly bound: number;
  /** That have to be counted for the bound. */
  readonly documents: number;
};

/** The first mistake in counting personal pairs, or in what says that they need no counting. */
export function findPairsMistake(
  kernel: Kernel,
  { sample, change }: RandomWorldChange,
  seen: (counted: CountedPairs) => void = () => {},
): string | null {
  const { world, documents, now } = sample;
  const before = kernel.compileWorld(world);
  const after = changed(kernel, before, change);
  if (after === null) return null;
  const wanted = kernel.groupingsFor({ before, after, change });
  const pairs = kernel.personalPairs(
    { before, after, change },
    (doctype) => groupsOf(documents, doctype, wanted.get(doctype)),
    now,
  );
  const expected = referencePairs(kernel, world, change, sample);
  const inWords = (): string => `${JSON.stringify(world)} changed by ${JSON.stringify(change)}`;
  if (pairs !== expected) return `${pairs} pairs instead of ${expected}: ${inWords()}`;
  const reach = kernel.personalReach(before, change);
  const reached = documents.filter(({ doctype, values }) =>
    reach?.documents.some(
      (one) =>
        one.doctype === doctype &&
        (one.where?.values.includes(String(values[one.where.field])) ?? true),
    ),
  );
  const bound = (reach?.people ?? 0) * reached.length;
  if (pairs > bound) return `${pairs} pairs where ${bound} is the most: ${inWords()}`;
  seen({ pairs, bound, documents: reached.length });
  return null;
}

/**
 * Of a change of several kinds, each by itself, and single grants and members that come: what is
 * forgotten about one does not hide behind the others.
 */
export function eachAlone({ sample, change }: RandomWorldChange): RandomWorldChange[] {
  const { grants, members } = change;
  const kinds = Object.entries(change).map(([kind, part]) => ({ [kind]: part }));
  const single = [
    ...(grants?.added ?? []).map((one) => ({ grants: { gone: [], added: [one] } })),
    ...(members?.added ?? []).map((one) => ({ members: { gone: [], added: [one] } })),
  ];
  return [...kinds, ...single].map((one) => ({ sample, change: one as authz.WorldChange }));
}

/** Null for a world that does not hold together. */
function changed(kernel: Kernel, before: authz.CompiledWorld, change: authz.WorldChange) {
  try {
    return kernel.recompile(before, change);
  } catch (error) {
    if (error instanceof kernel.WorldError) return null;
    throw error;
  }
}

/** Everybody who is named, every document; whatever begins later has begun. */
function referencePairs(
  kernel: Kernel,
  world: authz.World,
  change: authz.WorldChange,
  { documents, now }: RandomWorldChange['sample'],
): number {
  const before = begun(world);
  const after = begun(kernel.applyChange(world, change));
  let pairs = 0;
  for (const id of new Set([...namesIn(before), ...namesIn(after), 'Guest'])) {
    const principal = { id, kind: kernel.kindOf(id), actor: null, ceilings: [] };
    for (const { doctype, values: document } of documents) {
      const personal = new Set(
        [before, after].flatMap(({ doctypes }) => [
          ...(doctypes.find(({ name }) => name === doctype)?.personal ?? []),
        ]),
      );
      const question = { principal, action: 'read', doctype, document, now };
      const renamed = renamedValues(world, change, doctype, document);
      const had = readable(before, question);
      const has = readable(after, { ...question, document: renamed });
      if ([...personal].some((field) => has.has(field) && !had.has(field))) pairs += 1;
    }
  }
  return pairs;
}

function begun(world: authz.World): authz.World {
  const from = null;
  return {
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, from })),
    members: world.members.map((member) => ({ ...member, from })),
    shares: world.shares.map((share) => ({ ...share, from })),
  };
}

function namesIn({ users, grants, members, shares }: authz.World): string[] {
  const direct = grants.filter(({ grantee }) => grantee.type === 'User');
  return [
    ...users,
    ...direct.map(({ grantee }) => grantee.name),
    ...members.map(({ user }) => user),
    ...shares.map(({ user }) => user),
  ];
}

type Asked = Parameters<typeof referenceLevels>[1] & { readonly document: Values };

function readable(world: authz.World, question: Asked): Set<string> {
  if (!referenceDecide(world, question)) return new Set();
  const levels = referenceLevels(world, question);
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  const fields = [...(shape?.levels ?? [])].filter(([, level]) => levels.has(level));
  return new Set(fields.map(([field]) => field));
}
