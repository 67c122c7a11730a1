/** Who can, of a whole doctype, as lines. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { WhoAnywhereAnswer } from '../access/access.ts';
import { reachLines } from './reach-lines.ts';

const QUESTION = { action: 'read', doctype: 'Salary Slip', field: 'net_pay' };
const COMPANY = { dimension: 'Company', path: 'company' };
const EMPLOYEE = { dimension: 'Employee', path: 'employee' };

const ANSWER: WhoAnywhereAnswer = {
  ...{ of: 'everybody', documents: 30, total: 2 },
  principals: [
    {
      ...{ name: 'ann', documents: 24 },
      because: [
        {
          ...{ kind: 'grant', name: 'G-1', role: 'HR', rule: 'R-1', documents: 24 },
          within: [
            { ...COMPANY, covers: [{ value: 'Alpha', descendants: 1 }] },
            { ...EMPLOYEE, covers: 'everything' },
          ],
        },
      ],
      of: [
        { ...COMPANY, total: 1, values: ['Alpha'] },
        { ...EMPLOYEE, total: 12 },
      ],
      by: {
        ...EMPLOYEE,
        total: 12,
        values: [
          { value: 'E-1', documents: 3 },
          { value: 'E-2', documents: 2 },
        ],
      },
    },
    {
      ...{ name: 'ben', documents: 1, of: [] },
      because: [{ kind: 'share', name: 'S-1', documents: 1 }],
    },
  ],
};

test('each person with documents, reasons, and of whom', () => {
  assert.deepEqual(reachLines(ANSWER, QUESTION), [
    '2 can read net_pay of any Salary Slip, of 30 that you may ask about',
    '  ann: 24 documents, company: Alpha; employee: 12 values',
    '    by grant G-1: role HR, rule R-1, where company is Alpha and below, employee is anything (24)',
    '    E-1: 3',
    '    E-2: 2',
    '    and 10 more of 12 values',
    '  ben: 1 documents',
    '    by share S-1 (1)',
  ]);
});

test('nobody, and one person who cannot', () => {
  const none = { ...ANSWER, principals: [], total: 0 };
  const [nobody] = reachLines(none, QUESTION);
  assert.equal(nobody, 'Nobody can read net_pay of any Salary Slip, of 30 that you may ask about');
  const [one] = reachLines({ ...none, of: 'one' }, { ...QUESTION, user: 'cleo' });
  assert.equal(one, 'cleo cannot read net_pay of any Salary Slip, of 30 that you may ask about');
});
