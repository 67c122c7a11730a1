/** The Desk's built files, read once; nothing else of the disk can be asked for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

type PageFile = { readonly type: string; readonly body: Buffer; readonly isFixed: boolean };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

const MISSING =
  '<!doctype html><title>Bailiwick</title><p>The page is not built yet; the API works.';

/**
 * Loads the folder of built files. The page is at `/` alone: its own places stand behind `#`,
 * which no browser sends, so every other path is a file or nothing.
 */
export function loadPage(folder: string): (path: string) => PageFile | null {
  const files = new Map<string, PageFile>();
  for (const name of existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : []) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    // Built names under assets/ carry a hash of their content.
    const isFixed = name.startsWith('assets');
    files.set(`/${name}`, { type, body: readFileSync(join(folder, name)), isFixed });
  }
  const index = files.get('/index.html') ?? {
    type: 'text/html; charset=utf-8',
    body: Buffer.from(MISSING),
    isFixed: false,
  };
  files.set('/', index);
  return (path) => files.get(path) ?? null;
}
