/** Words of lint: every code has them, and the guide says the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { type Finding, LINT_CODES, type LintCode, NO_OPENING } from '../authz/index.ts';
import { findingEntry, LINT_MEANINGS } from './lint-words.ts';

const GUIDE = new URL('../../docs/guides/who-sees-a-field.md', import.meta.url);

test('the guide lists every code with its meaning and what to do, in their order', () => {
  const rows = readFileSync(GUIDE, 'utf8')
    .split('\n')
    .filter((line) => /^\| `\w+` \|/.test(line));
  const expected = LINT_CODES.map((code) => {
    const { means, todo } = LINT_MEANINGS[code];
    return `| \`${code}\` | ${means} | ${todo} |`;
  });
  assert.deepEqual(rows, expected);
});

function said(code: LintCode, kind: Finding['subject']['kind'], to: string | null): string {
  const isOfPay = code.startsWith('open') || kind === 'rule' || kind === 'share';
  return findingEntry({
    ...{ code, subject: { kind, name: 'N-1', role: 'Clerk', to } },
    ...{ doctype: isOfPay ? 'Slip' : null, isPersonal: isOfPay, fields: isOfPay ? ['pay'] : [] },
    opening: isOfPay ? { ...NO_OPENING, people: 14, documents: 2052, pairs: 28728 } : NO_OPENING,
  }).says;
}

test('a finding says what is opened to whom, in numbers', () => {
  const counts = ': 14 people, 28,728 pairs.';
  const opens = 'N-1 opens 2,052 Slip with pay to';
  assert.equal(
    said('open_to_everyone', 'grant', 'group Everyone'),
    `Grant ${opens} everybody signed in${counts}`,
  );
  assert.equal(
    said('open_to_guests', 'grant', 'group Guests'),
    `Grant ${opens} whoever has not signed in${counts}`,
  );
  assert.equal(said('personal_to_many', 'rule', null), `Rule ${opens} holders of Clerk${counts}`);
  assert.equal(
    said('draft_opens_much', 'rule', null),
    `Rule N-1 would open 2,052 Slip with pay to holders of Clerk${counts}`,
  );
  assert.equal(said('role_nobody_holds', 'role', null), 'Nobody holds role N-1.');
  assert.equal(
    said('grant_to_disabled', 'grant', 'ann'),
    'ann may not act, and holds Clerk by grant N-1.',
  );
  assert.equal(
    said('member_disabled', 'member', 'group north'),
    'N-1 may not act, and is in group north.',
  );
  assert.equal(
    said('authority_over_all_roles', 'authority', 'ann'),
    'ann may give every role by N-1.',
  );
});
