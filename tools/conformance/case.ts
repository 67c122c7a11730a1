/** A case of a conformance run, what became of it, and the table that says so. */

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came back is what the cases look into
  readonly body: any;
};

/** Sends requests as the client under whose eyes the server is. */
export type Client = {
  readonly base: string;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
};

export type Case = {
  readonly id: string;
  readonly what: string;
} & (
  | {
      /** Rejects where the server does not conform. */ readonly run: (
        client: Client,
      ) => Promise<void>;
    }
  | { readonly notApplicable: string }
);

export type Outcome = {
  readonly id: string;
  readonly what: string;
  readonly result: 'passed' | 'failed' | 'not applicable';
  readonly why: string;
};

/** Runs the cases one after the other. */
export async function runCases(cases: readonly Case[], client: Client): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of cases) outcomes.push(await runCase(one, client));
  return outcomes;
}

async function runCase(one: Case, client: Client): Promise<Outcome> {
  const { id, what } = one;
  if ('notApplicable' in one) {
    return { id, what, result: 'not applicable', why: one.notApplicable };
  }
  try {
    await one.run(client);
    return { id, what, result: 'passed', why: '' };
  } catch (error) {
    return { id, what, result: 'failed', why: error instanceof Error ? error.message : `${error}` };
  }
}

/** A line for each outcome, and one that counts them. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const width = Math.max(0, ...outcomes.map(({ id }) => id.length));
  const lines = outcomes.map(({ id, what, result, why }) => {
    const reason = why === '' ? '' : `\n${' '.repeat(width + 18)}${why.split('\n').join(' ')}`;
    return `${result.padEnd(14)}  ${id.padEnd(width)}  ${what}${reason}`;
  });
  const count = (wanted: string) => outcomes.filter(({ result }) => result === wanted).length;
  const sums = ['passed', 'failed', 'not applicable'].map((one) => `${count(one)} ${one}`);
  return [...lines, '', sums.join(', ')].join('\n');
}

/** True where nothing failed, and something was looked at. */
export function isConformant(outcomes: readonly Outcome[]): boolean {
  const has = (wanted: string) => outcomes.some(({ result }) => result === wanted);
  return has('passed') && !has('failed');
}
