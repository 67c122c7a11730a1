/** The forecast once more, by asking of every moment: who may do this on that document then? */
import type { Action } from '../../src/authz/actions.ts';
import type { Filter } from '../../src/authz/filter.ts';
import type { Unheld } from '../../src/authz/forecast.ts';
import type { Validity, World } from '../../src/authz/world.ts';
import type { RandomDocument } from './random-schema.ts';
import { holds, inTime, referenceWitnesses } from './reference.ts';
import { meets, type Row } from './reference-filter.ts';

/** What is asked about one document; a level of null asks whether it can be done at all. */
export type Duty = {
  readonly action: Action;
  readonly document: RandomDocument;
  readonly level: number | null;
};

/** Without what is nobody's duty: shares, and rules for one's own documents. */
export function dutiesOnly(world: World): World {
  const rules = world.rules.filter(({ when }) => when === null || !speaksOfMe(when));
  return { ...world, rules, shares: [] };
}

function speaksOfMe(when: Filter): boolean {
  return JSON.stringify(when).includes('"is-me"');
}

/** Does anybody of the world hold the duty at the moment? The world is one of duties only. */
export function isDutyHeld(world: World, duty: Duty, now: number): boolean {
  const { action, level } = duty;
  const { doctype, values } = duty.document;
  return world.users.some((user) => {
    const question = { principal: named(user), action, doctype, document: values, now };
    const witnesses = referenceWitnesses(world, question);
    return witnesses.some(({ levels }) => level === null || levels.includes(level));
  });
}

/** Does anybody hold the role at the moment? */
export function isRoleHeld(world: World, role: string, now: number): boolean {
  return world.grants.some(
    (grant) =>
      grant.role === role &&
      inTime(grant, now) &&
      world.users.some((user) => holds(world, named(user), grant.grantee, now)),
  );
}

/** Moments after one and up to another at which anything begins or ends. */
export function momentsOf(world: World, after: number, last: number): number[] {
  const all: readonly Validity[] = [...world.grants, ...world.members, ...world.shares];
  const moments = all.flatMap(({ from, until }) => [from, until]);
  return [...new Set(moments)]
    .filter((moment) => moment !== null && after < moment && moment <= last)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Does the forecast say of the duty that nobody holds it at the moment? */
export function isToldUnheld(world: World, unheld: readonly Unheld[], duty: Duty, at: number) {
  return unheld.some((one) => {
    if (one.kind !== 'action' || at < one.from || at >= (one.until ?? Infinity)) return false;
    const { document, action, level } = duty;
    if (one.doctype !== document.doctype || !one.actions.includes(action)) return false;
    if (level === null ? !one.wholly : !one.levels.includes(level)) return false;
    if (one.when !== null && !meets(one.when, document.values, '')) return false;
    return one.within.every(({ dimension, path, values, except }) => {
      const [value = null] = valuesOn(document, path);
      const names = (list: typeof values): boolean =>
        list.some((entry) => isNamed(world, dimension, value, entry));
      return names(values) && !names(except);
    });
  });
}

/** A forecast speaks of documents that say one thing on each path: so do those it is asked of. */
export function saysOneThing({ doctypes }: World, document: RandomDocument): boolean {
  const paths = doctypes.find(({ name }) => name === document.doctype)?.paths ?? [];
  return paths.every(({ path }) => new Set(valuesOn(document, path)).size <= 1);
}

function valuesOn({ values }: RandomDocument, path: string): (string | number | null)[] {
  const [first = '', column] = path.split('.');
  const value = values[first] ?? null;
  if (column === undefined) return [value as string | number | null];
  return ((value ?? []) as readonly Row[]).map((row) => row[column] ?? null);
}

function isNamed(
  world: World,
  dimension: string,
  value: string | number | null,
  entry: { readonly value: string; readonly descendants: boolean },
): boolean {
  if (value === null || entry.value === '(blank)')
    return value === null && entry.value === '(blank)';
  if (entry.value === '*' || entry.value === value) return true;
  const tree = world.trees.find((one) => one.dimension === dimension);
  for (let at: string | null = String(value); at !== null; at = tree?.parents.get(at) ?? null) {
    if (at === entry.value) return entry.descendants;
  }
  return false;
}

function named(id: string) {
  const kind = id.startsWith('system:') ? ('system' as const) : ('user' as const);
  return { id, kind, actor: null, ceilings: [] };
}
