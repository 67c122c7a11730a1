import assert from 'node:assert/strict';
import test from 'node:test';
import { collectDemo, documentsOf } from './collect.ts';
import type { DemoDocument } from './generate.ts';

const world = collectDemo();
const TODAY = '2026-11-20';

/** Whole cents, so that sums are exact. */
function cents(value: unknown): number {
  assert.equal(typeof value, 'number');
  return Math.round((value as number) * 100);
}

function rows(document: DemoDocument, field: string): Record<string, unknown>[] {
  return document.values[field] as Record<string, unknown>[];
}

function total(list: readonly Record<string, unknown>[], field: string): number {
  return list.reduce((sum, row) => sum + cents(row[field]), 0);
}

const invoices = ['Sales Invoice', 'Purchase Invoice'].flatMap((kind) =>
  documentsOf(world, kind).map((document) => ({ kind, ...document })),
);
const paid = new Map<string, number>();
for (const payment of documentsOf(world, 'Payment Entry')) {
  for (const row of rows(payment, 'references')) {
    const name = String(row['reference_name']);
    paid.set(name, (paid.get(name) ?? 0) + cents(row['allocated_amount']));
  }
}

test('an invoice is the sum of its items and its tax', () => {
  for (const invoice of invoices) {
    const { values, name } = invoice;
    for (const row of rows(invoice, 'items')) {
      assert.equal(cents(row['amount']), Number(row['qty']) * cents(row['rate']), name);
    }
    assert.equal(total(rows(invoice, 'items'), 'amount'), cents(values['net_total']), name);
    const tax = (cents(values['net_total']) * Number(values['tax_rate'])) / 100;
    assert.ok(Math.abs(cents(values['total_taxes']) - tax) <= 0.5, name);
    const gross = cents(values['net_total']) + cents(values['total_taxes']);
    assert.equal(gross, cents(values['grand_total']), name);
  }
});

test('the status of an invoice follows from what was paid and when it is due', () => {
  const seen = new Set<string>();
  for (const { name, docstatus, values } of invoices) {
    const left = cents(values['grand_total']) - (paid.get(name) ?? 0);
    seen.add(String(values['status']));
    if (docstatus === 1) {
      assert.equal(cents(values['outstanding_amount']), left, name);
      const open = left < cents(values['grand_total']) ? 'Partly Paid' : 'Unpaid';
      const late = String(values['due_date']) < TODAY;
      assert.equal(values['status'], left === 0 ? 'Paid' : late ? 'Overdue' : open, name);
    } else {
      assert.equal(values['status'], docstatus === 0 ? 'Draft' : 'Cancelled', name);
      assert.equal(paid.has(name), false, name);
    }
  }
  assert.deepEqual([...seen].sort(), [
    'Cancelled',
    'Draft',
    'Overdue',
    'Paid',
    'Partly Paid',
    'Unpaid',
  ]);
});

test('debits equal credits, in every voucher and overall', () => {
  const balance = new Map<string, number>();
  for (const { values, name } of documentsOf(world, 'GL Entry')) {
    const debit = cents(values['debit']);
    const credit = cents(values['credit']);
    assert.ok(debit >= 0 && credit >= 0 && (debit === 0) !== (credit === 0), name);
    const voucher = String(values['voucher_no']);
    balance.set(voucher, (balance.get(voucher) ?? 0) + debit - credit);
  }
  for (const [voucher, left] of balance) assert.equal(left, 0, voucher);
});

test('whatever was submitted has ledger lines, and drafts have none', () => {
  const posted = new Set(documentsOf(world, 'GL Entry').map(({ values }) => values['voucher_no']));
  for (const kind of ['Sales Invoice', 'Purchase Invoice', 'Payment Entry', 'Journal Entry']) {
    for (const { name, docstatus } of documentsOf(world, kind)) {
      assert.equal(posted.has(name), docstatus !== 0, name);
    }
  }
});

test('a cancelled invoice leaves nothing on any account', () => {
  const cancelled = new Set(
    invoices.filter(({ docstatus }) => docstatus === 2).map(({ name }) => name),
  );
  const left = new Map<string, number>();
  for (const { values } of documentsOf(world, 'GL Entry')) {
    const voucher = String(values['voucher_no']);
    if (!cancelled.has(voucher)) continue;
    const key = `${voucher} ${values['account']} ${values['cost_center']}`;
    left.set(key, (left.get(key) ?? 0) + cents(values['debit']) - cents(values['credit']));
  }
  assert.ok(left.size > 0);
  for (const [key, amount] of left) assert.equal(amount, 0, key);
});

