/** Runs one test file in a process of its own and gathers what its tests say. */
import { run } from 'node:test';
import { inspect } from 'node:util';

export type TestResult = {
  readonly file: string;
  /** Titles from the outermost suite inwards. */
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** Why it was skipped, or how it failed; empty for a passed test. */
  readonly detail: string;
};

export type FileResult = {
  readonly file: string;
  readonly tests: readonly TestResult[];
  /** The end of what the file printed. */
  readonly printed: string;
  /** From its process's start to its end. */
  readonly seconds: number;
};

/** What `run()` reports; only the parts that are read here. */
type TestEvent = { readonly type: string; readonly data: EventData };
type EventData = {
  readonly name: string;
  readonly nesting: number;
  readonly testId?: number;
  readonly message: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: {
    readonly duration_ms: number;
    readonly type?: string;
    readonly error?: Error & { readonly failureType?: string };
  };
};

const PRINTED_MAX = 20_000;

/**
 * Runs `file` (an absolute path) and calls `onResult` for each test as it ends. A file that holds
 * no test, crashes, or is not done after `timeoutMs` yields a failed result under its own name.
 */
export async function runTestFile(
  file: string,
  timeoutMs: number,
  stop: AbortSignal,
  onResult: (result: TestResult) => void,
): Promise<FileResult> {
  const begun = performance.now();
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), timeoutMs);
  const signal = AbortSignal.any([overdue.signal, stop]);
  const tests: TestResult[] = [];
  const titles: string[] = [];
  const running = new Map<number, string>();
  let printed = '';
  const add = (result: TestResult) => {
    tests.push(result);
    onResult(result);
  };
  try {
    const events = run({ files: [file], concurrency: 1, signal }) as AsyncIterable<TestEvent>;
    for await (const { type, data } of events) {
      if (type === 'test:start') titles[data.nesting] = data.name;
      // The file itself is a test to the runner, numbered apart from those within.
      if (data.name !== file) {
        if (type === 'test:dequeue') running.set(data.testId ?? 0, data.name);
        if (type === 'test:complete') running.delete(data.testId ?? 0);
      }
      if (type === 'test:stdout' || type === 'test:stderr') {
        printed = (printed + data.message).slice(-PRINTED_MAX);
      }
      if (type !== 'test:pass' && type !== 'test:fail') continue;
      const above = titles.slice(0, data.nesting);
      const result = readResult(file, type === 'test:pass', above, data);
      if (result !== null) add(signal.aborted ? interrupted(result, running, timeoutMs) : result);
    }
  } finally {
    clearTimeout(timer);
  }
  if (tests.length === 0) add(failed(file, file, 'the file holds no test'));
  return { file, tests, printed, seconds: (performance.now() - begun) / 1000 };
}

/** The result an event tells of; null where it only repeats what its inner tests have told. */
function readResult(
  file: string,
  passed: boolean,
  above: readonly string[],
  data: EventData,
): TestResult | null {
  const title = [...above, data.name].join(' › ');
  const seconds = data.details.duration_ms / 1000;
  const skip = data.skip ?? data.todo;
  if (skip !== undefined && skip !== false) {
    const detail = typeof skip === 'string' && skip !== '' ? skip : 'no reason given';
    return { file, title, outcome: 'skipped', seconds, detail };
  }
  if (!passed) {
    const { error } = data.details;
    if (error?.failureType === 'subtestsFailed') return null;
    return { ...failed(file, title, inspect(error?.cause ?? error, { depth: 5 })), seconds };
  }
  if (data.details.type === 'suite') return null;
  if (data.name === file) return failed(file, file, 'the file holds no test');
  return { file, title, outcome: 'passed', seconds, detail: '' };
}

function failed(file: string, title: string, detail: string): TestResult {
  return { file, title, outcome: 'failed', seconds: 0, detail };
}

function interrupted(
  result: TestResult,
  running: ReadonlyMap<number, string>,
  timeoutMs: number,
): TestResult {
  if (result.outcome !== 'failed') return result;
  const names = [...running.values()];
  const open = names.length === 0 ? 'all tests had ended' : `still running: ${names.join(', ')}`;
  return { ...result, detail: `stopped (limit ${timeoutMs / 1000} s): ${open}` };
}
