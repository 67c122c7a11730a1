/** AuthZEN behind its door: whose condition is meant, who counts as anybody, what may be stated. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Authzen } from '../../src/access/authzen/authzen.ts';
import type { PropertyTrust } from '../../src/access/authzen/trusted-properties.ts';
import { boundTokens } from '../../src/base/bound-tokens.ts';
import { type Scope, SmallCompany } from './small-company.ts';
import { callerOf, refused } from './small-engine.ts';

const INVOICE = 'Sales Invoice';
const EVERYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];
const LEEDS: Scope = [
  ['Company', 'Alpha'],
  ['Cost Center', 'Leeds'],
];
/** Reaches wherever the rule's condition holds. */
const ANYWHERE = { except: ['Company', 'Cost Center'] };
const OWN = [['owner', '=', '$me']];
const TRUST: PropertyTrust = new Map([
  ['pep', new Set([INVOICE])],
  ['half', new Set([INVOICE])],
]);
/** What an invoice would say that Leeds may read. */
const STATED = { company: 'Alpha', cost_center: 'Leeds' };

let small: SmallCompany;
let authzen: Authzen;

before(async () => {
  small = await SmallCompany.open();
  const people = ['ann', 'ben', 'dan', 'ivy', 'joe', 'pep', 'half'];
  for (const name of people) {
    await small.insert('user', { name, email: name, enabled: name === 'dan' ? 0 : 1 });
  }
  await small.invoice('INV-of-ben', { owner: 'ben', cost_center: 'South' });
  await small.invoice('INV-of-joe', { owner: 'joe', cost_center: 'South' });
  for (const who of ['ann', 'pep']) await small.give(who, LEEDS);
  for (const who of ['ben', 'joe']) {
    await small.give(who, [], { ...ANYWHERE, when: OWN, actions: ['read', 'write'] });
  }
  await small.give('ben', EVERYWHERE, { actions: ['create'] });
  for (const who of ['ivy', 'pep']) await small.give(who, EVERYWHERE, { actions: ['inspect'] });
  await small.give('joe', [], { ...ANYWHERE, when: OWN, actions: ['inspect'] });
  await small.give('half', LEEDS, { actions: ['inspect'] });
  const tokens = boundTokens('a key for tests');
  authzen = new Authzen({ store: small.store, tokens, trust: TRUST });
});

after(async () => {
  await small.close();
});

function asked(subject: string, action: string, id: string, properties?: object) {
  const resource = { type: INVOICE, id, ...(properties ? { properties } : {}) };
  return { subject: { type: 'user', id: subject }, action: { name: action }, resource };
}

async function decided(who: string, ...question: Parameters<typeof asked>): Promise<boolean> {
  return (await authzen.evaluation(callerOf(who), asked(...question))).decision;
}

async function found(who: string, subject: string, action = 'read'): Promise<string[]> {
  const request = { ...asked(subject, action, ''), page: { limit: 100 } };
  const { results } = await authzen.search(callerOf(who), 'resource', request);
  return results.map((one) => ('id' in one ? one.id : ''));
}

async function finders(who: string, id: string, action = 'read'): Promise<string[]> {
  const { results } = await authzen.search(callerOf(who), 'subject', asked('', action, id));
  return results.map((one) => ('id' in one ? one.id : ''));
}

test('a condition of the subject and one of the caller each speak of their own person', async () => {
  assert.deepEqual(await found('ben', 'ben', 'write'), ['INV-of-ben']);
  assert.deepEqual(await found('ivy', 'ben', 'write'), ['INV-of-ben']);
  // Joe inspects what is his: nothing of that is Ben's.
  assert.deepEqual(await found('joe', 'ben', 'write'), []);
  assert.deepEqual(await found('joe', 'joe', 'inspect'), ['INV-of-joe']);
  assert.deepEqual(await finders('joe', 'INV-of-joe'), ['joe', 'system:demo']);
});

test('who may create without reading is named nothing that they may not see', async () => {
  assert.equal(await decided('ben', 'ben', 'create', 'INV-of-ben'), true);
  assert.equal(await decided('ben', 'ben', 'create', 'INV-South'), false);
  assert.deepEqual(await found('ben', 'ben', 'create'), ['INV-of-ben']);
  // Positive control: the invoice is there, and by inspection the right itself shows.
  assert.equal(await decided('ivy', 'ben', 'create', 'INV-South'), true);
});

test('INVARIANT (ceiling-narrows): a limited token is named nothing beyond its limits', async () => {
  const ask = async (who: string, ceiling: object, subject: string, action: string) => {
    const caller = callerOf(who, [{ name: 'a token', ...ceiling }]);
    const search = await authzen.search(caller, 'resource', asked(subject, action, ''));
    return search.results.map((one) => ('id' in one ? one.id : ''));
  };
  const south = { scope: [{ dimension: 'Cost Center', value: 'South', descendants: false }] };
  assert.deepEqual(await ask('ivy', {}, 'ann', 'read'), ['INV-Leeds']);
  assert.deepEqual(await ask('ivy', south, 'ann', 'read'), []);
  assert.deepEqual(await ask('ivy', south, 'ben', 'write'), ['INV-of-ben']);
  // Ben may read it, and so may create the like; what this token of his may only create, it is
  // not told of.
  const blind = { actions: ['create' as const] };
  assert.deepEqual(await ask('ben', {}, 'ben', 'create'), ['INV-of-ben']);
  assert.deepEqual(await ask('ben', blind, 'ben', 'create'), []);
  const caller = callerOf('ben', [{ name: 'a token', ...blind }]);
  const [hidden, missing] = await Promise.all(
    ['INV-of-ben', 'INV-none'].map((id) => authzen.evaluation(caller, asked('ben', 'create', id))),
  );
  assert.deepEqual([hidden?.decision, hidden], [false, missing]);
  // About oneself with stated properties, too.
  const inspects = callerOf('pep', [{ name: 'a token', actions: ['inspect'] }]);
  const own = asked('pep', 'read', 'DRAFT-1', STATED);
  assert.equal((await authzen.evaluation(callerOf('pep'), own)).decision, true);
  assert.equal((await authzen.evaluation(inspects, own)).decision, false);
});

