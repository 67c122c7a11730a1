/**
 * Writes what is derived from the code into `docs/reference/`: the inventory of everything the
 * system answers to, and the description of its API. With `--check` it compares instead, so that
 * a new route, above all one for guests, changes a file that somebody has to sign off.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APPS } from '../apps/all.ts';
import { inventoryOf } from '../src/http/inventory.ts';
import { openapiOf } from '../src/http/openapi.ts';
import { ROUTES } from '../src/http/routes/index.ts';

export type Generated = { readonly path: string; readonly text: string };

/** Every derived file with what it has to hold. */
export function generated(): readonly Generated[] {
  const roles = APPS.flatMap((app) => app.roles.map(({ name }) => name));
  return [
    { path: 'docs/reference/inventory.json', text: json(inventoryOf(ROUTES, roles)) },
    { path: 'docs/reference/openapi.json', text: json(openapiOf(ROUTES, '0.1.0')) },
  ];
}

/** Paths whose committed content differs from what is derived now, or that are missing. */
export function outdated(root: string, files: readonly Generated[]): string[] {
  return files
    .filter(({ path, text }) => {
      const file = join(root, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== text;
    })
    .map(({ path }) => path);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function main(words: readonly string[]): number {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = generated();
  if (words.includes('--check')) {
    const stale = outdated(root, files);
    for (const path of stale) {
      process.stderr.write(`${path} is not what the code says: run \`node tools/generate.ts\`\n`);
    }
    process.stdout.write(`${files.length} generated files looked at\n`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const { path, text } of files) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2));
}
