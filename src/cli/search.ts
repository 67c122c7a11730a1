/** `search`: the best of the documents that somebody may read, by words of them. */
import type { Command } from 'commander';
import type { CliActions } from './actions.ts';
import { signInOf } from './permissions.ts';
import { print } from './print.ts';

/** Adds the command. */
export function addSearch(
  command: (name: string, description: string) => Command,
  prepare: () => CliActions,
): void {
  command('search', 'the best of the documents that USER may read, by words of them')
    .argument('<words...>')
    .option('--doctype <doctype>', 'only documents of this doctype')
    .option('--limit <number>', 'how many at most')
    .option('--as <user>', 'ask as this user, whose password is asked for or read from input')
    .action(async (words: string[], { doctype, limit, as, json }) => {
      const asked = { text: words.join(' '), doctype, ...(limit && { limit: wholeNumber(limit) }) };
      const found = await prepare().search({ ...asked, as: signInOf(as) });
      print(json, found, () =>
        found.length === 0
          ? ['Nothing of that is to be found.']
          : found.map(({ doctype: of, name, title, match }) =>
              [of, name, ...(title ? [title] : []), `(${match})`].map(plain).join('  '),
            ),
      );
    });
}

/** Nothing that a document says can steer a terminal. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** Not a number is refused by whoever is asked: it is outside every range. */
function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}
