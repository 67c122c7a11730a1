/** What the Desk writes and reads without a browser: addresses, questions, values, reasons. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { listQuery, tripleOf } from '../../web/src/api/list-question.ts';
import { phrasesOf, scopeInWords } from '../../web/src/parts/reasons-in-words.ts';
import { sectionsOf } from '../../web/src/parts/sections.ts';
import { textOf } from '../../web/src/parts/value-text.ts';
import { documentAddress, listAddress, OPERATORS, placeOf } from '../../web/src/place.ts';

const word = fc.stringMatching(/^[a-z_]{1,20}$/);
/** Records with the prototype of any object, as the code makes them. */
const PLAIN = { noNullPrototype: true } as const;
const text = fc.string({ minLength: 1, unit: 'grapheme' });

describe('addresses', () => {
  test('lead back to the document they were made for, whatever its name', () => {
    fc.assert(
      fc.property(text, text, (doctype, name) => {
        const place = placeOf(documentAddress(doctype, name));
        assert.deepEqual(place, { screen: 'document', doctype, name });
      }),
    );
  });

  test('lead back to the same list: page, order and filter', () => {
    const sort = fc.record({ field: word, descending: fc.boolean() }, PLAIN);
    const filter = fc.record(
      { field: word, op: fc.constantFrom(...OPERATORS), value: text },
      PLAIN,
    );
    const view = fc.record(
      {
        page: fc.integer({ min: 1, max: 999_999 }),
        sort: fc.option(sort),
        filter: fc.option(filter),
      },
      PLAIN,
    );
    fc.assert(
      fc.property(text, view, (doctype, shown) => {
        const place = placeOf(listAddress(doctype, shown));
        assert.deepEqual(place, { screen: 'list', doctype, view: shown });
      }),
    );
  });

  for (const hash of ['#/list', '#/list/', '#/doc/Item', '#/doc/Item/a/b', '#/x/y', '#/list/%E0']) {
    test(`that lead nowhere are no guess: ${hash}`, () => {
      assert.deepEqual(placeOf(hash), { screen: 'unknown' });
    });
  }

  test('take only pages, orders and comparisons that there are', () => {
    const place = placeOf('#/list/Item?page=0&sort=name%20sideways&field=name&op=drop&value=x');
    const view = { page: 1, sort: null, filter: null };
    assert.deepEqual(place, { screen: 'list', doctype: 'Item', view });
  });
});

describe('questions', () => {
  const doctype = {
    name: 'Bill',
    is_submittable: true,
    fields: [
      { fieldname: 'total', fieldtype: 'Currency', in_list_view: true },
      { fieldname: 'lines', fieldtype: 'Table', options: 'Bill Line', in_list_view: true },
      { fieldname: 'currency', fieldtype: 'Link', options: 'Currency' },
      { fieldname: 'pin', fieldtype: 'Password', in_list_view: true },
    ],
  };

  test('ask for the columns, the currency and one page', () => {
    const query = new URLSearchParams(
      listQuery(doctype, {
        page: 3,
        sort: { field: 'total', descending: true },
        filter: { field: 'total', op: 'at-least', value: '12.5' },
      }),
    );
    assert.deepEqual(Object.fromEntries(query), {
      fields: '["name","total","docstatus","currency"]',
      limit_start: '50',
      limit_page_length: '25',
      filters: '[["total",">=",12.5]]',
      order_by: 'total desc',
    });
  });

  test('look for what somebody typed, not for patterns in it', () => {
    const triple = tripleOf(doctype, { field: 'name', op: 'contains', value: '50%_\\' });
    assert.deepEqual(triple, ['name', 'like', '%50\\%\\_\\\\%']);
  });

  test('send what is no number as it is, for the server to refuse', () => {
    const triple = tripleOf(doctype, { field: 'total', op: 'is', value: 'much' });
    assert.deepEqual(triple, ['total', '=', 'much']);
  });
});

describe('values', () => {
  const plain = { currency: null, locale: 'en-GB' };
  const field = (fieldtype: string) => ({ fieldname: 'x', fieldtype });
  const cases: [string, string, Parameters<typeof textOf>[1], string][] = [
    ['money without a currency', 'Currency', 1234.5, '1,234.50'],
    ['money with four decimals', 'Currency', 0.1234, '0.1234'],
    ['a date, in no time zone', 'Date', '2026-01-01', '1 Jan 2026'],
    ['a date that is none', 'Date', 'soon', 'soon'],
    ['a percentage', 'Percent', 7.25, '7.25\u00a0%'],
    ['zero, which is not blank', 'Int', 0, '0'],
    ['a blank', 'Data', null, ''],
    ['a check', 'Check', 0, 'No'],
    ['a document status', 'Docstatus', 2, 'Cancelled'],
    ['markup', 'Text Editor', '<b>x</b>', '<b>x</b>'],
  ];
  for (const [title, fieldtype, value, expected] of cases) {
    test(title, () => assert.equal(textOf(field(fieldtype), value, plain), expected));
  }

  test('money in its currency, and in the one that a broken code does not name', () => {
    const inPounds = textOf(field('Currency'), 1234.5, { ...plain, currency: 'GBP' });
    assert.equal(inPounds, '£1,234.50');
    const broken = textOf(field('Currency'), 1234.5, { ...plain, currency: 'not one' });
    assert.equal(broken, '1,234.50');
  });
});

describe('reasons', () => {
  test('say a scope in words, one phrase for each dimension', () => {
    const scope = [
      { dimension: 'Company', value: 'Larkspur UK', descendants: 0 as const },
      { dimension: 'Cost Center', value: 'Leeds', descendants: 1 as const },
      { dimension: 'Cost Center', value: '(blank)', descendants: 0 as const },
      { dimension: 'Warehouse', value: '*', descendants: 0 as const },
    ];
    assert.deepEqual(scopeInWords(scope), [
      'Company: Larkspur UK',
      'Cost Center: Leeds and all below it, or left blank',
      'Warehouse: any',
    ]);
  });

  test('set names apart, and give a sentence its capital letter but never an address', () => {
    assert.deepEqual(
      phrasesOf('role held by `GRANT-1`').map(({ text: said, isName }) => [said, isName]),
      [
        ['Role held by ', false],
        ['GRANT-1', true],
        ['', false],
      ],
    );
    assert.equal(phrasesOf('a-b@demo.test may')[0]?.text, 'a-b@demo.test may');
  });
});

test('sections leave out what shows nothing', () => {
  const field = (fieldname: string, fieldtype: string, more = {}) => ({
    fieldname,
    fieldtype,
    ...more,
  });
  const sections = sectionsOf([
    field('a', 'Data'),
    field('column', 'Column Break'),
    field('secret', 'Data', { hidden: true }),
    field('empty', 'Section Break', { label: 'Empty' }),
    field('button', 'Button'),
    field('more', 'Section Break', { label: 'More' }),
    field('rows', 'Table'),
  ]);
  const shown = sections.map(({ label, fields }) => [label, fields.map((one) => one.fieldname)]);
  assert.deepEqual(shown, [
    [null, ['a']],
    ['More', ['rows']],
  ]);
});
