/** The actions of the model, and which of them another one brings along. */

export const ACTIONS = [
  'select',
  'read',
  'create',
  'write',
  'delete',
  'submit',
  'cancel',
  'amend',
  'transition',
  'print',
  'email',
  'report',
  'export',
  'import',
  'share',
  'inspect',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Each action's bit in a set of actions. */
const BITS: ReadonlyMap<string, number> = new Map(
  ACTIONS.map((action, index) => [action, 1 << index]),
);

/** An action as a bit; 0, which is in no set, for what is no action. */
export function actionBit(action: Action): number {
  return BITS.get(action) ?? 0;
}

/** A set of actions as bits. */
export function actionBits(actions: Iterable<Action>): number {
  let bits = 0;
  for (const action of actions) bits |= actionBit(action);
  return bits;
}

/** Actions that are not done to an existing document, and so bring no reading along. */
const WITHOUT_READ: ReadonlySet<Action> = new Set(['select', 'inspect', 'create', 'import']);

/** True for one of the model's actions, in exactly this spelling. */
export function isAction(word: string): word is Action {
  return (ACTIONS as readonly string[]).includes(word);
}

/**
 * The given actions and those they imply: every action on an existing document implies `read`
 * (DESIGN 1), and who may read a document may also link to it, so `read` implies `select`.
 */
export function withImplied(actions: Iterable<Action>): ReadonlySet<Action> {
  const all = new Set<Action>();
  for (const action of actions) {
    all.add(action);
    if (!WITHOUT_READ.has(action)) all.add('read').add('select');
  }
  return all;
}
