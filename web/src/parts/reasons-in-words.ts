/** Witnesses and obstacles of a decision, in plain words. */
import type { Missing, ScopeValue, Witness } from '../api/shapes.ts';

/** A scope, one phrase for each dimension it names: `Cost Center Leeds and all below it`. */
export function scopeInWords(scope: readonly ScopeValue[]): string[] {
  const byDimension = new Map<string, string[]>();
  for (const { dimension, value, descendants } of scope) {
    const phrases = byDimension.get(dimension) ?? [];
    phrases.push(valueInWords(value, Boolean(descendants)));
    byDimension.set(dimension, phrases);
  }
  return [...byDimension].map(([dimension, phrases]) => `${dimension}: ${phrases.join(', or ')}`);
}

function valueInWords(value: string, descendants: boolean): string {
  if (value === '*') return 'any';
  if (value === '(blank)') return 'left blank';
  return descendants ? `${value} and all below it` : value;
}

/** What kind of thing said yes, as a sentence's beginning. */
export function witnessTitle({ kind, role }: Witness): string {
  if (kind === 'share') return 'It was shared with you';
  return role ? `You hold the role ${role}` : 'You were granted it';
}

/** Says who could give what is missing, and is no obstacle itself. */
export const AUTHORITY = 'authority';

const OBSTACLES: ReadonlyMap<string, string> = new Map([
  ['doctype', 'There is no such doctype for you'],
  ['role', 'You hold no role that reads this'],
  ['dimension', 'You hold a role, but its scope leaves out what is needed'],
  ['scope', 'You hold a role, but its scope does not reach this'],
  ['when', 'The condition of a rule is not met'],
  ['level', 'This field is not open to you'],
  ['ceiling', 'A limit stands in the way'],
]);

/** What is missing, as a heading; the server's own sentence stands under it. */
export function missingTitle({ kind }: Missing): string {
  return OBSTACLES.get(kind) ?? 'Something else is missing';
}

/** A part of a sentence; `at` is where it stands in it. */
export type Phrase = { readonly text: string; readonly isName: boolean; readonly at: number };

/**
 * A sentence of the server, split at its backticks: what stands between two is a name. It gets
 * its capital letter here, unless it begins with a name, such as an e-mail address.
 */
export function phrasesOf(sentence: string): readonly Phrase[] {
  let at = 0;
  return sentence
    .replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1))
    .split('`')
    .map((text, index) => {
      const phrase = { text, isName: index % 2 === 1, at };
      at += text.length + 1;
      return phrase;
    });
}
