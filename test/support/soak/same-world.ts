/** The world that the changer knows, against the one that the tables hold in the end. */
import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../../src/authz/index.ts';
import { withoutEnded } from './changes.ts';

/** What differs, in words; nothing where all is the same. */
export function differencesOf(known: World, stored: World, at: number): string[] {
  const [ours, theirs] = [known, stored].map((world) => partsOf(withoutEnded(world, at)));
  return Object.entries(ours ?? {}).flatMap(([part, own]) => {
    const other = theirs?.[part];
    if (isDeepStrictEqual(own, other)) return [];
    const only = (these: readonly string[] = [], those: readonly string[] = []) =>
      these.filter((one) => !those.includes(one)).join(' ');
    return [`${part}: only known ${only(own, other)}, only stored ${only(other, own)}`];
  });
}

/** Records as text in an order of their own: names differ, as the server gives its own. */
function partsOf({ grants, members, shares, rules, trees }: World): Record<string, string[]> {
  const told = (records: readonly object[]): string[] =>
    records
      .map((record) => JSON.stringify(Object.entries({ ...record, name: null }).sort()))
      .sort();
  return {
    grants: told(grants.map((grant) => ({ ...grant, scope: told(grant.scope) }))),
    members: told(members),
    shares: told(shares),
    rules: rules.map(({ name, status }) => `${name} ${status}`).sort(),
    trees: told(
      trees.flatMap(({ dimension, parents }) =>
        [...parents].map(([value, parent]) => ({ dimension, value, parent })),
      ),
    ),
  };
}
