import assert from 'node:assert/strict';
import test from 'node:test';
import type { LeastUseRow } from '../access/least-use-answer.ts';
import { leastUseLines } from './least-use-lines.ts';

const size = { people: 1, documents: 20, pairs: 20 };

const needed: LeastUseRow = {
  grant: 'GRANT-00001',
  ...{ grantee_type: 'User', grantee: 'ada', role: 'HR Manager' },
  scope: [{ dimension: 'Company', value: 'C07', descendants: 1 }],
  alone: [{ doctype: 'Salary Slip', action: 'read', ...size }],
  alone_fields: [
    {
      ...{ doctype: 'Salary Slip', action: 'read', level: 1, fields: ['net_pay'] },
      ...{ sensitivity: 'personal', ...size },
    },
  ],
  ...{ redundant: null, by: [], unrecorded: [] },
  ...{ last_needed: '2026-11-20', last_solely_needed: null, since: '2026-01-02' },
};

const idle: LeastUseRow = {
  ...needed,
  ...{ grant: 'GRANT-00002', scope: [], alone: [], alone_fields: [] },
  ...{ redundant: 'ever', by: ['GRANT-00001'], last_needed: null, unrecorded: ['Company'] },
};

test('idle grants come first, each with what covers it and when it was needed', () => {
  const data = [needed, idle, { ...idle, redundant: 'now' as const, by: [] }];
  const never = '  last needed: not since 2026-01-02; not every read is recorded: Company';
  assert.deepEqual(leastUseLines({ of: 'everybody', data, total: 3, withheld: 4 }), [
    '2 of 3 grants give nothing beyond others.',
    'GRANT-00002: role HR Manager of ada',
    '  gives nothing beyond GRANT-00001: ever',
    never,
    'GRANT-00002: role HR Manager of ada',
    '  gives nothing: today, of the documents there are',
    never,
    'GRANT-00001: role HR Manager of ada, within Company C07 and below',
    '  alone gives: read Salary Slip: 1 people, 20 documents, 20 pairs',
    '  alone opens: fields of Salary Slip to read, level 1, personal: 1 people, 20 documents, 20 pairs',
    '  last needed: 2026-11-20, with nothing else beside it not since 2026-01-02',
    'Not told of: 4, which reach documents that you may not inspect.',
  ]);
});
