/** Holds all imports to the table of `layer-table.ts`. Run: `node tools/check-layers.ts`. */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { findCycles } from './import-cycles.ts';
import { type Import, packageOf, resolveImport } from './imports.ts';
import {
  APPS_MAY_IMPORT,
  DOOR_LAYER,
  ENVIRONMENT_READER,
  MODULES,
  ROOT_FILES,
  ROOT_FOLDER,
  WEB_MAY_IMPORT,
  WEB_PACKAGES,
} from './layer-table.ts';
import { codeOnly, lineAt } from './source-text.ts';
import { isProduct, isTest, readSourceTree, type SourceFile } from './source-tree.ts';
import { report, type Violation } from './violation.ts';

/** What is wrong with an import, and what to do; null where nothing is. */
type Complaint = { readonly problem: string; readonly wayOut: string } | null;

const TABLE = 'tools/layer-table.ts';

/**
 * Every import of the project under `root` that the table forbids, every import cycle, and every
 * reading of the environment outside its one place. A tree without source is a violation, too.
 */
export function checkLayers(root: string): Violation[] {
  return checkFiles(root, readSourceTree(root));
}

function checkFiles(root: string, files: readonly SourceFile[]): Violation[] {
  if (files.length === 0) {
    const problem = 'there is no source file here';
    return [{ file: '.', line: 1, problem, wayOut: "start the check in the project's root" }];
  }
  const declared = declaredPackages(root);
  return [
    ...files.flatMap((file) => checkImports(file, declared)),
    ...files.flatMap(checkEnvironment),
    ...checkCycles(files),
  ].sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

function checkImports(file: SourceFile, declared: DeclaredPackages): Violation[] {
  return file.imports.flatMap((one) => {
    const complaint = complainAbout(file.path, one, declared);
    return complaint === null ? [] : [{ file: file.path, line: one.line, ...complaint }];
  });
}

function complainAbout(importer: string, one: Import, declared: DeclaredPackages): Complaint {
  if (one.specifier === null) {
    return isProduct(importer)
      ? { problem: 'import() of a computed path', wayOut: 'write the path out: it is checked here' }
      : null;
  }
  const target = resolveImport(importer, one.specifier);
  if (target === null) return checkPackage(importer, one.specifier, declared);
  if (importer.startsWith('src/') && target.startsWith('test/')) {
    const wayOut = 'src never imports test/: a test that needs its support lives in test/, too';
    return { problem: `imports ${target}`, wayOut };
  }
  if (isProduct(importer)) return checkTarget(importer, target, one.typeOnly);
  return target === 'src/main.ts' && !/^(bin|tools|test)\//.test(importer)
    ? { problem: 'imports main.ts', wayOut: 'import the module that holds what you need' }
    : null;
}

function checkTarget(importer: string, target: string, typeOnly: boolean): Complaint {
  if (isTest(target)) {
    const wayOut = 'the product never imports tests: move what both need into src';
    return { problem: `imports the test file ${target}`, wayOut };
  }
  if (importer.startsWith('web/')) {
    return target.startsWith('web/src/') || moduleOf(target) === WEB_MAY_IMPORT
      ? null
      : { problem: `the Desk imports ${target}`, wayOut: `it may import src/${WEB_MAY_IMPORT}` };
  }
  if (importer.startsWith('apps/')) return checkAppTarget(target, typeOnly);
  if (target === 'src/main.ts') {
    return { problem: 'imports main.ts', wayOut: 'main.ts hands things down; take a parameter' };
  }
  if (ROOT_FILES.includes(importer) || importer.startsWith(ROOT_FOLDER)) {
    return /^(src|apps)\//.test(target) || target === 'package.json'
      ? null
      : { problem: `imports ${target}`, wayOut: 'main.ts imports src, apps and package.json' };
  }
  return checkModules(importer, target);
}

function checkAppTarget(target: string, typeOnly: boolean): Complaint {
  if (target.startsWith('apps/')) return null;
  const wayOut = `an app may import types (\`import type\`) from src/${APPS_MAY_IMPORT}`;
  if (moduleOf(target) !== APPS_MAY_IMPORT) return { problem: `imports ${target}`, wayOut };
  return typeOnly ? null : { problem: `imports values from ${target}`, wayOut };
}

function checkModules(importer: string, target: string): Complaint {
  const from = moduleOf(importer);
  const row = MODULES[from];
  if (row === undefined) {
    const wayOut = `give it a row in ${TABLE}, or move the file into a module`;
    return { problem: `\`${from}\` is not in the layer table`, wayOut };
  }
  if (ROOT_FILES.includes(target) || target.startsWith(ROOT_FOLDER)) {
    return { problem: `imports ${target}`, wayOut: 'main.ts hands things down as values' };
  }
  if (!target.startsWith('src/')) {
    return { problem: `imports ${target}`, wayOut: 'a module of src imports only from src' };
  }
  const to = moduleOf(target);
  const other = MODULES[to];
  if (to === from || row.sideways?.includes(to)) return null;
  if (other === undefined) {
    return { problem: `\`${to}\` is not in the layer table`, wayOut: `give it a row in ${TABLE}` };
  }
  const instead = row.never?.[to];
  if (instead !== undefined) {
    return { problem: `${from} imports ${to}`, wayOut: instead };
  }
  if (other.layer < row.layer) return null;
  const problem = `${from} [${row.layer}] imports ${to} [${other.layer}]`;
  if (row.layer === DOOR_LAYER && other.layer === DOOR_LAYER) {
    return { problem, wayOut: 'doors never import each other: main.ts connects them' };
  }
  const wayOut =
    'import only from lower numbers: move what both need down, or pass it in from above';
  return { problem, wayOut };
}

/** The module of `src/` a path lies in; for a file directly in `src/`, its name. */
function moduleOf(path: string): string {
  return /^src\/([^/]+)/.exec(path)?.[1] ?? path;
}

function checkPackage(importer: string, specifier: string, declared: DeclaredPackages): Complaint {
  const module = moduleOf(importer);
  if (isBuiltin(specifier)) {
    const isPure = importer.startsWith('web/') || importer.startsWith('apps/');
    if (isTest(importer) || !(isPure || MODULES[module]?.pure)) return null;
    return { problem: `imports ${specifier}`, wayOut: 'this code is pure: take a value instead' };
  }
  const name = packageOf(specifier);
  if (!isProduct(importer)) {
    return declared.anywhere.has(name) ? null : undeclared(name, 'package.json');
  }
  if (importer.startsWith('web/')) {
    if (!declared.web.has(name)) return undeclared(name, 'web/package.json');
    return isAllowed(name, WEB_PACKAGES) ? null : notAllowed(name, 'web');
  }
  if (!declared.runtime.has(name)) return undeclared(name, 'the dependencies of package.json');
  return isAllowed(name, MODULES[module]?.packages ?? []) ? null : notAllowed(name, module);
}

function undeclared(name: string, where: string): Complaint {
  return { problem: `imports \`${name}\`, not declared`, wayOut: `declare it in ${where}` };
}

function notAllowed(name: string, module: string): Complaint {
  const holder = Object.keys(MODULES).find((key) => isAllowed(name, MODULES[key]?.packages ?? []));
  const wayOut =
    holder === undefined
      ? `list it for ${module} in ${TABLE} and record why in docs/decisions`
      : `only ${holder} imports it: call ${holder}, or change ${TABLE}`;
  return { problem: `${module} imports the package \`${name}\``, wayOut };
}

function isAllowed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

type DeclaredPackages = {
  readonly runtime: ReadonlySet<string>;
  readonly web: ReadonlySet<string>;
  readonly anywhere: ReadonlySet<string>;
};

function declaredPackages(root: string): DeclaredPackages {
  const product = manifest(join(root, 'package.json'));
  const web = manifest(join(root, 'web/package.json'));
  return {
    runtime: product.runtime,
    web: web.runtime,
    anywhere: new Set([...product.runtime, ...product.development, ...web.runtime]),
  };
}

function manifest(path: string): { runtime: Set<string>; development: Set<string> } {
  const content: Readonly<Record<string, object>> = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : {};
  const names = (key: string) => Object.keys(content[key] ?? {});
  return {
    runtime: new Set([...names('dependencies'), ...names('optionalDependencies')]),
    development: new Set(names('devDependencies')),
  };
}

const READS_ENVIRONMENT =
  /\bprocess\s*\??\.?\s*\[|\bprocess\s*\??\.\s*env\b|[}\w]\s*=\s*process\b(?!\s*\??[.[])/g;

function checkEnvironment(file: SourceFile): Violation[] {
  if (!isProduct(file.path) || file.path === ENVIRONMENT_READER) return [];
  const complaint = {
    file: file.path,
    problem: 'reads the environment',
    wayOut: `only ${ENVIRONMENT_READER} reads it: take the setting as a parameter`,
  };
  const reads = [...codeOnly(file.text).matchAll(READS_ENVIRONMENT)].map((match) => ({
    ...complaint,
    line: lineAt(file.text, match.index),
  }));
  const imports = file.imports
    .filter(({ specifier }) => specifier === 'node:process' || specifier === 'process')
    .map(({ line }) => ({ ...complaint, line }));
  return [...reads, ...imports];
}

function checkCycles(files: readonly SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const edges = new Map(files.map((file) => [file.path, targetsOf(file)]));
  return findCycles(edges).map((group) => {
    const file = group[0] ?? '.';
    const within = (one: Import) =>
      one.specifier !== null && group.includes(resolveImport(file, one.specifier) ?? '');
    return {
      file,
      line: byPath.get(file)?.imports.find(within)?.line ?? 1,
      problem: `import cycle: ${group.join(', ')}`,
      wayOut: 'types count: move what they share into a file that imports none of them',
    };
  });
}

function targetsOf(file: SourceFile): string[] {
  return file.imports.flatMap(({ specifier }) => {
    const target = specifier === null ? null : resolveImport(file.path, specifier);
    return target === null ? [] : [target];
  });
}

if (import.meta.main) {
  const root = process.argv[2] ?? process.cwd();
  const files = readSourceTree(root);
  process.exitCode = report('check-layers', checkFiles(root, files), files.length);
}
