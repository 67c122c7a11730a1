/** The engine itself on a small company: no door before it, and callers as a test wants them. */
import assert from 'node:assert/strict';
import type { Ceiling } from '../../src/authz/index.ts';
import { principalNamed } from '../../src/authz/index.ts';
import { Refusal } from '../../src/base/errors.ts';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import { Documents } from '../../src/documents/documents.ts';
import type { WriteOperation } from '../../src/documents/work.ts';
import type { Caller } from '../../src/identity/caller.ts';
import type { SmallCompany } from './small-company.ts';

export type Answered = {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: documents are checked by the tests that read them
  readonly document: any;
};

export class SmallEngine {
  readonly documents: Documents;

  constructor(small: SmallCompany, settings: { readonly approvalPairs?: number } = {}) {
    const seal = sealWith('a key for tests');
    const cursors = sealedTokens('a key for tests');
    this.documents = new Documents({ store: small.store, seal, cursors, ...settings });
  }

  /** Writes as somebody; a new document is given the name, where there is one. */
  async write(
    who: string | Caller,
    operation: WriteOperation,
    doctype: string,
    name: string | null,
    input: object = {},
    expectedModified: string | null = null,
  ): Promise<Answered> {
    const caller = typeof who === 'string' ? callerOf(who) : who;
    const body = operation === 'create' && name !== null ? { name, ...input } : input;
    const request = { doctype, name, input: body, expectedModified };
    return await this.documents.write(caller, operation, request);
  }
}

/** Somebody, as after signing in, or with a token of these ceilings. */
export function callerOf(id: string, ceilings: readonly Ceiling[] = []): Caller {
  const principal = { ...principalNamed(id), ceilings };
  const credential = { kind: 'named', principal: id } as const;
  return { principal, credential, requestId: 'r', door: 'test', address: null };
}

/** Fails unless the work is refused with this code, naming this field or none. */
export async function refused(
  work: Promise<unknown>,
  code: string,
  field?: string,
): Promise<Refusal> {
  const error = await work.then(
    () => new Error('it was done'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  assert.deepEqual([error.code, error.errors?.[0]?.field], [code, field], error.message);
  return error;
}
