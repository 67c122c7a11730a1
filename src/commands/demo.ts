/**
 * Brings the demo company in, once, through the same pipeline as everything else. May be cut
 * short at any moment: the loader's own grant is ended last, and as long as it is in force, the
 * next run takes up where this one stopped.
 */
import { type DemoBatch, generateDemo } from '../../apps/demo/generate.ts';
import { PERSONAS, type ScopeEntry } from '../../apps/demo/personas.ts';
import { appendWith } from '../audit/append.ts';
import { Refusal } from '../base/errors.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import { type Caller, systemCaller } from '../identity/caller.ts';
import { hashPassword } from '../identity/password.ts';
import { setPassword } from '../store/credentials.ts';
import { raiseSeries } from '../store/series.ts';
import { DEMO_AUTHORITY, DEMO_GRANT, LOADER } from './demo-loader.ts';
import { commandOrigin } from './open-system.ts';
import type { System } from './system.ts';

export type DemoSize = 'small' | 'large';

export type Loading = {
  /** Hears of each batch: how many documents there are, and of which doctype the last ones were. */
  readonly progress?: (count: number, doctype: string) => void;
  /** Every persona's password; without it nobody can sign in yet. */
  readonly password?: string;
  /** Who ran the command, for the audit log. */
  readonly actor?: string;
  /** Ends the work between two batches; it can be taken up again. */
  readonly stop?: AbortSignal;
};

/** Batches that are on their way at once: one is prepared here while PostgreSQL writes another. */
const AT_ONCE = 2;

/** Names end in a number that the doctype's counter must be past. */
const NUMBERED = /^(.*?)(\d{3,})$/;

/** Makes users, every document and the grants of the demo; gives how many documents there are. */
export async function loadDemo(
  system: System,
  size: DemoSize,
  { progress, password, actor, stop }: Loading = {},
): Promise<number> {
  const caller = systemCaller(LOADER, commandOrigin(), actor);
  let count = 0;
  const isResumed = await exists(system, caller, 'User', PERSONAS[0]?.user ?? '');
  const lane = new Lane(async (batch: DemoBatch) => {
    if (stop?.aborted) return;
    await importBatch(system, caller, batch, isResumed);
    count += batch.documents.length;
    progress?.(count, batch.doctype);
  });
  for (const batch of [users(), ...generateDemo({ size })]) await lane.add(batch);
  await lane.end();
  if (stop?.aborted) return count;
  if (password !== undefined) await setDemoPasswords(system, caller, password);
  if (await exists(system, caller, 'Granting Authority', DEMO_AUTHORITY)) {
    await giveGrants(system, caller);
    await end(system, caller, 'Granting Authority', DEMO_AUTHORITY);
  }
  await end(system, caller, 'Grant', DEMO_GRANT);
  return count;
}

/**
 * Sets the shared password of the demo's own users.
 * INVARIANT (audit-with-write): with an entry for each of them, which never holds it.
 */
export async function setDemoPasswords(
  system: System,
  caller: Caller,
  password: string,
): Promise<void> {
  const hash = await hashPassword(password);
  const events = PERSONAS.map(({ user }) => ({
    action: 'set password',
    doctype: 'User',
    name: user,
    outcome: 'allowed' as const,
    code: null,
    detail: {},
  }));
  await system.store.record(caller.credential, async (transaction) => {
    await transaction.run('write', ...PERSONAS.map(({ user }) => setPassword(user, hash)));
    await appendWith(transaction, 'write', auditSubject(caller), events);
  });
}

function users(): DemoBatch {
  const documents = PERSONAS.map(({ user, full_name }) => ({
    name: user,
    values: { email: user, full_name },
  }));
  return { doctype: 'User', documents };
}

/** A batch is there whole or not at all, so that its first document speaks for it. */
async function importBatch(
  system: System,
  caller: Caller,
  { doctype, documents }: DemoBatch,
  isResumed: boolean,
): Promise<void> {
  const names = documents.map(({ name }) => name);
  const isThere = isResumed && (await exists(system, caller, doctype, names[0] ?? ''));
  if (!isThere) {
    const inputs = documents.map(({ name, owner, docstatus, values }) => ({
      name,
      values: { ...values, ...(owner ? { owner } : {}), ...(docstatus ? { docstatus } : {}) },
    }));
    await system.documents.import(caller, doctype, inputs).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'duplicate') throw error;
      throw new Refusal('duplicate', `Some of the demo company's ${doctype} is there already.`);
    });
  }
  await passNumbers(system, caller, names);
}

/**
 * Does a few batches of one doctype at once. Links lead to what came before, so all batches of
 * one doctype must be there before those of the next begin.
 */
class Lane {
  private readonly work: (batch: DemoBatch) => Promise<void>;
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | null = null;
  private doctype = '';

  constructor(work: (batch: DemoBatch) => Promise<void>) {
    this.work = work;
  }

  async add(batch: DemoBatch): Promise<void> {
    if (batch.doctype !== this.doctype) await this.end();
    this.doctype = batch.doctype;
    while (this.running.size >= AT_ONCE) await Promise.race(this.running);
    if (this.failure) throw this.failure.error;
    const task: Promise<void> = this.work(batch)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.running.delete(task));
    this.running.add(task);
  }

  async end(): Promise<void> {
    await Promise.all(this.running);
    if (this.failure) throw this.failure.error;
  }
}

async function giveGrants(system: System, caller: Caller): Promise<void> {
  const reason = 'Demo company';
  const rows = (scope: readonly ScopeEntry[]) => scope.map((entry) => ({ ...entry }));
  for (const { user, grants, authorities = [] } of PERSONAS) {
    for (const { role, scope } of grants) {
      const key = { grantee_type: 'User', grantee: user, role };
      await createOnce(system, caller, 'Grant', key, { scope: rows(scope), reason });
    }
    for (const { roles, except_roles, scope } of authorities) {
      const key = { holder_type: 'User', holder: user };
      await createOnce(system, caller, 'Granting Authority', key, {
        roles,
        except_roles,
        scope: rows(scope),
      });
    }
  }
}

/** Creates a document unless an earlier run made it. */
async function createOnce(
  system: System,
  caller: Caller,
  doctype: string,
  key: Readonly<Record<string, string>>,
  values: object,
): Promise<void> {
  const filters = Object.entries(key).map(([field, value]) => [field, '=', value]);
  if ((await system.documents.count(caller, doctype, filters)) > 0) return;
  const input = { ...key, ...values };
  const request = { doctype, name: null, input, expectedModified: null };
  await system.documents.write(caller, 'create', request);
}

async function exists(system: System, caller: Caller, doctype: string, name: string) {
  return (await system.documents.count(caller, doctype, [['name', '=', name]])) > 0;
}

async function end(system: System, caller: Caller, doctype: string, name: string): Promise<void> {
  const request = { doctype, name, input: null, expectedModified: null };
  await system.documents.write(caller, 'delete', request);
}

async function passNumbers(
  system: System,
  caller: Caller,
  names: readonly string[],
): Promise<void> {
  const highest = new Map<string, number>();
  for (const name of names) {
    const [, prefix, digits] = NUMBERED.exec(name) ?? [];
    if (prefix === undefined || digits === undefined) continue;
    highest.set(prefix, Math.max(highest.get(prefix) ?? 0, Number(digits)));
  }
  if (highest.size === 0) return;
  const statements = [...highest].map(([prefix, number]) => raiseSeries(prefix, number));
  await system.store.run(caller.credential, 'import', ...statements);
}
