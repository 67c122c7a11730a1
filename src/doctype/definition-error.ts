/** What can be wrong with a definition, as a closed list of codes. */
import type { Field } from './definition.ts';

export type DefinitionCode =
  /** Not data of the expected shape at all. */
  | 'malformed'
  /** A key that definitions do not have, or that the field's type does not have. */
  | 'unknown_key'
  /** A key that has to be there is not. */
  | 'missing'
  /** The value is of the right shape, but not one that can be taken. */
  | 'bad_value'
  | 'duplicate'
  /** Names a field that the definition does not have. */
  | 'unknown_field'
  /** Names a doctype that does not exist. */
  | 'unknown_doctype'
  /** Two keys that cannot both hold. */
  | 'contradiction'
  | 'too_large';

/**
 * One thing that is wrong. `path` leads to it (`fields[3].options`); `field` is the position of
 * the field it belongs to, or null; `key` is the key to change or leave out.
 */
export type Problem = {
  readonly code: DefinitionCode;
  readonly path: string;
  readonly field: number | null;
  readonly key: string;
  readonly message: string;
};

/** A key of a field, what kind of fault it has, and what to do about it. */
export type FieldFault = {
  readonly key: keyof Field;
  readonly code: DefinitionCode;
  readonly message: string;
};

/** A definition that cannot be taken. The message names the path and the way out. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly code: DefinitionCode;
  readonly path: string;

  constructor(code: DefinitionCode, path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.code = code;
    this.path = path;
  }
}
