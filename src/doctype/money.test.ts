import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { moneyText, parseMoney, renderMoney } from './money.ts';

test('an amount is the decimal that its sender wrote', () => {
  const amounts: [unknown, bigint][] = [
    [0, 0n],
    [-0, 0n],
    [0.1, 1000n],
    [12.5, 125_000n],
    [-0.0001, -1n],
    [1_234_567.8901, 12_345_678_901n],
    ['12.50', 125_000n],
    ['-0', 0n],
    ['0.0001', 1n],
    [549_755_813_887.9999, 5_497_558_138_879_999n],
  ];
  for (const [input, scaled] of amounts) assert.equal(parseMoney(input), scaled, String(input));
});

test('amounts that cannot be kept exactly are refused', () => {
  const numbers = [0.1 + 0.2, 0.000_01, 1e-7, 1e16, 10 ** 12, 1e21, -1e21, Number.MAX_VALUE];
  const odd = [Number.NaN, Infinity, -Infinity, 2 ** 53, 900_719_925_474.1, 5e-324];
  for (const input of [...numbers, ...odd]) assert.equal(parseMoney(input), null, String(input));
  const texts = ['1e3', '0x10', '1,000', ' 1', '1 ', '+1', '.5', '5.', '--1', '1.23456', '١٢'];
  const more = ['9'.repeat(400), '10000000000000000', '900719925474.0003', '-', '', 'NaN', '1_0'];
  for (const input of [...texts, ...more]) assert.equal(parseMoney(input), null, input);
  for (const input of [null, true, 5n, [5], { valueOf: () => 5 }]) {
    assert.equal(parseMoney(input), null);
  }
});

test('every amount up to 2^39 with four decimals survives the way out and back', () => {
  const limit = 2n ** 39n * 10_000n - 1n;
  fc.assert(
    fc.property(fc.bigInt({ min: -limit, max: limit }), (scaled) => {
      assert.equal(parseMoney(renderMoney(scaled)), scaled);
      assert.equal(parseMoney(moneyText(scaled)), scaled);
    }),
    { numRuns: 500, examples: [[limit], [-limit], [0n], [1n]] },
  );
});

test('whatever is accepted comes out as the same number', () => {
  const limit = 2n ** 53n - 1n;
  fc.assert(
    fc.property(fc.bigInt({ min: -limit, max: limit }), (scaled) => {
      const text = parseMoney(moneyText(scaled));
      if (text !== null) assert.equal(parseMoney(renderMoney(text)), text);
      const number = renderMoney(scaled);
      const parsed = parseMoney(number);
      if (parsed !== null) assert.equal(renderMoney(parsed), number);
    }),
    { numRuns: 500 },
  );
});
