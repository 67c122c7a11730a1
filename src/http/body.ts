/** Bodies: strict JSON of a limited size, checked by the route's own schema. */
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Refusal } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';

/** Parses a body's text. An empty one is an empty object: clients send it with transitions. */
export function parseBody(text: string): unknown {
  return text.trim() === '' ? {} : parseJson(text, 'The body');
}

const validators = new WeakMap<TSchema, Validator>();

/** Throws `bad_value` or `unknown_parameter`, naming the first part that does not fit. */
export function checkBody(schema: TSchema, body: unknown): void {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  if (validator.Check(body)) return;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal('malformed', 'The body must be a JSON object.');
  }
  const [first] = validator.Errors(body);
  const where = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
  if (first?.keyword === 'additionalProperties') {
    const names = (first.params as { additionalProperties?: string[] }).additionalProperties ?? [];
    throw new Refusal('unknown_parameter', `There is no parameter \`${names[0] ?? where}\`.`);
  }
  throw new Refusal('bad_value', `\`${where || 'body'}\` ${first?.message ?? 'does not fit'}.`);
}
