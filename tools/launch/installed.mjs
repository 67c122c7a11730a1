/** Whether the installed packages are those of the lock file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compares a folder's `package-lock.json` with the record that npm keeps of what it installed.
 * npm writes that record last, so an installation that was cut short has none; and a clone whose
 * packages were installed by hand, before the network went away, is accepted as it is.
 * @param {string} folder a folder with package.json and package-lock.json
 * @param {boolean} development whether the packages for development are needed too. Having them
 *   without need is fine
 * @returns {string | undefined} the first thing that is missing, in words
 */
export function whatIsMissing(folder, development) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  if (wanted === undefined) return 'package-lock.json cannot be read';
  const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || (entry.dev === true && !development)) continue;
    const found = installed[path];
    if (found === undefined) {
      if (isDispensable(entry)) continue;
      return `${path} is not installed`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} is not the version of package-lock.json`;
    }
    // The record may outlive the packages, for example in a clone that was copied in part.
    if (!existsSync(join(folder, path, 'package.json'))) return `${path} is gone`;
  }
  return undefined;
}

/** An optional package may be absent, unless it is plainly meant for this very machine. */
function isDispensable(entry) {
  if (entry.optional !== true) return false;
  // Which C library this is would have to be guessed, as npm does. It is not worth it here.
  if (entry.os === undefined || entry.cpu === undefined || entry.libc !== undefined) return true;
  return (
    ![entry.os].flat().includes(process.platform) || ![entry.cpu].flat().includes(process.arch)
  );
}

function packagesOf(file) {
  try {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return typeof packages === 'object' && packages !== null ? packages : undefined;
  } catch {
    // Absent, cut off or not JSON: in each case it proves nothing.
    return undefined;
  }
}
