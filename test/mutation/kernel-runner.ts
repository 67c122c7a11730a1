/**
 * A test runner for Stryker that tries mutants of the kernel in one process: the instrumented
 * kernel, its tests and their samples are loaded once, and each mutant is switched on in turn.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import type { KernelTest } from './kernel-tests.ts';
import { hookModules } from './module-hooks.ts';

/** What the instrumented kernel looks at; all but `isCounting` is Stryker's own. */
type Switches = {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
  isCounting?: boolean;
};

/** Stryker counts its workers in this variable, which comes with them. */
const FIRST_WORKER = '0';

const switches: Switches = {};
Object.assign(globalThis, { __stryker__: switches });

function aside<Value>(work: () => Value): Value {
  const { activeMutant, isCounting } = switches;
  Object.assign(switches, { activeMutant: undefined, isCounting: false });
  try {
    return work();
  } finally {
    Object.assign(switches, { activeMutant, isCounting });
  }
}

/** Under a name of its own, so that what is counted here is no test's. */
async function usesKernel(work: () => Promise<void>): Promise<boolean> {
  const { activeMutant, isCounting, currentTestId } = switches;
  const probe = 'a probe';
  Object.assign(switches, { activeMutant: undefined, isCounting: true, currentTestId: probe });
  await work();
  const counted = Object.keys(switches.mutantCoverage?.perTest[probe] ?? {}).length;
  delete switches.mutantCoverage?.perTest[probe];
  Object.assign(switches, { activeMutant, isCounting, currentTestId });
  return counted > 0;
}

class KernelRunner implements TestRunner {
  private tests: KernelTest[] = [];

  capabilities() {
    return { reloadEnvironment: false };
  }

  /**
   * The first worker works out all that is expected before anything is timed: what a mutant may
   * take is reckoned by the time of the first run.
   */
  async init(): Promise<void> {
    hookModules(process.cwd());
    if (process.env['STRYKER_MUTATOR_WORKER'] !== FIRST_WORKER) return;
    switches.isCounting = true;
    await this.load();
    for (const test of this.tests) await this.covering(test);
  }

  async dryRun(_: DryRunOptions): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    for (const { name, run } of this.tests) {
      const start = performance.now();
      const failureMessage = await failureOf({ name, run });
      const about = { id: name, name, timeSpentMs: performance.now() - start };
      tests.push(
        failureMessage === null
          ? { ...about, status: TestStatus.Success }
          : { ...about, status: TestStatus.Failed, failureMessage },
      );
    }
    const mutantCoverage = switches.mutantCoverage ?? { static: {}, perTest: {} };
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  private async covering(test: KernelTest): Promise<void> {
    Object.assign(switches, { isCounting: true, currentTestId: test.name });
    await failureOf(test);
    Object.assign(switches, { isCounting: false, currentTestId: undefined });
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, mutantActivation, testFilter, hitLimit } = options;
    if (mutantActivation === 'runtime') await this.load();
    switches.activeMutant = interned(activeMutant.id);
    Object.assign(switches, { hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    try {
      if (mutantActivation === 'static') await this.load();
      return await this.tried(testFilter && new Set(testFilter));
    } catch (error) {
      // The kernel did not even load.
      return killed([], String(error), 0);
    } finally {
      switches.activeMutant = undefined;
    }
  }

  private async load(): Promise<void> {
    if (this.tests.length > 0) return;
    const path = join(process.cwd(), 'test/mutation/kernel-tests.ts');
    const module: typeof import('./kernel-tests.ts') = await import(pathToFileURL(path).href);
    this.tests = module.kernelTests({ aside, usesKernel });
  }

  /** Up to the first test that fails. */
  private async tried(filter: ReadonlySet<string> | undefined): Promise<MutantRunResult> {
    let nrOfTests = 0;
    for (const test of [...this.tests]) {
      if (filter && !filter.has(test.name)) continue;
      nrOfTests += 1;
      const failure = await failureOf(test);
      if (determineHitLimitReached(switches.hitCount, switches.hitLimit)) {
        return { status: MutantRunStatus.Timeout, reason: 'a loop without an end' };
      }
      if (failure === null) continue;
      // What caught this mutant is likely to catch its neighbours.
      this.tests = [test, ...this.tests.filter((other) => other !== test)];
      return killed([test.name], failure, nrOfTests);
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }
}

function killed(killedBy: string[], failureMessage: string, nrOfTests: number): MutantRunResult {
  return { status: MutantRunStatus.Killed, killedBy, failureMessage, nrOfTests };
}

async function failureOf(test: KernelTest): Promise<string | null> {
  try {
    await test.run();
    return null;
  } catch (error) {
    return String(error).slice(0, 500);
  }
}

/** The same text as a constant: the kernel compares it many million times. */
function interned(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'kernel', () => new KernelRunner()),
];
