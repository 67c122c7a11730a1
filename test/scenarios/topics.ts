/** Lines gathered by what a list is of, so that a door is asked for the whole list at once. */

import { grouped } from '../../src/authz/grouped.ts';
import type { Action, Principal } from '../../src/authz/index.ts';
import { nameOf, principalOf } from './cast.ts';
import { levelOf } from './doctypes.ts';
import { BRINGS_NEW, type Line, type Stage, type Who } from './scenario.ts';

/** One asker, action and doctype: which documents, and at which levels. */
export type Topic = {
  readonly who: Who;
  readonly principal: Principal;
  readonly action: Action;
  readonly doctype: string;
  readonly lines: readonly Line[];
  /** Names of the documents that are allowed, sorted. */
  readonly names: readonly string[];
};

/** Topics of documents that are there; of fields, creations and changes there is no list. */
export function topicsOf(stage: Stage): Topic[] {
  const lines = stage.lines.filter((line) => line.field === null && isListed(line));
  return topics(stage, lines, ({ action, doctype }) => `${action} ${doctype}`);
}

/** The same of single fields, one topic for each. */
export function fieldTopicsOf(stage: Stage): (Topic & { field: string; level: number })[] {
  const lines = stage.lines.filter(({ field }) => field !== null);
  return topics(stage, lines, ({ action, doctype, field }) => `${action} ${doctype} ${field}`).map(
    (topic) => {
      const field = topic.lines[0]?.field ?? '';
      return { ...topic, field, level: levelOf(topic.doctype, field) ?? 0 };
    },
  );
}

/** Names of the topic's documents on which this level is open, sorted. */
export function namesAt(topic: Topic, level: number): string[] {
  return topic.lines
    .filter(({ expected }) => expected.allowed && expected.levels.includes(level))
    .map(({ name }) => name)
    .sort();
}

function isListed({ action, change }: Line): boolean {
  return !BRINGS_NEW.has(action) && change === null;
}

function topics(stage: Stage, lines: readonly Line[], word: (line: Line) => string): Topic[] {
  const groups = grouped(lines, (line) => `${nameOf(line.who)} ${word(line)}`);
  return [...groups.values()].flatMap((alike) => {
    const [line] = alike;
    if (!line) return [];
    const { who, action, doctype } = line;
    const names = alike.filter(({ expected }) => expected.allowed).map(({ name }) => name);
    const principal = principalOf(stage, who);
    return [{ who, principal, action, doctype, lines: alike, names: names.sort() }];
  });
}
