/** Brings the demo company in, once, through the same pipeline as everything else. */

import { APPS } from '../../apps/all.ts';
import { generateDemo } from '../../apps/demo/generate.ts';
import { PERSONAS, type ScopeEntry } from '../../apps/demo/personas.ts';
import { randomSecret } from '../base/random.ts';
import type { Caller } from '../identity/caller.ts';
import { hashPassword } from '../identity/password.ts';
import { setPassword } from '../store/credentials.ts';
import { secretFile } from '../store/installation/secrets.ts';
import { raiseSeries } from '../store/series.ts';
import { operator } from './open-system.ts';
import type { System } from './system.ts';

const LOADER = 'system:demo';

/** Names end in a number that the doctype's counter must be past. */
const NUMBERED = /^(.*?)(\d{3,})$/;

/** True where the demo company is there already. */
export async function isDemoLoaded(system: System): Promise<boolean> {
  const caller = operator();
  return (await system.documents.count(caller, 'User', [['name', '=', PERSONAS[0]?.user]])) > 0;
}

/** Makes users, grants and every document of the demo; `progress` hears of each batch. */
export async function loadDemo(
  system: System,
  size: 'small' | 'large',
  progress: (line: string) => void,
): Promise<number> {
  const caller = operator(LOADER);
  await system.documents.import(
    caller,
    'User',
    PERSONAS.map(({ user, full_name }) => ({ name: user, values: { email: user, full_name } })),
  );
  let count = 0;
  for (const { doctype, documents } of generateDemo({ size })) {
    await system.documents.import(
      caller,
      doctype,
      documents.map(({ name, owner, docstatus, values }) => ({
        name,
        values: { ...values, ...(owner ? { owner } : {}), ...(docstatus ? { docstatus } : {}) },
      })),
    );
    await passNumbers(
      system,
      caller,
      documents.map(({ name }) => name),
    );
    count += documents.length;
    progress(`${count} documents, ${doctype}`);
  }
  await giveGrants(system, caller);
  await endLoader(system, caller);
  return count;
}

/** The password all personas share: said, or made once and kept. */
export async function demoPassword(dataDir: string, said: string | null): Promise<string> {
  return said ?? (await secretFile(dataDir, 'demo-password', () => randomSecret(12)));
}

/** Sets the shared password of the demo's own users. */
export async function setDemoPasswords(system: System, password: string): Promise<void> {
  const hash = await hashPassword(password);
  const credential = { kind: 'named', principal: LOADER } as const;
  for (const { user } of PERSONAS) {
    await system.store.run(credential, 'write', setPassword(user, hash));
  }
}

async function giveGrants(system: System, caller: Caller): Promise<void> {
  const reason = 'Demo company';
  const scopeRows = (scope: readonly ScopeEntry[]) => scope.map((entry) => ({ ...entry }));
  for (const { user, grants, authorities } of PERSONAS) {
    for (const { role, scope } of grants) {
      const input = { grantee_type: 'User', grantee: user, role, scope: scopeRows(scope), reason };
      await create(system, caller, 'Grant', input);
    }
    for (const { roles, scope } of authorities ?? []) {
      const input = { holder_type: 'User', holder: user, roles, scope: scopeRows(scope) };
      await create(system, caller, 'Granting Authority', input);
    }
  }
}

/** What brought the demo in gives its own authority and grant back. */
async function endLoader(system: System, caller: Caller): Promise<void> {
  const authority = `${LOADER} may give all`;
  await end(system, caller, 'Granting Authority', authority);
  await end(system, caller, 'Grant', `${LOADER}: Demo Loader`);
}

async function end(system: System, caller: Caller, doctype: string, name: string): Promise<void> {
  await system.documents.write(caller, 'delete', {
    doctype,
    name,
    input: null,
    expectedModified: null,
  });
}

async function create(
  system: System,
  caller: Caller,
  doctype: string,
  input: object,
): Promise<void> {
  await system.documents.write(caller, 'create', {
    doctype,
    name: null,
    input,
    expectedModified: null,
  });
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

/** Every role, for the loader's own authority. */
export const ALL_ROLES = APPS.flatMap((app) => app.roles.map(({ name }) => name));
