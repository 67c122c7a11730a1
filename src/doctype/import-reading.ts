/** What comes out of reading a Frappe DocType file. Nothing of it is in force yet. */
import type { Doctype } from './definition.ts';

/**
 * Something of the source that has no counterpart here or could not be taken. `field` is the
 * source's fieldname, or null for the doctype itself; `key` is the source's key, or several of
 * them where one reason covers all.
 */
export type NotTaken = {
  readonly field: string | null;
  readonly key: string;
  readonly why: string;
};

/** A permission row as a rule that is not in force: it has no reach until somebody gives it one. */
export type DraftRule = {
  readonly role: string;
  readonly document_type: string;
  readonly actions: readonly string[];
  readonly levels: readonly number[];
  readonly reach: null;
  readonly when: readonly (readonly [string, string, string])[];
};

export type StorableReading = {
  readonly kind: 'storable';
  readonly doctype: Doctype;
  readonly draftRules: readonly DraftRule[];
  readonly notTaken: readonly NotTaken[];
};

export type ImportReading =
  | StorableReading
  /** Its documents are computed by code, so there is nothing to store. */
  | { readonly kind: 'virtual'; readonly name: string; readonly notTaken: readonly NotTaken[] }
  /** Not a DocType that could be read at all. */
  | { readonly kind: 'broken'; readonly why: string };
