/**
 * What can be given on documents of a doctype, as bits: to do an action at all, and to do it with
 * fields of a level. Rights that every rule and share gives together, or not at all, are one bit.
 */
import { ACTIONS, type Action, actionBits, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';

/** An action; of fields of a level, or with null at all, whatever fields are open. */
export type Right = { readonly action: Action; readonly level: number | null };

/** What a rule gives, or a share, as bits of actions and of levels. */
export type Giving = { readonly actionBits: number; readonly levelBits: number };

/** As many rights as one word holds bits for: all those of some actions. */
export type RightsPart = {
  /** By bit, numbers of the rights. */
  readonly rights: readonly (readonly number[])[];
  /** By action, its bit where it can be done at all; 0 where this part does not have it. */
  readonly atAll: readonly number[];
  bitsOf(giving: Giving): number;
};

/** Levels run from 0 to 9; then comes the action at all. */
const AT_ALL = 10;
const OF_ACTION = AT_ALL + 1;
const BITS_MAX = 32;

/** How many numbers of rights there are. */
export const RIGHTS = ACTIONS.length * OF_ACTION;

/** The right with this number. */
export function rightNumbered(number: number): Right {
  const level = number % OF_ACTION;
  const action = ACTIONS[(number - level) / OF_ACTION] as Action;
  return { action, level: level === AT_ALL ? null : level };
}

/** The number of a right. */
export function numberOfRight({ action, level }: Right): number {
  return ACTIONS.indexOf(action) * OF_ACTION + (level ?? AT_ALL);
}

/** What a share gives: level 0, of whatever actions it names or implies. */
export function givingOfShare({ actions }: { readonly actions: readonly Action[] }): Giving {
  return { actionBits: actionBits(withImplied(actions)), levelBits: 1 };
}

/** All rights on the doctype that anything in the world gives. A level counts that has fields. */
export function rightsOn(world: CompiledWorld, doctype: CompiledDoctype): readonly RightsPart[] {
  const levels = [...new Set(doctype.levels.values())].sort();
  const givings = givingsOn(world, doctype);
  const parts: Map<string, number[]>[] = [];
  for (const action of ACTIONS.keys()) {
    const own = new Map<string, number[]>();
    for (const level of [AT_ALL, ...levels]) {
      const givers = givings.map((giving) => gives(giving, action, level));
      if (givers.includes(true)) addTo(own, JSON.stringify(givers), action * OF_ACTION + level);
    }
    const last = parts.at(-1);
    const joined = new Set([...(last?.keys() ?? []), ...own.keys()]);
    const part = last && joined.size <= BITS_MAX ? last : new Map<string, number[]>();
    if (part !== last) parts.push(part);
    for (const [alike, rights] of own) for (const right of rights) addTo(part, alike, right);
  }
  return parts.map((part) => partOf([...part.values()]));
}

function givingsOn(world: CompiledWorld, doctype: CompiledDoctype): readonly Giving[] {
  const rules = [...world.rules.values()].flatMap((byDoctype) => byDoctype.get(doctype.name) ?? []);
  const shares = world.source.shares.filter((share) => share.doctype === doctype.name);
  const all: Giving[] = [...rules, ...shares.map(givingOfShare)];
  const distinct = new Map(all.map((one) => [`${one.actionBits} ${one.levelBits}`, one]));
  return [...distinct.values()];
}

function gives({ actionBits: actions, levelBits }: Giving, action: number, level: number): boolean {
  if (((actions >>> action) & 1) === 0) return false;
  return level === AT_ALL || ((levelBits >>> level) & 1) === 1;
}

function partOf(rights: readonly (readonly number[])[]): RightsPart {
  const bitOf = (right: number): number => {
    const bit = rights.findIndex((alike) => alike.includes(right));
    return bit < 0 ? 0 : 1 << bit;
  };
  const atAll = ACTIONS.map((_, action) => bitOf(action * OF_ACTION + AT_ALL));
  const bitsOf = (giving: Giving): number =>
    rights.reduce((bits, [first = 0], bit) => {
      const level = first % OF_ACTION;
      return gives(giving, (first - level) / OF_ACTION, level) ? bits | (1 << bit) : bits;
    }, 0);
  return { rights, atAll, bitsOf };
}

function addTo(lists: Map<string, number[]>, key: string, item: number): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