test('balance sheet lines have no cost center, and lines of income and expense have one', () => {
  const roots = new Map(
    documentsOf(world, 'Account').map(({ name, values }) => [name, String(values['root_type'])]),
  );
  let blank = 0;
  for (const { name, values } of documentsOf(world, 'GL Entry')) {
    const isResult = ['Income', 'Expense'].includes(roots.get(String(values['account'])) ?? '');
    assert.equal(values['cost_center'] !== null, isResult, name);
    if (values['cost_center'] === null) blank++;
  }
  assert.ok(blank > 1_000);
});

test('what is owed stands on debtors and creditors', () => {
  const owed = { Debtors: 0, Creditors: 0 };
  for (const { values } of documentsOf(world, 'GL Entry')) {
    const side = String(values['account']).split(' - ')[0];
    const amount = cents(values['debit']) - cents(values['credit']);
    if (side === 'Debtors') owed.Debtors += amount;
    if (side === 'Creditors') owed.Creditors -= amount;
  }
  const open = (kind: string): number =>
    total(
      invoices.filter((invoice) => invoice.kind === kind).map(({ values }) => values),
      'outstanding_amount',
    );
  assert.deepEqual(owed, { Debtors: open('Sales Invoice'), Creditors: open('Purchase Invoice') });
});

test('cost centers and accounts of a document belong to its company', () => {
  const owners = new Map<string, unknown>();
  for (const doctype of ['Cost Center', 'Account']) {
    for (const { name, values } of documentsOf(world, doctype)) {
      owners.set(name, values['company']);
    }
  }
  const documents = [...invoices, ...documentsOf(world, 'GL Entry')];
  for (const { name, values } of [...documents, ...documentsOf(world, 'Payment Entry')]) {
    for (const field of ['cost_center', 'account', 'paid_from', 'paid_to']) {
      const value = values[field];
      if (typeof value === 'string') assert.equal(owners.get(value), values['company'], name);
    }
  }
});

test('nothing has happened later than the today of the demo world', () => {
  for (const doctype of ['GL Entry', 'Payment Entry', 'Stock Entry', 'Expense Claim']) {
    for (const { name, values } of documentsOf(world, doctype)) {
      assert.ok(String(values['posting_date']) <= TODAY, name);
    }
  }
});

test('stock never falls below nothing, and every balance follows from the one before', () => {
  const balance = new Map<string, number>();
  const last = new Map<string, string>();
  const moved = new Map<string, number>();
  for (const { name, values } of documentsOf(world, 'Stock Ledger Entry')) {
    const key = `${values['warehouse']} ${values['item']}`;
    const after = (balance.get(key) ?? 0) + Number(values['actual_qty']);
    assert.equal(values['qty_after_transaction'], after, name);
    assert.ok(after >= 0, name);
    assert.ok(String(values['posting_date']) >= (last.get(key) ?? ''), name);
    balance.set(key, after);
    last.set(key, String(values['posting_date']));
    const voucher = String(values['voucher_no']);
    moved.set(voucher, (moved.get(voucher) ?? 0) + Math.abs(Number(values['actual_qty'])));
  }
  for (const { name, docstatus, values } of documentsOf(world, 'Stock Entry')) {
    assert.equal(moved.get(name), docstatus === 1 ? values['total_qty'] : undefined, name);
  }
});

test('a transfer is two entries, out of one warehouse and into another of the company', () => {
  const transfers = new Map<string, DemoDocument[]>();
  for (const entry of documentsOf(world, 'Stock Entry')) {
    if (entry.values['purpose'] !== 'Transfer') continue;
    const reference = String(entry.values['transfer_reference']);
    transfers.set(reference, [...(transfers.get(reference) ?? []), entry]);
  }
  assert.ok(transfers.size > 0);
  for (const [reference, [out, back, ...rest]] of transfers) {
    assert.ok(out && back && rest.length === 0, reference);
    assert.deepEqual([out.values['direction'], back.values['direction']], ['Out', 'In']);
    assert.notEqual(out.values['warehouse'], back.values['warehouse']);
    for (const field of ['company', 'posting_date', 'items', 'total_value']) {
      assert.deepEqual(out.values[field], back.values[field], reference);
    }
  }
});
