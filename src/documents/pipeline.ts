/**
 * The pipeline of every change: rows are steps in their order, columns are operations. There is
 * no other way to write a document, for any door.
 */

import { isVisible, Needs, type WorldChange } from '../authz/index.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store, WriteTransaction } from '../store/store.ts';
import {
  approvalPairs,
  checkGains,
  checkRemoval,
  checkSeparations,
  decidesAccess,
  endGrant,
  keepsHistory,
  loadScopes,
  requireFewPersonalPairs,
} from './permission-records/index.ts';
import { eachOrRefused } from './several-refused.ts';
import { applyAmendment } from './steps/amend-document.ts';
import { applyChange, applyNew, keepDocument } from './steps/apply-input.ts';
import { checkLinked } from './steps/check-linked.ts';
import { checkVersion } from './steps/check-version.ts';
import { completeNew } from './steps/complete-new.ts';
import { decideChanged, decideNew } from './steps/decide-after.ts';
import { decideBefore, decideMayCreate, loadBefore } from './steps/decide-before.ts';
import { decideProposer } from './steps/decide-proposer.ts';
import { endAccessOfUser } from './steps/end-access.ts';
import { fetchValues } from './steps/fetch-values.ts';
import {
  guardAmend,
  guardCancel,
  guardCreate,
  guardDelete,
  guardSubmit,
  guardUpdate,
} from './steps/guards.ts';
import { decideRenamed, judgeRename } from './steps/judge-rename.ts';
import { checkLinks } from './steps/link-rule.ts';
import { guardRename, nameAnew } from './steps/name-anew.ts';
import { resolveDoctype } from './steps/resolve-doctype.ts';
import { restoreVersion } from './steps/restore-version.ts';
import { sealSecrets } from './steps/seal-secrets.ts';
import { signProposal } from './steps/sign-proposal.ts';
import { recordWrites, storeChange, storeDelete, storeNew } from './steps/store-document.ts';
import { storeRename } from './steps/store-rename.ts';
import { validate } from './steps/validate.ts';
import type { Engine, Target, WriteOperation, WriteWork } from './work.ts';

/** A step takes one document after the other, or all of a batch together. */
type Step =
  | ((work: WriteWork) => void | Promise<void>)
  | { readonly all: (works: readonly WriteWork[]) => void | Promise<void> };

function all(step: (works: readonly WriteWork[]) => void | Promise<void>): Step {
  return { all: step };
}

const C = 'create';
const U = 'update';
const R = 'restore';
const S = 'submit';
const X = 'cancel';
const A = 'amend';
const D = 'delete';
const I = 'import';
const M = 'rename';

// biome-ignore format: the table is read as a table
const STEPS: readonly (readonly [Step, ...WriteOperation[]])[] = [
  [decideMayCreate,  C,                   I],
  [loadBefore,          U, R, S, X, A, D,    M],
  [decideBefore,        U, R, S, X, A, D,    M],
  [checkVersion,        U, R, S, X, A, D,    M],
  [restoreVersion,         R               ],
  [guardCreate,      C,                   I],
  [all(applyNew),    C,                   I],
  [applyChange,         U, R               ],
  [keepDocument,              S, X,    D   ],
  [guardUpdate,         U, R               ],
  [guardSubmit,               S            ],
  [guardCancel,                  X         ],
  [guardAmend,                      A      ],
  [guardDelete,                        D   ],
  [guardRename,                              M],
  [signProposal,     C, U, R, S, X, A, D, I],
  [applyAmendment,                  A      ],
  [all(completeNew), C,                   I],
  [all(fetchValues),    U, R,       A      ],
  [nameAnew,                                 M],
  [all(checkLinks),     U, R, S,    A      ],
  [validate,         C, U, R, S,    A,    I],
  [sealSecrets,      C, U, R,             I],
  [all(loadScopes),  C, U, R,       A,    I],
  [checkGains,       C, U, R,       A,    I],
  [judgeRename,                              M],
  [all(checkSeparations), C, U, R,  A,    I, M],
  [decideNew,        C,             A,    I],
  [decideChanged,       U, R, S, X         ],
  [decideRenamed,                            M],
  [checkRemoval,                       D   ],
  [decideProposer,   C, U, R,          D   ],
  [checkLinked,                        D   ],
  [all(storeNew),    C,             A,    I],
  [storeChange,         U, R, S, X         ],
  [endAccessOfUser,     U, R               ],
  [removeOrEnd,                        D   ],
  [storeRename,                              M],
  [all(recordWrites),   U, R, S, X,    D,    M],
];

