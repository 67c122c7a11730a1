/** What grants give of the documents that there are, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { grantsWithin } from '../../src/authz/grants-asked.ts';
import {
  type DocumentFacts,
  type DocumentGroup,
  type Grant,
  groupingsOfGrants,
  type World,
  worthOfGrants,
} from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const INVOICES = ['Accounts', 'HR', 'Approver'].map((role) => rule(role, 'Invoice'));
const invoice = (company: string, name = company): DocumentGroup => ({
  facts: { name, company, cost_center: null },
  count: 1,
});
const ANY = { 'Cost Center': ['(blank)'] };
const of = (who: string, role: string, ...companies: string[]) =>
  grant(who, role, { ...ANY, Company: companies }, { name: `${who} ${companies.join('+')}` });

type Documents = Readonly<Record<string, readonly DocumentGroup[]>>;

/** What the first of the grants gives by itself, and by what else it could be replaced. */
function worthOf(grants: readonly Grant[], documents: Documents, parts: Partial<World> = {}) {
  const world = compileWorld(worldWith({ rules: INVOICES, ...parts, grants: [...grants] }));
  const groupsOf = (doctype: string) => documents[doctype] ?? [];
  const asked = { grants: grants.slice(0, 1), of: null, groupsOf, now: TODAY };
  const [worth] = worthOfGrants(world, asked);
  assert.ok(worth);
  return [worth.redundant, ...worth.by];
}

const BOTH = { Invoice: [invoice('UK'), invoice('DE')] };

test('of the documents that there are, others may give all that a grant gives', () => {
  const own = of('ada', 'Accounts', 'UK', 'DE', 'FR');
  const [uk, de] = [of('ada', 'HR', 'UK'), of('ada', 'Approver', 'DE')];
  assert.deepEqual(worthOf([own, uk, de], BOTH), ['now', 'ada DE', 'ada UK']);
  assert.deepEqual(worthOf([own, uk], BOTH), [null]);
  assert.deepEqual(worthOf([own, uk], { Invoice: [invoice('UK')] }), ['now', 'ada UK']);
  assert.deepEqual(worthOf([own, of('ben', 'HR', 'UK')], { Invoice: [invoice('UK')] }), [null]);
});

test('only what was needed is named, and what somebody else needs before something more', () => {
  const own = of('ada', 'Accounts', 'UK', 'FR');
  const [uk, other] = [of('ada', 'HR', 'UK'), of('ada', 'Approver', 'UK', 'DE')];
  assert.deepEqual(worthOf([own, uk, other], BOTH), ['now', 'ada UK']);
  const de = of('ada', 'HR', 'DE');
  assert.deepEqual(worthOf([own, de, uk], BOTH), ['now', 'ada UK'], 'that gives none of it');
  const everybodys = grant('#Everyone', 'Accounts', { ...ANY, Company: ['UK', 'FR'] });
  const members = ['ada', 'ben'].map((user) => ({ group: 'g', user, from: null, until: null }));
  const groups = grant('#g', 'HR', { ...ANY, Company: ['UK'] }, { name: 'of all of us' });
  const grants = [everybodys, of('ben', 'Approver', 'UK'), groups];
  const users = ['ada', 'ben'];
  assert.deepEqual(worthOf(grants, BOTH, { users, members }), ['now', 'of all of us']);
});

test('a share of the one document that there is replaces a grant today', () => {
  const own = of('ada', 'Accounts', 'UK');
  const shares = [share('Invoice', 'INV-1', 'ada', { name: 'a share' })];
  const documents = { Invoice: [invoice('UK', 'INV-1')] };
  assert.deepEqual(worthOf([own], documents, { shares }), ['now', 'a share']);
  const two = { Invoice: [invoice('UK', 'INV-1'), invoice('UK', 'INV-2')] };
  assert.deepEqual(worthOf([own], two, { shares }), [null]);
});

test('where there is no document of a doctype, nothing is lost there', () => {
  const rules = [...INVOICES, rule('Accounts', 'Note'), rule('Approver', 'Note')];
  const [own, uk] = [of('ada', 'Accounts', 'UK', 'FR'), of('ada', 'HR', 'UK')];
  const none = { Invoice: [invoice('UK')], Note: [] };
  assert.deepEqual(worthOf([own, uk], none, { rules }), ['now', 'ada UK']);
  const note = { ...none, Note: [{ facts: { name: 'A note' }, count: 1 }] };
  assert.deepEqual(worthOf([own, uk], note, { rules }), [null]);
});

test('documents are asked for of the doctypes that the grants’ roles have rules for', () => {
  const rules = [rule('Accounts', 'Invoice'), rule('HR', 'Note'), rule('Approver', 'Company')];
  const [accounts, hr] = [grant('ada', 'Accounts'), grant('ada', 'HR')];
  const nothing = grant('ada', 'Employee');
  const world = compileWorld(worldWith({ rules, grants: [accounts, hr, nothing] }));
  const asked = (...grants: Grant[]) => [...groupingsOfGrants(world, grants).keys()].sort();
  assert.deepEqual(asked(accounts), ['Invoice']);
  assert.deepEqual(asked(accounts, hr), ['Invoice', 'Note']);
  assert.deepEqual(asked(nothing), []);
});

test('a grant lies within what is open where nobody reaches anything else by it', () => {
  const inUk = of('ada', 'Accounts', 'UK');
  const inBoth = of('ben', 'Accounts', 'UK', 'DE');
  const inNone = of('ben', 'HR', 'FR');
  const grants = [inUk, inBoth, inNone];
  const shares = [share('Invoice', 'DE', 'ada')];
  const within = (isOpen: (facts: DocumentFacts) => boolean, who: string | null = null) => {
    const world = compileWorld(worldWith({ rules: INVOICES, grants, shares }));
    const of = who === null ? null : person(who);
    const asked = { grants, of, groupsOf: () => BOTH.Invoice, now: TODAY };
    return [...grantsWithin(world, asked, (_, facts) => isOpen(facts))].map(({ name }) => name);
  };
  const isUk = ({ company }: DocumentFacts) => company === 'UK';
  assert.deepEqual(within(isUk), [inUk.name, inNone.name]);
  assert.deepEqual(
    within(() => true),
    grants.map(({ name }) => name),
  );
  assert.deepEqual(
    within(() => false),
    [inNone.name],
  );
  assert.deepEqual(
    within(isUk, 'ada'),
    grants.map(({ name }) => name),
  );
});
