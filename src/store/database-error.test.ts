/** What callers are told of the database's own errors; the errors themselves come in elsewhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../base/errors.ts';
import { translateError } from './database-error.ts';

/** An error as the driver gives it. */
function said(code: string, severity: string): Error {
  return Object.assign(new Error('could not write to file "x": No space left on device'), {
    ...{ code, severity },
  });
}

function codeOf(error: unknown): string {
  const told = translateError(error);
  return told instanceof Refusal ? told.code : 'none';
}

test('a full disk is said to have saved nothing only where the server lives to say so', () => {
  assert.equal(codeOf(said('53100', 'ERROR')), 'storage_full');
  // Under a commit: recovery may find it whole.
  assert.equal(codeOf(said('53100', 'PANIC')), 'unavailable');
  assert.equal(codeOf(said('58030', 'FATAL')), 'unavailable');
});

test('no message of the database reaches the caller', () => {
  const told = translateError(said('53100', 'ERROR')) as Refusal;
  assert.doesNotMatch(told.message, /could not|"/);
});
