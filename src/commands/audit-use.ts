/** Each use of the command line leaves an audit entry: who ran what, on which document. */
import { append } from '../audit/append.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import type { System } from './system.ts';

/** Commits the entry before the command gives its answer. `detail` holds names and counts only. */
export async function noteUse(
  system: System,
  caller: Caller,
  command: string,
  detail: Readonly<Record<string, unknown>>,
  on: { readonly doctype?: string | undefined; readonly name?: string | undefined } = {},
): Promise<void> {
  const { doctype = null, name = null } = on;
  await append(system.store, caller.credential, auditSubject(caller), [
    { action: `command ${command}`, doctype, name, outcome: 'allowed', code: null, detail },
  ]);
}
