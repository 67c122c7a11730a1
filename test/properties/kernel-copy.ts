/** Copies of the kernel, each with one bug planted in it; they are nowhere but in memory. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Kernel } from './agreement.ts';
import type { PlantedBug } from './planted-bugs.ts';

const KERNEL = fileURLToPath(new URL('../../src/authz/', import.meta.url));
const SCHEME = 'planted:';

/** The kernel's files without types, so that a copy only has to be evaluated. */
const TEXTS: ReadonlyMap<string, string> = new Map(
  readdirSync(KERNEL)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => [file, stripTypeScriptTypes(readFileSync(KERNEL + file, 'utf8'))]),
);

/** By the name of a copy: the bug in it. */
const bugs = new Map<string, PlantedBug | null>();

registerHooks({
  resolve: (specifier, context, next) => {
    const isInCopy = context.parentURL?.startsWith(SCHEME) && specifier.startsWith('./');
    if (!isInCopy && !specifier.startsWith(SCHEME)) return next(specifier, context);
    const url = isInCopy
      ? `${context.parentURL?.replace(/[^/]*$/, '')}${specifier.slice(2)}`
      : specifier;
    return { url, format: 'module', shortCircuit: true };
  },
  load: (url, context, next) => {
    if (!url.startsWith(SCHEME)) return next(url, context);
    const [copy = '', file = ''] = url.slice(SCHEME.length).split('/');
    return { source: textOf(file, bugs.get(copy) ?? null), format: 'module', shortCircuit: true };
  },
});

/** A copy of the kernel with the bug in it, or, for comparison, with none. */
export async function kernelWith(planted: PlantedBug | null, name: string): Promise<Kernel> {
  bugs.set(name, planted);
  return await import(`${SCHEME}${name}/index.ts`);
}

function textOf(file: string, planted: PlantedBug | null): string {
  const text = TEXTS.get(file);
  assert.ok(text !== undefined, `the kernel has no file ${file}`);
  if (planted?.file !== file) return text;
  const parts = readFileSync(KERNEL + file, 'utf8').split(planted.find);
  assert.equal(parts.length, 2, `the text stands in ${file} not exactly once`);
  return stripTypeScriptTypes(parts.join(planted.replace));
}
