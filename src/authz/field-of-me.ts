/** Conditions that only one person can meet: the one whom the document names. */
import type { Filter } from './filter.ts';

/** The field that must name whoever asks; null where the condition does not insist on it. */
export function fieldOfMe(when: Filter): string | null {
  if (when.kind === 'is-me') return when.field;
  if (when.kind !== 'every') return null;
  return when.of.map(fieldOfMe).find((field) => field !== null) ?? null;
}
