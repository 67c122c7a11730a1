import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOnly, lineAt, scan } from './source-text.ts';

/** The texts of all pieces of a kind. */
function texts(source: string, kind: string): string[] {
  return scan(source)
    .filter((piece) => piece.kind === kind)
    .map((piece) => piece.text);
}

test('the pieces cover the source, whatever it is', () => {
  const sources = ['', '`', "it's", 'a / b / c', '`a${`b${c}`}d`', '/* open', 'x = /[/]/g;', '"\\'];
  for (const source of sources) {
    assert.equal(
      scan(source)
        .map((piece) => piece.text)
        .join(''),
      source,
    );
  }
});

test('quotes inside comments, templates and regular expressions open nothing', () => {
  const source =
    'const a = /["\'`]/; // don\'t\nconst b = `x${"y" + `z`}"w`; /* " */ const c = "d";';
  assert.deepEqual(texts(source, 'string'), ['"y"', '"d"']);
  assert.deepEqual(texts(source, 'regex'), ['/["\'`]/']);
  assert.deepEqual(texts(source, 'comment'), ["// don't", '/* " */']);
  assert.deepEqual(texts(source, 'template'), ['`x${', '`z`', '}"w`']);
});

test('a slash after a value divides, and one in JSX closes', () => {
  assert.deepEqual(texts('const x = a / b; const y = c / 2;', 'regex'), []);
  assert.deepEqual(texts('<b>and/or</b><i />', 'regex'), []);
  assert.deepEqual(texts('return /x/.test(y) || z.replace(/"/g, "")', 'regex'), ['/x/', '/"/g']);
});

test('braces inside a template expression do not end it', () => {
  assert.deepEqual(texts('`a${[1].map((n) => { return { n }; })}b` + "c"', 'template'), [
    '`a${',
    '}b`',
  ]);
});

test('code alone keeps offsets and lines', () => {
  const source = 'a("b\'c"); // d\nimport e;';
  const code = codeOnly(source);
  assert.equal(code, 'a("   ");     \nimport e;');
  assert.equal(lineAt(source, source.indexOf('import')), 2);
});
