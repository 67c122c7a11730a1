/** Search finds what one may read, and what one may not moves nothing of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SmallCompany } from './small-company.ts';
import { callerOf, SmallEngine } from './small-engine.ts';

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  await small.give('ann', [['Company', 'Alpha'], ['Cost Center', 'Leeds']]);
});
after(async () => await small.close());

test('first', async () => {
  const out: unknown[] = [];
  for (const text of ['inv leds', 'INV-Leeds', 'beta', 'leeds', 'inv leds']) {
    const t = performance.now();
    const found = await engine.documents.search(callerOf('ann'), { text });
    const t2 = performance.now();
    const one = await engine.documents.search(callerOf('ann'), { text, doctype: 'Sales Invoice' });
    out.push([text, t2 - t, performance.now() - t2, found, one.length]);
  }
  out.push(await engine.documents.searchLinks(callerOf('ann'), 'Sales Invoice', { text: 'inv' }));
  assert.fail(JSON.stringify(out, null, 1));
});
