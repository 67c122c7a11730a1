/** What a soak comes to: what was wrong, and the numbers that say it saw something. */
import type { Changer } from './changer.ts';
import type { Findings } from './findings.ts';
import { growthIn, MEASURES, medianOfFifth, megabytes, type Sample } from './memory.ts';

export type SoakReport = {
  /** What contradicted, grew, or came by too rarely; nothing where all is well. */
  readonly faults: readonly string[];
  readonly table: string;
};

type Soaked = {
  readonly findings: Findings;
  readonly samples: readonly Sample[];
  readonly seconds: number;
  readonly changes: Changer['changes'];
};

export function report({ findings, samples, seconds, changes }: Soaked): SoakReport {
  const lacking = findings.lacking(seconds / 60).map((one) => `too few of a kind: ${one}`);
  const growth = growthIn(samples);
  const made = [...changes].map(([kind, count]) => `${kind} ${count}`).sort();
  const epochs = [...changes.values()].reduce((sum, count) => sum + count, 0);
  const refusals = [...findings.refusals].map(([status, count]) => `${status}: ${count}`);
  const memory = MEASURES.map((measure) => {
    const [early, late] = [2, 5].map((fifth) => megabytes(medianOfFifth(samples, measure, fifth)));
    return `${measure.padEnd(12)}${early} in the second fifth, ${late} in the last`;
  });
  const table = [
    findings.table(),
    '',
    `${findings.requests} requests in ${Math.round(seconds)} s, ` +
      `${findings.comparisons} answers compared, ${findings.decisions} decisions in them`,
    `${epochs} epochs: ${made.join(', ')}`,
    `answered with ${refusals.join(', ') || 'neither 409 nor 429'}`,
    ...(samples.length < 5 ? [] : memory),
    ...(growth === null ? ['Too short to judge the memory'] : []),
  ].join('\n');
  return { faults: [...findings.faults, ...(growth ?? []), ...lacking], table };
}
