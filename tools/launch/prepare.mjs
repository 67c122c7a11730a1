/** Everything that must be there before the program can run, in order. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchFailure } from './failure.mjs';
import { install } from './install.mjs';
import { whatIsMissing } from './installed.mjs';
import { underLock } from './lock.mjs';
import { chosenNode, nodeIsThere, requireNodeRuns } from './node.mjs';
import { buildPage, pageIsCurrent } from './page.mjs';

/** The folder of the clone. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

const serves = (word) => word === 'serve' || word === 'start' || word === 'demo';

/** What each purpose needs: packages for development, and the web page. */
const PURPOSES = {
  start: { development: false, page: () => true },
  // Most commands answer on the terminal, and must not wait for a page to be built.
  bailiwick: { development: false, page: (words) => words.some(serves) },
  test: { development: true, page: () => true },
  check: { development: true, page: () => false },
  bench: { development: true, page: () => false },
  conformance: { development: true, page: () => false },
  mutation: { development: true, page: () => false },
  nightly: { development: true, page: () => false },
  crash: { development: true, page: () => false },
  soak: { development: true, page: () => false },
};

/**
 * Makes the clone ready for a purpose. Where nothing is missing it only looks, and takes no lock,
 * so that a complete clone may also be read-only.
 * @param {string | undefined} purpose one of the names in PURPOSES
 * @param {string[]} words the arguments that follow it
 * @returns {Promise<string>} the path of the Node.js to run the program with
 * @throws {LaunchFailure}
 */
export async function prepare(purpose, words, root = ROOT) {
  const needs = Object.hasOwn(PURPOSES, purpose ?? '') ? PURPOSES[purpose] : undefined;
  if (needs === undefined) {
    const known = Object.keys(PURPOSES).join('|');
    throw new LaunchFailure(`Usage: launch ${known} [ARGUMENT...]`, 2);
  }
  const node = chosenNode(root);
  const runtime = join(root, 'runtime');
  const steps = [
    {
      isDone: () => nodeIsThere(node),
      work: () => {
        install(runtime, { development: false, why: 'a newer Node.js is needed' });
        requireNodeRuns(node);
      },
    },
    {
      isDone: () => whatIsMissing(root, needs.development) === undefined,
      work: () => {
        const why = whatIsMissing(root, needs.development) ?? '';
        install(root, { development: needs.development, why });
      },
    },
    {
      isDone: () => !needs.page(words) || pageIsCurrent(root),
      work: () => buildPage(root, node.path),
    },
  ];
  if (steps.every((step) => step.isDone())) return node.path;
  await underLock(join(root, '.runtime'), () => {
    // Whoever held the lock before may have done all of it.
    for (const step of steps) if (!step.isDone()) step.work();
  });
  return node.path;
}

/**
 * Like prepare, but says what is wrong on the terminal and ends the process.
 * @param {string | undefined} purpose
 * @param {string[]} words
 * @returns {Promise<string>}
 */
export async function prepareOrExit(purpose, words) {
  try {
    return await prepare(purpose, words);
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(error.status);
  }
}
