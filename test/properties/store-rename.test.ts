/**
 * INVARIANT (one-truth) after a value was renamed or merged by the engine: list filter, kernel and
 * row-level security say what the reference says of the world in the new names.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { applyChange, type ValueRename } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { Documents } from '../../src/documents/documents.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import type { Statement } from '../../src/store/statement.ts';
import type { Values } from '../model/reference-filter.ts';
import { callerOf } from '../security/small-engine.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { Tally } from './stations.ts';
import { askStore, expectedOf } from './store/ask-store.ts';
import { insert, plain } from './store/load.ts';
import { WorldDatabase } from './store/world-database.ts';
import { type SqlWorld, sqlWorlds } from './store/worlds.ts';

const RENAMER = 'rita';

/** Where the random documents link to each. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Branch: ['branch', 'sent_from'],
  Team: ['team'],
};

const DIMENSIONS = Object.keys(COLUMNS).map(
  (name): Doctype => ({
    ...{ name, app: 'test', autoname: 'prompt', is_tree: true, is_dimension: true },
    ...{ allow_rename: true, parent_field: 'parent_node' },
    dimension_paths: [{ dimension: name, path: 'name' }],
    fields: [{ fieldname: 'parent_node', fieldtype: 'Link', options: name }],
  }),
);

/** Doctypes that are a dimension's values under the same names would not be renamed with it. */
const worlds = sqlWorlds.filter(
  ({ world }) =>
    !world.doctypes.some(({ paths }) => paths.some(({ path }) => path === 'name')) &&
    world.trees.some(({ dimension, parents }) => dimension in COLUMNS && parents.size > 1),
);

/** In hardly any random world does much hang on one value: those in which something does. */
const inputs = fc
  .record({
    sample: worlds,
    picks: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    merges: fc.boolean(),
  })
  .map(({ sample, picks, merges }) => ({ sample, rename: chosen(sample, picks, merges) }))
  .filter(({ sample, rename }) => told(sample, inNewNames(sample, rename)) > 0);

let database: WorldDatabase;
let documents: Documents;

before(async () => {
  database = await WorldDatabase.open();
  const owner = await connectToMigrate(database.clone.superuser);
  const roles = rolesOf(database.clone.address.user.replace(/_app$/, ''));
  await owner.script(`set role "${roles.owner}"`);
  await applyDoctypes(owner, roles, DIMENSIONS);
  await owner.close();
  const seal = sealWith('a key for tests');
  const cursors = sealedTokens('a key for tests');
  documents = new Documents({ store: database.store, seal, cursors, approvalPairs: 1e9 });
});

after(async () => {
  await database.close();
});

test('INVARIANT (one-truth): after a renaming or a merge everybody sees what the reference says', async (t) => {
  const tally = new Tally();
  const census = new Census();
  await holdsForAllInTurn(t, 16, inputs, async ({ sample, rename }) => {
    await database.load(sample, nodesOf(sample));
    const refusal = await renamed(rename);
    census.count(refusal ?? (rename.merges ? 'merged' : 'renamed'));
    const next = refusal === null ? inNewNames(sample, rename) : sample;
    assert.equal(await askStore(database, next, ['read', 'write'], tally), null);
  });
  census.requires(t, { renamed: 4, merged: 2 });
  assert.ok(tally.seen('security') > 1000, `${tally.seen('security')} answers`);
});

/** Answers that would be others if the grants still had the old names. */
function told(sample: SqlWorld, next: SqlWorld): number {
  const half = { ...next, world: sample.world };
  let count = 0;
  for (const principal of sample.principals) {
    const before = expectedOf(half, principal, 'read');
    const now = expectedOf(next, principal, 'read');
    count += now.filter(({ isAllowed }, i) => isAllowed !== before[i]?.isAllowed).length;
  }
  return count;
}

