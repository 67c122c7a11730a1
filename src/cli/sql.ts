/** `sql`: a report in raw SQL, as a person or as the system. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Refusal } from '../base/errors.ts';
import type { CliActions } from './actions.ts';
import { signInOf } from './permissions.ts';
import { print } from './print.ts';
import { reportLines } from './report-lines.ts';

/** Adds the command. `-` reads the statement from standard input. */
export function addSql(
  command: (name: string, description: string) => Command,
  prepare: () => CliActions,
): void {
  command('sql', 'run one query of raw SQL over what USER may report on')
    .argument('<file>', 'a file with the statement, or - for standard input')
    .option('--as <user>', 'ask as this user, whose password is asked for or read from input')
    .action(async (file, { as, json }) => {
      const text = await statementIn(file, as);
      const answer = await prepare().sql({ text, as: signInOf(as) });
      print(json, answer, () => reportLines(answer));
    });
}

async function statementIn(file: string, as: string | undefined): Promise<string> {
  if (file !== '-') {
    return await readFile(file, 'utf8').catch((cause) => {
      throw new Refusal('bad_value', `${file} cannot be read.`, { cause });
    });
  }
  if (as !== undefined && !process.stdin.isTTY) {
    throw new Refusal('bad_value', 'With --as, standard input has the password: name a file.');
  }
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}
