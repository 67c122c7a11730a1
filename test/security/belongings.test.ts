/** Assignments, tags, follows and attachments: none gives access, and none is seen without it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkDefinition } from '../../src/doctype/check-definition.ts';
import { checkDefinitions } from '../../src/doctype/check-definitions.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { planChange } from '../../src/doctype/migration-plan.ts';
import { ANYWHERE, GovernedStage, NAMED_BY } from './governed-stage.ts';
import { callerOf, refused } from './small-engine.ts';

const FILE = {
  ...{ file_name: 'scan.pdf', file_size: 12, content_type: 'application/pdf' },
  content_hash: 'a'.repeat(64),
};

let stage: GovernedStage;

before(async () => {
  stage = await GovernedStage.open();
});

after(async () => {
  await stage.close();
});

test('an assignment gives its person nothing, and tells who assigns nothing', async () => {
  const told: unknown[] = [];
  for (const allocated_to of ['alf', 'beth']) {
    const { name, document } = await stage.add('beth', 'Assignment', 'D-beta', { allocated_to });
    const { status, owner, docstatus } = document;
    told.push({ status, owner, docstatus, keys: Object.keys(document) });
    if (allocated_to === 'beth') continue;
    await refused(stage.read('alf', 'Assignment', name), 'not_found');
    assert.equal(await stage.count('alf', 'Assignment'), 0);
    await refused(
      stage.write('alf', 'update', 'Assignment', name, { status: 'Closed' }),
      'not_found',
    );
    await refused(stage.read('alf', 'Dossier', 'D-beta'), 'not_found');
    await stage.move('D-beta', 'Alpha');
    assert.equal((await stage.read('alf', 'Assignment', name)).allocated_to, 'alf');
    await stage.write('alf', 'update', 'Assignment', name, { status: 'Closed' });
    await refused(
      stage.write('ward', 'update', 'Assignment', name, { status: 'Open' }),
      'forbidden',
    );
    await stage.move('D-beta', 'Beta');
    await refused(stage.read('alf', 'Assignment', name), 'not_found');
  }
  // Whether the other reads the document makes no difference to whoever assigns.
  assert.deepEqual(told[0], told[1]);
  const stranger = { allocated_to: 'nobody' };
  await refused(
    stage.add('beth', 'Assignment', 'D-beta', stranger),
    'link_not_found',
    'allocated_to',
  );
});

test('a mention is text: it gives nothing, and says nothing of whom it names', async () => {
  for (const whom of ['@alf', '@nobody']) {
    const { name, document } = await stage.comment('beth', 'D-beta', `look, ${whom}`);
    assert.deepEqual(Object.keys(document).sort(), [
      ...['content', 'creation', 'docstatus', 'doctype', 'modified', 'modified_by', 'name'],
      ...['owner', 'reference_doctype', 'reference_name'],
    ]);
    await refused(stage.read('alf', 'Comment', name), 'not_found');
  }
  await refused(stage.read('alf', 'Dossier', 'D-beta'), 'not_found');
});

test('tags and attachments are for writers, follows and comments for readers', async () => {
  for (const [kind, more] of [
    ['Tag Link', { tag: 'urgent' }],
    ['Attachment', FILE],
  ] as const) {
    await refused(stage.add('alf', kind, 'D-alpha', more), 'forbidden');
    const { name } = await stage.add('ward', kind, 'D-alpha', more);
    assert.equal((await stage.read('alf', kind, name)).owner, 'ward');
    await refused(stage.write('alf', 'delete', kind, name), 'forbidden');
    await refused(stage.read('beth', kind, name), 'not_found');
    // Any writer of the document takes it off again.
    await stage.write('clerk', 'delete', kind, name);
  }
  const { name, document } = await stage.add('alf', 'Follow', 'D-alpha');
  assert.equal(document.user, 'alf');
  await refused(stage.add('alf', 'Follow', 'D-alpha', { user: 'beth' }), 'forbidden', 'user');
  await refused(stage.write('boss', 'delete', 'Follow', name), 'forbidden');
  await refused(stage.add('alf', 'Follow', 'D-beta'), 'link_not_found', 'ref_docname');
  await stage.write('alf', 'delete', 'Follow', name);
});

test('an attachment of a field follows the level of that field', async () => {
  const at = (attached_to_field: string) => ({ ...FILE, attached_to_field });
  const open = await stage.add('boss', 'Attachment', 'D-alpha', at('title'));
  const closed = await stage.add('boss', 'Attachment', 'D-alpha', at('note'));
  for (const who of ['boss', 'clerk', 'alf']) {
    assert.equal((await stage.read(who, 'Attachment', open.name)).attached_to_field, 'title');
  }
  for (const who of ['clerk', 'alf', 'beth']) {
    await refused(stage.read(who, 'Attachment', closed.name), 'not_found');
    assert.ok(!(await stage.names(who, 'Attachment')).includes(closed.name));
    assert.equal(await stage.count(who, 'Attachment', [['attached_to_field', '=', 'note']]), 0);
    assert.ok(!(await stage.rows(who, 'attachment')).includes(closed.name), who);
    await refused(stage.versions(who, 'Attachment', closed.name), 'not_found');
  }
  assert.equal((await stage.read('boss', 'Attachment', closed.name)).attached_to_field, 'note');
  assert.ok((await stage.rows('boss', 'attachment')).includes(closed.name));
  await refused(stage.write('clerk', 'delete', 'Attachment', closed.name), 'not_found');
  const field = 'attached_to_field';
  for (const unknown of ['note', 'pin', 'no_such_field']) {
    await refused(stage.add('clerk', 'Attachment', 'D-alpha', at(unknown)), 'unknown_field', field);
  }
  await refused(stage.add('boss', 'Attachment', 'D-alpha', at('pin')), 'unknown_field', field);
  // Whoever reads the level and may not write it adds nothing there.
  await stage.allow('half', ['read'], ANYWHERE, { levels: [0, 1] });
  await stage.allow('half', ['read', 'write'], ANYWHERE);
  await refused(stage.add('half', 'Attachment', 'D-alpha', at('note')), 'forbidden');
  await stage.add('half', 'Attachment', 'D-alpha', at('title'));
  await refused(stage.write('half', 'delete', 'Attachment', closed.name), 'forbidden');
  // Gone, it is still read by that level.
  await stage.write('boss', 'delete', 'Attachment', closed.name);
  assert.equal((await stage.versions('boss', 'Attachment', closed.name)).length, 2);
  await refused(stage.versions('clerk', 'Attachment', closed.name), 'not_found');
});

test('INVARIANT (ceiling-narrows): a token opens what its ceilings leave of both', async () => {
  const { name } = await stage.comment('boss', 'D-alpha', 'for tokens');
  const limited = (ceiling: object) => callerOf('boss', [{ name: 'token', ...ceiling }]);
  const all = { doctypes: ['Dossier', 'Comment'] };
  assert.equal((await stage.read(limited(all), 'Comment', name)).content, 'for tokens');
  await stage.add(limited(all), 'Comment', 'D-alpha', { content: 'x' });
  await refused(stage.read(limited({ doctypes: ['Dossier'] }), 'Comment', name), 'unknown_doctype');
  await refused(stage.read(limited({ doctypes: ['Comment'] }), 'Comment', name), 'unknown_doctype');
  const elsewhere = limited({
    scope: [{ dimension: 'Company', value: 'Beta', descendants: false }],
  });
  await refused(stage.read(elsewhere, 'Comment', name), 'not_found');
  assert.ok(!(await stage.names(elsewhere, 'Comment')).includes(name));
  await refused(
    stage.add(elsewhere, 'Comment', 'D-alpha', { content: 'x' }),
    'link_not_found',
    'reference_name',
  );
  const reader = limited({ actions: ['read'] });
  assert.equal((await stage.read(reader, 'Comment', name)).name, name);
  await refused(stage.add(reader, 'Comment', 'D-alpha', { content: 'x' }), 'forbidden');
  const remove = stage.engine.write(reader, 'delete', 'Comment', name);
  await refused(remove, 'forbidden');
});

test('nobody adds unnamed, brings in for another, or is granted any of it', async () => {
  await stage.small.give('group Guests', [['Company', 'Alpha']], { document_type: 'Dossier' });
  const { name } = await stage.comment('boss', 'D-alpha', 'open to guests');
  assert.equal((await stage.read('Guest', 'Comment', name)).content, 'open to guests');
  await refused(stage.comment('Guest', 'D-alpha', 'unsigned'), 'forbidden');
  const forged = {
    reference_doctype: 'Dossier',
    reference_name: 'D-alpha',
    content: 'x',
    owner: 'alf',
  };
  await refused(stage.write('boss', 'import', 'Comment', 'C-1', forged), 'forbidden');
  const documents = [{ name: 'C-1', values: forged }];
  await refused(stage.engine.documents.import(callerOf('boss'), 'Comment', documents), 'forbidden');
  await refused(stage.engine.documents.readEvery(callerOf('boss'), 'Comment'), 'forbidden');
  await refused(stage.write('boss', 'submit', 'Comment', name), 'forbidden');
  // A rule on them, put there by SQL, opens none.
  await stage.small.give('stranger', [], { document_type: 'Comment', actions: ['read', 'share'] });
  await refused(stage.read('stranger', 'Comment', name), 'not_found');
  assert.deepEqual(await stage.rows('stranger', 'comment'), []);
  await stage.small.give('rules', [], { document_type: 'Role Rule', actions: ['read', 'create'] });
  await stage.small.give('rules', [], { document_type: 'Role', actions: ['read'] });
  const rule = {
    ...{ role: 'given 1', document_type: 'Comment', actions: ['read'], levels: [0] },
    ...{ reach: 'within', status: 'draft' },
  };
  await refused(
    stage.engine.write('rules', 'create', 'Role Rule', null, rule),
    'invalid_document',
    'document_type',
  );
});

test('what belongs to others decides nothing: as a dimension, a link, or by another key', () => {
  const [fields] = [
    [
      { fieldname: 'kind', fieldtype: 'Data', reqd: true, set_only_once: true },
      { fieldname: 'of', fieldtype: 'Data', reqd: true, set_only_once: true },
    ],
  ] as const;
  const governed_by = { doctype_field: 'kind', name_field: 'of', add: 'read' } as const;
  const note: Doctype = { name: 'Note', app: 'test', governed_by, fields };
  checkDefinition(note);
  const bad = (more: object) =>
    assert.throws(() => checkDefinition({ ...note, ...more }), /governed_by/);
  for (const flag of ['istable', 'is_submittable', 'is_dimension', 'is_permission_record']) {
    bad({ [flag]: true });
  }
  bad({ governed_by: { ...governed_by, more: 1 } });
  bad({ governed_by: { ...governed_by, add: 'select' } });
  bad({ governed_by: { ...governed_by, name_field: 'nothing' } });
  bad({ governed_by: { ...governed_by, changed_by: ['kind'] } });
  bad({ fields: [...fields, { fieldname: 'pay', fieldtype: 'Currency', level: 1 }] });
  bad({ fields: [...fields, { fieldname: 'pin', fieldtype: 'Password' }] });
  const link = { fieldname: 'note', fieldtype: 'Link', options: 'Note' } as const;
  const linking: Doctype = { name: 'Linking', app: 'test', fields: [link] };
  assert.throws(() => checkDefinitions([note, linking]), /belongs to other documents/);
  const { governed_by: _, ...own } = note;
  assert.equal(planChange(note, own).kind, 'refused');
  assert.equal(planChange(own, note).kind, 'refused');
  assert.equal(planChange(note, { ...note, title_field: 'of' }).kind, 'changes');
});

test('what belongs to a personal document leaves the entry that reading it leaves', async () => {
  const entries = async (who: string): Promise<string[]> => {
    const found = await stage.small.superuser.run({
      text: `select concat_ws(' ', action, document_type, document_name, detail ->> 'through')
        from doc.audit_entry where principal = $1 and action in ('read', 'count', 'history')
        and outcome = 'allowed' order by id`,
      values: [who],
    });
    return (found[0]?.rows ?? []).map(([line]) => String(line));
  };
  const { name } = await stage.comment('boss', 'D-alpha', 'too much pay');
  await stage.allow('eve', ['read'], [['Company', 'Alpha']]);
  await stage.read('eve', 'Comment', name);
  assert.deepEqual(await entries('eve'), ['read Dossier D-alpha Comment']);
  await stage.names('eve', 'Comment', [['name', '=', name]]);
  await stage.versions('eve', 'Comment', name);
  await stage.engine.documents.belongings(callerOf('eve'), 'Dossier', 'D-alpha', 'Follow', {});
  await stage.count('eve', 'Comment', [['name', '=', name]]);
  assert.deepEqual((await entries('eve')).slice(1), [
    ...['read Dossier D-alpha Comment', 'read Dossier D-alpha Comment'],
    ...['read Dossier D-alpha Follow', 'count Comment'],
  ]);
  // Of documents that say nothing of a person, there is none.
  await stage.small.give('fay', [['Company', 'Alpha']], { except: ['Cost Center'] });
  const plain = await stage.comment('fay', 'INV-Leeds', 'plain', 'Sales Invoice');
  await stage.read('fay', 'Comment', plain.name);
  assert.deepEqual(await entries('fay'), []);
});

test('what belongs to a document goes with it, and follows its name', async () => {
  for (const name of ['D-goes', 'D-called']) await stage.dossier(name, 'Alpha');
  const more: Record<string, object> = {
    ...{ Comment: { content: 'x' }, Assignment: { allocated_to: 'alf' }, Follow: {} },
    ...{ 'Tag Link': { tag: 't' }, Attachment: FILE },
  };
  for (const kind of Object.keys(NAMED_BY)) {
    const goes = await stage.add('boss', kind, 'D-goes', more[kind]);
    const follows = await stage.add('boss', kind, 'D-called', more[kind]);
    const rename = `update doc.dossier set name = $2, version = version + 1 where name = $1`;
    await stage.small.asOwner({ text: rename, values: ['D-called', 'D-renamed'] });
    const [, field = ''] = NAMED_BY[kind] ?? [];
    assert.equal((await stage.read('alf', kind, follows.name))[field], 'D-renamed');
    assert.equal((await stage.versions('alf', kind, follows.name)).length, 1);
    await stage.small.asOwner({ text: rename, values: ['D-renamed', 'D-called'] });
    assert.equal((await stage.read('alf', kind, goes.name)).name, goes.name);
  }
  await stage.write('boss', 'delete', 'Dossier', 'D-goes');
  for (const [kind, [, field]] of Object.entries(NAMED_BY)) {
    assert.equal(await stage.count('boss', kind, [[field, '=', 'D-goes']]), 0, kind);
    assert.equal(await stage.count('boss', kind, [[field, '=', 'D-called']]), 1, kind);
    const table = kind.toLowerCase().replaceAll(' ', '_');
    const left = await stage.small.value(
      `select count(*) from doc.${table} where ${field} = 'D-goes'`,
    );
    assert.equal(left, '0', kind);
  }
});
