import assert from 'node:assert/strict';
import test from 'node:test';
import { type Expression, evaluate, fieldsOf, holds, parseExpression } from './expression.ts';

function tree(text: string): Expression {
  const parsed = parseExpression(text);
  assert.ok(parsed.ok, parsed.ok ? '' : `${text}: \`${parsed.token}\` ${parsed.why}`);
  return parsed.expression;
}

function refused(text: string, token?: string, at?: number): void {
  const parsed = parseExpression(text);
  assert.equal(parsed.ok, false, `accepted: ${text.slice(0, 80)}`);
  if (parsed.ok) return;
  if (token !== undefined) assert.equal(parsed.token, token, text);
  if (at !== undefined) assert.equal(parsed.at, at, text);
}

test('a fieldname alone asks whether it holds anything', () => {
  for (const value of ['x', 1, true, [{}]])
    assert.equal(holds(tree('items'), { items: value }), true);
  for (const items of ['', 0, null, undefined, false, []]) {
    assert.equal(holds(tree(' items\n'), { items }), false);
  }
  assert.equal(holds(tree('items'), {}), false);
});

test('the forms found in real doctypes are understood', () => {
  const doc = { rule: 'Based on Field', enabled: 1, count: '2', roles: [{}, {}], note: 'abc' };
  const cases: [string, boolean][] = [
    ["eval:doc.rule==='Based on Field';", true],
    ['eval: doc.rule != "Based on Field"', false],
    ['eval:in_list(["A", "Based on Field"],  doc.rule)', true],
    ["eval:!in_list(['A'], doc.rule) && doc.enabled == 1\n", true],
    ["eval:['A','Based on Field'].includes(doc.rule)", true],
    ["eval:(['A'].indexOf(doc.rule) !== -1)", false],
    ['eval:!doc.__islocal', true],
    ['eval:doc.missing != null', false],
    ['eval:doc.roles && doc.roles.length > 1', true],
    ['eval:doc.missing.length', false],
    ['eval:cint(doc.count) * 2 === 4 ? doc.enabled : 0', true],
    ['eval:flt("1,234.5") == 1234.5', true],
    ['eval:-doc.count + 3 >= 1 && doc.count < 10', true],
    ["eval:doc.note == 'it\\'s' || doc.note == \"abc\"", true],
    ['eval:true;', true],
  ];
  for (const [text, expected] of cases) assert.equal(holds(tree(text), doc), expected, text);
});

test('whatever could run code is refused, with the token and where it stands', () => {
  refused("eval:constructor.constructor('return process')()", 'constructor', 5);
  refused('eval:doc.constructor', 'constructor', 9);
  refused('eval:doc.__proto__', '__proto__', 9);
  refused('eval:doc.prototype');
  refused("eval:doc['x']", '[', 8);
  refused('eval:doc.x.y', 'y', 11);
  refused('eval:doc.x.constructor', 'constructor');
  refused('eval:doc.x()', '(', 10);
  refused('eval:doc.x = 1', '=', 11);
  refused('eval:frappe.session.user', 'frappe', 5);
  refused('eval:parent.x', 'parent');
  refused('eval:this', 'this');
  refused('eval:`x`', '`', 5);
  refused('eval:/x/.test(doc.a)', '/', 5);
  refused('eval:() => 1');
  refused('eval:x => x', '=>');
  refused('eval:new Date()', 'new');
  refused("eval:'a'.constructor", '.', 8);
  refused("eval:['a'].constructor", 'constructor');
  refused("eval:['a'].map(doc.x)", 'map');
  refused("eval:['a']", 'the end');
  refused('eval:[doc.x].includes(1)', 'doc');
  refused('eval:in_list(doc.x, 1)', 'doc');
  refused('eval:cint', 'the end');
  refused('eval:doc', 'the end');
  refused('eval:globalThis', 'globalThis');
  refused('eval:process.exit()', 'process');
  refused('eval:undefined', 'undefined');
});

