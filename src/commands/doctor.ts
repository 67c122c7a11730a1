/** `doctor`: what is in order with this installation, and what to do about the rest. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorCheck, DoctorReport } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import { dataDirOf, operator, requireInstallation, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

const NODE_MAJOR_MIN = 24;
const POSTGRES_MAJOR_MIN = 15;
/** Below this a checkpoint or a large import may fill the disk. */
const FREE_BYTES_MIN = 512 * 1024 * 1024;

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

async function folderChecks(dataDir: string): Promise<DoctorCheck[]> {
  const folder = join(dataDir, 'secrets');
  const names = await readdir(folder).catch(() => []);
  const modes = await Promise.all(names.map(async (name) => await stat(join(folder, name))));
  const open = names.filter((_, index) => ((modes[index]?.mode ?? 0) & 0o077) !== 0);
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const megabytes = Math.round(free / 1024 / 1024);
  return [
    {
      name: 'secrets',
      ok: open.length === 0,
      detail:
        open.length === 0
          ? 'readable by their owner only'
          : `others can read ${open.join(', ')} in ${folder}: chmod 600 them, and change them`,
    },
    {
      name: 'disk',
      ok: free >= FREE_BYTES_MIN,
      detail: `${megabytes} MB free`,
    },
  ];
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
    { name: 'permissions', ok: true, detail: `compile, at epoch ${world.epoch}` },
  ];
}
