/** The words of `bailiwick permissions`. */
import type { Command } from 'commander';
import type { CliActions, PermissionsImport, SignIn } from './actions.ts';
import { diffLines, exportLines, importPermissionsLines } from './permission-lines.ts';
import { print } from './print.ts';
import { readPassword } from './read-password.ts';

/**
 * 0: the same, or done. 1: there are differences, or it was refused, or needs `--prune`. 2: the
 * files are wrong or could be read in two ways.
 */
export type PermissionsCode = 0 | 1 | 2;

const CODES: Readonly<Record<PermissionsImport['outcome'], PermissionsCode>> = {
  imported: 0,
  'could be imported': 0,
  'nothing to do': 0,
  'needs prune': 1,
  refused: 1,
  'not read': 2,
};

/** Adds the three commands to the program; `end` takes the exit code. */
export function addPermissions(
  program: Command,
  prepare: () => CliActions,
  end: (code: PermissionsCode) => void,
): void {
  const permissions = program
    .command('permissions')
    .description('roles, rules, groups and grants as files');
  const command = (name: string, description: string) =>
    permissions
      .command(name)
      .description(description)
      .argument('<folder>')
      .option('--as <user>', 'act as this user, whose password is asked for or read from input')
      .option('--json', 'print JSON')
      .allowExcessArguments(false);
  command('export', 'write all of them into a folder')
    .option('--shares', 'with the shares of single documents')
    .option('--replace', 'write over an earlier export')
    .action(async (folder, { as, json, shares = false, replace = false }) => {
      const request = { folder, as: signInOf(as), shares, replace };
      const report = await prepare().exportPermissions(request);
      print(json, report, () => exportLines(report));
    });
  command('diff', 'what differs between a folder and the system').action(
    async (folder, { as, json }) => {
      const report = await prepare().diffPermissions({ folder, as: signInOf(as) });
      print(json, report, () => diffLines(report));
      if (report.problems.length > 0) end(2);
      else if (report.differences.length > 0) end(1);
    },
  );
  command('import', 'make the system as a folder says, all of it or nothing')
    .option('--prune', 'end and remove what the folder does not speak of')
    .option('--dry-run', 'judge everything and change nothing')
    .action(async (folder, { as, json, prune = false, dryRun = false }) => {
      const request = { folder, as: signInOf(as), prune, dryRun };
      const report = await prepare().importPermissions(request);
      print(json, report, () => importPermissionsLines(report));
      end(CODES[report.outcome]);
    });
}

/** The password is asked for only when it is needed. */
export function signInOf(user: string | undefined): SignIn | undefined {
  return user === undefined ? undefined : { user, password: () => readPassword(user) };
}
