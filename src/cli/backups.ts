/** The words of `bailiwick backup` and `restore`. */
import type { BackupReport, CliActions, RestoreReport } from './actions.ts';
import type { MakeCommand } from './make-command.ts';
import { print } from './print.ts';

/** Adds both commands to the program. */
export function addBackups(command: MakeCommand, prepare: () => CliActions): void {
  command('backup', 'write everything into a folder, while the system runs')
    .argument('<dir>', 'a folder that is empty or not there yet')
    .action(async (dir, { json }) => {
      const report = await prepare().backup(dir);
      print(json, report, () => backupLines(report));
    });
  command('restore', 'put a backup into this installation, which is made where there is none')
    .argument('<dir>')
    .option('--replace', 'lose what the installation holds now')
    .option('--lose-secrets', 'restore without the key under which secret fields are sealed')
    .action(async (dir, { json, replace = false, loseSecrets = false }) => {
      const report = await prepare().restore(dir, { replace, loseSecrets });
      print(json, report, () => restoreLines(report));
    });
}

function backupLines({ folder, taken_at, tables, rows, bytes }: BackupReport): string[] {
  return [
    `${folder} holds ${rows} rows of ${tables} tables in ${bytes} bytes, as of ${taken_at}.`,
    'Keep secrets/field-key of the data folder apart from it: without that key, sealed fields',
    'cannot be opened, and whoever has both can open them.',
  ];
}

function restoreLines({ taken_at, tables, rows, tokens_ended }: RestoreReport): string[] {
  return [
    `Restored ${rows} rows of ${tables} tables, as of ${taken_at}; each was compared.`,
    `Everybody has to sign in again; ${tokens_ended} API tokens work no more.`,
  ];
}
