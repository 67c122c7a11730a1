/** History: each change leaves its version, and each version tells what the document was. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statementsOf } from '../support/statements.ts';
import { ANYWHERE, DOSSIER, HistoryStage, WORK } from './history-stage.ts';
import { sql } from './small-company.ts';
import { refused } from './small-engine.ts';

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

test('a reader of history sees the fields and rows that they may read, and no others', async () => {
  await stage.write('create', 'D-levels', {
    ...{ title: 'one', company: 'Alpha', note: 'closed-1', pay: 10 },
    parts: [{ what: 'a', margin: 111 }],
  });
  const { parts } = await stage.read('D-levels');
  const [{ name }] = parts;
  await stage.write('update', 'D-levels', { note: 'closed-2', parts: [{ name, margin: 222 }] });
  await stage.write('update', 'D-levels', { title: 'two', parts: [{ what: 'n', margin: 333 }] });
  const seen = await stage.versions('D-levels', 'clerk');
  const added = (await stage.read('D-levels')).parts[0].name;
  assert.deepEqual(
    seen.map(({ version, fields, rows }) => ({ version, fields, rows })),
    [
      {
        version: 3,
        fields: { title: ['one', 'two'] },
        rows: {
          parts: {
            added: [{ name: added, idx: 1, what: 'n' }],
            removed: [{ name, idx: 1, what: 'a' }],
          },
        },
      },
      { version: 2, fields: undefined, rows: undefined },
      { version: 1, fields: undefined, rows: undefined },
    ],
  );
  for (const version of [1, 2, 3]) {
    const was = JSON.stringify(await stage.at('D-levels', version, 'clerk'));
    // Behind its colon, since a time of day may hold any three digits.
    assert.ok(!/note|margin|closed|:(111|222|333)\b/.test(was), was);
    // The same history holds them, for whoever may read them.
    assert.match(
      JSON.stringify(await stage.at('D-levels', version)),
      /closed-[12].*:(111|222|333)\b/,
    );
  }
});

test('a level that is closed, or a grant that ends, hides what was before at once', async () => {
  const given = await stage.allow('temp', WORK, ANYWHERE);
  await stage.write('create', 'D-close', { title: 'one', company: 'Alpha', amount: 77.25 });
  await stage.write('update', 'D-close', { amount: 88.5 });
  const told = async (): Promise<string> =>
    JSON.stringify([await stage.versions('D-close', 'temp'), await stage.at('D-close', 1, 'temp')]);
  assert.match(await told(), /77\.25/);
  const closed = DOSSIER.fields.map((field) =>
    field.fieldname === 'amount' ? { ...field, level: 1 } : field,
  );
  await stage.apply({ ...DOSSIER, fields: closed });
  assert.doesNotMatch(await told(), /77\.25|88\.5|amount/);
  assert.match(JSON.stringify(await stage.versions('D-close')), /77\.25,88\.5/);
  await stage.apply(DOSSIER);
  assert.match(await told(), /77\.25/);
  await stage.small.superuser.run(
    sql(`update doc."grant" set until = now() at time zone 'UTC' where name = $1`, given),
  );
  await refused(stage.versions('D-close', 'temp'), 'unknown_doctype');
  await refused(stage.at('D-close', 1, 'temp'), 'unknown_doctype');
  assert.equal((await stage.versions('D-close')).length, 2);
});

test('INVARIANT (hidden-equals-missing): history follows the document to where it is now', async () => {
  await stage.allow('beta', ['read', 'write'], [['Company', 'Beta']]);
  await stage.write('create', 'D-move', { title: 'secret plan', company: 'Alpha' });
  await stage.write('update', 'D-move', { title: 'plan' });
  const hidden = async (name: string) => {
    const answers: unknown[] = [];
    const asks = [
      () => stage.versions(name, 'beta'),
      () => stage.at(name, 1, 'beta'),
      () => stage.restore(name, 1, 'beta', 'token'),
    ];
    for (const ask of asks) {
      const { message, code } = await refused(ask(), 'not_found');
      answers.push([code, message.replaceAll(name, 'NAME')]);
    }
    return answers;
  };
  assert.deepEqual(await hidden('D-move'), await hidden('D-missing'));
  const statements = async (name: string) =>
    await statementsOf(async () => await refused(stage.versions(name, 'beta'), 'not_found'));
  assert.deepEqual(await statements('D-move'), await statements('D-missing'));
  await stage.write('update', 'D-move', { company: 'Beta' });
  assert.equal((await stage.versions('D-move', 'beta')).length, 3);
  assert.equal((await stage.at('D-move', 1, 'beta')).title, 'secret plan');
  await stage.write('update', 'D-move', { company: 'Alpha' });
  assert.deepEqual(await hidden('D-move'), await hidden('D-missing'));
});

test('of a document that is gone, those read who could read it as it was last', async () => {
  await stage.allow('own', ['read'], ANYWHERE, { when: [['owner', '=', '$me']] });
  await stage.allow('dear', ['read'], ANYWHERE, { when: [['amount', '>', 50]] });
  const made = await stage.write('create', 'D-gone', {
    ...{ title: 'one', company: 'Alpha', amount: 12, note: 'closed', pin: 'hidden-9' },
    parts: [{ what: 'a', margin: 4 }],
  });
  await stage.write('update', 'D-gone', { company: 'Beta', amount: 60 });
  await stage.write('delete', 'D-gone');
  const versions = await stage.versions('D-gone');
  assert.deepEqual(
    versions.map(({ action }) => action),
    ['delete', 'update', 'create'],
  );
  assert.deepEqual(await stage.at('D-gone', 1), made);
  assert.deepEqual(versions[0]?.fields?.['note'], ['closed', null]);
  for (const who of ['beta', 'clerk', 'dear']) {
    assert.equal((await stage.versions('D-gone', who)).length, 3, who);
    assert.equal((await stage.at('D-gone', 2, who)).company, 'Beta', who);
    assert.doesNotMatch(JSON.stringify(await stage.versions('D-gone', who)), /closed|margin/);
  }
  await refused(stage.versions('D-gone', 'own'), 'not_found');
  await refused(stage.at('D-gone', 3), 'not_found');
  await refused(stage.restore('D-gone', 1, 'boss', made.modified), 'not_found');
  await stage.write('create', 'D-gone-alpha', { title: 'x', company: 'Alpha', amount: 1 });
  await stage.write('delete', 'D-gone-alpha');
  assert.equal((await stage.versions('D-gone-alpha', 'clerk')).length, 2);
  for (const who of ['beta', 'own', 'dear'])
    await refused(stage.versions('D-gone-alpha', who), 'not_found');
  const left = await stage.small.value(
    'select string_agg(content::text, $1) from sys.deleted_document',
    '|',
  );
  assert.ok(left?.includes('Beta') && !left.includes('pin'), 'a secret is kept in no form');
});

test('a restore is an ordinary write: with a token, by the rules of fields, and a version', async () => {
  const first = await stage.write('create', 'D-back', {
    ...{ title: 'one', company: 'Alpha', amount: 1, note: 'first', pin: 'hidden-5', urgent: 1 },
    parts: [{ what: 'a', margin: 1 }, { what: 'b' }],
  });
  await stage.write('update', 'D-back', {
    ...{ title: 'two', amount: 2, note: 'second', urgent: 0 },
    parts: [{ name: first.parts[1].name, what: 'B' }, { what: 'c' }],
  });
  const pin = async () =>
    await stage.small.value(`select pin from doc.dossier where name = 'D-back'`);
  const sealed = await pin();
  await refused(stage.restore('D-back', 1, 'boss', null), 'version_required');
  const stale = stage.restore('D-back', 1, 'boss', first.modified);
  await refused(stale, 'version_conflict', 'modified');
  await refused(stage.restore('D-back', 9), 'not_found');
  await refused(stage.restore('D-back', 0), 'bad_value');
  // Whoever may not read a field leaves it as it is: here, what the boss wrote last.
  const byClerk = await stage.engine.write('boss', 'create', 'Dossier', 'D-clerk', {
    title: 'one',
    note: 'kept',
  });
  await stage.write('update', 'D-clerk', { title: 'two', note: 'kept too' });
  await stage.restore('D-clerk', 1, 'clerk');
  assert.equal(byClerk.name, 'D-clerk');
  assert.deepEqual(await stage.read('D-clerk').then(({ title, note }) => [title, note]), [
    'one',
    'kept too',
  ]);
  // Whoever reads a field and may not write it is told its name, and nothing is changed.
  await stage.allow('half', ['read'], ANYWHERE, { levels: [0, 1] });
  await stage.allow('half', ['read', 'write'], ANYWHERE, { levels: [0] });
  await refused(stage.restore('D-clerk', 1, 'half'), 'forbidden', 'note');
  await stage.restore('D-back', 1);
  const back = await stage.read('D-back');
  const plain = ({ modified: _, modified_by: __, parts, ...rest }: typeof first) => ({
    ...rest,
    parts: parts.map(({ name: ___, ...row }: { name: string }) => row),
  });
  assert.deepEqual(plain(back), plain(first));
  assert.equal(back.parts[1].name, first.parts[1].name, 'a row that is there is the same row');
  assert.equal(await pin(), sealed, 'a secret stays as it is');
  const [last] = await stage.versions('D-back');
  assert.deepEqual([last?.version, last?.action, last?.restored], [3, 'restore', 1]);
  assert.deepEqual(await stage.at('D-back', 1), first);
  await stage.write('submit', 'D-back');
  await refused(stage.restore('D-back', 2), 'submitted');
});
