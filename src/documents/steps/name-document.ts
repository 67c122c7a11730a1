/** Gives a new document its name, by its doctype's rule. */
import { randomUUID } from 'node:crypto';
import { type FieldError, Refusal } from '../../base/errors.ts';
import { randomId } from '../../base/random.ts';
import { checkName, type NameRequest, requestName } from '../../doctype/document-name.ts';
import { planNaming } from '../../doctype/naming.ts';
import { formatSeries } from '../../doctype/naming-series.ts';
import { ValueError } from '../../doctype/value-error.ts';
import { nextInSeries } from '../../store/series.ts';
import { factsOf, type WriteWork } from '../work.ts';

/** Sets `name` on the new document. A single has just one, called as the doctype is. */
export async function nameDocument(work: WriteWork): Promise<void> {
  const { doctype, after, transaction } = work;
  try {
    const name = checkName(doctype.issingle ? doctype.name : await nameFor(work));
    if (doctype.name === 'User') requireLowerCase(name);
    after.values['name'] = name;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const errors: FieldError[] = [{ field: error.field, code: 'bad_value', detail: error.message }];
    throw new Refusal('bad_value', error.message, { errors });
  }
  work.name = String(after.values['name']);
  after.values['creation'] ??= transaction.opening.at;
}

/** People sign in by this name in any case: two that differ in nothing else would be one. */
function requireLowerCase(user: string): void {
  if (user !== user.toLowerCase()) throw new ValueError('email', 'takes no capital letters.');
}

async function nameFor(work: WriteWork): Promise<string> {
  // An import brings its names along: documents refer to each other by them.
  if (work.operation === 'import' && work.name !== null) return work.name;
  const today = work.transaction.opening.at.slice(0, 10);
  const facts = factsOf(work.table, work.after);
  const request = requestName(planNaming(work.doctype), facts, today, work.name);
  return await resolve(work, request);
}

async function resolve(work: WriteWork, request: NameRequest): Promise<string> {
  switch (request.kind) {
    case 'given':
      return request.name;
    case 'random':
      return randomId(10);
    case 'uuid':
      return randomUUID();
    case 'serial':
      return String(await next(work, `#${work.doctype.name}`));
    case 'counted': {
      const { prefix, digits } = request.series;
      return formatSeries(request.series, digits === 0 ? 1 : await next(work, prefix));
    }
  }
}

async function next(work: WriteWork, prefix: string): Promise<number> {
  const [result] = await work.transaction.run('create', nextInSeries(prefix));
  return Number(result?.rows[0]?.[0]);
}
