import assert from 'node:assert/strict';
import test from 'node:test';
import { checkDefinition } from './check-definition.ts';
import { checkDefinitions } from './check-definitions.ts';
import { DefinitionError } from './definition-error.ts';

const doctype = (name: string, fields: object[] = [], more: object = {}) =>
  checkDefinition({ name, app: 'demo', ...more, fields });
const link = (fieldname: string, options: string, fieldtype = 'Link') => ({
  fieldname,
  fieldtype,
  options,
});
const company = doctype('Company', [
  { fieldname: 'currency', fieldtype: 'Data' },
  { fieldname: 'pin', fieldtype: 'Password' },
  { fieldname: 'heading', fieldtype: 'Heading' },
]);
const row = doctype('Row', [], { istable: true });

function refused(path: string, ...all: ReturnType<typeof doctype>[]): void {
  assert.throws(
    () => checkDefinitions(all),
    (error) => error instanceof DefinitionError && error.path === path,
  );
}

test('definitions that fit together pass', () => {
  const tree = doctype('Region', [link('up', 'Region')], { is_tree: true, parent_field: 'up' });
  const invoice = doctype('Invoice', [
    link('company', 'Company'),
    link('rows', 'Row', 'Table'),
    { fieldname: 'currency', fieldtype: 'Data', fetch_from: 'company.currency' },
    { fieldname: 'made_by', fieldtype: 'Data', fetch_from: 'company.owner' },
    { fieldname: 'pin', fieldtype: 'Password', fetch_from: 'company.pin' },
  ]);
  assert.doesNotThrow(() => checkDefinitions([invoice, company, row, tree]));
  assert.doesNotThrow(() => checkDefinitions([]));
});

test('two doctypes cannot share a table', () => {
  refused('Company.name', company, company);
  refused('SALES-INVOICE.name', doctype('Sales Invoice'), doctype('SALES-INVOICE'));
});

test('links and tables point to what is there and fits', () => {
  refused('A.x.options', doctype('A', [link('x', 'Nowhere')]));
  refused('A.x.options', doctype('A', [link('x', 'Nowhere', 'Table')]));
  refused('A.x.options', doctype('A', [link('x', 'Company', 'Table')]), company);
  refused('A.x.options', doctype('A', [link('x', 'Row')]), row);
  refused('A.x.fieldtype', doctype('A', [link('x', 'Row', 'Table')], { istable: true }), row);
});

test('a dimension is a doctype that says so', () => {
  const paths = [{ dimension: 'Company', path: 'company' }];
  const invoice = doctype('Invoice', [link('company', 'Company')], { dimension_paths: paths });
  refused('Invoice.dimension_paths[0].dimension', invoice, company);
  assert.doesNotThrow(() =>
    checkDefinitions([invoice, doctype('Company', [], { is_dimension: true })]),
  );
});

test('rows carry the dimension that a path through them names', () => {
  const named = doctype('Company', [], { is_dimension: true });
  const lines = (field: object) => doctype('Line', [field], { istable: true });
  const order = doctype('Order', [link('items', 'Line', 'Table')], {
    dimension_paths: [{ dimension: 'Company', path: 'items.company' }],
  });
  assert.doesNotThrow(() => checkDefinitions([order, named, lines(link('company', 'Company'))]));
  const at = 'Order.dimension_paths[0].path';
  refused(at, order, named, lines(link('other', 'Company')));
  refused(at, order, named, lines({ fieldname: 'company', fieldtype: 'Data' }));
  refused(at, order, named, lines(link('company', 'Order')));
});

test('fetch_from finds its source and brings no secret into the open', () => {
  const fetching = (source: string) =>
    doctype('A', [
      link('company', 'Company'),
      { fieldname: 'x', fieldtype: 'Data', fetch_from: `company.${source}` },
    ]);
  for (const source of ['nothing', 'pin', 'heading', 'cell_id', 'parent']) {
    refused('A.x.fetch_from', fetching(source), company);
  }
});
