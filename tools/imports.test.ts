import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, packageOf, resolveImport } from './imports.ts';

/** What is imported, types marked, computed ones as `?`. */
function seen(source: string): string[] {
  return importsOf(source).map((one) => `${one.typeOnly ? 'type ' : ''}${one.specifier ?? '?'}`);
}

test('every form of import is seen', () => {
  const forms: readonly (readonly [string, string])[] = [
    ["import a from 'a';", 'a'],
    ['import "a";', 'a'],
    ["import * as b from 'a';", 'a'],
    ["import b, { c, type D } from 'a';", 'a'],
    ["import {\n  b,\n  c,\n} from 'a';", 'a'],
    ["import type { B } from 'a';", 'type a'],
    ["import type B from 'a';", 'type a'],
    ["import type from 'a';", 'a'],
    ["export * from 'a';", 'a'],
    ["export * as b from 'a';", 'a'],
    ["export { b } from 'a';", 'a'],
    ["export type { B } from 'a';", 'type a'],
    ["await import('a');", 'a'],
    ['await import(`a`);', 'a'],
    ['await import(a);', '?'],
    ['await import(`${a}/b`);', '?'],
    ["let x: import('a').B;", 'a'],
    ["require('a');", 'a'],
    ["import.meta.resolve('a');", 'a'],
    ["import a from /* why */ 'a';", 'a'],
    ["import a from 'a' with { type: 'json' };", 'a'],
  ];
  for (const [source, expected] of forms) assert.deepEqual(seen(source), [expected], source);
});

test('what only looks like an import is not one', () => {
  const others = [
    "// import a from 'a';",
    '"import a from \'a\'";',
    "const x = `import a from 'a'`;",
    'import.meta.dirname;',
    'operations.import(document);',
    'const o = { import(document) { return document; } };',
    'export const from = 1;',
    "export { a }; const b = 'c';",
  ];
  for (const source of others) assert.deepEqual(seen(source), [], source);
});

test('lines count from one', () => {
  assert.deepEqual(
    importsOf("\n/* x\n*/ import a from 'a';\nimport b from 'b';").map((one) => one.line),
    [3, 4],
  );
});

test('specifiers are resolved', () => {
  assert.equal(resolveImport('src/a/b.ts', '../c/d.ts'), 'src/c/d.ts');
  assert.equal(resolveImport('src/a/b.ts', 'pg'), null);
  assert.equal(packageOf('@fastify/cookie/types'), '@fastify/cookie');
  assert.equal(packageOf('typebox/value'), 'typebox');
});
