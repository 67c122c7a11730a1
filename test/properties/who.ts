/** Asks a kernel who can, and the reference about each person in turn. */
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../src/authz/actions.ts';
import { kindOf } from '../../src/authz/principal.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceDecide, referenceLevels } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';
import { remembering } from './remembering.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'transition', 'select', 'inspect'];
const LEVELS = [undefined, 0, 1, 2];

type Ask = Omit<Question, 'principal' | 'action'> & {
  readonly action: Action;
  readonly level?: number;
};

/** Every question about a world with the names of those who can. */
const expectationsOf = remembering(({ world, documents, now }: RandomWorld) =>
  documents.flatMap(({ doctype, values: document }) =>
    ACTIONS.flatMap((action) => {
      const ask = { action, doctype, document, now };
      const everybody = [...world.users, 'Guest'].map((id) => {
        const principal = { id, kind: kindOf(id), actor: null, ceilings: [] };
        const question: Question = { ...ask, principal };
        const isAllowed = referenceDecide(world, question);
        return { id, isAllowed, levels: referenceLevels(world, question) };
      });
      return LEVELS.map((level): { readonly ask: Ask; readonly names: readonly string[] } => ({
        ask: level === undefined ? ask : { ...ask, level },
        names: everybody
          .filter(({ levels }) => level === undefined || levels.has(level))
          .filter(({ isAllowed }) => isAllowed)
          .map(({ id }) => id)
          .sort(),
      }));
    }),
  ),
);

/** The first answer in which the kernel differs, in words; null if none does. */
export function findWhoDisagreement(
  kernel: Kernel,
  sample: RandomWorld,
  seen: (names: readonly string[], level: number | undefined) => void = () => {},
): string | null {
  const compiled = kernel.compileWorld(sample.world);
  for (const { ask, names } of expectationsOf(sample)) {
    const found = kernel.whoCan(compiled, ask);
    if (!isDeepStrictEqual(found, names)) {
      return `${JSON.stringify(ask)}: [${found}], not [${names}]`;
    }
    seen(found, ask.level);
  }
  return null;
}
