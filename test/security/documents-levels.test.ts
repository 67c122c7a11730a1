/**
 * Fields of closed levels through every step that copies, compares or follows values, asked of
 * the engine itself, with doctypes that have a closed field wherever a doctype may have one.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Action } from '../../src/authz/index.ts';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf, refused, SmallEngine } from './small-engine.ts';

const PARTY: Doctype = {
  ...{ name: 'Party', app: 'test', autoname: 'prompt' },
  fields: [
    { fieldname: 'title', fieldtype: 'Data' },
    { fieldname: 'credit', fieldtype: 'Currency', level: 1 },
    { fieldname: 'pin', fieldtype: 'Password' },
  ],
};

const DEAL_ROW: Doctype = {
  ...{ name: 'Deal Row', app: 'test', istable: true },
  fields: [
    { fieldname: 'what', fieldtype: 'Data' },
    { fieldname: 'margin', fieldtype: 'Int', level: 1 },
  ],
};

const DEAL: Doctype = {
  ...{ name: 'Deal', app: 'test', autoname: 'prompt', is_submittable: true },
  dimension_paths: [{ dimension: 'Company', path: 'company' }],
  fields: [
    { fieldname: 'title', fieldtype: 'Data', reqd: true },
    { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
    { fieldname: 'party', fieldtype: 'Link', options: 'Party' },
    { fieldname: 'party_title', fieldtype: 'Data', fetch_from: 'party.title' },
    { fieldname: 'party_credit', fieldtype: 'Currency', fetch_from: 'party.credit' },
    { fieldname: 'party_pin', fieldtype: 'Data', fetch_from: 'party.pin' },
    { fieldname: 'note', fieldtype: 'Data', level: 1 },
    { fieldname: 'broker', fieldtype: 'Link', options: 'Party', level: 1 },
    { fieldname: 'lines', fieldtype: 'Table', options: 'Deal Row' },
    { fieldname: 'amended_from', fieldtype: 'Link', options: 'Deal', read_only: true },
  ],
};

const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
];
const ALPHA: Scope = [['Company', 'Alpha']];
const WORK: readonly Action[] = ['read', 'create', 'write', 'submit', 'cancel', 'amend'];

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  const owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
  const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
  const outcomes = await applyDoctypes(owner, roles, [PARTY, DEAL_ROW, DEAL]);
  await owner.close();
  assert.ok(outcomes.every(({ outcome }) => outcome === 'created'));
  engine = new SmallEngine(small);
  // `boss` has every level of everything, `clerk` level 0, `split` level 1 in Beta only.
  for (const [who, levels] of [
    ['boss', [0, 1]],
    ['clerk', [0]],
    ['split', [0]],
  ] as const) {
    await allow(who, 'Deal', [...WORK, 'import', 'delete'], ANYWHERE, { levels });
    await allow(who, 'Party', ['read', 'create', 'write', 'delete'], [], { levels });
    await allow(who, 'Company', ['select'], ANYWHERE);
  }
  await allow('split', 'Deal', WORK, [['Company', 'Beta']], { levels: [0, 1] });
  const party = { title: 'Jane', credit: 4321, pin: '1234' };
  for (const name of ['Jane', 'John']) await write('boss', 'create', 'Party', name, party);
});

after(async () => {
  await small.close();
});

async function allow(
  user: string,
  document_type: string,
  actions: readonly Action[],
  scope: Scope,
  more: object = {},
): Promise<void> {
  await small.give(user, scope, { document_type, actions, ...more });
}

async function write(...request: Parameters<SmallEngine['write']>) {
  return (await engine.write(...request)).document;
}

const stored = async (column: string, name: string): Promise<string | null> =>
  await small.value(`select ${column} from doc.deal where name = $1`, name);

test('fetch_from copies no field of a closed level, and a secret for nobody', async () => {
  const deal = { title: 'x', company: 'Alpha', party: 'Jane' };
  const columns = `party_title || '/' || coalesce(party_credit::text, '') || '/'
    || coalesce(party_pin, '')`;
  for (const [who, fetched] of [
    ['boss', 'Jane/43210000/'],
    ['clerk', 'Jane//'],
  ] as const) {
    await write(who, 'create', 'Deal', `F ${who}`, deal);
    assert.equal((await stored(columns, `F ${who}`))?.replace(/\.0+/, ''), fetched, who);
  }
});

test('an amendment does not take along what its maker may not read, header or rows', async () => {
  const deal = { company: 'Alpha', title: 'x', note: 'closed', lines: [{ what: 'a', margin: 9 }] };
  const margin = `(select max(margin) from doc.deal_row where parent_id = deal.id)`;
  for (const [who, copied] of [
    ['boss', ['closed', '9']],
    ['clerk', [null, null]],
  ] as const) {
    const name = `A ${who}`;
    await write('boss', 'create', 'Deal', name, deal);
    await write('boss', 'submit', 'Deal', name);
    await write('boss', 'cancel', 'Deal', name);
    await write(who, 'amend', 'Deal', name);
    const found = [await stored('note', `${name}-1`), await stored(margin, `${name}-1`)];
    assert.deepEqual(found, copied, who);
  }
});

test('an amendment links only to what its maker may select', async () => {
  await allow('amender', 'Deal', WORK, ANYWHERE);
  await allow('amender', 'Company', ['select'], ANYWHERE);
  await write('boss', 'create', 'Deal', 'L', { title: 'x', company: 'Alpha', party: 'Jane' });
  await write('boss', 'submit', 'Deal', 'L');
  await write('boss', 'cancel', 'Deal', 'L');
  await refused(write('amender', 'amend', 'Deal', 'L'), 'link_not_found', 'party');
  await allow('amender', 'Party', ['select'], []);
  assert.equal((await write('amender', 'amend', 'Deal', 'L')).party, 'Jane');
});

test('the level has to be open before the change as well as after it', async () => {
  await write('boss', 'create', 'Deal', 'B', { title: 'x', company: 'Alpha', note: 'old' });
  const moved = { company: 'Beta', note: 'new' };
  await refused(write('split', 'update', 'Deal', 'B', moved), 'forbidden', 'note');
  await write('boss', 'update', 'Deal', 'B', { company: 'Beta' });
  assert.equal((await write('split', 'update', 'Deal', 'B', { note: 'new' })).note, 'new');
  const away = { company: 'Alpha', note: 'newer' };
  await refused(write('split', 'update', 'Deal', 'B', away), 'forbidden', 'note');
});

test('no guess finds out a closed value of a row: the right one is refused like a wrong one', async () => {
  const lines = [{ what: 'a', margin: 9 }];
  const made = await write('boss', 'create', 'Deal', 'G', { title: 'x', company: 'Alpha', lines });
  const [{ name }] = made.lines;
  for (const margin of [9, 8]) {
    const guess = { lines: [{ name, what: 'a', margin }] };
    const work = write('split', 'update', 'Deal', 'G', guess, made.modified);
    await refused(work, 'forbidden', 'lines.margin');
  }
  const other = { lines: [{ name, what: 'b' }] };
  assert.equal((await write('split', 'update', 'Deal', 'G', other, made.modified)).lines.length, 1);
  assert.equal(
    await stored('(select margin from doc.deal_row where parent_id = deal.id)', 'G'),
    '9',
  );
});

test('`linked` names a document only through a field that may be read', async () => {
  await write('boss', 'create', 'Party', 'Bob', { title: 'Bob' });
  await write('boss', 'create', 'Deal', 'K', { title: 'x', company: 'Alpha', broker: 'Bob' });
  const said = async (who: string) =>
    (await refused(write(who, 'delete', 'Party', 'Bob'), 'linked')).message;
  assert.match(await said('boss'), /Deal `K` links to it/);
  assert.match(await said('clerk'), /^It is in use/);
});

test('a draft that is incomplete by now is not submitted', async () => {
  await write('boss', 'create', 'Deal', 'V', { title: 'x', company: 'Alpha' });
  await small.superuser.run(
    sql(`update doc.deal set title = null, version = version + 1 where name = 'V'`),
  );
  await refused(write('boss', 'submit', 'Deal', 'V'), 'invalid_document', 'title');
  await write('boss', 'update', 'Deal', 'V', { title: 'y' });
  assert.equal((await write('boss', 'submit', 'Deal', 'V')).docstatus, 1);
});

test('documents come in submitted only by whoever may submit them there', async () => {
  await allow('carrier', 'Deal', ['read', 'import'], ALPHA);
  await allow('carrier', 'Company', ['select'], ANYWHERE);
  await allow('carrier', 'Deal', ['submit'], [['Company', 'Beta']]);
  const bring = async (name: string, docstatus: number, company: string) => {
    const values = { title: 'x', company, docstatus };
    await engine.documents.import(callerOf('carrier'), 'Deal', [{ name, values }]);
  };
  await bring('I-0', 0, 'Alpha');
  for (const docstatus of [1, 2]) {
    await refused(bring('I-1', docstatus, 'Alpha'), 'forbidden');
    await refused(bring('I-1', docstatus, 'Beta'), 'forbidden');
  }
  await allow('carrier', 'Deal', ['submit'], ALPHA);
  await bring('I-1', 1, 'Alpha');
  assert.equal(await stored('docstatus', 'I-1'), '1');
});

test('documents that come in together link to each other only where one may select them', async () => {
  await allow('porter', 'Deal', ['import'], ANYWHERE);
  await allow('porter', 'Company', ['select'], ANYWHERE);
  await allow('porter', 'Deal', ['select'], ALPHA);
  const bring = async (first: string, company: string) => {
    const values = { title: 'x', company };
    const second = { title: 'x', company: 'Alpha', amended_from: first };
    await engine.documents.import(callerOf('porter'), 'Deal', [
      { name: first, values },
      { name: `${first}-1`, values: second },
    ]);
  };
  await refused(bring('T-Beta', 'Beta'), 'link_not_found', 'amended_from');
  await bring('T-Alpha', 'Alpha');
  assert.equal(await stored('amended_from', 'T-Alpha-1'), 'T-Alpha');
});

test('what a write leaves behind is still within the ceiling, and within the rule’s condition', async () => {
  await write('boss', 'create', 'Deal', 'C', { title: 'x', company: 'Alpha' });
  const scope = [{ dimension: 'Company', value: 'Alpha', descendants: false }];
  const limited = callerOf('clerk', [{ name: 'token', scope }]);
  await write(limited, 'update', 'Deal', 'C', { title: 'y' });
  await refused(
    write(limited, 'update', 'Deal', 'C', { company: 'Beta' }),
    'link_not_found',
    'company',
  );
  // No link stands behind this one, and the database knows nothing of tokens.
  await refused(write(limited, 'update', 'Deal', 'C', { company: null }), 'forbidden');
  const when = [['title', '!=', 'closed']];
  await allow('bound', 'Deal', ['read', 'write'], ANYWHERE, { when });
  await write('bound', 'update', 'Deal', 'C', { title: 'z' });
  await refused(write('bound', 'update', 'Deal', 'C', { title: 'closed' }), 'forbidden');
  assert.deepEqual([await stored('company', 'C'), await stored('title', 'C')], ['Alpha', 'z']);
});

test('INVARIANT (no-self-gain): nobody moves a document to where they read more of it', async () => {
  await write('boss', 'create', 'Deal', 'D-moved', {
    title: 'm',
    company: 'Alpha',
    note: 'secret',
  });
  const note = async (): Promise<unknown> => {
    const document = await engine.documents.read(callerOf('split'), 'Deal', 'D-moved');
    return document['note'];
  };
  assert.equal(await note(), undefined);
  await refused(write('split', 'update', 'Deal', 'D-moved', { company: 'Beta' }), 'self_gain');
  assert.equal(await note(), undefined);
  // Whoever gains nothing by it may, and what was open already may be moved by anybody.
  await write('boss', 'update', 'Deal', 'D-moved', { company: 'Beta' });
  assert.equal(await note(), 'secret');
  await write('split', 'update', 'Deal', 'D-moved', { company: 'Alpha' });
  assert.equal(await note(), undefined, 'there is no way back');
  await write('clerk', 'update', 'Deal', 'D-moved', { company: 'Beta' });
});
