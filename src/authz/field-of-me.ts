/** Conditions that speak of whoever asks. */
import type { Filter } from './filter.ts';

/** The field that must name whoever asks; null where the condition does not insist on it. */
export function fieldOfMe(when: Filter): string | null {
  if (when.kind === 'is-me') return when.field;
  if (when.kind !== 'every') return null;
  return when.of.map(fieldOfMe).find((field) => field !== null) ?? null;
}

/** True where the condition can hold for one person and not for another. */
export function speaksOfMe(condition: Filter): boolean {
  if (condition.kind === 'every' || condition.kind === 'some') return condition.of.some(speaksOfMe);
  if (condition.kind === 'not' || condition.kind === 'rows') return speaksOfMe(condition.of);
  return condition.kind === 'is-me';
}
