import { Refusal } from '../../base/errors.ts';

/** What is readable, or a doctype that is visible, and the action is not permitted. */
export function forbidden(action: string, doctype: string): Refusal {
  return new Refusal('forbidden', `You may not ${action} this ${doctype}.`);
}
