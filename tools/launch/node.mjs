/** Which Node.js runs the program. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchFailure } from './failure.mjs';
import { whatIsMissing } from './installed.mjs';

const MAJOR_MIN = 24;
/** The machines for which `runtime/package.json` names a package. */
const PACKAGED = ['linux-arm64', 'linux-x64'];

/**
 * This very Node.js if it is new enough, otherwise the one that `runtime/` pins.
 * @param {string} root the folder of the clone
 * @param {{ version: string, platform: string, arch: string }} machine
 * @returns {{ path: string, runtime: string | undefined }} `runtime` is the folder that holds it,
 *   where it is ours to install
 * @throws {LaunchFailure} where there is no package for this machine
 */
export function chosenNode(root, machine = thisMachine()) {
  if (Number(machine.version.split('.')[0]) >= MAJOR_MIN) {
    return { path: process.execPath, runtime: undefined };
  }
  const name = `${machine.platform}-${machine.arch}`;
  if (!PACKAGED.includes(name)) {
    throw new LaunchFailure(
      `Bailiwick needs Node.js ${MAJOR_MIN} or newer, and this is ${machine.version}. There is ` +
        `no package with a newer one for ${name}: install Node.js ${MAJOR_MIN} and try again.`,
    );
  }
  const runtime = join(root, 'runtime');
  return { path: join(runtime, 'node_modules', `node-${name}`, 'bin', 'node'), runtime };
}

function thisMachine() {
  return { version: process.versions.node, platform: process.platform, arch: process.arch };
}

/** True if the chosen Node.js is there, in the pinned version. */
export function nodeIsThere({ path, runtime }) {
  if (runtime === undefined) return true;
  return existsSync(path) && whatIsMissing(runtime, false) === undefined;
}

/**
 * A program that is there may still not run, for example with another C library than it was
 * built for; the system's own message for that ("not found") would mislead.
 * @throws {LaunchFailure}
 */
export function requireNodeRuns({ path }) {
  const { status, error, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (status === 0) return;
  const how = error?.message ?? stderr.trim();
  throw new LaunchFailure(
    `The Node.js that was installed does not run on this machine (${how}). ` +
      `Install Node.js ${MAJOR_MIN} or newer by other means and try again.`,
  );
}
