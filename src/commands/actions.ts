/** The commands, put together out of the parts in this folder. */
import { PERSONAS } from '../../apps/demo/personas.ts';
import { Refusal } from '../base/errors.ts';
import type { CliActions, DemoReport, Started } from '../cli/actions.ts';
import { runningServer } from '../store/embedded/state.ts';
import { noteUse } from './audit-use.ts';
import { backup, restoreBackup } from './backup.ts';
import { examine } from './doctor.ts';
import { explain } from './explain.ts';
import { forecast } from './forecast.ts';
import { history } from './history.ts';
import { importDoctypes } from './import-doctypes.ts';
import { leastUse } from './least-use.ts';
import { lint } from './lint.ts';
import { type MigrationRequest, runMigration } from './migrate.ts';
import { onServer } from './on-server.ts';
import { dataDirOf, open, operator, requireInstallation, withSystem } from './open-system.ts';
import { diffPermissions, exportPermissions, importPermissions } from './permissions.ts';
import { prepareDemo } from './prepare-demo.ts';
import { preview } from './preview.ts';
import { search } from './search.ts';
import { log, serve } from './serve.ts';
import { sql } from './sql.ts';
import type { Root } from './system.ts';
import { who, whoAnywhere } from './who.ts';

/** Everything the command line can do, on this installation. */
export function actionsOf(root: Root): CliActions {
  return {
    serve: async (ready) => await serveInstallation(root, ready),
    start: async (ready) => await startDemo(root, ready),
    demo: async (size, progress) => await makeDemo(root, size, progress),
    explain: async (question) => await explain(root, question),
    who: async (question) => await who(root, question),
    whoAnywhere: async (question) => await whoAnywhere(root, question),
    preview: async (question) => await preview(root, question),
    forecast: async (question) => await forecast(root, question),
    leastUse: async (question) => await leastUse(root, question),
    lint: async (question) => await lint(root, question),
    sql: async (question) => await sql(root, question),
    history: async (question) => await history(root, question),
    search: async (command) => await search(root, command),
    importDoctypes: async (folder) => await importDoctypes(root, folder),
    exportPermissions: async (request) => await exportPermissions(root, request),
    diffPermissions: async (request) => await diffPermissions(root, request),
    importPermissions: async (request) => await importPermissions(root, request),
    backup: async (folder) => await backup(root, folder, log),
    restore: async (folder, words) => await restoreBackup(root, folder, words, log),
    doctor: async () => await examine(root),
    migrate: async (request) => await migrateInstallation(root, request),
  };
}

async function serveInstallation(root: Root, ready: (url: string) => void): Promise<void> {
  if (root.config.dataDir === null) {
    throw new Refusal('bad_value', 'Say where the data lies: BAILIWICK_DATA=/path/to/folder.');
  }
  await serve(root, { isDemo: false, ready });
}

/** `npm start`: the demo company, and how to sign in as each of its people. */
async function startDemo(root: Root, ready: (started: Started) => void): Promise<void> {
  if (!['127.0.0.1', '::1', 'localhost'].includes(root.config.host)) {
    throw new Refusal(
      'bad_value',
      'The demo listens on loopback only: unset HOST, or use `bailiwick serve`.',
    );
  }
  let password = '';
  await serve(root, {
    isDemo: true,
    prepare: async (system, notice, stop) => {
      const terminal = terminalProgress();
      const progress = (line: string): void => {
        notice(line);
        terminal.show(line);
      };
      password = await prepareDemo(root, system, { size: 'small', progress, stop });
      terminal.end();
    },
    ready: (url) => ready({ url, password, personas: personas() }),
  });
}

function personas(): Started['personas'] {
  return PERSONAS.map(({ user, full_name, grants }) => ({
    user,
    full_name,
    holds: grants.map(({ role }) => role),
  }));
}

async function makeDemo(root: Root, size: string, quiet: boolean): Promise<DemoReport> {
  if (size !== 'small' && size !== 'large') {
    throw new Refusal('bad_value', '--size is small or large.');
  }
  const work = async (system: Parameters<typeof prepareDemo>[1]): Promise<string> => {
    const terminal = terminalProgress();
    const progress = quiet ? () => {} : terminal.show;
    const password = await prepareDemo(root, system, { size, progress });
    terminal.end();
    await noteUse(system, operator(root), 'demo', { size });
    return password;
  };
  const password = await withSystem(root, work, { log, isDemo: true });
  return { folder: dataDirOf(root), password, personas: personas() };
}

/** On a server that runs already, or on one that is started for it. */
async function migrateInstallation(root: Root, request: MigrationRequest): Promise<unknown> {
  const { dryRun = false, drop = [], retype = [] } = request;
  if (dryRun || drop.length > 0 || retype.length > 0) {
    requireInstallation(root);
    return await onServer(root, log, async () => await runMigration(root, request, log));
  }
  const { databaseUrl } = root.config;
  const isThere = databaseUrl !== null || (await runningServer(dataDirOf(root))) !== undefined;
  if (isThere || request.definitions !== undefined) return await runMigration(root, request, log);
  const installation = await open(root, { log });
  await installation.stop();
  return JSON.parse(installation.migrated ?? 'null');
}

/** Rewrites one line of a terminal; elsewhere only the first line is said. */
function terminalProgress(): { readonly show: (line: string) => void; readonly end: () => void } {
  const { isTTY } = process.stderr;
  let shown = false;
  return {
    show: (line) => {
      if (isTTY) process.stderr.write(`\r\x1b[2K${line}`);
      else if (!shown) log(line);
      shown = true;
    },
    end: () => {
      if (isTTY && shown) process.stderr.write('\r\x1b[2K');
    },
  };
}
