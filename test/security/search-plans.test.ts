/** Search is served by indexes, under row-level security. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { every } from '../../src/authz/index.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { selectFound } from '../../src/store/search-documents.ts';
import { CASE, SearchStage } from './search-stage.ts';

let stage: SearchStage;

before(async () => {
  stage = await SearchStage.open();
});

after(async () => {
  await stage.close();
});

test('an index serves it under row-level security', async () => {
  const { small } = stage;
  const id = await stage.id();
  await small.superuser.run({
    text: `insert into doc.works_case (name, title, company, owner, creation, modified, modified_by, docstatus)
      select 'Bulk ' || n, 'Thing ' || md5(n::text), 'Alpha', 'ann', now(), now(), 'ann', 0
      from generate_series(1, 20000) n`,
    values: [],
  });
  await small.superuser.run({ text: `vacuum analyze search.entries_${id}`, values: [] });
  await small.superuser.run({ text: 'vacuum analyze doc.works_case', values: [] });
  const words = md5Start;
  const plan = async (text: string): Promise<string> => {
    const [, result] = await small.app.run(bindStatement('ann', 'read'), {
      text: `explain ${text}`,
      values: [],
    });
    return (result?.rows ?? []).map(([line]) => line).join('\n');
  };
  const from = `select name from doc.works_case join search.seen_${id} on bw__document = id where`;
  assert.match(await plan(`${from} bw__title like '% ${words}%'`), /Bitmap Index Scan on entries_/);
  assert.match(
    await plan(`${from} search.resembles(bw__title, '${words}')`),
    /on entries_\d+_words/,
  );
  // Control: behind the policy itself, the same operator is kept from the index.
  await small.superuser.run({
    text: 'create index on doc.works_case using gin (title search.gin_trgm_ops)',
    values: [],
  });
  const behind = await plan(`select name from doc.works_case where title like '%${words}%'`);
  assert.doesNotMatch(behind, /Bitmap Index Scan on works_case_title/);
  assert.deepEqual(await stage.names('ann', words), ['Bulk 1']);
});

test('a full name, and how one begins, go by a tree', async () => {
  const { small } = stage;
  const { tables } = await small.store.policy();
  const table = tables.get(CASE.name);
  assert.ok(table);
  // Names of one series share most of their trigrams: their lists would be read nearly whole.
  const { text, values } = selectFound({
    ...{ table, where: every([]), me: 'ann', limit: 20, columns: [], title: null },
    ...{ terms: ['bulk', '19999'], words: [{ column: 'bw__name', isWhole: true, where: null }] },
  });
  const [, plan] = await small.app.run(bindStatement('ann', 'read'), {
    text: `explain ${text}`,
    values,
  });
  const indexes = (plan?.rows ?? []).flatMap(
    ([line]) => /Index Scan (?:on|using) (entries_\d+_\w+)/.exec(line ?? '')?.[1] ?? [],
  );
  const id = await stage.id();
  assert.deepEqual(indexes.slice(0, 2), [`entries_${id}_name`, `entries_${id}_name`]);
  assert.ok(indexes.includes(`entries_${id}_words`), 'the positive control: other ranks');
  assert.equal((await stage.names('ann', 'Bulk 19999'))[0], 'Bulk 19999');
});

/** How the hash of `1` begins. */
const md5Start = 'c4ca4238a0';
