/**
 * What a decision hung on. A decision is of a kind if the answer turns when the world is changed
 * in just that respect: a stronger claim than that the thing was somewhere in the world.
 */
import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../src/authz/world.ts';
import {
  type Question,
  referenceDecide,
  referenceLevels,
  referenceWitnesses,
} from '../model/reference.ts';
import {
  isOfRows,
  NARROWING,
  SHALLOW_DESCENDANTS,
  WIDENING,
  WITHOUT_ROW_PATHS,
} from './kind-changes.ts';

type Row = Readonly<Record<string, unknown>>;

/** The same document with other rows; null where the change leaves it as it is. */
const ROW_CHANGES: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[] | null>> = {
  'another row': (rows) => (rows.length > 1 ? rows.slice(0, 1) : null),
  'an earlier row': (rows) => (rows.length > 1 ? rows.slice(-1) : null),
  'a blank row': (rows) => {
    const filled = rows.filter(({ branch, team }) => (branch ?? null) !== null && team !== null);
    return filled.length > 0 && filled.length < rows.length ? filled : null;
  },
};

/** What a decision on a document with rows hung on: a row, or that there are none. */
function rowKinds(
  world: World,
  withoutRowPaths: World,
  question: Question,
  isAllowed: boolean,
): string[] {
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  if (!shape?.paths.some(({ path }) => isOfRows(path))) return [];
  const rows = question.document['items'] as readonly Row[];
  const kinds = Object.entries(ROW_CHANGES).flatMap(([kind, change]) => {
    const items = change(rows) as Question['document'][string] | null;
    if (items === null) return [];
    const other = { ...question, document: { ...question.document, items } };
    return referenceDecide(world, other) === isAllowed ? [] : [kind];
  });
  if (rows.length > 1 && new Set(rows.map(({ branch }) => branch)).size > 1)
    kinds.push('different rows');
  const alone = (row: Row): Question => {
    const items = [row] as Question['document'][string];
    return { ...question, document: { ...question.document, items } };
  };
  if (!isAllowed && rows.length > 1 && rows.every((row) => referenceDecide(world, alone(row))))
    kinds.push('rows that alone are open');
  if (rows.length === 0 && referenceDecide(withoutRowPaths, question) !== isAllowed)
    kinds.push('no rows');
  return isAllowed && rows.length === 0 ? [...kinds, 'no rows'] : kinds;
}

/** The world after each change that changes anything in it. */
function changedWorlds(world: World, changes: typeof NARROWING) {
  const all = Object.entries(changes).map(([kind, change]) => ({ kind, world: change(world) }));
  return all.filter((one) => !isDeepStrictEqual(one.world, world));
}

/** Gives, for questions about one world, labels such as `denied by validity`. */
export function kindsIn(world: World): (question: Question, isAllowed: boolean) => string[] {
  const withoutRowPaths = WITHOUT_ROW_PATHS(world);
  const narrower = changedWorlds(world, NARROWING);
  const wider = changedWorlds(world, WIDENING);
  const shallow = SHALLOW_DESCENDANTS(world);
  const openBefore = new Map<string, string>();
  return (question, isAllowed) => {
    const answer = isAllowed ? 'allowed' : 'denied';
    const others = isAllowed ? narrower : wider;
    const kinds = others
      .filter((other) => referenceDecide(other.world, question) !== isAllowed)
      .map(({ kind }) => `${answer} by ${kind}`);
    if (kinds.includes('denied by no descendants') && !referenceDecide(shallow, question)) {
      kinds.push('denied by a deep tree');
    }
    const { principal, action, doctype } = question;
    const free = { ...question, principal: { ...principal, ceilings: [] } };
    if (referenceDecide(world, free) !== isAllowed) kinds.push(`${answer} by ceiling`);
    for (const kind of rowKinds(world, withoutRowPaths, question, isAllowed)) {
      kinds.push(`${answer} with ${kind}`);
    }
    if (world.grants.length === 0) kinds.push(`${answer} in an empty world`);
    if (!isAllowed) return [answer, `${answer} ${principal.kind}`, ...kinds];
    if (principal.ceilings.length > 0) kinds.push('allowed under a ceiling');
    const witnesses = new Set(referenceWitnesses(world, question).map(({ name }) => name));
    if (witnesses.size > 1) kinds.push('allowed by several');
    const open = [...referenceLevels(world, question)].sort().join();
    const key = JSON.stringify([principal, action, doctype]);
    if ((openBefore.get(key) ?? open) !== open) kinds.push('levels open here, closed there');
    openBefore.set(key, open);
    return [answer, `${answer} ${principal.kind}`, ...kinds];
  };
}
