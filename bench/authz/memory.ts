/** What a world takes of memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { absolute, type Result } from '../support/benchmark.ts';
import { loadKernel } from './kernel.ts';
import type { Workload } from './workload.ts';

const MEGABYTES_MAX = 50;

/** The compiled world of all people, with the documents' cells, once everybody has asked. */
export function memoryResults(workload: Workload): Result[] {
  const { value: kernel, megabytes } = heapOf(() => {
    const loaded = loadKernel(workload);
    for (const person of workload.people) {
      loaded.check(person, 'read', workload.documents[0] as Workload['documents'][number]);
    }
    return loaded;
  });
  // The world is still in use here, and so was counted.
  if (kernel.name === '') throw new Error('an engine without a name');
  const metric = 'memory of 2,000 users and 100,000 documents';
  return [absolute(metric, 'MB', megabytes, MEGABYTES_MAX)];
}

/** What is made, and the megabytes of memory that it still takes once all else is collected. */
export function heapOf<Value>(make: () => Value): {
  readonly value: Value;
  readonly megabytes: number;
} {
  const before = usedBytes();
  const value = make();
  return { value, megabytes: (usedBytes() - before) / 2 ** 20 };
}

function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
