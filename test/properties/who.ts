/** Asks a kernel who can, and the reference about each person in turn. */
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../src/authz/actions.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceDecide, referenceLevels } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'transition', 'select', 'inspect'];
const LEVELS = [undefined, 0, 1, 2];

/** The first answer in which the kernel differs, in words; null if none does. */
export function findWhoDisagreement(
  kernel: Kernel,
  { world, documents, now }: RandomWorld,
  seen: (names: readonly string[], level: number | undefined) => void = () => {},
): string | null {
  const compiled = kernel.compileWorld(world);
  for (const { doctype, values: document } of documents) {
    for (const action of ACTIONS) {
      const ask = { action, doctype, document, now };
      const everybody = [...world.users, 'Guest'].map((id) => {
        const principal = { id, kind: kernel.kindOf(id), actor: null, ceilings: [] };
        const question: Question = { ...ask, principal };
        const isAllowed = referenceDecide(world, question);
        return { id, isAllowed, levels: isAllowed ? referenceLevels(world, question) : null };
      });
      for (const level of LEVELS) {
        const expected = everybody
          .filter(
            ({ isAllowed, levels }) => isAllowed && (level === undefined || levels?.has(level)),
          )
          .map(({ id }) => id)
          .sort();
        const found = kernel.whoCan(compiled, level === undefined ? ask : { ...ask, level });
        if (!isDeepStrictEqual(found, expected)) {
          return `${JSON.stringify({ ...ask, level })}: [${found}], not [${expected}]`;
        }
        seen(found, level);
      }
    }
  }
  return null;
}
