/** A value that a field cannot take. Doors answer it with status 400. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code = 'bad_value';
  /** The fieldname, or `name` for a document's name. */
  readonly field: string;

  /** `message` says what the field takes. It never repeats the value, which may be a secret. */
  constructor(field: string, message: string) {
    super(`\`${field}\` ${message}`);
    this.field = field;
  }
}
