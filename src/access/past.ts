/**
 * Questions about the past. What somebody may see is decided by today's permissions, always; what
 * could be done is then judged by the permissions as they were.
 */
import { Refusal } from '../base/errors.ts';
import { canonicalDatetime } from '../doctype/calendar.ts';
import type { ReadResults, Store } from '../store/store.ts';

/** The instant that a question is about, as it was asked; none is the present. */
export type AboutPast = { readonly at?: string };

/** What an answer about the past says of itself. */
export type PastNote = { readonly at: string; readonly note: string };

/**
 * The instant as `YYYY-MM-DD HH:MM:SS.ffffff` UTC, from that form, from ISO 8601 with `Z`, or from
 * a date, which is its first moment. Throws `bad_value` for anything else.
 */
export function instantOf(text: string): string {
  const instant = canonicalDatetime(text.length === 10 ? `${text} 00:00:00` : text);
  if (instant !== null) return instant;
  throw new Refusal('bad_value', '`at` takes an instant in UTC such as 2026-02-28T17:30:00Z.');
}

/**
 * What was read now, with the policy and the time of the instant: whoever judges by it answers as
 * of then. Documents are those of today. Throws `bad_value` for an instant that lies ahead, or
 * before permissions were recorded, and where documents of the doctype's own or of a dimension of
 * it were merged since.
 */
export async function asOf(
  store: Store,
  read: ReadResults,
  { at, doctype }: AboutPast & { readonly doctype: string },
): Promise<ReadResults> {
  if (at === undefined) return read;
  const instant = instantOf(at);
  const now = Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 23)}Z`);
  const policy = await store.policyAt(instant);
  const paths = read.policy.world.doctypes.get(doctype)?.paths ?? [];
  const dimensions = [doctype, ...paths.map(({ dimension }) => dimension)];
  const merged = dimensions.find((one) => policy.merged.has(one));
  if (merged !== undefined) {
    const detail = `Documents of ${merged} have become one since: whose it was then is not known.`;
    throw new Refusal('bad_value', detail);
  }
  return { ...read, policy, now };
}

/** Says which permissions an answer is of, and that the values of documents are not of then. */
export function pastNote({ at, name }: AboutPast & { readonly name?: string }): PastNote | null {
  if (at === undefined) return null;
  const instant = instantOf(at);
  const values = name === undefined ? '' : ', on the values that the document has now';
  return { at: instant, note: `Decided by the permissions of ${instant} UTC${values}.` };
}
