/** What `doctor` looks at in the data folder. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorCheck } from '../cli/actions.ts';

/** Below this a checkpoint or a large import may fill the disk. */
const FREE_BYTES_MIN = 512 * 1024 * 1024;

/** Checks the secrets and the disk. Throws where the data folder itself is not there. */
export async function folderChecks(dataDir: string): Promise<DoctorCheck[]> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  return [
    await secretsCheck(join(dataDir, 'secrets')),
    {
      name: 'disk',
      ok: free >= FREE_BYTES_MIN,
      detail: `${Math.round(free / 1024 / 1024)} MB free`,
    },
  ];
}

/** What cannot be looked at is not known to be sound. */
async function secretsCheck(folder: string): Promise<DoctorCheck> {
  const name = 'secrets';
  try {
    const names = await readdir(folder);
    const modes = await Promise.all(names.map(async (one) => await stat(join(folder, one))));
    const open = names.filter((_, index) => ((modes[index]?.mode ?? 0) & 0o077) !== 0);
    if (open.length === 0) return { name, ok: true, detail: 'readable by their owner only' };
    const detail = `others can read ${open.join(', ')} in ${folder}: chmod 600 them, and change them`;
    return { name, ok: false, detail };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { name, ok: false, detail: `${folder} cannot be looked at (${code})` };
  }
}
