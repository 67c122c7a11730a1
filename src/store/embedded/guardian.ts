/**
 * The guardian: a small shell between us and PostgreSQL, which stops PostgreSQL when we are gone.
 *
 * A process that is killed cannot tidy up, and a PostgreSQL left behind would keep the data
 * folder. The shell holds the reading end of a pipe whose only writing end is ours. However we
 * end, the system closes ours, and the shell sees the end of the file.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Account, ENVIRONMENT, runningAs } from './account.ts';

/**
 * $1 is the limit in seconds, the rest is the command. The watcher is a subshell, as the main
 * shell waits for PostgreSQL and a shell cannot wait for two things. SIGINT asks PostgreSQL for
 * a fast shutdown, SIGQUIT for an immediate one, after which it recovers at its next start, and
 * so it does after SIGKILL, for which its first process has to hang.
 * The guardian itself is not ended by a signal before PostgreSQL is.
 */
const SCRIPT = `
limit=$1; shift
ends_within() {
  left=$1
  while kill -0 "$server"; do
    [ "$left" -gt 0 ] || return 1
    sleep 1; left=$((left - 1))
  done
}
exec 3<&0 </dev/null
"$@" >&2 3<&- &
server=$!
echo "$server"
(
  while read -r _ <&3; do :; done
  kill -INT "$server"
  ends_within "$limit" || kill -QUIT "$server"
  ends_within 10 || kill -KILL "$server"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
trap '' INT HUP QUIT
trap 'kill -INT "$server"' TERM
while :; do
  wait "$server"; status=$?
  kill -0 "$server" 2>/dev/null || break
done
kill "$watcher" 2>/dev/null
exit "$status"
`;

export type Guarded = {
  /** The id of PostgreSQL's first process; rejects if the guardian ended before it said one. */
  readonly pid: Promise<number>;
  /** How the server ended, in words. Never rejects. */
  readonly ended: Promise<string>;
  /** The last lines that the server wrote before its log took over. */
  lastLines(): string[];
  /** Asks for the fast shutdown, exactly as our death would. */
  stop(): void;
};

/** Starts a command under a guardian, in a session of its own, away from the terminal's Ctrl-C. */
export function startGuarded(
  command: readonly string[],
  account: Account | undefined,
  stopSeconds: number,
): Guarded {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', String(stopSeconds), ...command], {
    ...runningAs(account),
    // Our own working folder may be closed to the account.
    cwd: '/',
    env: ENVIRONMENT,
    detached: true,
    stdio: 'pipe',
  });
  const lines: string[] = [];
  createInterface({ input: shell.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
  });
  // Writing never happens, but a pipe that breaks must not become an uncaught error.
  shell.stdin.on('error', () => undefined);
  // The end of the shell counts, not of its streams: a `sleep` may hold those a moment longer.
  const ended = new Promise<string>((resolve) => {
    shell.once('error', (error) => resolve(error.message));
    shell.once('exit', (code, signal) => resolve(describeEnd(code, signal)));
  });
  const pid = new Promise<number>((resolve, reject) => {
    createInterface({ input: shell.stdout }).once('line', (line) => resolve(Number(line)));
    ended.then((how) => reject(new Error(`the guardian ended: ${how}`)), reject);
  });
  // Callers may look at `ended` alone.
  pid.catch(() => undefined);
  return { pid, ended, lastLines: () => [...lines], stop: () => shell.stdin.destroy() };
}

/** A shell tells that its child died of signal N by the status 128 + N. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `its guardian died of ${signal}`;
  if (code !== null && code > 128) return `signal ${code - 128}`;
  return `exit status ${code}`;
}
