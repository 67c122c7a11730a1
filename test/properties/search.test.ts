/**
 * INVARIANT (one-truth), of search: it finds what a loop over the documents and fields that the
 * reference opens would find, in ranks; and what it says is the same, to its order and what only
 * resembles, in a database without all that the person may not read.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Principal } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import { tableName } from '../../src/doctype/table-name.ts';
import { Documents } from '../../src/documents/documents.ts';
import type { Found } from '../../src/documents/operations/search.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { ENTRY_DOCUMENT, entriesTable } from '../../src/store/search-tables.ts';
import { Census } from './census.ts';
import { holdsForAllInTurn } from './runs.ts';
import { expectedOf } from './store/ask-store.ts';
import { WorldDatabase } from './store/world-database.ts';
import { type SqlWorld, sqlWorlds } from './store/worlds.ts';

const QUESTIONS = ['pump', 'Pump-2', 'PUM', 'ump', 'zzug', 'pupm', '2026-02', 'ff', 'É', 'north 7'];

/** Documents of one world number fewer, so that an answer holds them all. */
const LIMIT = 100;

let database: WorldDatabase;
let documents: Documents;

before(async () => {
  database = await WorldDatabase.open();
  const [seal, cursors] = [sealWith('a key for tests'), sealedTokens('a key for tests')];
  documents = new Documents({ store: database.store, seal, cursors });
});

after(async () => {
  await database.close();
});

const inputs = fc.record({
  sample: sqlWorlds,
  text: fc.constantFrom(...QUESTIONS),
  named: fc.nat(),
});

test('INVARIANT (one-truth): search is a loop over what is open, whatever else there is', async (t) => {
  const census = new Census();
  await holdsForAllInTurn(t, 20, inputs, async ({ sample, text, named }) => {
    const names = sample.documents.map(({ values }) => String(values['name']));
    const name = names[named % Math.max(names.length, 1)] ?? text;
    const texts = [text, name, name.slice(1), '2026-02 ump'.slice(0, named % 2 === 0 ? 7 : 11)];
    await database.load(sample);
    for (const principal of sample.principals) {
      for (const asked of texts) {
        const found = await searched(principal, asked);
        const expected = modelOf(sample, principal, asked);
        const told = JSON.stringify({ principal, asked, sample });
        assert.deepEqual(ranked(found.filter(({ match }) => match !== 'similar')), expected, told);
        const readable = new Set(openTo(sample, principal).map(({ key }) => key));
        assert.ok(
          found.every((one) => readable.has(keyOf(one.doctype, one.name))),
          told,
        );
        for (const { match } of found) census.count(match);
        if (found.length === 0) census.count('none');
      }
    }
    // What somebody sees stays the same where all that they do not see is gone.
    const principal = sample.principals[named % sample.principals.length] as Principal;
    const before = await searched(principal, texts[0] ?? '');
    const gone = await removeHidden(sample, principal);
    assert.deepEqual(await searched(principal, texts[0] ?? ''), before);
    census.count('removed', gone);
  });
  census.requires(t, {
    ...{ exact: 15, begins: 15, words: 5, within: 5, similar: 3 },
    ...{ none: 50, removed: 50 },
  });
});

async function searched(principal: Principal, text: string): Promise<Found[]> {
  const credential = { kind: 'named', principal: principal.id } as const;
  const caller: Caller = { principal, credential, requestId: 'test', door: 'test', address: null };
  return await documents.search(caller, { text, limit: LIMIT }).catch((error: unknown) => {
    // Nothing but signs was asked for.
    if (error instanceof Refusal && error.code === 'bad_value') return [];
    throw error;
  });
}

type Open = { readonly key: string; readonly wholes: string[]; readonly all: string[] };

/** Of each readable document the words that are open: whole ones, and all. */
function openTo(sample: SqlWorld, principal: Principal): Open[] {
  return expectedOf(sample, principal, 'read')
    .filter(({ isAllowed }) => isAllowed)
    .map(({ question, levels }) => {
      const { name, title, company, pieces, due } = question.document as Record<string, unknown>;
      const wholes = [folded(name), ...(levels.has(1) ? [folded(title)] : [])];
      const others = levels.has(0) ? [folded([company, pieces, due])] : [];
      return { key: keyOf(question.doctype, String(name)), wholes, all: [...wholes, ...others] };
    });
}

function modelOf(sample: SqlWorld, principal: Principal, text: string) {
  const terms = text
    .split(' ')
    .map(folded)
    .filter((term) => term !== '');
  if (terms.length === 0) return [];
  const phrase = terms.join(' ');
  const every = (all: string[], test: (words: string, term: string) => boolean): boolean =>
    terms.every((term) => all.some((words) => test(` ${words} `, term)));
  const begins = (words: string, term: string): boolean => words.includes(` ${term}`);
  const within = (words: string, term: string): boolean =>
    term.length >= 3 ? words.includes(term) : begins(words, term);
  return openTo(sample, principal)
    .flatMap(({ key, wholes, all }) => {
      if (wholes.includes(phrase)) return [`exact ${key}`];
      if (wholes.some((words) => words.startsWith(phrase))) return [`begins ${key}`];
      if (every(all, begins)) return [`words ${key}`];
      return terms.some((term) => term.length >= 3) && every(all, within) ? [`within ${key}`] : [];
    })
    .sort();
}

function ranked(found: readonly Found[]): string[] {
  return found.map(({ match, doctype, name }) => `${match} ${keyOf(doctype, name)}`).sort();
}

function keyOf(doctype: string, name: string): string {
  return `${doctype} ${name}`;
}

/** The folding of the documents of these worlds, told otherwise than the database does it. */
function folded(values: unknown): string {
  const text = [values]
    .flat()
    .filter((one) => one !== null && one !== undefined)
    .join(' ');
  const letters = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return letters
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

async function removeHidden(sample: SqlWorld, principal: Principal): Promise<number> {
  const hidden = expectedOf(sample, principal, 'read').filter(({ isAllowed }) => !isAllowed);
  const { tables } = await database.store.policy();
  const plain = (text: string) => ({ text, values: [] });
  // No trigger notices: the next world takes the names again.
  await database.superuser.run(
    plain("set session_replication_role = 'replica'"),
    ...hidden.flatMap(({ question }) => {
      const values = [String(question.document['name'])];
      const table = `doc.${tableName(question.doctype)}`;
      const entries = entriesTable(tables.get(question.doctype)?.id ?? 0);
      const its = `${ENTRY_DOCUMENT} in (select id from ${table} where name = $1)`;
      return [
        { text: `delete from ${entries} where ${its}`, values },
        { text: `delete from ${table} where name = $1`, values },
      ];
    }),
    plain("set session_replication_role = 'origin'"),
  );
  return hidden.length;
}
