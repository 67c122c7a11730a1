/** Gives new documents their names, by their doctype's rule. */
import { randomUUID } from 'node:crypto';
import { type FieldError, Refusal } from '../../base/errors.ts';
import { randomId } from '../../base/random.ts';
import { checkName, type NameRequest, requestName } from '../../doctype/document-name.ts';
import { planNaming } from '../../doctype/naming.ts';
import { formatSeries } from '../../doctype/naming-series.ts';
import { ValueError } from '../../doctype/value-error.ts';
import { eachOrRefused } from '../several-refused.ts';
import { factsOf, type WriteWork } from '../work.ts';

/** Sets `name` on the new documents. A single has just one, called as the doctype is. */
export async function nameDocuments(works: readonly WriteWork[]): Promise<void> {
  const [first] = works;
  if (!first) return;
  const requests: NameRequest[] = [];
  await eachOrRefused(works, (work) => {
    requests.push(refusing(() => requestFor(work)));
  });
  const numbers = await numbersFor(first, requests);
  await eachOrRefused(works, (work, index) => {
    const request = requests[index] as NameRequest;
    const name = refusing(() => checkName(nameBy(work, request, numbers)));
    if (work.doctype.name === 'User') refusing(() => requireLowerCase(name));
    work.after.values['name'] = name;
    work.name = name;
    work.after.values['creation'] ??= work.transaction.opening.at;
  });
}

function refusing<Value>(name: () => Value): Value {
  try {
    return name();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const errors: FieldError[] = [{ field: error.field, code: 'bad_value', detail: error.message }];
    throw new Refusal('bad_value', error.message, { errors });
  }
}

/** People sign in by this name in any case: two that differ in nothing else would be one. */
function requireLowerCase(user: string): void {
  if (user !== user.toLowerCase()) throw new ValueError('email', 'takes no capital letters.');
}

function requestFor(work: WriteWork): NameRequest {
  if (work.doctype.issingle) return { kind: 'given', name: work.doctype.name };
  // An import brings its names along: documents refer to each other by them.
  if (work.operation === 'import' && work.name !== null) return { kind: 'given', name: work.name };
  const today = work.transaction.opening.at.slice(0, 10);
  const facts = factsOf(work.table, work.after);
  return requestName(planNaming(work.doctype), facts, today, work.name);
}

/** Numbers that were taken of each series, in the order in which they are given out. */
type Numbers = ReadonlyMap<string, { next: number }>;

/** Takes all that are needed: once for each series, however many documents there are. */
async function numbersFor(first: WriteWork, requests: readonly NameRequest[]): Promise<Numbers> {
  const counts = new Map<string, number>();
  for (const request of requests) {
    const prefix = seriesOf(first, request);
    if (prefix !== null) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  if (counts.size === 0) return new Map();
  const taken = await Promise.all(
    [...counts].map(([prefix, count]) => first.transaction.takeNumbers(prefix, count)),
  );
  return new Map(taken.map(({ prefix, count, last }) => [prefix, { next: last - count + 1 }]));
}

/** Null where no number is needed. */
function seriesOf({ doctype }: WriteWork, request: NameRequest): string | null {
  if (request.kind === 'serial') return `#${doctype.name}`;
  return request.kind === 'counted' && request.series.digits > 0 ? request.series.prefix : null;
}

function nameBy(work: WriteWork, request: NameRequest, numbers: Numbers): string {
  const prefix = seriesOf(work, request);
  const taken = prefix === null ? undefined : numbers.get(prefix);
  const number = taken ? taken.next++ : 1;
  switch (request.kind) {
    case 'given':
      return request.name;
    case 'random':
      return randomId(10);
    case 'uuid':
      return randomUUID();
    case 'serial':
      return String(number);
    case 'counted':
      return formatSeries(request.series, number);
  }
}
