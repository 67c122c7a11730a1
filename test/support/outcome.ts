/** How a request ended: done, or refused with the code that was expected. */
import assert from 'node:assert/strict';
import type { Answer } from './client.ts';

/** Fails unless the request was refused with this status and code. */
export function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
}

/** What a request that was carried out answers: its `data`, where it has any. */
// biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
export async function done(answer: Promise<Answer>): Promise<any> {
  const { status, text, body } = await answer;
  assert.ok(status === 200 || status === 202, text);
  return body.data;
}