test('searches and evaluations say the same, for everybody and every document', async () => {
  const names = ['INV-Root', 'INV-North', 'INV-Leeds', 'INV-South', 'INV-Beta', 'INV-of-ben'];
  let allowed = 0;
  for (const action of ['read', 'write', 'inspect', 'create']) {
    for (const subject of ['ann', 'ben', 'joe', 'ivy', 'dan']) {
      const search = await found('ivy', subject, action);
      for (const name of names) {
        const decision = await decided('ivy', subject, action, name);
        assert.equal(search.includes(name), decision, `${subject} ${action} ${name}`);
        assert.equal((await finders('ivy', name, action)).includes(subject), decision);
        allowed += decision ? 1 : 0;
      }
    }
  }
  assert.ok(allowed > 8, String(allowed));
});

test('a trusted caller may state properties of what is not kept here', async () => {
  assert.equal(await decided('pep', 'ann', 'read', 'DRAFT-1', STATED), true);
  const elsewhere = { ...STATED, cost_center: 'South' };
  assert.equal(await decided('pep', 'ann', 'read', 'DRAFT-1', elsewhere), false);
  assert.equal(await decided('pep', 'ann', 'read', 'DRAFT-1', { company: 'Alpha' }), false);
  assert.equal(await decided('pep', 'ben', 'write', 'DRAFT-1', { owner: 'ben' }), true);
  assert.equal(await decided('pep', 'ben', 'write', 'DRAFT-1', { owner: 'joe' }), false);
  const odd = { ...STATED, name: 'INV-Leeds', cost_center: ['Leeds'], cell_id: 1, colour: 'red' };
  assert.equal(await decided('pep', 'ann', 'read', 'DRAFT-1', odd), false);
  const { evaluations } = (await authzen.evaluations(callerOf('pep'), {
    ...asked('ann', 'read', ''),
    evaluations: [STATED, elsewhere].map((properties) => ({
      resource: { type: INVOICE, id: 'DRAFT-2', properties },
    })),
  })) as { evaluations: { decision: boolean }[] };
  assert.deepEqual(
    evaluations.map(({ decision }) => decision),
    [true, false],
  );
});

test('of a stored document the stored values decide, whoever states others', async () => {
  for (const name of ['INV-South', 'INV-Beta', 'INV-of-ben']) {
    assert.equal(await decided('pep', 'ann', 'read', name, STATED), false, name);
  }
  const hidden = { ...STATED, cost_center: 'South' };
  assert.equal(await decided('pep', 'ann', 'read', 'INV-Leeds', hidden), true);
});

test('INVARIANT (hidden-equals-missing): properties open no way to ask what is kept here', async () => {
  // Not trusted, trusted without sight of everything, and of another doctype: as if not stated.
  for (const who of ['ivy', 'half', 'joe', 'ann']) {
    for (const name of ['DRAFT-1', 'INV-South']) {
      if (who === 'ivy' && name === 'INV-South') continue;
      const question = asked('ben', 'read', name, { ...STATED, owner: 'ben' });
      const refusal = await refused(authzen.evaluation(callerOf(who), question), 'not_found');
      assert.equal(refusal.message, `Sales Invoice \`${name}\` was not found.`, who);
    }
  }
  for (const who of ['ann', 'half']) {
    for (const name of ['DRAFT-1', 'INV-South']) {
      assert.equal(await decided(who, who, 'read', name, STATED), false, `${who} ${name}`);
    }
  }
  const other = { ...asked('ann', 'read', 'x', STATED), resource: { type: 'Company', id: 'x' } };
  assert.equal((await authzen.evaluation(callerOf('pep'), other)).decision, false);
  // A limit on its token takes the trust away with the sight: nothing is to be told apart then.
  const limited = callerOf('pep', [
    { name: 'a token', scope: [{ dimension: 'Company', value: 'Alpha', descendants: false }] },
  ]);
  await refused(authzen.evaluation(limited, asked('ann', 'read', 'DRAFT-1', STATED)), 'not_found');
});

test('nobody and whoever was shut out may not do what everybody may', async () => {
  await small.give('group Everyone', EVERYWHERE, { actions: ['print'] });
  assert.equal(await decided('ivy', 'ann', 'print', 'INV-South'), true);
  for (const subject of ['nobody', 'dan', 'Guest', 'system:nothing', '', 'ANN']) {
    assert.equal(await decided('ivy', subject, 'print', 'INV-South'), false, subject);
    assert.deepEqual(await found('ivy', subject, 'print'), [], subject);
    assert.equal(await decided('pep', subject, 'print', 'DRAFT-1', STATED), false, subject);
  }
  assert.equal(await decided('pep', 'ann', 'print', 'DRAFT-1', STATED), true);
  assert.deepEqual(await finders('ivy', 'INV-South', 'print'), [
    'ann',
    'ben',
    'half',
    'ivy',
    'joe',
    'pep',
  ]);
});

test('guests are subjects like any other where something is granted to them', async () => {
  await small.give('group Guests', LEEDS, { actions: ['email'] });
  assert.equal(await decided('ivy', 'Guest', 'email', 'INV-Leeds'), true);
  assert.equal(await decided('ivy', 'Guest', 'email', 'INV-South'), false);
  assert.deepEqual(await finders('ivy', 'INV-Leeds', 'email'), ['Guest']);
});
