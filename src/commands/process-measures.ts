/** What the process knows of itself, by the names that other programs measure it under. */
import type { Measure } from '../base/measures.ts';

/** Measures of now; `version` is this program's own. */
export function processMeasures(version: string): Measure[] {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const gauge = (name: string, help: string, value: number): Measure => ({
    ...{ name, help, type: 'gauge', samples: [{ value }] },
  });
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time of this process, PostgreSQL not among it',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    gauge('process_resident_memory_bytes', 'Memory of this process that is in use', rss),
    gauge('process_start_time_seconds', 'When this process began, since 1970 UTC', START_SECONDS),
    gauge('nodejs_heap_size_used_bytes', 'JavaScript objects', heapUsed),
    gauge('nodejs_heap_size_total_bytes', 'Memory for JavaScript objects', heapTotal),
    {
      name: 'bailiwick_build_info',
      help: 'Always 1',
      type: 'gauge',
      samples: [{ labels: { version, node: process.versions.node }, value: 1 }],
    },
  ];
}

const START_SECONDS = performance.timeOrigin / 1000;
