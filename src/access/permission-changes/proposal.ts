/** A proposed change of permissions as it is stored, and what it does. */
import { hash } from 'node:crypto';
import { Refusal } from '../../base/errors.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { PreviewAnswer } from '../preview.ts';
import type { PreviewRequest } from '../preview-request.ts';

/** In the words of a preview. */
export type ProposedChanges = {
  readonly add: readonly unknown[];
  readonly remove: readonly unknown[];
};

export type StoredProposal = {
  readonly status: string;
  readonly proposer: string;
  readonly changes: ProposedChanges;
  readonly reason: string;
  /** `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
  readonly expires: string;
};

/** What somebody sees of a proposal before they approve it. */
export type ProposalEffect = Omit<PreviewAnswer, 'approval'> & { readonly personal_pairs: number };

/** Throws `bad_value` for a change of nothing. */
export function readProposed({ add = [], remove = [] }: PreviewRequest): ProposedChanges {
  if (!Array.isArray(add) || !Array.isArray(remove)) {
    throw new Refusal('bad_value', '`add` and `remove` take lists.');
  }
  if (add.length + remove.length === 0) throw new Refusal('bad_value', 'Say what is to change.');
  return { add, remove };
}

/** A proposal out of its row. */
export function proposalFrom(values: StoredValues): StoredProposal {
  return {
    status: String(values['status']),
    proposer: String(values['proposed_by']),
    changes: JSON.parse(String(values['changes'])) as ProposedChanges,
    reason: String(values['reason']),
    expires: String(values['expires']),
  };
}

export function effectOf({ approval, ...effect }: PreviewAnswer): ProposalEffect {
  return { ...effect, personal_pairs: approval.personal_pairs };
}

/**
 * What an approval names, so that it is of what somebody saw: SHA-256, in hexadecimal, over the
 * changes and all numbers of their effect, in whatever order those stand.
 */
export function digestOf(changes: ProposedChanges, effect: ProposalEffect): string {
  const { gained, lost, fields, personal_pairs } = effect;
  const sorted = [gained, lost, fields.gained, fields.lost].map((list) =>
    list.map((one) => canonical(one)).sort(),
  );
  return hash('sha256', canonical({ changes, personal_pairs, sorted }));
}

/** JSON with the keys of every object in order: the database keeps none. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}
