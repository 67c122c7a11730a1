/** How many personal pairs a change can add at most: whom it concerns, and which documents. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type Grant,
  personalReach,
  type Rule,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, rule, share, worldWith } from './example-world.ts';

const PAYSLIPS = rule('HR', 'Payslip');
const INVOICES = rule('Accounts', 'Invoice');
const RULES = [PAYSLIPS, INVOICES, rule('HR', 'Note')];
const EVERY_ONE = { Employee: ['*', '(blank)'] };

const adding = <Item>(...added: Item[]) => ({ gone: [], added });
const taking = <Item>(...gone: Item[]) => ({ gone, added: [] });
const inGroup = (group: string, user: string) => ({ group, user, from: null, until: null });
/** Of HR, within some companies, for every employee. */
const hr = (to: string, ...companies: string[]) =>
  grant(to, 'HR', { ...EVERY_ONE, Company: companies });

function reach(change: WorldChange, parts: Partial<World> = {}) {
  return personalReach(compileWorld(worldWith({ rules: RULES, ...parts })), change);
}

/** Which payslips, in short: `company UK, DE`; null for all of them. */
function payslips(change: WorldChange, parts: Partial<World> = {}): string | null {
  const found = reach(change, parts);
  assert.deepEqual(
    found?.documents.map(({ doctype }) => doctype),
    ['Payslip'],
  );
  const where = found?.documents[0]?.where;
  return where ? `${where.field} ${where.values.toSorted().join(', ')}` : null;
}

test('what only takes away can show nothing to anybody', () => {
  const [uk, ada, slip] = [hr('#hr', 'UK'), inGroup('hr', 'ada'), share('Payslip', 'P-1', 'ben')];
  const parts = { grants: [uk], members: [ada], shares: [slip] };
  assert.equal(reach({ grants: taking(uk) }, parts), null);
  assert.equal(reach({ members: taking(ada) }, parts), null);
  assert.equal(reach({ shares: taking(slip) }, parts), null);
  assert.equal(reach({ rules: taking(PAYSLIPS) }, parts), null);
  assert.equal(reach({}, parts), null);
});

test('only doctypes with personal fields count, and only where the change concerns them', () => {
  assert.equal(reach({ grants: adding(grant('ada', 'Accounts')) }), null);
  assert.equal(reach({ grants: adding(grant('ada', 'Employee')) }), null);
  assert.deepEqual(reach({ grants: adding(hr('ada', 'UK')) }), {
    people: 1,
    documents: [{ doctype: 'Payslip', where: { field: 'company', values: ['UK'] } }],
  });
});

test('a field that becomes personal counts at once, of its doctype and of no other', () => {
  const becomes = (sensitivity: 'none' | 'personal', doctype = 'Invoice') =>
    reach({ sensitivities: [{ doctype, field: 'company', sensitivity, level: 0 }] });
  assert.deepEqual(becomes('personal')?.documents, [{ doctype: 'Invoice', where: null }]);
  assert.equal(becomes('none'), null);
  assert.deepEqual(becomes('none', 'Payslip')?.documents, [{ doctype: 'Payslip', where: null }]);
  const both = reach({
    roles: adding({ name: 'Auditor' }),
    grants: adding(grant('ada', 'HR')),
    sensitivities: [{ doctype: 'Invoice', field: 'company', sensitivity: 'personal', level: 0 }],
  });
  const doctypes = both?.documents.map(({ doctype }) => doctype).sort();
  assert.deepEqual(doctypes, ['Invoice', 'Payslip']);
});

test('those count whom the change concerns; what concerns everyone, all who are named, a guest', () => {
  const people = (added: Grant, parts: Partial<World> = {}) =>
    reach({ grants: adding(added) }, parts)?.people;
  const members = ['ada', 'ben'].map((user) => inGroup('hr', user));
  assert.equal(people(hr('#hr', 'UK'), { members }), 2);
  assert.equal(people(hr('#hr', 'UK')), undefined, 'a group without members');
  assert.equal(people(hr('#Guests', 'UK')), 1);
  const grants = [grant('zoe', 'Accounts')];
  assert.equal(people(hr('#Everyone', 'UK'), { users: ['ada'], grants }), 3);
});

test('what changes values or doctypes can show all documents, whatever grants come with it', () => {
  const uk = hr('ada', 'UK');
  const renames = [{ dimension: 'Employee', value: 'E-1', to: 'E-2', merges: false }];
  const moves = [{ dimension: 'Company', value: 'UK', parent: null }];
  const levels = [{ doctype: 'Payslip', field: 'net_pay', level: 0 }];
  const paths = [{ doctype: 'Payslip', paths: [] }];
  const changes: WorldChange[] = [{ renames }, { moves }, { levels }, { paths }];
  for (const change of changes) {
    assert.equal(payslips(change), null);
    assert.equal(payslips({ ...change, grants: adding(uk) }), null);
  }
});

