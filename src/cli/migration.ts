/** The words of `bailiwick migrate`. */
import { Option } from 'commander';
import type { CliActions } from './actions.ts';
import type { MakeCommand } from './make-command.ts';
import { print } from './print.ts';

/** Adds the command to the program. A dry run of which something would be refused is not ok. */
export function addMigration(
  command: MakeCommand,
  prepare: () => CliActions,
  isOk: (ok: boolean) => void,
): void {
  command('migrate', 'bring the database to this version')
    .option('--dry-run', 'print the SQL and what data is at stake, and do nothing')
    .option('--drop <field...>', 'lose the values of a field that was taken out: "Task.remarks"')
    .option('--retype <field...>', 'convert values even where some do not survive it')
    .addOption(internal('--definitions <file>'))
    .addOption(internal('--demo'))
    .action(async ({ json, definitions, demo, dryRun, drop, retype }) => {
      const words = { demo, dryRun, drop, retype };
      const report = await prepare().migrate({ ...(definitions ? { definitions } : {}), ...words });
      if (dryRun !== true) {
        print(json, report, () => migrationLines(report));
        return;
      }
      const planned = report as Planned;
      print(json, report, () => plannedLines(planned));
      isOk(planned.doctypes.every(({ outcome }) => outcome !== 'refused'));
    });
}

/** For the processes that this program starts, not for people. */
function internal(flags: string): Option {
  return new Option(flags).hideHelp();
}

type Planned = {
  readonly migrations: readonly string[];
  readonly doctypes: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly reasons: readonly string[];
    readonly rows: number;
    readonly stakes: readonly string[];
    readonly steps: readonly {
      readonly what: string;
      readonly when: string;
      readonly sql: readonly string[];
    }[];
  }[];
};

/** The plan as SQL that says in comments what it is about. */
function plannedLines({ migrations, doctypes }: Planned): string[] {
  const changed = doctypes.filter(({ outcome }) => outcome !== 'unchanged');
  return [
    ...migrations.map((name) => `-- apply ${name}`),
    ...changed.flatMap(({ name, outcome, reasons, rows, stakes, steps }) => [
      `-- ${outcome} ${name}: ${rows} rows`,
      ...[...reasons, ...stakes].map((line) => `--   ${line}`),
      ...steps.flatMap(({ what, when, sql }) => [
        `-- ${name}: ${what} (${when === 'ahead' ? 'ahead, beside running servers' : 'in the switch'})`,
        ...sql.map((text) => `${text};`),
      ]),
    ]),
    `-- Nothing was done. ${changed.length} of ${doctypes.length} doctypes would change.`,
  ];
}

/** What a migration applied; `report` is what the migrating process printed. */
function migrationLines(report: unknown): string[] {
  const { migrations = [], doctypes = [] } = (report ?? {}) as {
    migrations?: readonly string[];
    doctypes?: readonly { name: string; outcome: string; details: readonly string[] }[];
  };
  const changed = doctypes.filter(({ outcome }) => outcome !== 'unchanged');
  return [
    ...migrations.map((name) => `applied ${name}`),
    ...changed.map(({ name, outcome, details }) => `${outcome} ${name}: ${details.join(', ')}`),
    `The database is up to date: ${doctypes.length} doctypes.`,
  ];
}
