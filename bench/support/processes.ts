/** Processes of a benchmark: starting them, and what /proc says they used. Linux only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type Started = {
  readonly pid: number;
  /** What the line matched that said it was ready. */
  readonly ready: RegExpExecArray;
  readonly child: ChildProcess;
  /** Asks it to end, waits for that, and throws where it fails. */
  readonly stop: () => Promise<void>;
};

/** What a program gets of our own environment: enough to be found, and its compiled code. */
const PASSED_ON = ['PATH', 'HOME', 'npm_node_execpath', 'NODE_COMPILE_CACHE'];

/** The environment of a program, with these settings. */
export function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...settings };
}

/** Starts a program and waits for the line that says it is ready. */
export async function startProgram(
  [program, ...words]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  ready: RegExp,
  input = '',
): Promise<Started> {
  const child = spawn(program, words, {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  // Whoever waits for it hears of its end below; without this, an early one would be unhandled.
  ended.catch(() => {});
  const line = await Promise.race([firstMatch(child, ready), ended]);
  if (line === null || typeof line === 'number' || child.pid === undefined) {
    throw new Error(`\`${words.join(' ')}\` ended before it was ready`);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`\`${words.join(' ')}\` ended with ${code}`);
  };
  return { pid: child.pid, ready: line, child, stop };
}

async function firstMatch(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray | null> {
  if (child.stdout === null) return null;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = ready.exec(line);
    if (match) {
      // What comes later is read and dropped: a full pipe would stop the program.
      child.stdout.resume();
      return match;
    }
  }
  return null;
}

/** Clock ticks of /proc in a second: fixed for programs on every architecture of Linux. */
const TICKS_PER_SECOND = 100;

/** Milliseconds of CPU, user and system, that a process and its ended children have used. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  const ticks = [11, 12, 13, 14].map((index) => Number(fields[index]));
  return (ticks.reduce((sum, one) => sum + one, 0) * 1000) / TICKS_PER_SECOND;
}

/** The same of a process with all its living descendants. */
export function cpuOfTree(pid: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry)) parents.set(Number(entry), parentOf(Number(entry)));
  }
  const isInside = (one: number): boolean =>
    one === pid || (one > 1 && isInside(parents.get(one) ?? 0));
  return [...parents.keys()].filter(isInside).reduce((sum, one) => sum + cpuIfThere(one), 0);
}

/** Bytes of memory that a process holds now. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kilobytes) * 1024;
}

/** How many threads it has: for the record only. */
export function threadsOf(pid: number): number {
  return globSync(`/proc/${pid}/task/*`).length;
}

function parentOf(pid: number): number {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return 0;
  }
}

function cpuIfThere(pid: number): number {
  try {
    return cpuOf(pid);
  } catch {
    return 0;
  }
}

/** Fields of /proc/PID/stat after the name, which may hold blanks and brackets itself. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
