/** What could be one day without anybody changing permissions: new documents, nodes and people. */
import type { Grant, World } from '../../src/authz/world.ts';
import type { RandomDocument } from '../model/random-schema.ts';
import type { RandomWorld } from '../model/random-world.ts';

/** Each node of each tree gets a child, and each tree another root; somebody new signs in. */
export function worldToCome(world: World): World {
  return {
    ...world,
    users: [...world.users, 'newcomer'],
    trees: world.trees.map(({ dimension, parents }) => ({
      dimension,
      parents: new Map([
        ...parents,
        ...[...parents.keys()].map((value): [string, string] => [childOf(value), value]),
        [`a root of ${dimension}`, null],
      ]),
    })),
  };
}

const childOf = (value: string): string => `${value} has this child`;

/** Each document as it is, and with other values on each of its paths in turn. */
export function documentsToCome({ world, documents }: RandomWorld): RandomDocument[] {
  return documents.flatMap((document) => [document, ...variantsOf(world, document)]);
}

function variantsOf(world: World, { doctype, values }: RandomDocument): RandomDocument[] {
  const shape = world.doctypes.find(({ name }) => name === doctype);
  return (shape?.paths ?? []).flatMap(({ dimension, path }) => {
    const parents = world.trees.find((tree) => tree.dimension === dimension)?.parents;
    const named = world.grants.flatMap(({ scope }) => scope.map(({ value }) => value));
    const nodes = [...new Set(named)].filter((value) => parents?.has(value)).slice(0, 5);
    const others = [null, 'a stranger', `a root of ${dimension}`, ...nodes, ...nodes.map(childOf)];
    const [field = '', column] = path.split('.');
    if (column === undefined) {
      return others.map((value) => ({ doctype, values: { ...values, [field]: value } }));
    }
    const rows = values[field] as readonly RandomDocument['values'][];
    const rowsOf = (...own: (string | null)[]) =>
      own.map((value) => ({ ...rows[0], [column]: value }));
    const all = [
      ...others.map((value) => [...rows, ...rowsOf(value)]),
      rowsOf(...nodes.slice(0, 2)),
    ];
    return all.map((own) => ({ doctype, values: { ...values, [field]: own } as typeof values }));
  });
}

/** From now on while the grant is valid: each moment at which anything begins or ends. */
export function momentsOf({ grants, members }: World, grant: Grant, now: number): number[] {
  const turns = [...grants, ...members].flatMap(({ from, until }) => [from, until]);
  const moments = [now, ...turns.filter((moment) => moment !== null)];
  return [...new Set(moments)].filter(
    (moment) => moment >= now && (grant.until === null || moment < grant.until),
  );
}
