/**
 * INVARIANT (one-truth) after changes: a node that fetched only what changed has the same world,
 * and gives the same answers, as one that loads everything.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type CompiledWorld, decide, isVisible, kindOf, whoCan } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { Database } from '../../src/store/database.ts';
import type { Policy } from '../../src/store/policy.ts';
import { Store } from '../../src/store/store.ts';
import { refusedWith, SmallCompany, sql } from '../security/small-company.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { changes, statementsOf } from './store/changes.ts';
import { oddChanges, oddStatement } from './store/more-changes.ts';

let small: SmallCompany;
let policyDatabase: Database;

before(async () => {
  small = await SmallCompany.open();
  policyDatabase = new Database(small.clone.address, 1);
  for (const name of ['ann', 'ben', 'cid']) {
    await small.insert('user', { name, email: name, full_name: name, enabled: 1 });
  }
  await small.insert('group', { name: 'team' });
  await small.give('ann', [['Company', 'Alpha']], { except: ['Cost Center'] });
  await small.give(
    'ben',
    [
      ['Company', '*'],
      ['Cost Center', 'North', 1],
    ],
    { when: null },
  );
  await small.give('group team', [['Company', 'Beta']], { actions: ['write'] });
});

after(async () => {
  await policyDatabase.close();
  await small.close();
});

/** Maps and sets as lists; the order of most records is nobody's promise. */
function inOrder(value: unknown): unknown {
  if (value instanceof Map) return inOrder([...value].map(([key, one]) => ({ key, one })));
  if (value instanceof Set) return inOrder([...value]);
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.every((item) => typeof item === 'object' || typeof item === 'string')
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inOrder(one)]));
}

function worldOf({ world, boundaries }: Policy): unknown {
  const { acting: _, separations, scope: __, ...source } = { scope: null, ...world.source };
  const grants = source.grants.map(({ scope, ...grant }) => ({
    ...grant,
    scope: JSON.stringify(scope),
  }));
  return { ...(inOrder({ ...source, grants }) as object), separations, boundaries };
}

const DOCTYPES = ['Sales Invoice', 'Cost Center', 'Grant'];
const DOCUMENTS = [
  ...['Root', 'North', 'Leeds', 'South', 'made by nobody'].map((cost_center) => ({
    ...{ name: `INV-${cost_center}`, company: 'Alpha', cost_center, owner: 'ann' },
  })),
  { name: 'INV-Beta', company: 'Beta', cost_center: null, owner: 'ben' },
  { name: 'INV-Odd', company: null, cost_center: 'Leeds', owner: 'ann' },
];

/** What the world answers to everybody there is. */
function answersOf(world: CompiledWorld, users: readonly string[], now: number): unknown[] {
  const people = [...users, 'Guest', 'nobody'];
  const asked = people.flatMap((id) => {
    const principal = { id, kind: kindOf(id), actor: null, ceilings: [] };
    return [
      DOCTYPES.map((doctype) => isVisible(world, principal, doctype, now)),
      ...(['read', 'write', 'print'] as const).map((action) =>
        DOCUMENTS.map((document) => {
          const question = { principal, action, doctype: 'Sales Invoice', document, now };
          return decide(world, question).allowed;
        }),
      ),
    ];
  });
  const who = DOCUMENTS.map((document) =>
    whoCan(world, { action: 'read', doctype: 'Sales Invoice', document, now }),
  );
  return [...asked, who];
}

/** What random changes break: nobody is listed in a group that is built in. */
const MEND = sql(`delete from doc.group_member m using doc."group" g
  where m.parent_id = g.id and g.name = 'Everyone'`);

async function holdsTogether(node: Store): Promise<boolean> {
  return await node.requireReady().then(
    () => true,
    (error: unknown) => {
      assert.ok(error instanceof Refusal && error.code === 'stale_policy', String(error));
      return false;
    },
  );
}

/** The policy of a node that has loaded nothing before. */
async function loadedWhole(): Promise<Policy> {
  return await new Store(small.app, policyDatabase, Date.now).policy();
}

test('INVARIANT (one-truth): a world that was followed is the world that is loaded whole', async (t) => {
  const census = new Census();
  const sequences = fc.array(
    fc.oneof(
      changes.map((change) => ({ kind: change.kind, statements: statementsOf(change) })),
      oddChanges.map((change) => ({ kind: change.kind, statements: [oddStatement(change)] })),
    ),
    { minLength: 10, maxLength: 30 },
  );
  await holdsForAllInTurn(t, 10, sequences, async (sequence) => {
    const node = new Store(small.app, policyDatabase, Date.now);
    await node.requireReady();
    const kinds: string[] = [];
    for (const [index, { kind, statements }] of sequence.entries()) {
      const before = await node.policy();
      kinds.push(kind);
      await small.superuser.transaction(
        async (transaction) => await transaction.run(...statements),
      );
      // A node that nobody asked for a while has several changes to catch up with.
      if (index % 3 === 1) continue;
      const pending = kinds.splice(0);
      const counts = { ...node.policyLoads };
      if (!(await holdsTogether(node))) {
        census.count('broken');
        await refusedWith('stale_policy', loadedWhole());
        await small.superuser.run(MEND);
      }
      await node.requireReady();
      const policy = await node.policy();
      const whole = await loadedWhole();
      assert.deepEqual(worldOf(policy), worldOf(whole), kind);
      const now = Date.now();
      const users = [...policy.world.source.users].sort();
      const answers = answersOf(policy.world, users, now);
      assert.deepEqual(answers, answersOf(whole.world, users, now), kind);
      const isFollowed = node.policyLoads.followed > counts.followed;
      const isOther = JSON.stringify(worldOf(before)) !== JSON.stringify(worldOf(policy));
      const how = isFollowed ? 'followed' : 'loaded';
      for (const one of isOther ? pending : ['nothing']) census.count(`${how} ${one}`);
      census.count(how);
      for (const answer of answers.flat(2)) if (answer === true) census.count('allowed');
    }
  });
  census.requires(t, {
    ...{ followed: 60, loaded: 3, allowed: 1000, 'loaded definition': 1, broken: 1 },
    ...{ 'followed grant with scope': 1, 'followed scope in place': 1, 'followed node moved': 1 },
  });
});
