/** What the kernel answers to a line, with its reasons, in the words of the scenarios. */
import {
  type CompiledWorld,
  type Decision,
  type DocumentFacts,
  decide,
  type Witness,
} from '../../src/authz/index.ts';
import { principalOf } from './cast.ts';
import { DOCTYPES, levelOf } from './doctypes.ts';
import { NOW } from './read-moment.ts';
import {
  type Because,
  BRINGS_NEW,
  type Expected,
  type Lack,
  type Line,
  type Stage,
  type Values,
} from './scenario.ts';

/** Decides, or where it is refused names the first thing that stood in the way. */
export function answerOf(world: CompiledWorld, stage: Stage, line: Line): Expected {
  const stored = factsOf(stage, line);
  const before = decideOn(world, stage, line, stored);
  if (!before.allowed) return refused(before.missing[0]?.kind ?? 'role');
  if (line.change !== null) return answerToChange(world, stage, line, before, stored);
  if (BRINGS_NEW.has(line.action)) {
    const given = givenFields(line.doctype, stored);
    return isOpen(before, line.doctype, given) ? allowed(before) : refused('level');
  }
  if (line.field === null) return allowed(before);
  const level = levelOf(line.doctype, line.field) ?? 0;
  const opening = before.because.filter((witness) => levelsOf(witness).includes(level));
  // Asked of one field, the answer is the level of that field.
  return opening.length === 0 ? refused('level') : { ...allowed(before, opening), levels: [0] };
}

/** The document of a line; whoever creates one owns it. */
export function factsOf({ documents, drafts }: Stage, line: Line): DocumentFacts {
  const isNew = BRINGS_NEW.has(line.action);
  const found = (isNew ? drafts : documents).find(
    ({ doctype, values }) => doctype === line.doctype && values['name'] === line.name,
  );
  if (!found) throw new Error(`there is no ${line.doctype} ${line.name}`);
  return isNew ? { ...found.values, owner: line.who.id } : found.values;
}

/** A change is covered before and after, and a document that moves is reached by a grant. */
function answerToChange(
  world: CompiledWorld,
  stage: Stage,
  line: Line,
  before: Decision,
  stored: DocumentFacts,
): Expected {
  const change = line.change ?? {};
  const after = decideOn(world, stage, line, { ...stored, ...change });
  if (!after.allowed) return refused(after.missing[0]?.kind ?? 'role');
  const byGrant = [before, after].every(({ because }) =>
    because.some(({ kind }) => kind === 'grant'),
  );
  if (!byGrant && isMove(line.doctype, change)) return refused('grant');
  const open = [before, after].every((one) => isOpen(one, line.doctype, Object.keys(change)));
  return open ? allowed(after) : refused('level');
}

export function isMove(doctype: string, change: Values): boolean {
  const paths = DOCTYPES.get(doctype)?.dimension_paths ?? [];
  return paths.some(({ path }) => path.replace(/\..*/, '') in change);
}

function decideOn(world: CompiledWorld, stage: Stage, line: Line, document: DocumentFacts) {
  const { action, doctype } = line;
  return decide(world, {
    principal: principalOf(stage, line.who),
    ...{ action, doctype, document, now: NOW },
  });
}

function givenFields(doctype: string, facts: DocumentFacts): string[] {
  const fields = DOCTYPES.get(doctype)?.fields ?? [];
  return fields.map(({ fieldname }) => fieldname).filter((name) => (facts[name] ?? null) !== null);
}

function isOpen({ levels }: Decision, doctype: string, fields: readonly string[]): boolean {
  return fields.every((field) => levels.has(levelOf(doctype, field) ?? 0));
}

function allowed(
  decision: Decision,
  witnesses = decision.because,
): Extract<Expected, { allowed: true }> {
  return {
    allowed: true,
    because: sortedBecause(witnesses.map(becauseOf)),
    levels: [...decision.levels].sort(),
  };
}

/** By name, each once: one grant may say yes by several rules. */
export function sortedBecause(because: readonly Because[]): Because[] {
  const byName = new Map(because.map((one) => [one.name, one]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function refused(lack: Lack): Expected {
  return { allowed: false, lack };
}

function becauseOf(witness: Witness): Because {
  if (witness.kind === 'share') return { name: witness.share.name, request: null };
  const { name, request } = witness.way.holding.grant.source;
  return { name, request };
}

function levelsOf(witness: Witness): readonly number[] {
  return witness.kind === 'share' ? [0] : witness.way.rule.source.levels;
}
