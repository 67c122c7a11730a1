/** Asks a kernel who can, and the reference about each person in turn. */
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../src/authz/actions.ts';
import type { WhoRequest } from '../../src/authz/index.ts';
import { kindOf } from '../../src/authz/principal.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceDecide, referenceLevels } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';
import { remembering } from './remembering.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'transition', 'select', 'inspect'];
const LEVELS = [undefined, 0, 1, 2];

/** Who can, of everybody; `questions` are the same, one for each person. */
export type Expectation = {
  readonly ask: WhoRequest;
  readonly level: number | undefined;
  readonly questions: readonly Question[];
  readonly names: readonly string[];
};

/** Every question about a world with the names of those who can, and later again. */
const expectationsOf = remembering((sample: RandomWorld) => [
  ...expectationsAt(sample, sample.now, ACTIONS, LEVELS),
  ...expectationsAt(sample, nextTurn(sample), ['read', 'write'], [undefined]),
]);

/** The first moment after now at which something begins or ends. */
function nextTurn({ world: { grants, members, shares }, now }: RandomWorld): number {
  const moments = [...grants, ...members, ...shares].flatMap(({ from, until }) => [from, until]);
  return Math.min(...moments.map((moment) => (moment !== null && moment > now ? moment : NEVER)));
}

const NEVER = Date.UTC(2100, 0);

const expectationsAt = (
  { world, documents }: RandomWorld,
  now: number,
  actions: readonly Action[],
  levels: readonly (number | undefined)[],
): Expectation[] =>
  documents.flatMap(({ doctype, values: document }) =>
    actions.flatMap((action) => {
      const ask = { action, doctype, document, now };
      const everybody = [...world.users, 'Guest'].map((id) => {
        const principal = { id, kind: kindOf(id), actor: null, ceilings: [] };
        const question: Question = { ...ask, principal };
        const isAllowed = referenceDecide(world, question);
        return { id, question, isAllowed, levels: referenceLevels(world, question) };
      });
      return levels.map(
        (level): Expectation => ({
          ...{ ask: level === undefined ? ask : { ...ask, level }, level },
          questions: everybody.map(({ question }) => question),
          names: everybody
            .filter(({ levels }) => level === undefined || levels.has(level))
            .filter(({ isAllowed }) => isAllowed)
            .map(({ id }) => id)
            .sort(),
        }),
      );
    }),
  );

/** The first answer in which the kernel differs, in words; null if none does. */
export function findWhoDisagreement(
  kernel: Kernel,
  sample: RandomWorld,
  seen: (answer: Expectation) => void = () => {},
): string | null {
  for (const one of [sample, steadyOf(sample)]) {
    const compiled = kernel.compileWorld(one.world);
    for (const expected of expectationsOf(one)) {
      const { ask, names } = expected;
      const found = kernel.whoCan(compiled, ask);
      if (!isDeepStrictEqual(found, names)) {
        return `${JSON.stringify(ask)}: [${found}], not [${names}]`;
      }
      seen(expected);
    }
  }
  return null;
}

/** The same where nothing ends and nobody is named: what the kernel keeps answers of. */
const steadyOf = remembering((sample: RandomWorld): RandomWorld => {
  const { grants, rules } = sample.world;
  const world = {
    ...sample.world,
    grants: grants
      .filter(({ grantee }) => grantee.type === 'User')
      .map((grant) => ({ ...grant, from: null, until: null })),
    rules: rules.map((rule) => ({ ...rule, when: null })),
    shares: [],
  };
  return { ...sample, world };
});
