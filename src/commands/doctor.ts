/** `doctor`: what is in order with this installation, and what to do about the rest. */
import { Refusal } from '../base/errors.ts';
import type { DoctorCheck, DoctorReport } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import { folderChecks } from './folder-checks.ts';
import { dataDirOf, operator, requireInstallation, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

const NODE_MAJOR_MIN = 24;
const POSTGRES_MAJOR_MIN = 15;

/** Opens the installation and asks it about itself. Never throws for what it is there to find. */
export async function examine(root: Root): Promise<DoctorReport> {
  const checks: DoctorCheck[] = [
    atLeast('Node.js', process.versions.node, NODE_MAJOR_MIN),
    { name: 'data folder', ok: true, detail: dataDirOf(root) },
  ];
  try {
    requireInstallation(root);
    checks.push(...(await folderChecks(dataDirOf(root))));
    checks.push(...(await withSystem(root, async (system) => await systemChecks(root, system))));
    return { healthy: checks.every(({ ok }) => ok), reachable: true, checks };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    checks.push({ name: 'installation', ok: false, detail });
    return { healthy: false, reachable: false, checks };
  }
}

function atLeast(name: string, version: string, majorMin: number): DoctorCheck {
  const ok = Number(version.split('.')[0]) >= majorMin;
  return { name, ok, detail: ok ? version : `${version}; it must be ${majorMin} or newer` };
}

/** Of very many documents it can take longer than a statement may. */
async function keptAccess(system: System): Promise<DoctorCheck> {
  const name = 'kept access';
  try {
    const wrong = await system.store.wrongAccess();
    const detail = wrong.length === 0 ? 'is what the grants say' : wrong.slice(0, 5).join('; ');
    return { name, ok: wrong.length === 0, detail };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { name, ok: false, detail: `could not be compared: ${error.message}` };
  }
}

async function systemChecks(root: Root, system: System): Promise<DoctorCheck[]> {
  const facts = await system.store.facts();
  const settings = Object.entries(facts.settings);
  const unsafe = settings.filter(([, value]) => value === 'off');
  const { world } = await system.store.policy();
  await noteUse(system, operator(root), 'doctor', {});
  return [
    { name: 'database', ok: true, detail: 'answers' },
    atLeast('PostgreSQL', facts.version, POSTGRES_MAJOR_MIN),
    {
      name: 'durability',
      ok: unsafe.length === 0,
      detail: settings.map(([name, value]) => `${name} ${value}`).join(', '),
    },
    {
      name: 'application login',
      ok: !facts.isSuperuser,
      detail: facts.isSuperuser
        ? 'is a superuser or bypasses row-level security, and must not'
        : 'is an ordinary role, subject to row-level security',
    },
    {
      name: 'row-level security',
      ok: facts.unprotected === 0,
      detail: `${facts.tables} doctype tables, ${facts.unprotected} of them without it`,
    },
    await keptAccess(system),
    { name: 'permissions', ok: true, detail: `compile, at epoch ${world.epoch}` },
  ];
}
