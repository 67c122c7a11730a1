/** What the machine tells about a process by its id. Ids are used again, so it is asked twice. */

import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = process.platform === 'linux';

/**
 * A text that differs between two processes which had the same id: the time at which the process
 * began, and the boot it belongs to. Undefined if no such process runs.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!hasProc) return psColumn(pid, 'lstart');
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (status === undefined) return undefined;
  // proc(5): the name in parentheses may itself hold spaces and parentheses; the state follows
  // it, and the start time in clock ticks is the 22nd field, the 20th after the name.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}/${fields[19]}`;
}

/** The command line of a process, its words joined by spaces; undefined if it does not run. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (!hasProc) return psColumn(pid, 'command');
  if ((await processStart(pid)) === undefined) return undefined;
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return text?.replaceAll('\0', ' ').trim();
}

/** The folder that a process works in; undefined where that cannot be known. */
export async function workingFolder(pid: number): Promise<string | undefined> {
  return hasProc ? readlink(`/proc/${pid}/cwd`).catch(() => undefined) : undefined;
}

async function psColumn(pid: number, column: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('/bin/ps', ['-o', `${column}=`, '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
