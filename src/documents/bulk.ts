/** Changes of documents of several doctypes in one transaction: all of them, or none. */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { Caller } from '../identity/caller.ts';
import { translateError } from '../store/database-error.ts';
import type { WriteTransaction } from '../store/store.ts';
import { decidesAccess } from './permission-records/index.ts';
import { runSteps, type WriteRequest, workOf } from './pipeline.ts';
import { type PlacedRefusal, SeveralRefused } from './several-refused.ts';
import { resolveDoctype } from './steps/resolve-doctype.ts';
import type { Engine, WriteOperation, WriteWork } from './work.ts';

export type BulkChange = WriteRequest & {
  readonly operation: Exclude<WriteOperation, 'import' | 'restore'>;
};

/**
 * Makes the changes in their order, each on what those before it left. Throws `SeveralRefused` with
 * what one step refused; then nothing was done. What changes access is made one by one, or proposed
 * together: of those it has to be seen what each gives.
 */
export async function runBulk(
  engine: Engine,
  caller: Caller,
  changes: readonly BulkChange[],
): Promise<readonly WriteWork[]> {
  requireFew(changes.length);
  const run = async (alone: boolean): Promise<readonly WriteWork[]> =>
    await engine.store.write(
      caller.credential,
      alone ? 'alone' : 'shared',
      async (transaction) => {
        const works = await runAll(engine, caller, transaction, changes, alone);
        transaction.wrote(
          works.map(({ doctype, name }) => ({ doctype: doctype.name, name: name ?? '' })),
        );
        return works;
      },
      caller.once,
    );
  // Removing a document waits for all other writes, but only once it is known that it may be.
  try {
    return await run(false);
  } catch (error) {
    if (!(error instanceof NeedsToBeAlone)) throw error;
  }
  return await run(true);
}

/** Takes back what was written before it was known that nobody else may write meanwhile. */
class NeedsToBeAlone extends Error {}

/** Throws `bad_value` for none, and `too_large` for more than one request may bring. */
export function requireFew(count: number): void {
  if (count === 0) throw new Refusal('bad_value', '`changes` is empty.');
  if (count > LIMITS.bulkChangesMax) {
    const detail = `At most ${LIMITS.bulkChangesMax} changes come in one request.`;
    throw new Refusal('too_large', detail);
  }
}

async function runAll(
  engine: Engine,
  caller: Caller,
  transaction: WriteTransaction,
  changes: readonly BulkChange[],
  alone: boolean,
): Promise<readonly WriteWork[]> {
  const works: WriteWork[] = [];
  for (const group of groupsOf(changes)) {
    const [{ doctype, operation }] = group;
    const begun = await placed(works.length, group.length, async () => {
      const target = resolveDoctype(caller, transaction, doctype);
      if (decidesAccess(target.doctype)) throw notTogether(doctype);
      const some = group.map((one) => workOf(engine, target, transaction, operation, one));
      if (!(await runSteps(some, operation, alone))) throw new NeedsToBeAlone();
      return some;
    });
    works.push(...begun);
  }
  return works;
}

/** New documents of one doctype go together, which is faster; everything else one by one. */
function groupsOf(changes: readonly BulkChange[]): (readonly [BulkChange, ...BulkChange[]])[] {
  const groups: [BulkChange, ...BulkChange[]][] = [];
  for (const change of changes) {
    const [last] = groups.at(-1) ?? [];
    const joins = last?.doctype === change.doctype && last.operation === 'create';
    if (joins && change.operation === 'create') groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** Says of which of all changes a refusal is; of several, PostgreSQL does not tell. */
async function placed<Value>(
  offset: number,
  count: number,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    const error = translateError(thrown);
    if (error instanceof SeveralRefused) {
      throw new SeveralRefused(
        error.refusals.map(({ index, refusal }) => ({ index: index + offset, refusal })),
      );
    }
    if (count === 1 && isOfRow(error)) {
      throw new SeveralRefused([{ index: offset, refusal: error }]);
    }
    throw thrown;
  }
}

/** Not one that the transaction can be done again after, or that is about no change at all. */
function isOfRow(error: unknown): error is Refusal {
  if (!(error instanceof Refusal) || error.status >= 500) return false;
  return error.cause === undefined || error.code !== 'version_conflict';
}

function notTogether(doctype: string): Refusal {
  return new Refusal(
    'bad_value',
    `${doctype} decides what people may see: change it by itself, or propose the change.`,
  );
}

/** One refusal for all of them, whose errors name the change as `changes.3` and the field. */
export function asOneRefusal(refusals: readonly PlacedRefusal[]): Refusal {
  const [first] = refusals;
  if (!first) throw new Error('nothing was refused');
  const errors = refusals.flatMap(({ index, refusal }) => {
    const { code, message: detail } = refusal;
    const place = `changes.${index}`;
    if (refusal.errors.length === 0) return [{ field: place, code, detail }];
    return refusal.errors.map((one) => ({ ...one, field: `${place}.${one.field}` }));
  });
  const detail = `Change ${first.index}: ${first.refusal.message} Nothing was saved.`;
  return new Refusal(first.refusal.code, detail, { errors });
}
