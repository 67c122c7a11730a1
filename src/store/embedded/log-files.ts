/** PostgreSQL's log files: it makes new ones, and nobody but us removes the old ones. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** With 10 MB each, a log never takes more than about 100 MB. */
const FILES_MAX = 10;

/** What it tells whoever comes while it starts or ends: many times, and not why it does. */
const TURNED_AWAY = /: +the database system is /;

/** Removes all but the newest files. Their names begin with the time, so they sort by age. */
export async function pruneLogs(logDir: string): Promise<void> {
  const names = await logNames(logDir);
  for (const name of names.slice(0, Math.max(0, names.length - FILES_MAX))) {
    await rm(join(logDir, name), { force: true });
  }
}

/** The last lines of the newest file that tell of a failure of the server itself. */
export async function lastFailures(logDir: string): Promise<string[]> {
  const newest = (await logNames(logDir)).at(-1);
  if (newest === undefined) return [];
  const text = await readFile(join(logDir, newest), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => /\b(FATAL|PANIC):/.test(line) && !TURNED_AWAY.test(line))
    .slice(-3);
}

async function logNames(logDir: string): Promise<string[]> {
  const names = await readdir(logDir).catch(() => []);
  return names.filter((name) => /^postgres-.*\.log$/.test(name)).sort();
}
