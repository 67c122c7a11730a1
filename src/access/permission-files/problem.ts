/** What is wrong with files, each with its place and a code that stays. */
import type { Where } from './records.ts';

export type ProblemCode =
  | 'ambiguous_text'
  | 'bad_value'
  | 'doubled_authority'
  | 'doubled_grant'
  | 'doubled_group'
  | 'doubled_key'
  | 'doubled_member'
  | 'doubled_role'
  | 'doubled_rule'
  | 'doubled_share'
  | 'doubled_value'
  | 'missing_key'
  | 'no_manifest'
  | 'no_reach'
  | 'not_utf8'
  | 'too_deep'
  | 'too_large'
  | 'unknown_action'
  | 'unknown_dimension'
  | 'unknown_doctype'
  | 'unknown_file'
  | 'unknown_format'
  | 'unknown_group'
  | 'unknown_key'
  | 'unknown_name'
  | 'unknown_role'
  | 'unknown_user'
  | 'unknown_value'
  | 'until_before_from'
  | 'wrong_kind'
  | 'yaml_feature'
  | 'yaml_syntax';

export type Problem = Where & { readonly code: ProblemCode; readonly detail: string };
