/**
 * INVARIANT (one-truth) in time: whatever is changed, the world as of an instant, asked later, is
 * what the world was at that instant.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { SmallCompany } from '../security/small-company.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { changes, statementsOf } from './store/changes.ts';

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
});

after(async () => {
  await small.close();
});

/** The order of most lists is nobody's promise; that of a scope's rows within a grant is. */
function inOrder(text: string | null): unknown {
  const world = JSON.parse(text ?? 'null') as Record<string, unknown> | null;
  if (world === null) return null;
  const sorted = Object.entries(world).map(([key, value]) => [
    key,
    Array.isArray(value)
      ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : value,
  ]);
  return Object.fromEntries(sorted);
}

type Seen = { readonly world: unknown; readonly at: string; readonly changedAt: string };

/** Of the doctypes, which are large and in a fixed order, a fingerprint does. */
const inShort = (world: string): string =>
  `(select jsonb_set(w, '{doctypes}', to_jsonb(md5(w ->> 'doctypes'))) from (select ${world} as w) x)`;

/** The world now, when that is, and the instant of the last change. */
async function look(): Promise<Seen> {
  const { rows } = await small.as(
    'ann',
    'read',
    `select ${inShort('sys.world()')}, (now() at time zone 'UTC')::text`,
  );
  const changedAt = await small.value(
    `select (max(at) at time zone 'UTC')::text from sys.permission_change`,
  );
  const [world = null, at = null] = rows[0] ?? [];
  return { world: inOrder(world), at: String(at), changedAt: String(changedAt) };
}

async function worldAt(at: string, shift = '0'): Promise<unknown> {
  const world = `sys.world_at(($1::timestamp + $2::interval) at time zone 'UTC')`;
  const { rows } = await small.as('ben', 'read', `select ${inShort(world)}`, at, shift);
  return inOrder(rows[0]?.[0] ?? null);
}

test('INVARIANT (one-truth): the world as of an instant is what it was then', async (t) => {
  const census = new Census();
  const sequences = fc.array(changes, { minLength: 6, maxLength: 14 });
  await holdsForAllInTurn(t, 10, sequences, async (sequence) => {
    const seen: Seen[] = [await look()];
    for (const change of sequence) {
      const statements = statementsOf(change);
      await small.superuser.transaction(
        async (transaction) => await transaction.run(...statements),
      );
      const now = await look();
      const isChanged = JSON.stringify(now.world) !== JSON.stringify(seen.at(-1)?.world);
      census.count(`${isChanged ? 'changed' : 'unchanged'} by ${change.kind}`);
      if (isChanged) assert.notEqual(now.changedAt, seen.at(-1)?.changedAt, change.kind);
      seen.push(now);
    }
    for (const [index, { world, at, changedAt }] of seen.entries()) {
      assert.deepEqual(await worldAt(at), world, `as of ${at}`);
      assert.deepEqual(await worldAt(changedAt), world, `from the change at ${changedAt} on`);
      const earlier = seen[index - 1];
      if (!earlier || earlier.changedAt === changedAt) continue;
      const before = await worldAt(changedAt, '-1 microsecond');
      assert.deepEqual(before, earlier.world, `until just before ${changedAt}`);
      census.count('instants');
    }
  });
  census.requires(t, {
    instants: 50,
    'changed by grant with scope': 1,
    'changed by grant and its end': 1,
    'changed by grant ended': 1,
    'changed by rule changed': 1,
    'changed by members replaced': 1,
    'changed by share': 1,
    'changed by authority': 1,
    'changed by user enabled': 1,
    'changed by node': 1,
    'changed by node moved': 1,
    'changed by definition': 1,
    'changed by nothing but the epoch': 1,
    'changed by partly rolled back': 1,
    'unchanged by rolled back': 1,
    'unchanged by user renamed in full': 1,
  });
});
