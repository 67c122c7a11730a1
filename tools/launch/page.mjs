/** The web page, built from `web/` when it is missing or older than its sources. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchFailure } from './failure.mjs';

/** Lies in `web/dist` and holds the hash of what it was built from. */
const MARK = '.built-from';

/** True if the page is the one that its sources give, or if there are no sources of a page. */
export function pageIsCurrent(root) {
  if (!existsSync(join(root, 'web', 'index.html'))) return true;
  try {
    return readFileSync(join(root, 'web', 'dist', MARK), 'utf8') === sourceHash(root);
  } catch {
    return false;
  }
}

/**
 * Builds the page beside the old one and puts it into its place when it is complete: a server
 * that is running from the same clone never serves half a page.
 * @param {string} root
 * @param {string} node the path of the Node.js to build with
 * @throws {LaunchFailure}
 */
export function buildPage(root, node) {
  process.stderr.write('Building the web page\n');
  const hash = sourceHash(root);
  const draft = join(root, '.runtime', 'page');
  rmSync(draft, { recursive: true, force: true });
  const vite = join(root, 'node_modules', '.bin', 'vite');
  const words = [vite, 'build', '--outDir', draft, '--emptyOutDir'];
  const { status, error } = spawnSync(node, words, {
    cwd: join(root, 'web'),
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    const how = error?.message ?? `exit status ${status}`;
    throw new LaunchFailure(
      `The web page could not be built (${how}). The reason stands above.`,
      1,
    );
  }
  writeFileSync(join(draft, MARK), hash);
  rmSync(join(root, 'web', 'dist'), { recursive: true, force: true });
  renameSync(draft, join(root, 'web', 'dist'));
}

/** A hash of all that the page depends on: names and contents, and the locked packages. */
function sourceHash(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    hash.update(`${path}\0`);
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest(),
    );
  };
  add('package-lock.json');
  for (const folder of ['web', join('src', 'contract')]) {
    for (const path of filesUnder(root, folder)) add(path);
  }
  return hash.digest('hex');
}

function* filesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return;
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || path === join('web', 'dist')) continue;
    if (entry.isDirectory()) yield* filesUnder(root, path);
    else if (entry.isFile()) yield path;
  }
}
