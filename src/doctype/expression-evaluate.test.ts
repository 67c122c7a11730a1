import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { evaluate, fieldsOf, parseExpression } from './expression.ts';

/** Runs the text as JavaScript does, with Frappe's functions written out once more. */
function run(text: string, doc: Record<string, unknown>): unknown {
  const inList = (list: unknown[], item: unknown) => list.indexOf(item) >= 0 || list.includes(item);
  const orZero = (number: number) => (Number.isNaN(number) ? 0 : number);
  const cint = (value: unknown) => (value === true ? 1 : orZero(parseInt(`${value}`, 10)));
  const flt = (value: unknown) =>
    value === true ? 1 : orZero(parseFloat(`${value}`.split(',').join('')));
  return new Function('doc', 'in_list', 'cint', 'flt', `return (${text})`)(doc, inList, cint, flt);
}

const scalar = fc.oneof(
  fc.constantFrom('', '0', '1', 'Open', '12.5', ' 3 ', '1,000', 'x'),
  fc.constantFrom(0, 1, -1, 2.5, 1e21, null, undefined, true, false),
  fc.integer({ min: -5, max: 5 }),
);
const rows = fc.array(fc.constant({ amount: 1 }), { maxLength: 2 });
const docs = fc.record({ a: scalar, b: scalar, c: scalar, t: rows }, { requiredKeys: ['t'] });

const literal = fc.constantFrom(
  '0',
  '1',
  '2.5',
  '12',
  "''",
  "'Open'",
  '"1"',
  'true',
  'false',
  'null',
);
const list = fc
  .array(fc.oneof(literal, fc.constant('-1')), { maxLength: 3 })
  .map((items) => `[${items.join(', ')}]`);

const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(literal, fc.constantFrom('doc.a', 'doc.b', 'doc.c', 'doc.t', 'doc.t.length')),
  expression: fc.oneof(
    { depthSize: 'small', maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    operation(tie('expression'), ['&&', '||', '==', '!=', '===', '!==']),
    operation(tie('expression'), ['<', '<=', '>', '>=', '+', '-', '*', '/']),
    tie('expression').map((of) => `(${of})`),
    tie('expression').map((of) => `! ${of}`),
    tie('expression').map((of) => `- ${of}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([one, two, three]) => `${one} ? ${two} : ${three}`),
    fc.tuple(list, tie('expression')).map(([of, item]) => `${of}.includes(${item})`),
    fc.tuple(list, tie('expression')).map(([of, item]) => `${of}.indexOf(${item})`),
    fc.tuple(list, tie('expression')).map(([of, item]) => `in_list(${of}, ${item})`),
    tie('expression').map((of) => `cint(${of})`),
    tie('expression').map((of) => `flt(${of})`),
  ),
}));

function operation(part: fc.Arbitrary<string>, operators: readonly string[]) {
  return fc
    .tuple(part, fc.constantFrom(...operators), part)
    .map(([left, op, right]) => `${left} ${op} ${right}`);
}

/** Tables are compared and added as nothing here, where JavaScript would turn them into text. */
const withoutTables = expression.map((text) => text.replace(/doc\.t(?!\.length)/g, 'doc.t.length'));

test('an expression gives what JavaScript gives', () => {
  let accepted = 0;
  fc.assert(
    fc.property(withoutTables, docs, (text, doc) => {
      const parsed = parseExpression(`eval:${text}`);
      if (!parsed.ok) {
        assert.ok(text.length > 1900, `${text}: \`${parsed.token}\` ${parsed.why}`);
        return;
      }
      accepted += 1;
      assert.deepEqual(evaluate(parsed.expression, doc), run(text, doc), text);
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 2500, `only ${accepted} were compared`);
});

test('a table on its own is true, empty or not, as in JavaScript', () => {
  for (const text of ['doc.t', '!doc.t', 'doc.t && 1', 'doc.t ? 1 : 2', '!doc.t || doc.a']) {
    const parsed = parseExpression(`eval:${text}`);
    assert.ok(parsed.ok);
    for (const doc of [
      { t: [], a: 1 },
      { t: [{}], a: 1 },
    ]) {
      assert.deepEqual(evaluate(parsed.expression, doc), run(text, doc), text);
    }
  }
});

test('only the fields that were announced are read', () => {
  fc.assert(
    fc.property(expression, docs, (text, doc) => {
      const parsed = parseExpression(`eval:${text}`);
      if (!parsed.ok) return;
      const announced = new Set<unknown>(fieldsOf(parsed.expression));
      const watched = new Proxy(doc as Record<string, unknown>, {
        get(target, key) {
          assert.ok(announced.has(key), String(key));
          return Reflect.get(target, key);
        },
      });
      evaluate(parsed.expression, watched);
    }),
    { numRuns: 500 },
  );
});

test('no text makes the parser throw, and what it accepts can be evaluated', () => {
  const word = fc.constantFrom('doc', '.', 'a', '(', ')', '[', ']', ',', '!', '-', '?', ':', '+');
  const more = fc.constantFrom('includes', 'in_list', 'length', '==', "'", '"', '\\', '1', 'null');
  const soup = fc.array(fc.oneof(word, more, fc.string({ maxLength: 3 })), { maxLength: 30 });
  fc.assert(
    fc.property(soup, fc.constantFrom('', ' '), (words, gap) => {
      const parsed = parseExpression(`eval:${words.join(gap)}`);
      if (parsed.ok) evaluate(parsed.expression, { a: null });
    }),
    { numRuns: 1000 },
  );
});
