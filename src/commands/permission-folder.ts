/** The folder that permissions are written to and read from. */
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../access/permission-files/problem.ts';
import { kindOfPath, MANIFEST } from '../access/permission-files/read-files.ts';
import { KINDS } from '../access/permission-files/records.ts';
import { Refusal } from '../base/errors.ts';

/** One file may be this large: about 25,000 grants. More than that goes into several files. */
export const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** All files together. */
const FOLDER_BYTES_MAX = 128 * 1024 * 1024;

/** Notes for people and what tools keep beside them are no part of what is read. */
const BESIDE = /^\..*|\.md$/;

/**
 * Hands over each file's path in the folder and its text, in the order of their paths. What has no
 * place in such a folder is a problem: a file that was overlooked would look like nothing to do.
 */
export async function readFolder(
  folder: string,
  add: (path: string, text: string) => void,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const refuse = (file: string, code: Problem['code'], detail: string): void => {
    problems.push({ file, line: 1, column: 1, code, detail });
  };
  let bytes = 0;
  for (const { path, isFile } of await entriesOf(folder)) {
    if (kindOfPath(path) === null || !isFile) {
      refuse(path, 'unknown_file', 'has no place here; notes go into files that end in .md');
      continue;
    }
    const found = await readLimited(join(folder, path));
    bytes += found?.length ?? 0;
    if (found === null || bytes > FOLDER_BYTES_MAX) {
      const most = found === null ? '4 MiB in one file' : '128 MiB in all files';
      refuse(path, 'too_large', `at most ${most} are read: split it`);
      if (found === null) continue;
      return problems;
    }
    const text = decoded(found);
    if (text === null) refuse(path, 'not_utf8', 'this is not UTF-8');
    else add(path, text);
  }
  return problems;
}

type Entry = { readonly path: string; readonly isFile: boolean };

async function entriesOf(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const entry of await list(folder)) {
    if (BESIDE.test(entry.name)) continue;
    const isKind = entry.isDirectory() && KINDS.some((kind) => kind === entry.name);
    if (!isKind) entries.push({ path: entry.name, isFile: entry.isFile() });
    else {
      for (const one of await list(join(folder, entry.name))) {
        if (BESIDE.test(one.name)) continue;
        entries.push({ path: `${entry.name}/${one.name}`, isFile: one.isFile() });
      }
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function list(folder: string) {
  return await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new Refusal('unavailable', `Cannot read the folder ${folder}: ${cause.code}.`, { cause });
  });
}

/** Null for a file that is larger than is read. */
async function readLimited(path: string): Promise<Buffer | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return size > FILE_BYTES_MAX ? null : await file.readFile();
  } finally {
    await file.close();
  }
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Writes the files. Without `replace` the folder must be empty; with it, files of an earlier
 * export that are none of these go. The manifest goes first and comes last, so that a folder that
 * was written in part is none.
 */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
  replace: boolean,
): Promise<{ readonly written: number; readonly removed: number }> {
  await mkdir(folder, { recursive: true });
  const before = await entriesOf(folder);
  const stranger = before.find(({ path, isFile }) => kindOfPath(path) === null || !isFile);
  if (stranger) {
    throw new Refusal('bad_value', `${join(folder, stranger.path)} has no place in this folder.`);
  }
  if (before.length > 0 && !replace) {
    throw new Refusal('bad_value', `${folder} is not empty. Use --replace to write it anew.`);
  }
  const same = await unchanged(folder, files, before);
  const stale = before.filter(({ path }) => !files.has(path));
  const isSame = same.size === files.size && stale.length === 0;
  if (isSame) return { written: 0, removed: 0 };
  await rm(join(folder, MANIFEST), { force: true });
  for (const kind of KINDS) {
    const isUsed = [...files.keys()].some((path) => path.startsWith(`${kind}/`));
    if (isUsed) await mkdir(join(folder, kind), { recursive: true });
  }
  for (const [path, text] of files) {
    if (path !== MANIFEST && !same.has(path)) await put(join(folder, path), text);
  }
  for (const { path } of stale) await rm(join(folder, path));
  await put(join(folder, MANIFEST), files.get(MANIFEST) ?? '');
  return {
    written: [...files.keys()].filter((path) => !same.has(path)).length,
    removed: stale.length,
  };
}

async function unchanged(
  folder: string,
  files: ReadonlyMap<string, string>,
  before: readonly Entry[],
): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  for (const { path } of before) {
    const text = files.get(path);
    if (text !== undefined && (await readFile(join(folder, path), 'utf8')) === text) same.add(path);
  }
  return same;
}

/** A reader sees the old text or the new one. */
async function put(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.new`);
  await writeFile(draft, text);
  await rename(draft, path);
}
