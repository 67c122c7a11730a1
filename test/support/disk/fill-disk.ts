/** A disk without room for one byte more. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fills the disk, and the file's last block too: what is appended to it fails as well. Returns what
 * makes room again.
 */
export function fillDisk(disk: string, appended?: string): () => void {
  const filler = join(disk, 'filler');
  for (const bytes of [1 << 20, 1 << 12]) writeUntilFull(filler, bytes);
  if (appended !== undefined) writeUntilFull(appended, 1);
  return () => rmSync(filler);
}

function writeUntilFull(path: string, bytes: number): void {
  const file = openSync(path, 'a');
  const block = Buffer.alloc(bytes, '\n');
  try {
    while (writeSync(file, block) === bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
