import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileWorld, type World, WorldError } from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

const IN_FORCE = { status: 'in force', reach: 'within' } as const;

type Damage = (world: World, pick: number) => World | null;

/** Changes one of the items, or gives up where there is none. */
function change<Item>(items: readonly Item[], pick: number, to: (item: Item) => Item) {
  const index = pick % Math.max(1, items.length);
  const item = items[index];
  return item === undefined ? null : items.with(index, to(item));
}

function reparent(world: World, pick: number, parentOf: (values: string[]) => string) {
  const trees = change(world.trees, pick, (tree) => {
    const values = [...tree.parents.keys()];
    const value = values[pick % values.length] ?? '';
    return { ...tree, parents: new Map([...tree.parents, [value, parentOf(values)]]) };
  });
  return trees && { ...world, trees };
}

/** The first root is put below a node of its own subtree: itself, or somewhere deep down. */
const cycle: Damage = (world, pick) => {
  const trees = change(world.trees, pick, (tree) => {
    const [root = ''] = [...tree.parents].find(([, parent]) => parent === null) ?? [];
    const below = [...tree.parents.keys()].filter((value) => {
      for (let at: string | null = value; at !== null; at = tree.parents.get(at) ?? null)
        if (at === root) return true;
      return false;
    });
    const parent = below[pick % below.length] ?? root;
    return { ...tree, parents: new Map([...tree.parents, [root, parent]]) };
  });
  return trees && { ...world, trees };
};

const DAMAGES: Readonly<Record<string, Damage>> = {
  'a cycle in a tree': cycle,
  'a parent that is not there': (world, pick) => reparent(world, pick, () => 'nowhere'),
  'a rule of an unknown role': (world, pick) => {
    const rules = change(world.rules, pick, (rule) => ({ ...rule, role: 'Nobody' }));
    return rules && { ...world, rules };
  },
  'a grant of an unknown role': (world, pick) => {
    const grants = change(world.grants, pick, (grant) => ({ ...grant, role: 'Nobody' }));
    return grants && { ...world, grants };
  },
  'a rule in force for an unknown doctype': (world, pick) => {
    const rules = change(world.rules, pick, (rule) => ({
      ...rule,
      ...IN_FORCE,
      doctype: 'Nothing',
    }));
    return rules && { ...world, rules };
  },
  'a reach that is no word of the model': (world, pick) => {
    const rules = change(world.rules, pick, (rule) => ({
      ...rule,
      ...IN_FORCE,
      reach: 'Within' as 'within',
    }));
    return rules && { ...world, rules };
  },
};

for (const [kind, damage] of Object.entries(DAMAGES)) {
  test(`a world with ${kind} is refused whole`, (t) => {
    const census = new Census();
    const inputs = fc.record({ sample: randomWorlds, pick: fc.nat() });
    holdsForAll(t, 60, inputs, ({ sample: { world }, pick }) => {
      compileWorld(world);
      const damaged = damage(world, pick);
      if (damaged === null) return;
      assert.throws(() => compileWorld(damaged), WorldError);
      census.count('refused');
    });
    census.requires(t, { refused: 25 });
  });
}
