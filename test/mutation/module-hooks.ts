/**
 * What is loaded otherwise than it stands there, so that thousands of mutants can be tried in one
 * process: tests come in through a collector of our own, and Stryker's counting of what is
 * covered, which costs more than the kernel itself, happens only while it is wanted.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const COLLECTOR = '/test/mutation/collected-tests.ts';
const KERNEL = '/src/authz/';

/** As Stryker's instrumenter writes it at the head of each file. */
const COUNTING = 'function cover() {';

/** To be called once, before anything of the sandbox is loaded. */
export function hookModules(sandbox: string): void {
  const root = pathToFileURL(sandbox).href;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'node:test' && context.parentURL?.startsWith(root)) {
        return { url: root + COLLECTOR, format: 'module-typescript', shortCircuit: true };
      }
      return next(specifier, context);
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.startsWith(root + KERNEL)) return loaded;
      return { ...loaded, source: countingWhenAsked(String(loaded.source)) };
    },
  });
}

function countingWhenAsked(source: string): string {
  if (source.includes('stryCov_') && !source.includes(COUNTING)) {
    throw new Error('the instrumented kernel does not look as it used to: see module-hooks.ts');
  }
  return source.replace(COUNTING, `${COUNTING}\n    if (ns.isCounting !== true) return;`);
}
