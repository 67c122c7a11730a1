/** Which statements the server runs for one request: for comparing a hidden with a missing one. */
import { Database } from '../../src/store/database.ts';

const texts: string[] = [];
let isWatching = false;

/** Notes the text of every statement from here on, in this process. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const { run, transaction } = Database.prototype;
  Database.prototype.run = async function (...statements) {
    texts.push(...statements.map(({ text }) => text));
    return await run.apply(this, statements);
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
      });
    })) as Value;
  };
}

/** Runs `work` alone and gives the statements that it took, without the keeping of results. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  watch();
  texts.length = 0;
  await work();
  return texts.filter((text) => !text.includes('sys.keep_access'));
}
