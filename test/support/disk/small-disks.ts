/**
 * Small disks of memory for one program and its children: in a mount namespace of their own, which
 * takes the disks with it when the last of them ends, however it ends.
 *
 * @see mount_namespaces(7), user_namespaces(7)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallDisks = {
  /** Where each lies, by the names that were asked for. */
  readonly places: readonly string[];
  /** Runs a program that sees the disks; gives what it printed. */
  readonly run: (command: string, ...words: string[]) => string;
  readonly remove: () => void;
};

/** `$1` disks as `SIZE:PLACE`, then the program. Sizes and places are our own, without blanks. */
const SCRIPT = `
for disk in $1; do
  mount -t tmpfs -o "size=\${disk%%:*},mode=0711" tmpfs "\${disk#*:}" || exit
done
shift
exec "$@"
`;

/** Why there can be none on this machine; false where there can. */
export function whyNoSmallDisks(): string | false {
  if (process.platform !== 'linux') return 'needs Linux';
  const place = mkdtempSync(join(tmpdir(), 'bw-disk-'));
  const [command = '', ...words] = inNamespace(`1m:${place}`, ['true']);
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  rmSync(place, { recursive: true });
  if (status === 0) return false;
  const why = error?.message ?? stderr.trim().split('\n')[0];
  return `needs to mount a small disk, as root or in a user namespace: ${why}`;
}

/** Makes the places; the disks themselves are there while a program runs. */
export function smallDisks(sizes: readonly string[]): SmallDisks {
  const folder = mkdtempSync(join(tmpdir(), 'bw-disk-'));
  const places = sizes.map((_, index) => join(folder, `disk-${index}`));
  for (const place of places) mkdirSync(place);
  execFileSync('chmod', ['0711', folder]);
  const disks = sizes.map((size, index) => `${size}:${places[index]}`).join(' ');
  return {
    places,
    run: (...program) => {
      const [command = '', ...words] = inNamespace(disks, program);
      return execFileSync(command, words, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/**
 * Whoever is not root is root in a user namespace while it mounts, and themselves again within a
 * second one: PostgreSQL does not run as root, not even as such a one.
 */
function inNamespace(disks: string, program: readonly string[]): string[] {
  const mounting = ['/bin/sh', '-c', SCRIPT, 'sh', disks];
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid === 0) return ['unshare', '--mount', ...mounting, ...program];
  const asThemselves = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  return [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    ...mounting,
    ...asThemselves,
    ...program,
  ];
}
