/** PostgreSQL's settings. They are written at every start, so that a release can change them. */

import type { Place } from './place.ts';
import { PORT } from './socket-folder.ts';
import { writeWhole } from './state.ts';

/**
 * Both files lie outside PostgreSQL's own folder: its superuser (or whoever takes over its
 * process) cannot change who may connect, and root never writes into another user's folder.
 */
const SETTINGS: readonly (readonly [name: string, value: string, why: string])[] = [
  ['listen_addresses', '', 'the Unix socket is the only door'],
  ['unix_socket_permissions', '0700', 'of PostgreSQL and root alone'],
  ['password_encryption', 'scram-sha-256', ''],
  ['fsync', 'on', 'what was committed survives a power cut'],
  ['full_page_writes', 'on', ''],
  ['synchronous_commit', 'on', ''],
  ['shared_buffers', '128MB', ''],
  ['max_connections', '60', ''],
  ['jit', 'off', 'it costs more than it gains on short queries, and is not in this build'],
  ['timezone', 'UTC', ''],
  ['log_timezone', 'UTC', ''],
  ['logging_collector', 'on', ''],
  ['log_filename', 'postgres-%Y-%m-%d_%H%M%S.log', ''],
  ['log_file_mode', '0600', ''],
  ['log_rotation_age', '1d', ''],
  ['log_rotation_size', '10MB', 'older files are removed by the supervisor'],
  // INVARIANT (secrets-stay): errors of statements go to the client, and their text and detail
  // quote values ("Failing row contains ..."). The log keeps what concerns the server itself.
  ['log_min_messages', 'log', 'no errors of single statements: they quote records'],
  ['log_min_error_statement', 'panic', ''],
  ['log_error_verbosity', 'terse', 'no DETAIL: it quotes records'],
  ['log_statement', 'none', ''],
  ['log_min_duration_statement', '-1', ''],
  ['log_parameter_max_length', '0', ''],
  ['log_parameter_max_length_on_error', '0', ''],
];

/** The text of `postgresql.conf`, without what depends on the place. */
export function settingsText(): string {
  const lines = SETTINGS.map(([name, value, why]) => {
    return `${name} = '${value}'${why === '' ? '' : ` # ${why}`}`;
  });
  return `# Written at every start. Changes made here are lost.\n${lines.join('\n')}\n`;
}

/** The text of `pg_hba.conf`: a password from everybody, the superuser included. */
export const ACCESS_TEXT =
  '# Written at every start. Changes made here are lost.\nlocal all all scram-sha-256\n';

/** Writes both files. The account of PostgreSQL only reads them. */
export async function writeConfiguration(place: Place): Promise<void> {
  const mode = place.account === undefined ? 0o600 : 0o644;
  await writeWhole(place.configFile, settingsText(), mode);
  await writeWhole(place.accessFile, ACCESS_TEXT, mode);
}

/** The arguments of `postgres` for a place, with the settings that are paths. */
export function serverArguments(place: Place, socketDir: string): string[] {
  // unix_socket_directories is a list: in quotes, a comma in the path does not divide it.
  const socketDirs = `"${socketDir.replaceAll('"', '""')}"`;
  const settings: Record<string, string> = {
    config_file: place.configFile,
    hba_file: place.accessFile,
    log_directory: place.logDir,
    unix_socket_directories: socketDirs,
    port: String(PORT),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', place.database, ...options];
}