/** From these steps on, nobody else may write: what follows changes what others could link to. */
const ALONE_FROM: ReadonlySet<Step> = new Set([checkLinked, nameAnew]);

/** What a door asks for. */
export type WriteRequest = {
  readonly doctype: string;
  readonly name: string | null;
  readonly input: unknown;
  readonly expectedModified: string | null;
};

/** Runs one write from its first step to its commit. Any error leaves nothing behind. */
export async function runWrite(
  engine: Engine,
  caller: Caller,
  operation: WriteOperation,
  request: WriteRequest,
): Promise<WriteWork> {
  const [work] = await runBatch(engine, caller, operation, request.doctype, [request]);
  if (!work) throw new Error('a write without its work');
  return work;
}

/**
 * Runs the same write for many documents of one doctype in one transaction: all or none. Other
 * writes go on meanwhile, unless it changes access, or removes a document: then it begins again
 * alone, so that nothing is decided on what another write is changing.
 */
export async function runBatch(
  engine: Engine,
  caller: Caller,
  operation: WriteOperation,
  doctype: string,
  requests: readonly Omit<WriteRequest, 'doctype'>[],
): Promise<WriteWork[]> {
  const run = async (alone: boolean): Promise<WriteWork[] | null> =>
    await engine.store.write(
      caller.credential,
      alone ? 'alone' : 'shared',
      async (transaction) => {
        const target = resolveDoctype(caller, transaction, doctype);
        if (!alone && decidesAccess(target.doctype)) return null;
        const works = requests.map((one) => workOf(engine, target, transaction, operation, one));
        if (!(await takeSteps(works, operation, alone))) return null;
        // What a renaming shows was counted before it: the documents carry other names since.
        if (operation !== 'rename') {
          await requireFewPersonalPairs(engine, transaction, changesOf(works));
        }
        transaction.wrote(
          works.map((work) => ({ doctype, name: work.renaming?.to ?? work.name ?? '' })),
        );
        return works;
      },
      caller.once,
    );
  const alone = await holdsAlone(engine.store, caller, doctype);
  const works = (await run(alone)) ?? (await run(true));
  if (!works) throw new Error('a write that held the epoch alone did not run');
  return works;
}

/** What works that have run changed in the kernel's world. */
export function changesOf(works: readonly WriteWork[]): WorldChange[] {
  return works.flatMap(({ change }) => change ?? []);
}

/** A write before its first step. */
export function workOf(
  engine: Engine,
  target: Target,
  transaction: WriteTransaction,
  operation: WriteOperation,
  { name, input, expectedModified }: Omit<WriteRequest, 'doctype'>,
): WriteWork {
  return {
    ...{ ...target, operation, transaction, seal: engine.seal, name, input, expectedModified },
    before: null,
    after: { values: {}, tables: {} },
    given: new Set(),
    echoes: [],
    decision: null,
    permit: null,
    needs: new Needs(),
    approvalPairs: approvalPairs(engine),
  };
}

/**
 * Runs the table's column on documents of one doctype, to its last statement. False where it
 * turned out that the epoch has to be held alone; throws `SeveralRefused` with all that one step
 * refused.
 */
export async function runSteps(
  works: readonly WriteWork[],
  operation: WriteOperation,
  alone: boolean,
): Promise<boolean> {
  const isDone = await takeSteps(works, operation, alone);
  if (isDone) await works[0]?.transaction.settle();
  return isDone;
}

/** The same, but for the statements that go with the commit. */
async function takeSteps(
  works: readonly WriteWork[],
  operation: WriteOperation,
  alone: boolean,
): Promise<boolean> {
  for (const [step, ...operations] of STEPS) {
    if (!operations.includes(operation)) continue;
    if (!alone && ALONE_FROM.has(step)) return false;
    if (typeof step === 'object') await step.all(works);
    else await eachOrRefused(works, step);
  }
  return true;
}

/** Permission records that keep their history are ended; everything else is removed. */
async function removeOrEnd(work: WriteWork): Promise<void> {
  if (!keepsHistory(work.doctype.name)) return await storeDelete(work);
  endGrant(work);
  await storeChange(work);
}

/**
 * Whatever changes access holds the epoch alone; the transaction's own policy confirms it. For
 * somebody who may not know the doctype it is an unknown one: they run the same statements, and
 * cannot hold everybody's writes up by asking.
 */
export async function holdsAlone(store: Store, caller: Caller, doctype: string): Promise<boolean> {
  const { doctypes, world } = await store.policy();
  const definition = doctypes.get(doctype);
  if (!definition || !decidesAccess(definition)) return false;
  return isVisible(world, caller.principal, doctype, Date.now());
}
