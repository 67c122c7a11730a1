import assert from 'node:assert/strict';
import test from 'node:test';
import { accounts } from '../accounts/app.ts';
import { people } from '../people/app.ts';
import { stock } from '../stock/app.ts';

const apps = [accounts, people, stock];
const doctypes = apps.flatMap((app) => app.doctypes);
const byName = new Map(doctypes.map((doctype) => [doctype.name, doctype]));

test('doctypes have different names and name the app that declares them', () => {
  assert.equal(byName.size, doctypes.length);
  for (const app of apps) {
    for (const doctype of app.doctypes) assert.equal(doctype.app, app.name, doctype.name);
  }
});

test('links and tables name doctypes that exist', () => {
  for (const { name, fields } of doctypes) {
    assert.equal(new Set(fields.map(({ fieldname }) => fieldname)).size, fields.length, name);
    for (const { fieldname, fieldtype, options } of fields) {
      const where = `${name}.${fieldname}`;
      const target = byName.get(options ?? '');
      if (fieldtype === 'Link') assert.ok(target || options === 'User', where);
      if (fieldtype === 'Table') assert.ok(target?.istable, where);
      if (fieldtype === 'Dynamic Link') {
        assert.ok(
          fields.some((field) => field.fieldname === options),
          where,
        );
      }
    }
  }
});

test('a dimension path is the name of a dimension or a link to one', () => {
  for (const { name, fields, dimension_paths = [], is_dimension } of doctypes) {
    for (const { dimension, path } of dimension_paths) {
      assert.ok(byName.get(dimension)?.is_dimension, `${name}: ${dimension}`);
      if (path === 'name') assert.equal(dimension, name);
      else assert.equal(fields.find((field) => field.fieldname === path)?.options, dimension, name);
    }
    if (is_dimension) assert.equal(dimension_paths[0]?.path, 'name', name);
  }
});

test('trees, titles, search and sorting speak of fields that exist', () => {
  for (const doctype of doctypes) {
    const fields = new Map(doctype.fields.map((field) => [field.fieldname, field]));
    const { title_field, sort_field, parent_field, search_fields = [] } = doctype;
    for (const fieldname of [title_field, sort_field, ...search_fields]) {
      if (fieldname === undefined) continue;
      assert.equal(fields.get(fieldname)?.level ?? 0, 0, `${doctype.name}.${fieldname}`);
      assert.ok(fields.has(fieldname), `${doctype.name}.${fieldname}`);
    }
    assert.equal(doctype.is_tree ?? false, parent_field !== undefined, doctype.name);
    if (parent_field !== undefined) {
      assert.equal(fields.get(parent_field)?.options, doctype.name);
    }
  }
});

test('a value that is fetched comes from a field of the linked doctype', () => {
  for (const { name, fields } of doctypes) {
    for (const { fieldname, fetch_from } of fields) {
      if (fetch_from === undefined) continue;
      const [link, source] = fetch_from.split('.');
      const target = fields.find((field) => field.fieldname === link)?.options;
      const found = byName.get(target ?? '')?.fields.find((field) => field.fieldname === source);
      assert.ok(found, `${name}.${fieldname}`);
      assert.equal(found.level ?? 0, 0, `${name}.${fieldname} would open a level`);
    }
  }
});

test('nothing but remarks may change after submit', () => {
  const free = new Set(['Small Text', 'Text', 'Check', 'Data']);
  for (const { name, fields, is_submittable } of doctypes) {
    for (const { fieldname, fieldtype, after_submit } of fields) {
      if (!after_submit) continue;
      assert.ok(is_submittable && free.has(fieldtype), `${name}.${fieldname}`);
    }
    const amended = fields.some(({ fieldname }) => fieldname === 'amended_from');
    assert.equal(amended, is_submittable ?? false, name);
  }
});

test('pay is personal, and the base of it stands above level 0', () => {
  const personal: Record<string, readonly string[]> = {
    Employee: ['date_of_birth', 'personal_email', 'bank_account', 'base_salary'],
    'Salary Slip': ['gross_pay', 'total_deduction', 'net_pay'],
    'Salary Detail': ['amount'],
  };
  for (const [doctype, names] of Object.entries(personal)) {
    for (const name of names) {
      const field = byName.get(doctype)?.fields.find(({ fieldname }) => fieldname === name);
      assert.equal(field?.sensitivity, 'personal', `${doctype}.${name}`);
      const isPay = name === 'base_salary' || name === 'bank_account';
      assert.equal(field?.level ?? 0, isPay ? 1 : 0, `${doctype}.${name}`);
    }
  }
  assert.equal(byName.get('Salary Slip')?.audit_reads, true);
});
