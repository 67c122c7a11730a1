/** An evaluation in the words of the kernel. */
import { type Action, isAction } from '../../authz/index.ts';
import { type Evaluation, type Fields, SUBJECT_TYPE } from './entities.ts';

export type Question = {
  /** The name of a principal. */
  readonly subject: string;
  readonly action: Action;
  readonly doctype: string;
  readonly name: string;
  /** What the caller states about the document; usually not used. */
  readonly properties: Fields;
};

/** Null where the answer is no, whoever asks: no such type of subject, or no such action. */
export function questionOf({ subject, action, resource }: Evaluation): Question | null {
  if (subject.type !== SUBJECT_TYPE || !isAction(action)) return null;
  const { type: doctype, id: name, properties } = resource;
  return { subject: subject.id, action, doctype, name, properties };
}

/**
 * The claim under which a person sees what they ask about themselves, as `explain` has it: what
 * they may not read is hidden, but where they may link to it, or may ask who can see it.
 */
export function claimFor(action: Action): 'select' | 'inspect' | 'read' {
  return action === 'select' || action === 'inspect' ? action : 'read';
}
