/** A password from the terminal, unseen, or from the first line of the input. Never an argument. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Refusal } from '../base/errors.ts';

/** Asks on the terminal for the password of a user; without one, reads a line from the input. */
export async function readPassword(user: string): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(`Password of ${user}: `);
  // Nothing that is typed is shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('SIGINT', () => reject(new Refusal('bad_value', 'No password was given.')));
      reader.once('close', () => reject(new Refusal('bad_value', 'No password was given.')));
    });
  } finally {
    reader.close();
    // An input that stays open would keep the process from ending.
    process.stdin.destroy();
    if (isTerminal) process.stderr.write('\n');
  }
}
