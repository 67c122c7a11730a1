/**
 * The entities of OpenID AuthZEN's Authorization API 1.0, read from parsed JSON.
 *
 * Elsewhere what is not known is refused. Here fields that are not known are ignored, since the
 * specification has it so: a client of a later version must still be understood.
 *
 * @see https://openid.net/specs/authorization-api-1_0.html
 */
import { Refusal } from '../../base/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A subject or a resource. */
export type Entity = {
  readonly type: string;
  readonly id: string;
  /** Attributes that the caller states; empty where there are none. */
  readonly properties: Fields;
};

export type Evaluation = {
  readonly subject: Entity;
  readonly action: string;
  readonly resource: Entity;
};

/** The one type of subject: whoever can sign in, the system's own principals, and `Guest`. */
export const SUBJECT_TYPE = 'user';

/** Reads an evaluation. Throws `bad_value` naming the part that is missing or of a wrong type. */
export function readEvaluation(input: unknown): Evaluation {
  const fields = fieldsOf(input, 'the evaluation');
  const { subject, action, resource, context } = fields;
  if (context !== undefined) fieldsOf(context, 'context');
  return {
    subject: readEntity(subject, 'subject'),
    action: readActionName(action),
    resource: readEntity(resource, 'resource'),
  };
}

/** Reads a subject or resource. */
export function readEntity(input: unknown, where: 'subject' | 'resource'): Entity {
  const { type, id, properties } = fieldsOf(input, where);
  return {
    type: textOf(type, `${where}.type`),
    id: textOf(id, `${where}.id`),
    properties: propertiesOf(properties, where),
  };
}

/** Reads an action and gives its name: whatever properties it has decide nothing. */
export function readActionName(input: unknown): string {
  const { name, properties } = fieldsOf(input, 'action');
  propertiesOf(properties, 'action');
  return textOf(name, 'action.name');
}

/** The type alone: in a search for entities their id is ignored where it is given. */
export function readEntityType(input: unknown, where: 'subject' | 'resource'): string {
  const { type, properties } = fieldsOf(input, where);
  propertiesOf(properties, where);
  return textOf(type, `${where}.type`);
}

/** An object's fields. Throws `bad_value` for anything else. */
export function fieldsOf(input: unknown, where: string): Fields {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Fields;
  throw bad(where, input === undefined ? 'is required' : 'takes an object');
}

function propertiesOf(input: unknown, where: string): Fields {
  return input === undefined ? {} : fieldsOf(input, `${where}.properties`);
}

function textOf(input: unknown, where: string): string {
  if (typeof input === 'string') return input;
  throw bad(where, input === undefined ? 'is required' : 'takes a text');
}

function bad(where: string, what: string): Refusal {
  return new Refusal('bad_value', `\`${where}\` ${what}.`);
}
