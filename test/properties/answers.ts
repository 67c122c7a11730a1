/** Asks a kernel what is asked besides decisions, and the reference. */
import { isDeepStrictEqual } from 'node:util';
import type { Action, World } from '../../src/authz/index.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceDecide, referenceLevels } from '../model/reference.ts';
import {
  ANY,
  referenceGivers,
  referenceLevelsAnywhere,
  referenceMayEver,
} from '../model/reference-answers.ts';
import type { Kernel } from './agreement.ts';
import { remembering } from './remembering.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'select', 'inspect'];

/** A question with what is left of the access without each grant and share. */
const leftOf = remembering((_: World) => new Map<string, ReturnType<typeof left>>());

function left(world: World, question: Question) {
  return { isAllowed: referenceDecide(world, question), levels: referenceLevels(world, question) };
}

function leftWithout(world: World, name: string, question: Question) {
  const { principal, action, doctype, document } = question;
  const key = JSON.stringify([name, principal, action, doctype, document['name']]);
  const known = leftOf(world).get(key);
  if (known) return known;
  const grants = world.grants.filter((grant) => `grant ${grant.name}` !== name);
  const shares = world.shares.filter((share) => `share ${share.name}` !== name);
  const found = left({ ...world, grants, shares }, question);
  leftOf(world).set(key, found);
  return found;
}

const whole = remembering(({ world, principals, documents, now }: RandomWorld) =>
  principals.flatMap((principal) =>
    world.doctypes.flatMap(({ name: doctype }) =>
      ACTIONS.map((action) => {
        const question = { principal, action, doctype, now };
        const levels = referenceLevelsAnywhere(world, question);
        const own = documents.filter((one) => one.doctype === doctype);
        const { id } = principal;
        return {
          question,
          mayEver: referenceMayEver(world, question),
          levels: [...levels].filter((level) => level !== ANY).sort(),
          givers: [null, ...own.map(({ values }) => values)].map((document) => ({
            document,
            expected: referenceGivers(world, id, question, document),
          })),
        };
      }),
    ),
  ),
);

/** The first answer in which the kernel differs, in words; null if none does. */
export function findAnswerMistake(
  kernel: Kernel,
  sample: RandomWorld,
  seen: (kind: string, times: number) => void = () => {},
): string | null {
  const compiled = kernel.compileWorld(sample.world);
  for (const { question, mayEver, levels, givers } of whole(sample)) {
    const told = JSON.stringify(question);
    if (kernel.mayEver(compiled, question) !== mayEver) return `may ever: not ${mayEver}: ${told}`;
    const found = [...kernel.levelsAnywhere(compiled, question)].sort();
    if (!isDeepStrictEqual(found, levels)) return `levels: ${found}, not ${levels}: ${told}`;
    const { action, doctype, principal } = question;
    for (const { document, expected } of givers) {
      const request = { user: principal.id, action, doctype, document };
      const said = kernel.giversFor(compiled, request);
      if (!isDeepStrictEqual(said, expected)) {
        return `givers: ${JSON.stringify(said)}, not ${JSON.stringify(expected)}: ${told}`;
      }
    }
    seen(mayEver ? 'may be' : 'may never be', 1);
    seen('with levels', levels.length);
    seen('givers', givers.filter(({ expected }) => expected.length > 0).length);
    const mistake = findWrongSupport(kernel, sample, question, seen);
    if (mistake !== null) return mistake;
  }
  return null;
}

type WholeQuestion = Omit<Question, 'document' | 'action'> & { readonly action: Action };

/** What a decision rests on, and the levels that every list is open at. */
function findWrongSupport(
  kernel: Kernel,
  { world, documents }: RandomWorld,
  whole: WholeQuestion,
  seen: (kind: string, times: number) => void,
): string | null {
  const compiled = kernel.compileWorld(world);
  const everywhere = kernel.levelsEverywhere(compiled, whole);
  for (const { values: document } of documents.filter((one) => one.doctype === whole.doctype)) {
    const question = { ...whole, document };
    const decision = kernel.decide(compiled, question);
    const supports = kernel.supportsOf(decision);
    const names = supports.map(({ name }) => name);
    if (new Set(names).size !== names.length) return `a support twice: ${names.join()}`;
    if (!decision.allowed) {
      if (names.length > 0) return `a refusal rests on ${names.join()}`;
      continue;
    }
    seen(supports.length > 1 ? 'several supports' : 'one support', 1);
    seen('levels everywhere', everywhere.size);
    const open = referenceLevels(world, question);
    for (const level of everywhere) if (!open.has(level)) return `level ${level} is not everywhere`;
    for (const { name, witnesses, without } of supports) {
      const expected = leftWithout(world, name, question);
      const { isAllowed, levels } = expected;
      if (without.allowed !== isAllowed || !isDeepStrictEqual(without.levels, levels)) {
        return `${name} leaves ${without.allowed}, ${[...without.levels]}`;
      }
      if (witnesses.length === 0) return `${name} stands without witnesses`;
    }
    for (const level of [0, 1, 2]) {
      const by = kernel.supportsOf(decision, level);
      if (by.length > 0 !== open.has(level)) return `level ${level} rests on ${by.length}`;
      for (const { name, without } of by) {
        const { levels } = leftWithout(world, name, question);
        if (without.allowed !== levels.has(level)) return `level ${level} without ${name}`;
      }
    }
  }
  return null;
}
