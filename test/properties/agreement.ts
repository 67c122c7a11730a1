/** Asks a kernel and the reference the same questions and reports the first disagreement. */
import { isDeepStrictEqual } from 'node:util';
import type * as authz from '../../src/authz/index.ts';
import { kindOf } from '../../src/authz/principal.ts';
import type { RandomChange } from '../model/random-gains.ts';
import type { RandomWorld } from '../model/random-world.ts';
import {
  type Question,
  referenceDecide,
  referenceLevels,
  referenceWitnesses,
} from '../model/reference.ts';
import { referenceAmong, referenceInsideAuthority } from '../model/reference-authority.ts';
import { meets } from '../model/reference-filter.ts';
import { referenceVisible } from '../model/reference-visible.ts';
import { aside, remembering } from './remembering.ts';

/** The kernel, or a copy of it with a bug planted in it. */
export type Kernel = typeof authz;

export type Asked = Question & { readonly action: authz.Action };

/** The reference's answer: the names of all who say yes, and the levels that are open. */
export type Answer = {
  readonly isAllowed: boolean;
  readonly witnesses: readonly string[];
  readonly levels: ReadonlySet<number>;
};

const LEVELS = [0, 1, 2, 3];

/** Every question about a world: each principal, document, and one of the actions. */
export function questionsOf(sample: RandomWorld, actions: readonly authz.Action[]): Asked[] {
  const { principals, documents, now } = sample;
  return principals.flatMap((principal) =>
    documents.flatMap(({ doctype, values }) =>
      actions.map((action) => ({ principal, action, doctype, document: values, now })),
    ),
  );
}

/** A question with all that the reference says to it. */
type Expectation = { readonly question: Asked; readonly answer: Answer; readonly visible: boolean };

const expectationsOf = remembering((_: RandomWorld) => new Map<string, Expectation[]>());

/** All moments are asked in their order. */
function expectations(
  sample: RandomWorld,
  actions: readonly authz.Action[],
  moments: readonly number[],
): readonly Expectation[] {
  const key = JSON.stringify([actions, moments]);
  const known = expectationsOf(sample).get(key);
  if (known) return known;
  const questions = moments.flatMap((now) => questionsOf({ ...sample, now }, actions));
  const made = aside(() => questions.map((question) => expectationOf(sample.world, question)));
  expectationsOf(sample).set(key, made);
  return made;
}

function expectationOf(world: authz.World, question: Asked): Expectation {
  const saying = referenceWitnesses(world, question).map(({ name }) => name);
  const answer = {
    isAllowed: referenceDecide(world, question),
    witnesses: [...new Set(saying)].sort(),
    levels: referenceLevels(world, question),
  };
  const { principal, doctype, now } = question;
  return { question, answer, visible: referenceVisible(world, principal, doctype, now) };
}

/**
 * The first answer in which the kernel differs from the reference, in words; null if none does.
 * All moments are asked of one compiled world, in their order.
 */
export function findDisagreement(
  kernel: Kernel,
  sample: RandomWorld,
  actions: readonly authz.Action[],
  seen: (question: Asked, answer: Answer) => void = () => {},
  moments: readonly number[] = [sample.now],
): string | null {
  const compiled = kernel.compileWorld(sample.world);
  for (const { question, answer, visible } of expectations(sample, actions, moments)) {
    const { isAllowed, witnesses, levels } = answer;
    const because = isAllowed ? witnesses : [];
    const expected = { ...answersOf(isAllowed, levels), because, visible };
    const found = kernelAnswers(kernel, compiled, question);
    if (!isDeepStrictEqual(found, expected)) return inWords(question, found, expected);
    const uniform = kernel.uniformLevels(compiled, question);
    if (isAllowed && uniform !== null && !isDeepStrictEqual(uniform, levels)) {
      return inWords(question, { uniform: [...uniform] }, { levels: [...levels] });
    }
    seen(question, answer);
  }
  return null;
}

/** The same answer by each of the ways to ask for it. */
function answersOf(isAllowed: boolean, levels: ReadonlySet<number>) {
  const byLevel = LEVELS.map((level) => levels.has(level));
  return {
    decided: isAllowed,
    explained: !isAllowed,
    permitted: isAllowed,
    listed: [isAllowed, isAllowed],
    levels: [...levels].sort(),
    listedByLevel: byLevel,
  };
}

function kernelAnswers(kernel: Kernel, compiled: authz.CompiledWorld, question: Asked) {
  const { document, principal, doctype, now } = question;
  const decision = kernel.decide(compiled, question);
  const filter = kernel.listFilter(compiled, question);
  const levels = kernel.openLevels(decision);
  const { permit } = kernel.decideForPermit(compiled, question, 1);
  const names = decision.because.map((witness) =>
    witness.kind === 'grant' ? witness.way.holding.grant.source.name : witness.share.name,
  );
  return {
    decided: decision.allowed,
    explained: decision.missing.length > 0,
    permitted: permit !== null && kernel.isPermit(permit),
    listed: [kernel.matches(filter, document, principal.id), meets(filter, document, principal.id)],
    levels: [...levels].sort(),
    listedByLevel: LEVELS.map((level) =>
      kernel.matches(kernel.listFilter(compiled, question, level), document, principal.id),
    ),
    because: [...new Set(names)].sort(),
    visible: kernel.isVisible(compiled, principal, doctype, now),
  };
}

/** What the reference says of a change: self-gain first, then whether all is inside authorities. */
export function referenceRefusal({ sample, actor, gains }: RandomChange): authz.GainRefusal {
  const { world, now } = sample;
  const who: authz.Principal = { id: actor, kind: kindOf(actor), actor: null, ceilings: [] };
  if (gains.some((gain) => referenceAmong(world, actor, gain.grantee))) return 'self_gain';
  const isInside = gains.every((gain) => referenceInsideAuthority(world, who, gain, now));
  return isInside ? null : 'outside_authority';
}

function inWords(question: Asked, found: object, expected: object): string {
  const { principal, action, doctype, document } = question;
  const asked = JSON.stringify({ principal, action, doctype, document });
  return `${asked}: the kernel says ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
}