test('a document may come by a share whichever company it is of; a share that goes shows none', () => {
  const [uk, slip] = [hr('ada', 'UK'), share('Payslip', 'P-1', 'ben')];
  assert.equal(payslips({ shares: adding(slip) }), null);
  assert.equal(payslips({ shares: adding(slip), grants: adding(uk) }), null);
  const shares = [slip];
  assert.equal(payslips({ shares: taking(slip), grants: adding(uk) }, { shares }), 'company UK');
});

test('whoever enters a group comes to what that group holds, and to nothing of others', () => {
  const grants = [hr('#hr', 'UK'), hr('#sales', 'DE'), hr('hr', 'FR'), hr('ben', 'NL')];
  assert.equal(payslips({ members: adding(inGroup('hr', 'ada')) }, { grants }), 'company UK');
  const both = { members: adding(inGroup('hr', 'ada')), grants: adding(hr('ada', 'BE')) };
  assert.equal(payslips(both, { grants }), 'company BE, UK');
});

test('a rule that comes opens what its role is given for', () => {
  const rules = [INVOICES];
  const grants = [hr('ada', 'UK'), hr('ben', 'DE'), grant('cleo', 'Approver', { Company: ['FR'] })];
  const change = (...added: Rule[]) => payslips({ rules: adding(...added) }, { rules, grants });
  const everything = (role: string, doctype: string) =>
    rule(role, doctype, { name: `all of ${doctype}`, reach: 'everything' });
  assert.equal(change(PAYSLIPS), 'company DE, UK');
  assert.equal(change(PAYSLIPS, everything('HR', 'Note')), 'company DE, UK');
  assert.equal(change(PAYSLIPS, everything('Employee', 'Payslip')), 'company DE, UK');
  assert.equal(change(PAYSLIPS, everything('HR', 'Payslip')), null);
});

test('where one rule of one grant reaches everything, its scope narrows nothing', () => {
  const all = rule('Approver', 'Payslip', { reach: 'everything' });
  const within = rule('Approver', 'Payslip', { name: 'within' });
  const rules = [...RULES, all, within];
  const approver = grant('ben', 'Approver', { ...EVERY_ONE, Company: ['DE'] });
  assert.equal(payslips({ grants: adding(hr('ada', 'UK'), approver) }, { rules }), null);
  assert.equal(payslips({ grants: adding(hr('ada', 'UK')) }, { rules }), 'company UK');
});

test('a grant of a role that opens no payslip adds none', () => {
  const invoices = grant('ada', 'Accounts', { Company: ['DE'] });
  assert.equal(payslips({ grants: adding(hr('ada', 'UK'), invoices) }), 'company UK');
});

test('only what each grant names narrows; `*` and blanks are no few documents', () => {
  const given = (...added: Grant[]) => payslips({ grants: adding(...added) });
  assert.equal(given(hr('ada', 'UK'), hr('ben', 'DE', 'UK')), 'company DE, UK');
  assert.equal(given(hr('ada', 'UK'), hr('ben', '*')), null);
  assert.equal(given(hr('ada', 'UK'), hr('ben', 'DE', '(blank)')), null);
  assert.equal(given(hr('ada', 'UK'), grant('ben', 'HR', EVERY_ONE)), null);
});

test('of two fields the one with fewer values is asked for, and none with too many', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `N-${index}`);
  const given = (companies: number, employees: number) => {
    const scope = { Company: names(companies), Employee: names(employees) };
    const where = reach({ grants: adding(grant('ada', 'HR', scope)) })?.documents[0]?.where;
    return where && [where.field, where.values.length];
  };
  assert.deepEqual(given(1, 2), ['company', 1]);
  assert.deepEqual(given(3, 2), ['employee', 2]);
  assert.deepEqual(given(501, 500), ['employee', 500]);
  assert.deepEqual(given(500, 501), ['company', 500]);
  assert.equal(given(501, 501), null);
});

test('rows of a document are not asked for by their values', () => {
  const line = { dimension: 'Company', path: 'lines.company' };
  const carrying = (...paths: World['doctypes'][number]['paths']) => ({
    doctypes: worldWith({}).doctypes.map((shape) =>
      shape.name === 'Payslip' ? { ...shape, paths } : shape,
    ),
  });
  const scope = { Company: ['UK'], Employee: ['E-1', 'E-2'] };
  const grants = adding(grant('ada', 'HR', scope));
  assert.equal(payslips({ grants }, carrying(line)), null);
  const employee = { dimension: 'Employee', path: 'employee' };
  assert.equal(payslips({ grants }, carrying(line, employee)), 'employee E-1, E-2');
});
