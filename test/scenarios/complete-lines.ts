/**
 * Sentences become one question for each document. Nothing is left unsaid: whoever is asked about
 * one document of a doctype is asked about all of them, so that a list can be compared as a whole.
 */
import { grouped } from '../../src/authz/grouped.ts';
import { nameOf } from './cast.ts';
import type { Piece } from './piece.ts';
import type { Sentence } from './read-line.ts';
import { BRINGS_NEW, type Line, type Stage } from './scenario.ts';

type Known = Pick<Stage, 'documents' | 'drafts'>;

export function completeLines(
  owner: Piece,
  sentences: readonly Sentence[],
  known: Known,
): readonly Line[] {
  const lines: Line[] = [];
  for (const alike of grouped(sentences, topicOf).values()) {
    lines.push(...linesOf(owner, alike, known));
  }
  return lines;
}

/** What a list is of: one asker, action, doctype and field. Changes stand for themselves. */
function topicOf({ who, action, doctype, field, change, text }: Sentence): string {
  const topic = [nameOf(who), action, doctype, field ?? ''].join(' / ');
  return change === null ? topic : text;
}

function linesOf(owner: Piece, alike: readonly Sentence[], known: Known): Line[] {
  const [first] = alike;
  if (first === undefined) return [];
  const { action, doctype, change } = first;
  const source = BRINGS_NEW.has(action) ? known.drafts : known.documents;
  const all = source
    .filter((document) => document.doctype === doctype)
    .map(({ values }) => String(values['name']));
  const named = new Set<string>();
  const note = (name: string, text: string): void => {
    if (!all.includes(name)) owner.fail(`there is no ${doctype} \`${name}\`: ${text}`);
    if (named.has(name)) owner.fail(`speaks twice of ${doctype} \`${name}\`: ${text}`);
    named.add(name);
  };
  for (const { names, text } of alike) for (const name of names) note(name, text);
  const left = all.filter((name) => !named.has(name));
  const lines: Line[] = [];
  for (const { names, rest, ...sentence } of alike) {
    if (rest === 'any' && named.size > 0) owner.fail(`not any, but any other: ${sentence.text}`);
    if (rest === 'any other' && alike.length === 1) owner.fail(`other than what: ${sentence.text}`);
    const asked = rest === null ? names : left.splice(0);
    if (asked.length === 0) owner.fail(`asks about no document: ${sentence.text}`);
    for (const name of asked) lines.push({ ...sentence, name });
  }
  if (change === null && left.length > 0) {
    owner.fail(`says nothing of ${doctype} ${left.join(', ')}, unlike: ${first.text}`);
  }
  return lines;
}
