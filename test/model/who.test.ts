/** Who can, asked of one document after the other: each answer is of its own document. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DoctypeShape,
  type DocumentFacts,
  type World,
  whoCan,
} from '../../src/authz/index.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

/** Asks one world about several documents, each of them twice. */
function readers(parts: Partial<World>, doctype: string, documents: readonly DocumentFacts[]) {
  const world = compileWorld(worldWith(parts));
  const ask = (document: DocumentFacts) =>
    whoCan(world, { action: 'read', doctype, document, now: TODAY });
  const first = documents.map(ask);
  assert.deepEqual(documents.map(ask), first);
  return first;
}

test('documents of one company and of two cost centres have readers of their own', () => {
  const grants = [
    grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['Leeds'] }),
    grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['London'] }),
  ];
  const invoices = ['Leeds', 'London', null].map((cost_center) => ({ company: 'UK', cost_center }));
  const found = readers({ rules: [rule('Accounts', 'Invoice')], grants }, 'Invoice', invoices);
  assert.deepEqual(found, [['ada'], ['ben'], []]);
});

const ORDER: DoctypeShape = {
  name: 'Order',
  paths: [{ dimension: 'Cost Center', path: 'items.cost_center' }],
  ...{ levels: new Map(), personal: new Set() },
};

test('of rows that a document came without, only who needs no value of them can read it', () => {
  const rules = [rule('Accounts', 'Order'), rule('HR', 'Order', { except: ['Cost Center'] })];
  const all = { 'Cost Center': ['*', '(blank)'] };
  const grants = [
    ...[grant('ada', 'Accounts', all), grant('ben', 'HR')],
    ...[grant('cleo', 'HR', all), grant('dan', 'HR', { 'Cost Center': ['Leeds'] })],
  ];
  const orders = [{}, { items: [] }, { items: [{ cost_center: 'Leeds' }] }];
  const found = readers({ doctypes: [ORDER], rules, grants }, 'Order', orders);
  assert.deepEqual(found, [['ben'], ['ada', 'ben', 'cleo'], ['ada', 'ben', 'cleo', 'dan']]);
});
