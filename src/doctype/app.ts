/** What an app brings: doctypes, roles and rules, all of it data. */
import type { Doctype } from './definition.ts';

/** A rule as an app writes it down; `when` is a list of `[field, op, value]`, all of which hold. */
export type RuleSource = {
  readonly role: string;
  readonly document_type: string;
  readonly actions: readonly string[];
  readonly levels?: readonly number[];
  readonly reach: 'within' | 'everything';
  readonly except?: readonly string[];
  readonly when?: readonly (readonly [string, string, unknown])[];
};

export type App = {
  readonly name: string;
  readonly doctypes: readonly Doctype[];
  readonly roles: readonly { readonly name: string; readonly description: string }[];
  readonly rules: readonly RuleSource[];
};
