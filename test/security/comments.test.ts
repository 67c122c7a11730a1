/** Comments: read, written and counted with the document that they belong to, and never without. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statementsOf } from '../support/statements.ts';
import { GovernedStage } from './governed-stage.ts';
import { callerOf, refused } from './small-engine.ts';

let stage: GovernedStage;

before(async () => {
  stage = await GovernedStage.open();
});

after(async () => {
  await stage.close();
});

test('a comment is read, listed, counted and searched with its document', async () => {
  const { name, document } = await stage.comment('beth', 'D-beta', 'looks odd');
  assert.equal(document.content, 'looks odd');
  assert.equal(document.owner, 'beth');
  for (const who of ['beth', 'boss', 'clerk']) {
    assert.equal((await stage.read(who, 'Comment', name)).content, 'looks odd', who);
    assert.deepEqual(await stage.names(who, 'Comment', [['name', '=', name]]), [name]);
    assert.equal(await stage.count(who, 'Comment', [['name', '=', name]]), 1);
    assert.deepEqual(await stage.groups(who, 'Comment', name), [{ owner: 'beth', n: 1 }]);
  }
  await refused(stage.read('alf', 'Comment', name), 'not_found');
  assert.deepEqual(await stage.names('alf', 'Comment', [['name', '=', name]]), []);
  assert.equal(await stage.count('alf', 'Comment', [['name', '=', name]]), 0);
  assert.deepEqual(await stage.groups('alf', 'Comment', name), []);
});

test('INVARIANT (hidden-equals-missing): comments on the hidden and on the missing answer alike', async () => {
  const { name } = await stage.comment('beth', 'D-beta', 'hidden from alf');
  const answers = async (parent: string, comment: string) => {
    const found: unknown[] = [];
    const asks: [string, () => Promise<unknown>][] = [
      ['link_not_found', () => stage.comment('alf', parent, 'x')],
      ['not_found', () => stage.read('alf', 'Comment', comment)],
      ['not_found', () => stage.write('alf', 'update', 'Comment', comment, { content: 'y' })],
      ['not_found', () => stage.write('alf', 'delete', 'Comment', comment)],
      ['not_found', () => stage.versions('alf', 'Comment', comment)],
    ];
    for (const [code, ask] of asks) {
      const field = code === 'link_not_found' ? 'reference_name' : undefined;
      const { message } = await refused(ask(), code, field);
      found.push([code, message.replaceAll(parent, 'PARENT').replaceAll(comment, 'COMMENT')]);
    }
    return found;
  };
  assert.deepEqual(await answers('D-beta', name), await answers('D-none', 'no-comment'));
  const statements = async (comment: string) =>
    await statementsOf(
      async () => await refused(stage.read('alf', 'Comment', comment), 'not_found'),
    );
  assert.deepEqual(await statements(name), await statements('no-comment'));
  const field = 'reference_name';
  await refused(stage.comment('alf', 'x', 'x', 'No Such Doctype'), 'link_not_found', field);
  await refused(stage.comment('alf', name, 'x', 'Comment'), 'link_not_found', field);
  await refused(stage.comment('alf', 'x', 'x', 'Dossier Part'), 'link_not_found', field);
});

test('a filter, a group or an order never becomes a test of a hidden document', async () => {
  await stage.comment('beth', 'D-beta', 'word only here');
  for (const filter of [
    ['reference_name', '=', 'D-beta'],
    ['reference_name', 'like', 'D-b%'],
    ['content', 'like', '%only here%'],
    ['reference_doctype', '!=', 'Nothing'],
    ['owner', '=', 'beth'],
  ]) {
    assert.equal(await stage.count('alf', 'Comment', [filter]), 0, JSON.stringify(filter));
    assert.deepEqual(await stage.names('alf', 'Comment', [filter]), []);
    assert.ok((await stage.count('beth', 'Comment', [filter])) > 0, 'the control finds it');
  }
});

test('a comment is changed and removed by its owner, while they read its document', async () => {
  const { name } = await stage.comment('beth', 'D-beta', 'mine');
  await refused(stage.write('boss', 'update', 'Comment', name, { content: 'x' }), 'forbidden');
  await refused(stage.write('boss', 'delete', 'Comment', name), 'forbidden');
  await stage.write('beth', 'update', 'Comment', name, { content: 'mine, still' });
  assert.equal((await stage.read('clerk', 'Comment', name)).content, 'mine, still');
  await refused(
    stage.write('beth', 'update', 'Comment', name, { reference_name: 'D-alpha' }),
    'invalid_document',
    'reference_name',
  );
  await refused(
    stage.write('beth', 'update', 'Comment', name, { owner: 'boss' }),
    'bad_value',
    'owner',
  );
  const versions = await stage.versions('clerk', 'Comment', name);
  assert.deepEqual(
    versions.map(({ action, fields }) => [action, fields]),
    [
      ['update', { content: ['mine', 'mine, still'] }],
      ['create', undefined],
    ],
  );
  await stage.move('D-beta', 'Alpha');
  await refused(stage.write('beth', 'delete', 'Comment', name), 'not_found');
  await refused(stage.read('beth', 'Comment', name), 'not_found');
  assert.equal((await stage.read('alf', 'Comment', name)).content, 'mine, still');
  await stage.move('D-beta', 'Beta');
  await stage.write('beth', 'delete', 'Comment', name);
  await refused(stage.read('beth', 'Comment', name), 'not_found');
});

test('what is gone is read by who could read its document, and is decided by that one', async () => {
  await stage.dossier('D-leaves', 'Beta');
  const { name } = await stage.comment('beth', 'D-leaves', 'said and removed');
  const kept = await stage.comment('beth', 'D-leaves', 'stays');
  await stage.write('beth', 'delete', 'Comment', name);
  const told = async (who: string, comment = name) =>
    JSON.stringify(await stage.versions(who, 'Comment', comment));
  assert.match(await told('beth'), /said and removed/);
  await refused(stage.versions('alf', 'Comment', name), 'not_found');
  await stage.write('boss', 'delete', 'Dossier', 'D-leaves');
  await refused(stage.read('beth', 'Comment', kept.name), 'not_found');
  assert.equal(await stage.count('boss', 'Comment', [['name', '=', kept.name]]), 0);
  for (const [comment, content] of [
    [name, /said and removed/],
    [kept.name, /stays/],
  ] as const) {
    assert.match(await told('beth', comment), content);
    assert.match(await told('boss', comment), content);
    await refused(stage.versions('alf', 'Comment', comment), 'not_found');
  }
  const [last] = await stage.versions('boss', 'Comment', kept.name);
  assert.deepEqual([last?.action, last?.version, last?.principal], ['delete', 2, 'boss']);
  const was = await stage.engine.documents.version(callerOf('boss'), 'Comment', kept.name, 1);
  assert.equal(was['content'], 'stays');
});

test('a restore brings words back by their owner alone; the timeline tells all of it', async () => {
  await stage.dossier('D-time', 'Beta');
  const { name, document } = await stage.comment('beth', 'D-time', 'first');
  const second = await stage.write('beth', 'update', 'Comment', name, { content: 'second' });
  const restore = async (who: string) => {
    const request = { doctype: 'Comment', name, input: { version: 1 } };
    const token = { expectedModified: second.document.modified };
    return await stage.engine.documents.write(callerOf(who), 'restore', { ...request, ...token });
  };
  await refused(restore('boss'), 'forbidden');
  await refused(restore('alf'), 'not_found');
  assert.equal((await restore('beth')).document?.['content'], 'first');
  const timeline = async (who: string, page = {}) =>
    await stage.engine.documents.timeline(callerOf(who), 'Dossier', 'D-time', page);
  const told = (await timeline('beth')).map((entry) =>
    entry.kind === 'comment' ? [entry.at, entry.content] : [entry.at, entry.action],
  );
  const made = String((await stage.read('boss', 'Dossier', 'D-time')).modified);
  assert.deepEqual(told, [
    [document.creation, 'first'],
    [made, 'create'],
  ]);
  assert.deepEqual(await timeline('boss', { limit: 1 }), (await timeline('beth')).slice(0, 1));
  await refused(timeline('alf'), 'not_found');
  await refused(timeline('beth', { limit: 2, start: 499 }), 'bad_value');
  const ofComment = stage.engine.documents.timeline(callerOf('beth'), 'Comment', name, {});
  await refused(ofComment, 'bad_value');
  await stage.write('boss', 'delete', 'Dossier', 'D-time');
  assert.deepEqual(
    (await timeline('beth')).map(({ kind }) => kind),
    ['version', 'version'],
  );
});
