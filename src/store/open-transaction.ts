/** A transaction under the claim of who opened it, in as few round trips as its work allows. */
import type { Action } from '../authz/index.ts';
import type { Transaction } from './database.ts';
import { bindStatement, type Opening } from './opening.ts';
import type { Result, Statement } from './statement.ts';

/** A transaction under the claim of the credential that opened it. */
export type OpenTransaction = {
  readonly opening: Opening;
  /** Runs statements under a claim of the given action. */
  run(action: Action, ...statements: Statement[]): Promise<readonly Result[]>;
  /**
   * Runs statements whose results nobody needs along with whatever goes next, at the latest with
   * the commit. What they have to say they say by failing.
   */
  later(action: Action, ...statements: Statement[]): void;
  /** Runs what was left for later. */
  settle(): Promise<void>;
};

type Asked = {
  readonly action: Action;
  readonly statements: readonly Statement[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * What is asked for at once goes in one round trip, each under the claim of its own action. `end`
 * commits, together with what was left for later.
 *
 * An opening claims `read`; what goes back to a savepoint goes back to the claim of then as well,
 * so a savepoint is made and left under the same action.
 */
export function openTransaction(
  transaction: Transaction,
  opening: Opening,
): OpenTransaction & { readonly end: () => Promise<void> } {
  let claimed: Action = 'read';
  let waiting: Asked[] = [];
  let left: { readonly action: Action; readonly statements: readonly Statement[] }[] = [];

  const underClaim = (action: Action, statements: readonly Statement[]): readonly Statement[] => {
    if (action === claimed) return statements;
    claimed = action;
    return [bindStatement(opening.principal, action), ...statements];
  };
  const takeLeft = (): Statement[] => {
    const taken = left.flatMap(({ action, statements }) => underClaim(action, statements));
    left = [];
    return taken;
  };
  const send = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const before = takeLeft();
      const parts = asked.map(({ action, statements }) => underClaim(action, statements));
      const results = await transaction.run(...before, ...parts.flat());
      let end = before.length;
      for (const [index, { statements, resolve }] of asked.entries()) {
        end += parts[index]?.length ?? 0;
        resolve(results.slice(end - statements.length, end));
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  return {
    opening,
    run: async (action, ...statements) =>
      await new Promise((resolve, reject) => {
        waiting.push({ action, statements, resolve, reject });
        if (waiting.length === 1) queueMicrotask(send);
      }),
    later: (action, ...statements) => {
      left.push({ action, statements });
    },
    settle: async () => {
      const taken = takeLeft();
      if (taken.length > 0) await transaction.run(...taken);
    },
    end: async () => await transaction.commit(...takeLeft()),
  };
}
