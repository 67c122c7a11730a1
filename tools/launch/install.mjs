/** Installs packages exactly as the lock file says, by npm. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LaunchFailure } from './failure.mjs';

/**
 * Runs `npm ci` in a folder and shows its progress. Install scripts of packages are not run.
 * The environment is passed on: cache, registry and proxy are the user's choice.
 * @param {string} folder
 * @param {{ development: boolean, why: string }} how
 * @throws {LaunchFailure}
 */
export function install(folder, { development, why }) {
  // Said explicitly, as NODE_ENV and the user's own settings change what npm leaves out.
  const selection = development ? '--include=dev' : '--omit=dev';
  const words = ['ci', '--prefix', folder, '--ignore-scripts', '--include=optional', selection];
  // Packages may ask for a newer Node.js than npm runs on: the pinned one runs them, so that a
  // warning would only worry people.
  words.push('--loglevel=error');
  process.stderr.write(`Installing (${why}): npm ${words.slice(3).join(' ')}\n`);
  // npm removes the old packages one by one. If that is cut short, no record may vouch for them.
  rmSync(join(folder, 'node_modules', '.package-lock.json'), { force: true });
  const [program, ...first] = npmCommand();
  const { status, signal, error } = spawnSync(program, [...first, ...words], {
    cwd: folder,
    // Standard output belongs to the path that launch.mjs prints.
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  const how = error?.message ?? signal ?? `exit status ${status}`;
  throw new LaunchFailure(
    `The packages could not be installed (${how}). What npm said stands above. ` +
      'Without a network, install them beforehand with `npm ci --ignore-scripts`.',
  );
}

/** The npm that runs us, where one does, so that its version and settings stay the same. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && /^np[mx]-cli\.[cm]?js$/.test(basename(running))) {
    return [process.execPath, running.replace(/npx-cli(?=\.[cm]?js$)/, 'npm-cli')];
  }
  return ['npm'];
}
