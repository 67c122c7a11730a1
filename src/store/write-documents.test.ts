import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorld, decideForPermit, type Permit, type World } from '../authz/index.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { tableOf } from './table.ts';
import { deleteDocument, insertDocuments, updateDocument } from './write-documents.ts';

const definition = completeDefinition({
  name: 'Note',
  app: 'test',
  module: 'Test',
  fields: [{ fieldname: 'title', fieldtype: 'Data', label: 'Title' }],
});
const table = tableOf('Note', new Map([['Note', { id: 1, definition }]]));
const opening = { principal: 'ann', epoch: 7, now: 0, at: '2026-11-22 00:00:00.000000' };
const before = { id: '1', version: 3, values: { name: 'N-1', title: 'old' }, tables: {} };

const world: World = {
  epoch: opening.epoch,
  users: ['ann', 'bob'],
  doctypes: [{ name: 'Note', paths: [], levels: new Map(), personal: new Set() }],
  trees: [],
  roles: [{ name: 'Writer' }],
  rules: [
    {
      ...{ name: 'rule', role: 'Writer', doctype: 'Note', actions: ['create', 'write', 'delete'] },
      ...{ levels: [0], reach: 'within', except: [], when: null, status: 'in force' },
    },
  ],
  grants: ['ann', 'bob'].map((name) => ({
    ...{ name, grantee: { type: 'User', name }, role: 'Writer', scope: [] },
    ...{ from: null, until: null, request: null },
  })),
  members: [],
  shares: [],
  authorities: [],
};

type Asked = { action?: 'create' | 'write' | 'delete'; id?: string; epoch?: number; name?: string };

function permitFor(version: number, { action = 'write', id = 'ann', epoch = 7, name }: Asked = {}) {
  const { permit } = decideForPermit(
    compileWorld({ ...world, epoch }),
    {
      principal: { id, kind: 'user', actor: null, ceilings: [] },
      ...{ action, doctype: 'Note', document: { name: name ?? 'N-1' }, now: 0 },
    },
    version,
  );
  assert.ok(permit);
  return permit;
}

const update = (permit: Permit) =>
  updateDocument(opening, table, before, { title: 'new' }, {}, permit);

test('a permit of this person, document, version and epoch writes', () => {
  assert.equal(update(permitFor(3)).length, 2);
  assert.equal(
    deleteDocument(opening, table, before, permitFor(3, { action: 'delete' })).length,
    1,
  );
  const fresh = { version: 1, values: before.values, tables: {} };
  const created = permitFor(0, { action: 'create' });
  assert.ok(insertDocuments(opening, table, [fresh], [created]).length > 0);
});

test('a permit for anything else writes nothing', () => {
  const wrong: readonly Permit[] = [
    permitFor(2),
    permitFor(3, { id: 'bob' }),
    permitFor(3, { epoch: 6 }),
    permitFor(3, { name: 'N-2' }),
    permitFor(3, { action: 'create' }),
    // Made up, however well.
    { ...permitFor(3) },
  ];
  for (const permit of wrong) assert.throws(() => update(permit), /no permit/);
  assert.throws(() => deleteDocument(opening, table, before, permitFor(3)), /no permit/);
  const fresh = { version: 1, values: before.values, tables: {} };
  assert.throws(() => insertDocuments(opening, table, [fresh], []), /no permit/);
  assert.throws(() => insertDocuments(opening, table, [fresh], [permitFor(0)]), /no permit/);
});
