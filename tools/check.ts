/**
 * Everything a change must pass besides tests, in parallel: `npm run check`. A gate passes only
 * if its program ends well **and** it saw something to check.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program to run with this Node.js, and how to read from its output how much it saw. */
export type Gate = {
  readonly name: string;
  /** Arguments for Node.js: the script's path from the project's root, then its own. */
  readonly run: readonly string[];
  readonly seen: (output: string) => number;
  /** Seeing fewer files than this is seeing nothing. */
  readonly seenMin: number;
};

export type Outcome = {
  readonly gate: string;
  readonly passed: boolean;
  readonly seen: number;
  readonly seconds: number;
  /** What to show of the output, where the gate failed. */
  readonly output: string;
};

const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const TSC = 'node_modules/typescript/bin/tsc';

/** The gates of the project under `root`; those of parts that it does not have are left out. */
export function gatesOf(root: string): readonly Gate[] {
  const has = (path: string) => existsSync(join(root, path));
  return [
    {
      name: 'format and lint',
      run: [BIOME, 'ci', '--error-on-warnings', '--max-diagnostics=200', '--colors=off'],
      seen: (output) => Number(/^Checked (\d+) files?/m.exec(output)?.[1] ?? 0),
      // Biome counts its own settings file.
      seenMin: 2,
    },
    types('types', '.'),
    types('types of the kernel', 'src/authz'),
    ...(has('web/tsconfig.json') ? [types('types of the Desk', 'web')] : []),
    ownTool('layers', 'tools/check-layers.ts'),
    ownTool('tidy', 'tools/tidy.ts'),
    ...(has('tools/generate.ts') ? [generated()] : []),
  ];
}

function types(name: string, project: string): Gate {
  const run = [TSC, '-p', project, '--noEmit', '--pretty', 'false', '--listFiles'];
  return {
    name,
    run,
    seen: (output) => output.split('\n').filter(isListedFile).length,
    seenMin: 1,
  };
}

/** A line of the compiler's `--listFiles` that names a file of the project. */
function isListedFile(line: string): boolean {
  return /^([A-Za-z]:)?\/[^(]*\.(ts|tsx|mts|json)$/.test(line) && !line.includes('/node_modules/');
}

function ownTool(name: string, script: string): Gate {
  const seen = (output: string) => Number(/: (\d+) files, /.exec(output)?.[1] ?? 0);
  return { name, run: [script], seen, seenMin: 1 };
}

function generated(): Gate {
  const seen = (output: string) => output.split('\n').filter((line) => line.trim() !== '').length;
  return { name: 'generated files', run: ['tools/generate.ts', '--check'], seen, seenMin: 1 };
}

/** Runs one gate to its end. */
export function runGate(gate: Gate, root: string): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, gate.run, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8');
      const seen = gate.seen(output);
      resolve({
        gate: gate.name,
        passed: code === 0 && seen >= gate.seenMin,
        seen,
        seconds: (performance.now() - started) / 1000,
        output: shown(output, code, seen >= gate.seenMin),
      });
    });
  });
}

function shown(output: string, code: number | null, sawSomething: boolean): string {
  const told = output
    .split('\n')
    .filter((line) => !/^([A-Za-z]:)?\/[^(]*\.(ts|tsx|mts|json)$/.test(line))
    .join('\n')
    .trim();
  if (code !== 0) return told === '' ? `ended with ${code ?? 'a signal'}` : told;
  return sawSomething ? told : `${told}\nsaw nothing to check: its settings are wrong`.trim();
}

/** Runs all gates at once, prints each as it ends and a summary; true if all passed. */
export async function check(gates: readonly Gate[], root: string): Promise<boolean> {
  const outcomes = await Promise.all(
    gates.map(async (gate) => {
      const outcome = await runGate(gate, root);
      tell(outcome);
      return outcome;
    }),
  );
  const failed = outcomes.filter(({ passed }) => !passed).map(({ gate }) => gate);
  const summary = failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`;
  console.log(`\n${outcomes.length} gates, ${outcomes.length === 0 ? 'none to run' : summary}`);
  return outcomes.length > 0 && failed.length === 0;
}

function tell({ gate, passed, seen, seconds, output }: Outcome): void {
  const verdict = passed ? 'ok  ' : 'FAIL';
  console.log(
    `${verdict} ${gate.padEnd(20)} ${String(seen).padStart(5)} seen ${seconds.toFixed(1)} s`,
  );
  if (!passed) console.log(output.replace(/^/gm, '     '));
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  process.exitCode = (await check(gatesOf(root), root)) ? 0 : 1;
}
