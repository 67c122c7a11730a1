/** The command line: one more door. Its words, options and exit codes. */
import { Command, CommanderError } from 'commander';
import { Refusal } from '../base/errors.ts';
import type { CliActions } from './actions.ts';
import { addBackups } from './backups.ts';
import { forecastLines } from './forecast-lines.ts';
import { historyLines } from './history-lines.ts';
import { leastUseLines } from './least-use-lines.ts';
import {
  doctorLines,
  explanationLines,
  importLines,
  previewLines,
  startedLines,
  whoLines,
} from './lines.ts';
import { lintLines } from './lint-lines.ts';
import type { MakeCommand } from './make-command.ts';
import { addMigration } from './migration.ts';
import { addPermissions, signInOf } from './permissions.ts';
import { print } from './print.ts';
import { reachLines } from './reach-lines.ts';
import { addSearch } from './search.ts';
import { addSql } from './sql.ts';

/**
 * 0 ok; 1 the answer is no, or a check failed; 2 wrong usage, such as a user who does not exist or
 * a wrong password; 3 cannot reach what it needs.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** Reads the words and runs the command. Never throws. */
export async function runProgram(
  words: readonly string[],
  prepare: () => CliActions,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  // Whoever reads along may stop (`| head`): then there is nobody to tell, and a server serves on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  const program = new Command('bailiwick')
    .description('Business records that nobody sees unless someone granted it')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  const command = (name: string, description: string, hidden = false) =>
    program
      .command(name, { hidden })
      .description(description)
      .option('--json', 'print JSON')
      .allowExcessArguments(false);
  const isOk = (ok: boolean): void => {
    if (!ok) code = 1;
  };
  addServing(command, prepare);
  addQuestions(command, prepare, isOk);
  addLint(command, prepare, isOk);
  addSql(command, prepare);
  addSearch(command, prepare);
  addHistory(command, prepare);
  addChanges(command, prepare, isOk);
  addPermissions(program, prepare, (ended) => {
    code = ended;
  });
  addBackups(command, prepare);
  command('doctor', 'check this installation').action(async ({ json }) => {
    const report = await prepare().doctor();
    print(json, report, () => doctorLines(report));
    if (!report.healthy) code = report.reachable ? 1 : 3;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return tellError(error);
  }
}

function addServing(command: MakeCommand, prepare: () => CliActions): void {
  command('serve', 'serve an installation; BAILIWICK_DATA says where it lies').action(
    async ({ json }) => {
      await prepare().serve((url) => print(json, { url }, () => [`Bailiwick serves on ${url}`]));
    },
  );
  command('start', 'serve the demo company', true).action(async ({ json }) => {
    await prepare().start((started) => print(json, started, () => startedLines(started)));
  });
  command('demo', 'make the demo company')
    .option('--size <size>', 'small or large', 'small')
    .action(async ({ size, json }) => {
      const report = await prepare().demo(size, json === true);
      print(json, report, () => [
        `The demo company is in ${report.folder}`,
        `Its people are ${report.personas.map(({ user }) => user).join(', ')}`,
        `Their password is ${report.password}`,
      ]);
    });
}

function addQuestions(
  command: MakeCommand,
  prepare: () => CliActions,
  isOk: (ok: boolean) => void,
): void {
  command('explain', 'why USER may do ACTION on a document, or what is missing')
    .argument('<user>')
    .argument('<action>')
    .argument('<doctype>')
    .argument('[name]')
    .option('--field <field>', 'a field of the document')
    .option('--at <instant>', 'by the permissions of then, such as 2026-02-28T17:30:00Z')
    .option(...AS)
    .action(async (user, action, doctype, name, options) => {
      const { field, at, json } = options;
      const as = signInOf(options.as);
      const asked = { user, action, doctype, name, field, at, as };
      const explanation = await prepare().explain(asked);
      print(json, explanation, () =>
        explanationLines(explanation, { user, action, doctype, name }),
      );
      isOk(explanation.allowed);
    });
  addWho(command, prepare, isOk);
  command('preview', 'what a change of permissions in FILE (JSON) would give and take')
    .argument('<file>')
    .option(...AS)
    .action(async (file, { as, json }) => {
      const answer = await prepare().preview({ file, as: signInOf(as) });
      print(json, answer, () => previewLines(answer));
    });
  command('forecast', 'what access ends in the coming days, and what nobody could do then')
    .option('--days <number>', 'how far to look ahead', '30')
    .option(...AS)
    .action(async ({ days, as, json }) => {
      const answer = await prepare().forecast({ days: wholeNumber(days), as: signInOf(as) });
      print(json, answer, () => forecastLines(answer));
      isOk(answer.unheld.length === 0);
    });
  command('least-use', 'what each grant alone gives, and when it was last needed')
    .option('--grant <name>', 'this grant only')
    .option('--user <user>', 'grants that this user holds, by themselves or through groups')
    .option('--role <role>', 'grants of this role')
    .option(...AS)
    .action(async ({ as, json, ...filters }) => {
      const answer = await prepare().leastUse({ ...filters, as: signInOf(as) });
      print(json, answer, () => leastUseLines(answer));
    });
}

function addWho(
  command: MakeCommand,
  prepare: () => CliActions,
  isOk: (ok: boolean) => void,
): void {
  command('who', 'everybody who may do ACTION on a document or on any of a doctype, and why')
    .argument('<action>')
    .argument('<doctype>')
    .argument('[name]', 'without it: on any document, how many, and of whom')
    .option('--field <field>', 'a field of the document')
    .option('--by <dimension>', 'without a name: how many documents for each value')
    .option('--user <user>', 'without a name: only this person')
    .option('--start <number>', 'with --by: the first of the values that is shown')
    .option('--limit <number>', 'with --by: how many values are shown of each person')
    .option('--at <instant>', 'by the permissions of then, such as 2026-02-28T17:30:00Z')
    .option(...AS)
    .action(async (action, doctype, name, { json, as, field, at, ...ofMany }) => {
      const asked = { action, doctype, ...(field && { field }), ...(at && { at }) };
      const signIn = signInOf(as);
      if (name === undefined) {
        const question = { ...asked, ...numbersIn(ofMany) };
        const answer = await prepare().whoAnywhere({ ...question, as: signIn });
        print(json, answer, () => reachLines(answer, question));
        isOk(answer.total > 0);
        return;
      }
      const [stray] = Object.keys(ofMany);
      if (stray !== undefined) {
        throw new Refusal('unknown_parameter', `--${stray} does not go with a document's name.`);
      }
      const question = { ...asked, name };
      const answer = await prepare().who({ ...question, as: signIn });
      print(json, answer, () => whoLines(answer, question));
      isOk(answer.total > 0);
    });
}

function numbersIn({ start, limit, ...rest }: Readonly<Record<string, string>>) {
  return {
    ...rest,
    ...(start === undefined ? {} : { start: wholeNumber(start) }),
    ...(limit === undefined ? {} : { limit: wholeNumber(limit) }),
  };
}

function addLint(
  command: MakeCommand,
  prepare: () => CliActions,
  isOk: (ok: boolean) => void,
): void {
  command('lint', 'what opens records to many, or is left lying about, and what to do')
    .option(...AS)
    .action(async ({ as, json }) => {
      const answer = await prepare().lint({ as: signInOf(as) });
      print(json, answer, () => lintLines(answer));
      isOk(answer.total === 0);
    });
}

function addHistory(command: MakeCommand, prepare: () => CliActions): void {
  command('history', 'what was changed of a document, by whom and when')
    .argument('<doctype>')
    .argument('<name>')
    .option('--at-version <number>', 'the document as this version left it')
    .option(...AS)
    .action(async (doctype, name, { atVersion, as, json }) => {
      const version = atVersion === undefined ? undefined : wholeNumber(atVersion);
      const asked = { doctype, name, version, as: signInOf(as) };
      const answer = await prepare().history(asked);
      print(json, answer, () => historyLines(answer));
    });
}

/** Not a number is refused by whoever is asked: it is outside every range. */
function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

const AS = [
  '--as <user>',
  'ask as this user, whose password is asked for or read from input',
] as const;

function addChanges(
  command: MakeCommand,
  prepare: () => CliActions,
  isOk: (ok: boolean) => void,
): void {
  command('import-doctypes', 'bring Frappe DocType JSON files in')
    .argument('<dir>')
    .action(async (dir, { json }) => {
      const report = await prepare().importDoctypes(dir);
      print(json, report, () => importLines(report));
      isOk(report.files.every(({ outcome }) => outcome !== 'broken' && outcome !== 'refused'));
    });
  addMigration(command, prepare, isOk);
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function tellError(error: unknown): ExitCode {
  // Commander has said what is wrong already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`bailiwick: ${error instanceof Error ? error.message : String(error)}\n`);
  // A question that could not be asked has no answer: it is not the same as `no`.
  return error instanceof Refusal && error.status < 500 ? 2 : 3;
}
