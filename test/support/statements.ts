/** Which statements the server runs for one request: for comparing a hidden with a missing one. */
import { Database } from '../../src/store/database.ts';
import type { Statement } from '../../src/store/statement.ts';

const texts: string[] = [];
let isWatching = false;

/** Notes the text of every statement from here on, in this process. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const { run, read, transaction } = Database.prototype;
  const note = (statements: readonly Statement[]): void => {
    const batch = statements.map(({ text }) => text);
    // Results are kept for later after some request or other: no answer waits for it.
    if (!batch.some((text) => text.includes('sys.keep_access'))) texts.push(...batch);
  };
  Database.prototype.run = async function (...statements) {
    note(statements);
    return await run.apply(this, statements);
  };
  Database.prototype.read = async function (...statements) {
    note(statements);
    return await read.apply(this, statements);
  };
  Database.prototype.transaction = async function <Value>(
    work: Parameters<typeof transaction<Value>>[0],
  ): Promise<Value> {
    return (await transaction.call(this, async (inner) => {
      texts.push('begin');
      return await work({
        run: async (...statements) => {
          texts.push(...statements.map(({ text }) => text));
          return await inner.run(...statements);
        },
        commit: async (...statements) => {
          texts.push(...statements.map(({ text }) => text));
          await inner.commit(...statements);
        },
      });
    })) as Value;
  };
}

/** Runs `work` alone and gives the statements that it took. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  watch();
  texts.length = 0;
  await work();
  return [...texts];
}
