/** Raw SQL shows what belongs to a document to whoever may report on that document. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Caller } from '../../src/identity/caller.ts';
import { RawSqlStage } from './raw-sql-stage.ts';
import { refused } from './small-engine.ts';

const ANYWHERE = [
  ['Company', '*'],
  ['Company', '(blank)'],
] as const;

let stage: RawSqlStage;
let ann: Caller;
let ben: Caller;

before(async () => {
  stage = await RawSqlStage.open();
  [ann, ben] = [await stage.signIn('ann'), await stage.signIn('ben')];
  await stage.give('ann', 'Deal', [['Company', 'Alpha']]);
  await stage.give('ben', 'Deal', ANYWHERE, { levels: [0, 1] });
  for (const name of ['A1', 'B1']) {
    const of = { reference_doctype: 'Deal', reference_name: name };
    await stage.small.insert('comment', { name: `C-${name}`, ...of, content: `on ${name}` });
    for (const field of [null, 'title', 'fee', 'note', 'pin']) {
      const to = { attached_to_doctype: 'Deal', attached_to_name: name, attached_to_field: field };
      await stage.small.insert('attachment', { name: `${name} ${field}`, ...to, file_name: 'f' });
    }
  }
});

after(async () => {
  await stage.close();
});

test('comments and attachments come with the documents and fields of a report', async () => {
  const comments = 'select name from "Comment" order by name';
  const files = 'select name from "Attachment" order by name';
  assert.deepEqual(await stage.names(ann, comments), ['C-A1']);
  assert.deepEqual(await stage.names(ben, comments), ['C-A1', 'C-B1']);
  assert.deepEqual(await stage.names(ann, files), ['A1 null', 'A1 title']);
  assert.deepEqual(await stage.names(ben, files), [
    ...['A1 fee', 'A1 null', 'A1 title', 'B1 fee', 'B1 null', 'B1 title'],
  ]);
  const hidden = `select count(*) from "Comment" where content like '%B1%'`;
  assert.deepEqual(await stage.names(ann, hidden), ['0']);
  assert.deepEqual(await stage.names(ben, hidden), ['1']);
});

test('past the first fence, too; and nobody reports on what they know no document of', async () => {
  const text = 'select name from reports.comment order by name';
  assert.deepEqual((await stage.pastFirst(ann, text)).rows, [['C-A1']]);
  const eve = await stage.signIn('eve');
  assert.deepEqual((await stage.pastFirst(eve, text)).rows, []);
  const ask = (caller: Caller) => stage.names(caller, 'select name from "Comment"');
  await refused(ask(eve), 'forbidden');
  // The database knows grants and no ceilings: a token that is limited to doctypes gets nothing.
  const ceilings = [{ name: 'token', doctypes: ['Deal', 'Comment'] }];
  const limited = { ...ben, principal: { ...ben.principal, ceilings } };
  await refused(ask(limited), 'forbidden');
  assert.deepEqual(await stage.names(limited, 'select name from "Deal" order by name'), [
    ...['A1', 'A2', 'B1'],
  ]);
});
