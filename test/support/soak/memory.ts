/** How much memory the server and its PostgreSQL hold, seen from outside: by proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

const KIB = 1024;
const MB = 1_000_000;

/**
 * Samples that a judgement needs, one each ten seconds: the heap grows for some minutes before all
 * of it is collected, and a fifth of the time has to see it go down as well.
 */
const SAMPLES_MIN = 120;
/** What may come on top, as a factor and besides it. */
const GROWTH = { factor: 1.15, bytes: 20 * MB };

export type Sample = Readonly<Record<Measure, number>>;

export const MEASURES = ['server', 'server heap', 'PostgreSQL'] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * Bytes of the server as a whole, of what it allocated itself, and of all PostgreSQL's processes.
 * Of these, what they share counts once, and the buffers that they share not at all: those fill
 * up to the size that was set, and are not memory that gets lost.
 */
export function sampleMemory(server: number, postgres: number): Sample {
  const status = fieldsOf(`/proc/${server}/status`);
  const pids = [postgres, ...childrenOf(postgres)];
  const all = pids.map((pid) => fieldsOf(`/proc/${pid}/smaps_rollup`));
  return {
    server: status('VmRSS'),
    'server heap': status('RssAnon'),
    PostgreSQL: all.reduce((sum, fields) => sum + fields('Pss') - fields('Pss_Shmem'), 0),
  };
}

/** Reads `Name:  123 kB`; what is not there, or a process that has ended, is 0. */
function fieldsOf(path: string): (name: string) => number {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // A session of PostgreSQL may have ended since its id was read.
  }
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * KIB;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const found = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'));
      return Number(found?.[1]) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** The median of a measure in one of five equal parts of the time. */
export function medianOfFifth(samples: readonly Sample[], measure: Measure, fifth: number): number {
  const size = samples.length / 5;
  const part = samples.slice(Math.floor((fifth - 1) * size), Math.floor(fifth * size));
  const sorted = part.map((sample) => sample[measure]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What grew, in words; null where the samples are too few to tell. */
export function growthIn(samples: readonly Sample[]): string[] | null {
  if (samples.length < SAMPLES_MIN) return null;
  return MEASURES.flatMap((measure) => {
    const [early, late] = [2, 5].map((fifth) => medianOfFifth(samples, measure, fifth));
    const most = (early ?? 0) * GROWTH.factor + GROWTH.bytes;
    return (late ?? 0) <= most
      ? []
      : [`memory of ${measure} grew from ${megabytes(early ?? 0)} to ${megabytes(late ?? 0)}`];
  });
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
