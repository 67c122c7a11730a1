/** Asks a database that holds a random world, by each of its lines, and the reference. */
import { isDeepStrictEqual } from 'node:util';
import type { Action, Principal } from '../../../src/authz/index.ts';
import { type Question, referenceDecide, referenceLevels } from '../../model/reference.ts';
import { kindsIn } from '../kinds.ts';
import type { Tally } from '../stations.ts';
import type { Answers, WorldDatabase } from './world-database.ts';
import type { SqlWorld } from './worlds.ts';

const LEVELS = [0, 1, 2];

/** An answer for each document, and what it hung on. */
type Expected = {
  readonly question: Question;
  readonly isAllowed: boolean;
  readonly levels: ReadonlySet<number>;
};

/**
 * The first disagreement, in words; null for none. The world is loaded already.
 *
 * Ceilings are the first line's alone: the database knows the principal, and not by which token
 * it asks. So where there is a ceiling, row-level security gives what the principal could see
 * without it, and both together give no more than the ceiling leaves.
 */
export async function askStore(
  database: WorldDatabase,
  sample: SqlWorld,
  actions: Iterable<Action>,
  tally: Tally,
): Promise<string | null> {
  const kindsOf = kindsIn(sample.world);
  for (const principal of sample.principals) {
    const isFree = principal.ceilings.length === 0;
    for (const action of actions) {
      const expected = expectedOf(sample, principal, action);
      const free = isFree ? expected : expectedOf(sample, { ...principal, ceilings: [] }, action);
      const level = LEVELS[(sample.documents.length + action.length) % LEVELS.length] ?? 0;
      const found = {
        kernel: await database.decided(sample, principal, action),
        filter: await database.filtered(sample, principal, action),
        atLevel: await database.filtered(sample, principal, action, level),
        security: await database.secured(sample, principal, action),
        both: await database.both(sample, principal, action),
      };
      const allowed = answersOf(sample, expected);
      // How cells are named has nothing to do with the action: of one it is enough.
      const byCells = action === 'read' ? await database.byCells(sample, principal, action) : {};
      const wanted = {
        ...{ kernel: allowed, filter: allowed, both: allowed },
        atLevel: answersOf(sample, expected, level),
        security: answersOf(sample, free),
      };
      const isSame = isDeepStrictEqual(byCells, action === 'read' ? allowed : {});
      if (!isSame || !isDeepStrictEqual(found, wanted)) {
        const told = JSON.stringify({ principal, action, level, found, byCells, wanted });
        return `${told} in ${JSON.stringify(sample)}`;
      }
      for (const { question, isAllowed } of expected) {
        const kinds = kindsOf(question, isAllowed);
        tally.count('filter', kinds);
        tally.count('both', kinds);
        if (isFree) tally.count('security', kinds);
      }
      if (!isFree) {
        for (const { question, isAllowed } of free) {
          tally.count('security', kindsOf(question, isAllowed));
        }
      }
    }
  }
  return null;
}

/** What the reference says of every document. */
export function expectedOf(sample: SqlWorld, principal: Principal, action: Action): Expected[] {
  const { world, documents, now } = sample;
  return documents.map(({ doctype, values: document }) => {
    const question = { principal, action, doctype, document, now };
    const isAllowed = referenceDecide(world, question);
    return { question, isAllowed, levels: referenceLevels(world, question) };
  });
}

/** Names by doctype, of those with the level where one is given. */
export function answersOf(
  { definitions }: SqlWorld,
  expected: readonly Expected[],
  level?: number,
): Answers {
  const names = (doctype: string): string[] =>
    expected
      .filter(({ question }) => question.doctype === doctype)
      .filter(({ isAllowed, levels }) => isAllowed && (level === undefined || levels.has(level)))
      .map(({ question }) => String(question.document['name']));
  return Object.fromEntries(definitions.map(({ name }) => [name, names(name).sort()]));
}
