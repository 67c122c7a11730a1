/** Refusals of access are committed to the audit log before the answer leaves. */
import { append } from '../audit/append.ts';
import { Refusal } from '../base/errors.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';

/** Runs `work`, and writes down that it was refused where it was. */
export async function recordRefusal<Value>(
  store: Store,
  caller: Caller,
  action: string,
  { doctype, name = null }: { readonly doctype: string; readonly name?: string | null },
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && [403, 404].includes(error.status)) {
      await append(store, caller.credential, auditSubject(caller), [
        { action, doctype, name, outcome: 'refused', code: error.code, detail: {} },
      ]);
    }
    throw error;
  }
}
