/** The system’s permissions as the caller may read them: all of those kinds, or an error. */
import { Refusal } from '../../base/errors.ts';
import type { Documents } from '../../documents/documents.ts';
import type { WireDocument } from '../../documents/steps/mask-answer.ts';
import type { Caller } from '../../identity/caller.ts';
import type { InSystem, Kind, Permissions } from './records.ts';
import { DOCTYPES_OF, permissionsFrom } from './stored-permissions.ts';

export type CurrentPermissions = {
  readonly permissions: Permissions<InSystem>;
  /** The epoch at which all of it was read. */
  readonly epoch: number;
  /** When, as `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
  readonly at: string;
};

/** Changes of permissions while they are read; more mean that somebody imports just now. */
const ATTEMPTS_MAX = 5;

/**
 * Reads all records of the kinds at one epoch. INVARIANT (complete-or-error): throws `forbidden`
 * or `unknown_doctype` where the caller may not read all of them, `version_conflict` where
 * permissions keep changing.
 */
export async function readSystem(
  documents: Documents,
  caller: Caller,
  kinds: ReadonlySet<Kind>,
): Promise<CurrentPermissions> {
  const doctypes = [...kinds].flatMap((kind) => DOCTYPES_OF[kind]);
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(documents, caller, kinds, doctypes);
    } catch (error) {
      const isChanged = error instanceof Refusal && error.code === 'version_conflict';
      if (!isChanged || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

async function readOnce(
  documents: Documents,
  caller: Caller,
  kinds: ReadonlySet<Kind>,
  doctypes: readonly string[],
): Promise<CurrentPermissions> {
  const found = new Map<string, readonly WireDocument[]>();
  // Without any kind there is still an epoch and a time, which the roles' reading tells.
  let first: { readonly epoch: number; readonly at: string } | null = null;
  for (const doctype of doctypes.length > 0 ? doctypes : ['Role']) {
    const { epoch, at, documents: all } = await documents.readEvery(caller, doctype);
    first ??= { epoch, at };
    if (first.epoch !== epoch) {
      throw new Refusal('version_conflict', 'Permissions changed meanwhile. Try again.');
    }
    found.set(doctype, all);
  }
  if (first === null) throw new Error('nothing was read');
  return { ...first, permissions: permissionsFrom(kinds, found, first.at) };
}
