/** The command line: one more door. Its words, options and exit codes. */
import { Command, CommanderError } from 'commander';
import { Refusal } from '../base/errors.ts';
import type { CliActions } from './actions.ts';
import { print } from './print.ts';

/** 0 ok, 1 the answer is no or a check failed, 2 wrong usage, 3 cannot reach what it needs. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Reads the words and runs the command. Never throws. */
export async function runProgram(words: readonly string[], actions: CliActions): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command('bailiwick')
    .description('Business records that nobody sees unless someone granted it')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  const command = (name: string, description: string) =>
    program.command(name).description(description).option('--json', 'print JSON');

  command('serve', 'serve an installation; BAILIWICK_DATA says where it lies').action(async () => {
    await actions.serve();
  });
  program.command('start', { hidden: true }).action(async () => {
    await actions.start();
  });
  command('demo', 'make the demo company')
    .option('--size <size>', 'small or large', 'small')
    .action(async ({ size, json }) => {
      print(await actions.demo(size), json);
    });
  command('explain', 'why USER may do ACTION on a document, or what is missing')
    .argument('<user>')
    .argument('<action>')
    .argument('<doctype>')
    .argument('[name]')
    .option('--as <user>', 'sign in as this user instead of acting for the system')
    .action(async (user, action, doctype, name, options) => {
      const explanation = await actions.explain({ user, action, doctype, name, as: options.as });
      print(explanation, options.json);
      if (!explanation.allowed) code = 1;
    });
  command('import-doctypes', 'bring Frappe DocType JSON files in')
    .argument('<dir>')
    .action(async (dir, { json }) => {
      const report = await actions.importDoctypes(dir);
      print(json ? report : report.lines, json);
      if (report.broken > 0) code = 1;
    });
  command('doctor', 'check this installation').action(async ({ json }) => {
    const report = await actions.doctor();
    print(json ? report : report.lines, json);
    if (!report.healthy) code = 1;
  });
  program
    .command('migrate')
    .description('bring the database to this version')
    .option('--json', 'print JSON')
    .option('--definitions <file>', 'doctypes to apply besides')
    .action(async ({ json, definitions }) => {
      print(await actions.migrate(definitions), json);
    });

  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`bailiwick: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof Refusal) return error.status >= 500 ? 3 : error.status === 400 ? 2 : 1;
  return 3;
}
