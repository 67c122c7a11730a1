/**
 * Whatever is done to a document: what its history says that it was, is what its reader was shown
 * of it then, for each reader; and a history that shows more is found.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { WireDocument } from '../../src/documents/documents.ts';
import { ANYWHERE, HistoryStage } from '../security/history-stage.ts';
import { holdsForAllInTurn } from './runs.ts';

let stage: HistoryStage;
let count = 0;

before(async () => {
  stage = await HistoryStage.open();
  // Level 1 is open to `split` in Beta only: where the document is decides what is seen of it.
  await stage.allow('split', ['read'], ANYWHERE);
  await stage.allow('split', ['read'], [['Company', 'Beta']], { levels: [0, 1] });
  await stage.allow('beta', ['read'], [['Company', 'Beta']], { levels: [0, 1] });
  await stage.allow('dear', ['read'], ANYWHERE, { when: [['amount', '>', 50]] });
});

after(async () => {
  await stage.small.close();
});

const READERS = ['boss', 'clerk', 'split', 'beta', 'dear'] as const;
const CLOSED = /"(note|margin)"/;

const text = fc.constantFrom('a', 'b', "it's", '', 'ä\u2028"\\', '2026-01-01');
const row = fc.record(
  {
    what: text,
    margin: fc.constantFrom(null, 0, 1, 9007199254740991),
    code: fc.constant('hidden'),
  },
  { requiredKeys: [] },
);
const header = fc.record(
  {
    company: fc.constantFrom('Alpha', 'Beta'),
    amount: fc.constantFrom(null, 0, 0.1, 50.0001, 51, -3),
    pay: fc.constantFrom(null, 1234.5),
    note: fc.constantFrom(null, 'x', 'y'),
    pin: fc.constantFrom('hidden-1', 'hidden-2'),
    urgent: fc.constantFrom(0, 1),
    due: fc.constantFrom(null, '2026-02-03 04:05:06.070000'),
    extra: fc.constantFrom(null, { a: [1, null, 'x'] }, [], 'text', 0),
  },
  { requiredKeys: [] },
);
/** New rows, and those of before that stay: which, in which order, and what changes in them. */
const rows = fc.option(
  fc.record({
    keep: fc.array(fc.record({ index: fc.nat({ max: 4 }), change: row }), { maxLength: 4 }),
    added: fc.array(row, { maxLength: 2 }),
    first: fc.boolean(),
  }),
);
const edit = fc.record({ header, rows, restore: fc.option(fc.nat({ max: 5 }), { freq: 4 }) });
const life = fc.record({
  edits: fc.array(edit, { minLength: 2, maxLength: 7 }),
  isDeleted: fc.boolean(),
});

type Rows = NonNullable<typeof rows extends fc.Arbitrary<infer One> ? One : never>;

function rowsInput(present: readonly WireDocument[], { keep, added, first }: Rows): object[] {
  const taken = new Map<WireDocument, object>();
  for (const { index, change } of keep) {
    const one = present[index];
    if (one) taken.set(one, { name: one['name'], ...change });
  }
  return first ? [...added, ...taken.values()] : [...taken.values(), ...added];
}

/** What each reader is shown now; null where it is hidden. */
async function look(name: string): Promise<Map<string, string | null>> {
  const shown = new Map<string, string | null>();
  for (const who of READERS) {
    const found = await stage.read(name, who).catch(() => null);
    shown.set(who, found === null ? null : inOrder(found));
  }
  return shown;
}

/** In an order of keys that does not depend on the way a document was put together. */
function inOrder(document: WireDocument): string {
  return JSON.stringify(document, (_key, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** The same without what is closed at level 1, for whoever sees less now than they saw then. */
function levelZero(document: WireDocument): WireDocument {
  return JSON.parse(
    JSON.stringify(document, (key, value) =>
      key === 'note' || key === 'margin' ? undefined : value,
    ),
  );
}

test('what history says a document was is what it was, for each reader as they read now', async (t) => {
  let compared = 0;
  let closed = 0;
  let hidden = 0;
  await holdsForAllInTurn(t, 12, life, async ({ edits, isDeleted }) => {
    const name = `P-${++count}`;
    await stage.write('create', name, { title: 'first', company: 'Alpha' });
    const full = [await stage.read(name)];
    for (const { header: changes, rows: given, restore } of edits) {
      const present = full.at(-1);
      if (restore !== null) await stage.restore(name, 1 + (restore % full.length));
      else {
        const parts = given ? { parts: rowsInput(present.parts, given) } : {};
        await stage.write('update', name, { ...changes, ...parts });
      }
      full.push(await stage.read(name));
    }
    const last = await look(name);
    if (isDeleted) await stage.write('delete', name);
    for (const who of READERS) {
      const now = last.get(who) ?? null;
      for (const [index, was] of full.entries()) {
        const told = await stage.at(name, index + 1, who).catch(() => null);
        assert.equal(told === null, now === null, `${who} of ${name}`);
        if (told === null || now === null) {
          hidden += 1;
          continue;
        }
        const isOpen = CLOSED.test(now);
        assert.equal(inOrder(told), inOrder(isOpen ? was : levelZero(was)), `${who} ${index + 1}`);
        compared += 1;
        closed += isOpen ? 0 : 1;
      }
      const versions = await stage.versions(name, who).catch(() => null);
      assert.equal(
        versions?.length ?? null,
        now === null ? null : full.length + (isDeleted ? 1 : 0),
      );
      const all = JSON.stringify(versions);
      assert.ok(!all.includes('hidden') && !/"(pin|code)"/.test(all), 'no secret in any form');
      if (now === null || !CLOSED.test(now)) assert.doesNotMatch(all, CLOSED);
    }
  });
  assert.ok(compared > 100 && closed > 20 && hidden > 20, `${compared} ${closed} ${hidden}`);
});
