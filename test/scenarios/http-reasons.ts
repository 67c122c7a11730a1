/** Reasons by HTTP: what the person is told, and what somebody with `inspect` is told of them. */
import assert from 'node:assert/strict';
import type { Answer } from '../support/client.ts';
import { sortedBecause } from './answer.ts';
import type { Asking } from './asking.ts';
import { INSPECTOR } from './cast.ts';
import { BRINGS_NEW, type Expected, type Line } from './scenario.ts';

type Reasons = { readonly because: readonly { name: string; request?: string }[] } & {
  readonly allowed: boolean;
  readonly missing: readonly { kind: string }[];
};

/** Of changes and new documents there is nothing to explain before they are made. */
export async function askReason(asking: Asking, line: Line): Promise<void> {
  if (line.change !== null || BRINGS_NEW.has(line.action)) return;
  await askInspector(asking, line);
  await askOneself(asking, line);
  if (line.action === 'inspect') await askAboutAnother(asking, line);
}

/** The kernel's own reasons, whole: she may ask of anything, and sees nothing of it. */
async function askInspector({ inspector, census }: Asking, line: Line): Promise<void> {
  const { who, expected, text } = line;
  // Asking about somebody is asking what they hold, not by which token they come.
  if (who.token !== null) return;
  const answer = await inspector.post('/api/access/explain', { ...questionOf(line), user: who.id });
  assert.equal(answer.status, 200, `${text}: ${answer.text}`);
  checkReasons(answer, expected, `${text}: to the inspector`);
  census.count(`inspected ${expected.allowed ? 'allowed' : 'denied'}`);
}

async function askOneself(asking: Asking, line: Line): Promise<void> {
  const { who, doctype, expected, text } = line;
  const client = asking.clientOf(who);
  if (client === null) {
    asking.census.count('left out: system principals explain');
    return;
  }
  const answer = await client.post('/api/access/explain', questionOf(line));
  asking.census.count(`explained ${expected.allowed ? 'allowed' : 'denied'}`);
  if (!asking.sees(who, doctype)) {
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype'], text);
    return;
  }
  // A field that is readable nowhere does not exist, for whoever asks about themselves.
  if (answer.body.code === 'unknown_field') {
    const ofField = asking.stage.lines.filter(
      (one) => one.field === line.field && one.who === line.who && one.doctype === doctype,
    );
    assert.ok(line.field !== null && !ofField.some((one) => one.expected.allowed), text);
    return;
  }
  assert.equal(answer.status, 200, `${text}: ${answer.text}`);
  if (expected.allowed || asking.mayRead(line)) checkReasons(answer, expected, text);
  else checkHidden(answer, expected.lack, text);
}

/** Inspecting is done by asking about somebody else, and takes `inspect` and nothing less. */
async function askAboutAnother(asking: Asking, line: Line): Promise<void> {
  const { who, doctype, name, expected, text } = line;
  const question = { action: 'read', doctype, name, user: INSPECTOR };
  const answer = await asking.clientOf(who)?.post('/api/access/explain', question);
  if (answer === undefined) return;
  const hidden = asking.sees(who, doctype) ? 'not_found' : 'unknown_doctype';
  const refusal = asking.mayRead(line) ? 'forbidden' : hidden;
  if (expected.allowed) assert.deepEqual([answer.status, answer.body.allowed], [200, false], text);
  else assert.equal(answer.body.code, refusal, text);
}

function questionOf({ action, doctype, name, field }: Line) {
  return { action, doctype, name, ...(field === null ? {} : { field }) };
}

function checkReasons({ body }: Answer, expected: Expected, what: string): void {
  const { allowed, because, missing } = body as Reasons;
  const found = because.map(({ name, request = null }) => ({ name, request }));
  assert.equal(allowed, expected.allowed, `${what}: ${JSON.stringify(body)}`);
  if (expected.allowed) {
    assert.deepEqual(sortedBecause(found), sortedBecause(expected.because), what);
  } else {
    assert.deepEqual([found, missing[0]?.kind], [[], expected.lack], what);
  }
}

/**
 * INVARIANT (hidden-equals-missing): what one may not even read is explained without a look at
 * it, so a condition or ceiling that it does not meet is out of sight like its place.
 */
function checkHidden({ body }: Answer, lack: string, what: string): void {
  const { allowed, because, missing } = body as Reasons;
  const kinds = missing.map(({ kind }) => kind).filter((kind) => kind !== 'authority');
  assert.deepEqual([allowed, because], [false, []], what);
  if (lack === 'role') assert.deepEqual(kinds, ['role'], what);
  else if (lack === 'dimension') assert.ok(kinds.includes('dimension'), `${what}: ${kinds}`);
  else
    assert.ok(
      kinds.every((kind) => kind === 'scope' || kind === 'dimension'),
      `${what}: ${kinds}`,
    );
  assert.ok(kinds.length > 0, what);
}
