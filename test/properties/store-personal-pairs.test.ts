/**
 * Through the whole engine: random changes are refused to one person exactly where the rows that
 * people see afterwards, and did not before, are more than the threshold.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../src/base/errors.ts';
import type { Change } from '../../src/documents/together.ts';
import {
  create,
  grantOf,
  peopleOfSmallCompany,
  READERS,
  together,
} from '../security/people-of-small-company.ts';
import { callerOf, SmallEngine } from '../security/small-engine.ts';
import { holdsForAllInTurn } from './runs.ts';

const GROUPS = ['red', 'blue'] as const;
const PLACES = ['Alpha', 'Beta', '*'] as const;
const RULE = 'HR: Employee';

let world: Awaited<ReturnType<typeof peopleOfSmallCompany>>;

before(async () => {
  world = await peopleOfSmallCompany(1_000_000);
  for (const name of GROUPS) await world.engine.write('ann', 'create', 'Group', name);
});

after(async () => {
  await world.small.close();
});

type Wish =
  | { readonly kind: 'grant'; readonly to: string; readonly place: string }
  | { readonly kind: 'members'; readonly group: string; readonly users: readonly string[] }
  | { readonly kind: 'rule'; readonly status: 'draft' | 'in force' }
  | { readonly kind: 'end'; readonly pick: number };

const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('grant'),
      to: fc.constantFrom(...READERS, ...GROUPS, ...GROUPS),
      place: fc.constantFrom(...PLACES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('members'),
      group: fc.constantFrom(...GROUPS),
      users: fc.subarray([...READERS]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rule'),
      status: fc.constantFrom('draft', 'in force', 'in force'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end'), pick: fc.nat({ max: 9 }) }) },
);

const inputs = fc.record({
  wishes: fc.array(wish, { minLength: 1, maxLength: 3 }),
  threshold: fc.constantFrom(1, 5, 9, 10, 11, 20),
});

/** The wish as a write on the records as they are; null where there is nothing to do. */
async function changeOf(wished: Wish, taken: Set<string>): Promise<Change | null> {
  const { engine, small } = world;
  const update = async (doctype: string, name: string, input: object): Promise<Change | null> => {
    // A version token is good for one change.
    if (taken.has(name)) return null;
    taken.add(name);
    const { modified } = await engine.documents.read(callerOf('ann'), doctype, name);
    return { operation: 'update', doctype, name, input, expectedModified: String(modified) };
  };
  if (wished.kind === 'grant') {
    const isGroup = (GROUPS as readonly string[]).includes(wished.to);
    const more = isGroup ? { grantee_type: 'Group' } : {};
    return create('Grant', grantOf(wished.to, wished.place, more));
  }
  if (wished.kind === 'members') {
    const members = wished.users.map((user) => ({ user }));
    return await update('Group', wished.group, { members });
  }
  if (wished.kind === 'rule') return await update('Role Rule', RULE, { status: wished.status });
  const name = await small.value(
    `select name from doc."grant" where role = 'HR' and until is null order by id offset $1 limit 1`,
    wished.pick,
  );
  if (name === null || taken.has(name)) return null;
  taken.add(name);
  const what = { operation: 'delete', doctype: 'Grant', name } as const;
  return { ...what, input: null, expectedModified: null };
}

/** What row-level security shows to each of the readers. */
async function seen(): Promise<ReadonlySet<string>> {
  const pairs = await Promise.all(
    READERS.map(async (who) => {
      const { rows } = await world.small.as(who, 'read', 'select name from doc.employee');
      return rows.map(([name]) => `${who} ${name}`);
    }),
  );
  return new Set(pairs.flat());
}

test('refused to one person exactly where more comes into sight than one may give', async (context) => {
  const counts = { refused: 0, passed: 0, nothing: 0 };
  await holdsForAllInTurn(context, 40, inputs, async ({ wishes, threshold }) => {
    const taken = new Set<string>();
    const changes: Change[] = [];
    for (const one of wishes) {
      const change = await changeOf(one, taken);
      if (change) changes.push(change);
    }
    if (changes.length === 0) return;
    const strict = new SmallEngine(world.small, { approvalPairs: threshold });
    const before = await seen();
    const isRefused = await together({ ...world, engine: strict }, 'ann', changes, true).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Refusal && error.code === 'approval_required') return true;
        throw error;
      },
    );
    await together(world, 'ann', changes);
    const pairs = [...(await seen())].filter((pair) => !before.has(pair)).length;
    assert.equal(
      isRefused,
      pairs > threshold,
      `${pairs} of ${threshold}: ${JSON.stringify(wishes)}`,
    );
    counts[pairs === 0 ? 'nothing' : isRefused ? 'refused' : 'passed'] += 1;
  });
  for (const [kind, count] of Object.entries(counts)) assert.ok(count >= 3, `${kind}: ${count}`);
});
