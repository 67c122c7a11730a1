/** What is known of the requests that were answered: by route, never by what they asked for. */
import { ERROR_STATUS, type ErrorCode } from '../base/errors.ts';
import type { Measure, Sample } from '../base/measures.ts';

/** Upper bounds in seconds: from a read out of memory to what takes as long as it may. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** The page's files, and whatever is at no address: the path is what somebody sent. */
const NO_ROUTE = { method: 'other', route: 'other' } as const;

type Answered = { readonly method: string; readonly route: string };

type Histogram = {
  readonly labels: Answered & { readonly status: string };
  /** For each bound how many took up to it, and longer than up to the one before. */
  readonly counts: number[];
  count: number;
  seconds: number;
};

export class RequestMeasures {
  private readonly histograms = new Map<string, Histogram>();
  private readonly refusals = new Map<ErrorCode, number>();

  /** Counts an answer; `at` is the route as it is declared, null where there was none. */
  answered(at: Answered | null, status: number, seconds: number): void {
    const { method, route } = at ?? NO_ROUTE;
    const labels = { method, route, status: `${Math.floor(status / 100)}xx` };
    const key = `${method} ${route} ${labels.status}`;
    let known = this.histograms.get(key);
    if (!known) {
      known = { labels, counts: BOUNDS.map(() => 0), count: 0, seconds: 0 };
      this.histograms.set(key, known);
    }
    const bound = BOUNDS.findIndex((most) => seconds <= most);
    if (bound >= 0) known.counts[bound] = (known.counts[bound] ?? 0) + 1;
    known.count += 1;
    known.seconds += seconds;
  }

  /** Counts a problem document. */
  refused(code: ErrorCode): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  measures(): Measure[] {
    return [
      {
        name: 'bailiwick_http_request_duration_seconds',
        help: 'Time from a request’s headers to the end of its answer',
        type: 'histogram',
        samples: [...this.histograms.values()].flatMap(samplesOf),
      },
      {
        name: 'bailiwick_http_refusals_total',
        help: 'Problem documents that were sent, by their code',
        type: 'counter',
        // From the start and at zero, so that the first of a code is seen as an increase.
        samples: (Object.keys(ERROR_STATUS) as ErrorCode[]).map((code) => ({
          labels: { code },
          value: this.refusals.get(code) ?? 0,
        })),
      },
    ];
  }
}

/** Buckets hold all that took up to their bound, those of smaller bounds too. */
function samplesOf({ labels, counts, count, seconds }: Histogram): Sample[] {
  let sum = 0;
  const buckets = BOUNDS.map((bound, index): Sample => {
    sum += counts[index] ?? 0;
    return { part: 'bucket', labels: { ...labels, le: String(bound) }, value: sum };
  });
  return [
    ...buckets,
    { part: 'bucket', labels: { ...labels, le: '+Inf' }, value: count },
    { part: 'sum', labels, value: seconds },
    { part: 'count', labels, value: count },
  ];
}
