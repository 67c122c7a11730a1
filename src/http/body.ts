/** Bodies: strict JSON of a limited size, checked by the route's own schema. */
import { isUtf8 } from 'node:buffer';
import { type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Refusal } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';

/**
 * Parses a body. An empty one is an empty object: clients send it with transitions. Bytes that
 * are not UTF-8 are refused, since replacing them would store something that nobody sent.
 */
export function parseBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Refusal('malformed', 'The body is not UTF-8.');
  const text = bytes.toString('utf8');
  const body = text.trim() === '' ? {} : parseJson(text, 'The body');
  if (body === null) throw new Refusal('malformed', 'The body must be a JSON object.');
  return body;
}

const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

const validators = new WeakMap<TSchema, Validator>();

/**
 * Throws `bad_value` or `unknown_parameter`, naming the first part that does not fit. Without a
 * schema nothing fits but an empty object: what is sent is used, or refused.
 */
export function checkBody(schema: TSchema = NO_PARAMETERS, body: unknown): void {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  if (validator.Check(body)) return;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal('malformed', 'The body must be a JSON object.');
  }
  const errors = validator.Errors(body);
  const extra = errors.find(({ keyword }) => keyword === 'additionalProperties');
  if (extra) {
    const names = (extra.params as { additionalProperties?: string[] }).additionalProperties ?? [];
    throw new Refusal('unknown_parameter', `There is no parameter \`${names[0] ?? ''}\`.`);
  }
  const [first] = errors;
  const where = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
  throw new Refusal('bad_value', `\`${where || 'body'}\` ${first?.message ?? 'does not fit'}.`);
}
