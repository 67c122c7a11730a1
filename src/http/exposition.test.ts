import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposition } from './exposition.ts';

test('help, type and samples stand in this order, and what would end a line is escaped', () => {
  const text = exposition([
    {
      name: 'answers_total',
      help: 'One \\ and\nanother',
      type: 'counter',
      samples: [
        { labels: { a: 'say "x\\y"\n', b: '' }, value: 3 },
        { value: Number.POSITIVE_INFINITY },
        { value: 1e-7 },
      ],
    },
    { name: 'nothing', help: 'Nothing', type: 'gauge', samples: [] },
    {
      name: 'wait_seconds',
      help: 'Wait',
      type: 'histogram',
      samples: [
        { part: 'bucket', labels: { le: '+Inf' }, value: 2 },
        { part: 'sum', value: 0.5 },
      ],
    },
  ]);
  assert.equal(
    text,
    [
      '# HELP answers_total One \\\\ and\\nanother',
      '# TYPE answers_total counter',
      'answers_total{a="say \\"x\\\\y\\"\\n",b=""} 3',
      'answers_total +Inf',
      'answers_total 1e-7',
      '# HELP wait_seconds Wait',
      '# TYPE wait_seconds histogram',
      'wait_seconds_bucket{le="+Inf"} 2',
      'wait_seconds_sum 0.5',
      '',
    ].join('\n'),
  );
});