test('signs outside the language are refused as a whole', () => {
  for (const sign of ['--', '++', '**', '//', '/*', '??', '?.', '=>']) {
    refused(`eval:doc.a ${sign} doc.b`, sign, 11);
  }
  for (const sign of ['%', '&', '|', '^', '~', '{', '@', '\\', '\u2028', '\u{1f9fe}']) {
    refused(`eval:doc.a ${sign} doc.b`, sign, 11);
  }
  refused('eval:doc.a <!-- doc.b', '--');
  refused('eval:doc.a; doc.b', 'doc');
  refused('eval:doc.a;;');
  refused('eval:doc.a, doc.b', ',');
});

test('numbers and strings have one plain form', () => {
  const numbers = ['010', '1e3', '0x10', '1n', '.5', '1.', '1_0', '1.2.3', '0b1'];
  for (const number of numbers) refused(`eval:${number}`);
  const strings = ["'a", "'a\nb'", "'\\x41'", "'\\u0041'", "'\\0'", '"a\'', "'\\"];
  for (const string of strings) refused(`eval:${string}`);
  assert.equal(evaluate(tree("eval:'a\\n\\t\\\\'"), {}), 'a\n\t\\');
});

test('length and depth are limited', () => {
  refused(`eval:${'1+'.repeat(1000)}1`);
  refused(`eval:${'('.repeat(60)}1${')'.repeat(60)}`, '(');
  refused(`eval:${'!'.repeat(60)}1`);
  refused(`eval:${'1?1:'.repeat(60)}1`);
  assert.equal(evaluate(tree(`eval:${'('.repeat(40)}1${')'.repeat(40)}`), {}), 1);
  assert.equal(evaluate(tree(`eval:${'1+'.repeat(900)}1`), {}), 901);
});

test('what is neither a fieldname nor eval: is refused', () => {
  for (const text of ['', '1', 'fn:x', 'doc.x == 1', 'Customer', 'constructor', 'EVAL:1']) {
    refused(text);
  }
});

test('an expression reads own values only and calls nothing of the document', () => {
  const inherited = Object.create({ x: 1 }) as Record<string, unknown>;
  assert.equal(evaluate(tree('eval:doc.x'), inherited), undefined);
  const bomb = {
    toString: () => assert.fail('called'),
    valueOf: () => assert.fail('called'),
    [Symbol.toPrimitive]: () => assert.fail('called'),
  };
  for (const x of [bomb, [bomb]]) {
    for (const op of ['==', '!=', '===', '<', '>=', '+', '-', '*', '/']) {
      evaluate(tree(`eval:doc.x ${op} 'a'`), { x });
      evaluate(tree(`eval:1 ${op} doc.x`), { x });
    }
    for (const text of ['-doc.x', 'cint(doc.x)', 'flt(doc.x)', "['a'].includes(doc.x)", '!doc.x']) {
      evaluate(tree(`eval:${text}`), { x });
    }
  }
});

test('a short expression cannot build a long text', () => {
  const text = `eval:${Array.from({ length: 20 }, () => 'doc.x').join('+')} == 'y'`;
  assert.throws(() => evaluate(tree(text), { x: 'x'.repeat(100_000) }), RangeError);
});

test('the fields that an expression reads are known', () => {
  assert.deepEqual(fieldsOf(tree('eval:doc.a ? doc.b.length : in_list(["x"], doc.c) && !doc.a')), [
    'a',
    'b',
    'c',
  ]);
  assert.deepEqual(fieldsOf(tree('items')), ['items']);
});

test('a tree is frozen data', () => {
  const expression = tree('eval:!(doc.a + 1 > 2)');
  assert.throws(() => Object.assign(expression, { kind: 'literal' }), TypeError);
  assert.deepEqual(JSON.parse(JSON.stringify(expression)), expression);
});
