/** The commands, put together out of the parts in this folder. */

import { PERSONAS } from '../../apps/demo/personas.ts';
import type { CliActions } from '../cli/actions.ts';
import { demoPassword, isDemoLoaded, loadDemo, setDemoPasswords } from './demo.ts';
import { examine } from './doctor.ts';
import { importDoctypes } from './import-doctypes.ts';
import { runMigration } from './migrate.ts';
import { dataDirOf, operator, withSystem } from './open-system.ts';
import { serve } from './serve.ts';
import type { Root, System } from './system.ts';

/** Everything the command line can do, on this installation. */
export function actionsOf(root: Root): CliActions {
  return {
    serve: async () => await serveInstallation(root),
    start: async () => await startDemo(root),
    demo: async (size) => await makeDemo(root, size),
    explain: async ({ user, action, doctype, name, as }) =>
      await withSystem(root, async ({ access }) => {
        if (as !== undefined) throw new Error('--as is not there yet: sign in over HTTP instead');
        const target = name === undefined ? {} : { name };
        return await access.explain(operator(), { user, action, doctype, ...target });
      }),
    importDoctypes: async (folder) => await importDoctypes(root, folder),
    doctor: async () => await examine(root),
    migrate: async (definitions) => await runMigration(root, definitions),
  };
}

async function serveInstallation(root: Root): Promise<void> {
  if (root.config.dataDir === null)
    throw new Error('say where the data lies: BAILIWICK_DATA=/path');
  await serve(root, false, async (_system, url) => {
    process.stdout.write(`Bailiwick serves on ${url}\n`);
  });
}

/** `npm start`: the demo company, and how to sign in as each of its people. */
async function startDemo(root: Root): Promise<void> {
  if (!['127.0.0.1', '::1', 'localhost'].includes(root.config.host)) {
    throw new Error('the demo listens on loopback only: unset HOST, or use `bailiwick serve`');
  }
  await serve(root, true, async (system, url) => {
    const password = await prepareDemo(root, system, 'small');
    process.stdout.write(`\nBailiwick serves the demo company on ${url}\n\n`);
    for (const { user, grants } of PERSONAS) {
      const holds = grants.map(({ role }) => role).join(', ') || 'no role';
      process.stdout.write(`  ${user.padEnd(32)} password ${password}   ${holds}\n`);
    }
    process.stdout.write('\nStop with Ctrl-C. The data stays.\n');
  });
}

async function makeDemo(root: Root, size: string): Promise<readonly string[]> {
  if (size !== 'small' && size !== 'large') throw new Error('--size is small or large');
  const password = await withSystem(root, (system) => prepareDemo(root, system, size));
  return [`the demo company is in ${dataDirOf(root)}`, `every persona's password is ${password}`];
}

async function prepareDemo(root: Root, system: System, size: 'small' | 'large'): Promise<string> {
  const password = await demoPassword(dataDirOf(root), root.config.demoPassword);
  if (!(await isDemoLoaded(system))) {
    process.stderr.write('Making the demo company…\n');
    await loadDemo(system, size, showProgress);
    if (process.stderr.isTTY) process.stderr.write('\n');
    await setDemoPasswords(system, password);
  } else if (root.config.demoPassword !== null) {
    await setDemoPasswords(system, password);
  }
  return password;
}

function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K  ${line}`);
}
