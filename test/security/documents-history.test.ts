/** History: each change leaves its version, and each version tells what the document was. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HistoryStage } from './history-stage.ts';

let stage: HistoryStage;

before(async () => {
  stage = await HistoryStage.open();
});

after(async () => {
  await stage.small.close();
});

test('every operation leaves its version, with what was changed from what to what', async () => {
  const parts = [
    { what: 'a', margin: 1, code: 'hidden-1' },
    { what: 'b', margin: 2 },
  ];
  const first = await stage.write('create', 'D-1', {
    ...{
      title: 'one',
      company: 'Alpha',
      amount: 10.5,
      pay: 3000,
      note: 'x',
      pin: 'hidden-2',
      parts,
    },
  });
  const [a, b] = first.parts;
  await stage.write('update', 'D-1', {
    ...{ title: 'two', amount: null, urgent: 1, extra: { deep: [1, null] }, pin: 'hidden-3' },
    parts: [{ name: b.name, what: 'B', margin: 5 }, { what: 'c' }],
  });
  const second = await stage.read('D-1');
  await stage.write('submit', 'D-1');
  await stage.write('update', 'D-1', { remark: 'late' });
  await stage.write('cancel', 'D-1');
  const versions = await stage.versions('D-1');
  assert.deepEqual(
    versions.map(({ version, action }) => [version, action]),
    [5, 4, 3, 2, 1].map((n, i) => [n, ['cancel', 'update', 'submit', 'update', 'create'][i]]),
  );
  assert.ok(versions.every(({ principal, actor }) => principal === 'boss' && actor === null));
  assert.deepEqual(versions[0]?.fields, { docstatus: [1, 2] });
  assert.deepEqual(versions[1]?.fields, { remark: [null, 'late'] });
  assert.deepEqual(versions[3]?.fields, {
    ...{ title: ['one', 'two'], amount: [10.5, null], urgent: [0, 1] },
    extra: [null, { deep: [1, null] }],
  });
  assert.deepEqual(versions[3]?.rows, {
    parts: {
      added: [{ name: second.parts[1].name, idx: 2, what: 'c' }],
      removed: [{ name: a.name, idx: 1, what: 'a', margin: 1 }],
      changed: { [b.name]: { what: ['b', 'B'], margin: [2, 5] } },
    },
  });
  assert.deepEqual([versions[4]?.fields, versions[4]?.rows], [undefined, undefined]);
  const amended = await stage.write('amend', 'D-1');
  const [made] = await stage.versions(amended.name);
  assert.deepEqual([made?.version, made?.action], [1, 'amend']);
  assert.deepEqual(await stage.at('D-1', 1), first);
  assert.deepEqual(await stage.at('D-1', 2), second);
  const kept = await stage.small.value(
    'select string_agg(changes::text, $1) from sys.document_version',
    '|',
  );
  assert.ok(kept?.includes('late') && !kept.includes('hidden'), 'a secret is kept in no form');
  assert.ok(!kept?.includes('pin') && !kept?.includes('code'));
});
