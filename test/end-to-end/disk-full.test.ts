/** Full disks under a server that works: a clear refusal, and recovery without anybody's doing. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FillReport, Said } from '../support/disk/fill.ts';
import { type SmallDisks, smallDisks, whyNoSmallDisks } from '../support/disk/small-disks.ts';

const FILL = fileURLToPath(new URL('../support/disk/fill.ts', import.meta.url));

/** The supervisor tries again after at most ten seconds. */
const RECOVERY_MS_MAX = 20_000;

describe('with disks that run full', { skip: whyNoSmallDisks() }, () => {
  let disks: SmallDisks;
  let report: FillReport;

  before(() => {
    disks = smallDisks(['520m', '320m']);
    report = JSON.parse(disks.run(process.execPath, FILL, ...disks.places)) as FillReport;
  });

  after(() => disks.remove());

  test('a full disk of tables refuses writes as such, and nothing else', () => {
    const { refusals, refused, whileFull } = report.tables;
    assert.ok(refused > 0);
    assert.deepEqual(refusals.map(codeOf), ['507 storage_full 10']);
    for (const one of refusals) sayNothingInside(one);
    // Whatever is read is read.
    assert.deepEqual(Object.values(whileFull), [200, 200, 200, 200]);
  });

  test('a full disk of the write-ahead log is an outage that is said to be one', () => {
    const { refusals, whileFull } = report.writeAheadLog;
    const codes = new Set(refusals.map(codeOf));
    codes.delete('507 storage_full 10');
    assert.deepEqual([...codes], ['503 unavailable 2']);
    for (const one of refusals) sayNothingInside(one);
    assert.deepEqual(Object.values(whileFull), [200, 503, 503, 503]);
  });

  test('INVARIANT (audit-with-write): what was acknowledged is there, and nothing refused', () => {
    assert.deepEqual([...report.tables.faults, ...report.writeAheadLog.faults], []);
    assert.ok(report.acknowledged > 20, `only ${report.acknowledged} writes were acknowledged`);
  });

  // The report is of one server, which would have failed had it ended by itself.
  test('with room again, writing goes on without anybody’s doing', () => {
    const times = [report.tables.recoveryMs, report.writeAheadLog.recoveryMs];
    assert.ok(Math.max(...times) < RECOVERY_MS_MAX, `${times} ms`);
  });

  test('the operator is told why, and not at every request', () => {
    const { log } = report;
    const whys = log.filter((line) => /finds no room .*could not .*No space left/.test(line));
    assert.ok(whys.length > 0, log.join('\n'));
    assert.doesNotMatch(whys.join('\n'), /the database system is/);
    assert.ok(log.length < 40, log.join('\n'));
  });
});

function codeOf({ status, retryAfter, text }: Said): string {
  const { code } = JSON.parse(text) as { code: string };
  return `${status} ${code} ${retryAfter}`;
}

/** Neither files nor the words of PostgreSQL or of the system. */
function sayNothingInside({ text }: Said): void {
  const { type, ...problem } = JSON.parse(text) as Record<string, unknown>;
  assert.equal(type, 'about:blank');
  assert.doesNotMatch(JSON.stringify(problem), /\/|pg_|could not|ENO|space left|recovery|starting/);
}