/** Of a value that documents and grants speak of, where there is one. */
function chosen(
  { world, documents: all }: SqlWorld,
  [a, b, c]: readonly number[],
  merges: boolean,
): ValueRename {
  const trees = world.trees.filter(
    ({ dimension, parents }) => dimension in COLUMNS && parents.size > 1,
  );
  const values = trees.flatMap(({ dimension, parents }) => {
    const isSaid = (value: string): boolean => {
      const carries = (one: Values): boolean =>
        (COLUMNS[dimension] ?? []).some((column) => one[column] === value);
      const isHeld = world.grants.some(({ scope }) =>
        scope.some((entry) => entry.dimension === dimension && entry.value === value),
      );
      return isHeld && all.some(({ values: one }) => carries(one));
    };
    return [...parents.keys()].map((value) => ({ dimension, value, isSaid: isSaid(value) }));
  });
  const said = values.filter(({ isSaid }) => isSaid);
  const { dimension, value } = pick(said.length > 0 ? said : values, b);
  const parents = world.trees.find((tree) => tree.dimension === dimension)?.parents;
  const above = (one: string): string[] => {
    const parent = parents?.get(one) ?? null;
    return parent === null ? [] : [parent, ...above(parent)];
  };
  // Merged into what is far below it, a value would stand above itself.
  const others = values.filter(
    (one) =>
      one.dimension === dimension &&
      one.value !== value &&
      !above(one.value).slice(1).includes(value),
  );
  return {
    dimension,
    value,
    to: others.length > 0 && merges ? pick(others, c).value : `B999-${a}`,
    merges: merges && others.length > 0,
  };
}

function pick<Item>(items: readonly Item[], number = 0): Item {
  return items[number % items.length] as Item;
}

/** Null where it was done, else the code of its refusal. */
async function renamed({ dimension, value, to, merges }: ValueRename): Promise<string | null> {
  try {
    await documents.write(callerOf(RENAMER), 'rename', {
      ...{ doctype: dimension, name: value, expectedModified: null },
      input: { name: to, merge: merges },
    });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** The values as documents of their own, and somebody who may rename and give everything. */
function nodesOf({ world }: SqlWorld): Statement[] {
  const role = 'Renamer';
  const rules = DIMENSIONS.map(({ name }) => ({
    ...{ name: `${role} of ${name}`, role, document_type: name },
    ...{ actions: ['read', 'write', 'delete'], levels: [0], reach: 'everything' },
    status: 'in force',
  }));
  const authority = {
    ...{ name: 'authority', holder_type: 'User', holder: RENAMER },
    ...{ roles: ['*'], except_roles: [] },
  };
  return [
    plain("set session_replication_role = 'replica'"),
    ...['sys.tree_node', 'sys.retired_name', 'sys.name_change', 'sys.deleted_document'].map(
      (table) => plain(`delete from ${table}`),
    ),
    ...DIMENSIONS.map(({ name }) => plain(`delete from doc.${name.toLowerCase()}`)),
    plain("set session_replication_role = 'origin'"),
    ...world.trees
      .filter(({ dimension }) => dimension in COLUMNS)
      .map(({ dimension, parents }) => {
        const rows = [...parents].map(([name, parent_node]) => ({ name, parent_node }));
        return insert(dimension.toLowerCase(), rows, 'name,parent_node');
      }),
    insert('role', [{ name: role }]),
    insert('role_rule', rules, Object.keys(rules[0] ?? {}).join()),
    insert(
      'grant',
      [{ name: 'renaming', grantee_type: 'User', grantee: RENAMER, role }],
      'name,grantee_type,grantee,role',
    ),
    insert('granting_authority', [authority], Object.keys(authority).join()),
  ];
}

function inNewNames(sample: SqlWorld, rename: ValueRename): SqlWorld {
  const columns = COLUMNS[rename.dimension] ?? [];
  const inValues = (values: Values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([field, value]) => {
        if (field === 'items') return [field, (value as never as Values[]).map(inValues) as never];
        return [field, columns.includes(field) && value === rename.value ? rename.to : value];
      }),
    );
  return {
    ...sample,
    world: applyChange(sample.world, { renames: [rename] }),
    documents: sample.documents.map(({ doctype, values }) => ({
      doctype,
      values: inValues(values),
    })),
  };
}
