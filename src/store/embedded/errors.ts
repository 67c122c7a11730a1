/** What can go wrong with the embedded PostgreSQL, told apart by a stable code. */

export type EmbeddedServerErrorCode =
  /** The package with PostgreSQL's programs is absent, or they do not run on this machine. */
  | 'binaries_missing'
  /** The user id has no entry in the list of accounts, which initdb insists on. */
  | 'no_account'
  /** A folder cannot be made, entered or written. */
  | 'unwritable'
  | 'disk_full'
  /** Another server holds the data folder. */
  | 'in_use'
  /** The data were made by another major version of PostgreSQL. */
  | 'other_version'
  /** The data belong to another user of the machine. */
  | 'wrong_owner'
  /** The folder that `postgres-location` names is not on this machine. */
  | 'location_missing'
  | 'init_failed'
  | 'start_failed';

/** A failure that the person at the terminal can act on: the message says what and how. */
export class EmbeddedServerError extends Error {
  readonly code: EmbeddedServerErrorCode;

  constructor(code: EmbeddedServerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedServerError';
    this.code = code;
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const CLOSED = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG']);

/**
 * The error of a file operation on the data folder as an EmbeddedServerError. Anything else is
 * given back as it is: a mistake in this program must not be dressed up as a full disk.
 */
export function fromFileError(error: unknown, dataDir: string): unknown {
  if (error instanceof EmbeddedServerError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (FULL.has(code)) return diskFull(dataDir, error);
  if (!CLOSED.has(code)) return error;
  return new EmbeddedServerError(
    'unwritable',
    `The data folder \`${dataDir}\` cannot be used: ${error.message}. ` +
      'Set BAILIWICK_DATA to a folder that this user may write.',
    error,
  );
}

/** The error for a disk without room, as far as PostgreSQL's or the system's words show one. */
export function diskFull(dataDir: string, cause?: unknown): EmbeddedServerError {
  return new EmbeddedServerError(
    'disk_full',
    `There is no room left on the disk that holds the data folder \`${dataDir}\`. ` +
      'Free some space and start again: what was committed is safe.',
    cause,
  );
}

/** True where a program's output shows that a disk or a quota is full. */
export function tellsDiskFull(output: string): boolean {
  return /No space left on device|Disk quota exceeded/i.test(output);
}
