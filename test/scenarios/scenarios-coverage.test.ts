/** The page about the scenarios says what they answer: all of it, and nothing that they do not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readScenarios } from './read-scenarios.ts';

const PAGE = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const COMPLAINTS = Array.from({ length: 35 }, (_, index) => `W${index + 1}`);
const CASES_MIN = 9;

/** The rows of the tables under a heading, as cells. */
function rowsUnder(text: string): string[][] {
  const [, after = ''] = PAGE.split(text);
  const section = after.split(/^(?:## |For later)/m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| |'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, -1))
    .filter(([first]) => first !== 'answers');
}

const CASES = rowsUnder('## Cases of the forum thread');
const ANSWERED = rowsUnder("## Known complaints about Frappe's permissions");
const LATER = rowsUnder('For later work, or held by other tests:');

test('the page names for each case and complaint exactly the scenarios that answer it', () => {
  const told = new Map([...CASES, ...ANSWERED].map(([name = '', , list = '']) => [name, list]));
  const found = new Map<string, string[]>();
  for (const { name, answers } of readScenarios()) {
    for (const answer of answers) found.set(answer, [...(found.get(answer) ?? []), name]);
  }
  const listed = [...told].map(([name, list]) => [name, list.split('; ').sort()]);
  const answered = [...found].map(([name, list]) => [name, list.sort()]);
  assert.deepEqual(Object.fromEntries(listed), Object.fromEntries(answered));
});

test('each complaint is answered, or said to be for later and why', () => {
  assert.ok(CASES.length >= CASES_MIN, `${CASES.length} cases of the thread`);
  const told = new Set([...ANSWERED, ...LATER].map(([name = '']) => name));
  assert.deepEqual(
    COMPLAINTS.filter((name) => !told.has(name)),
    [],
  );
  assert.deepEqual(
    LATER.filter(([, , why = '']) => why === ''),
    [],
  );
});
