/**
 * Plain data out of anything: what JSON can say and nothing else.
 *
 * A definition may come from a file, a request or an app's module. Copying its own data
 * properties first means that getters, proxies, prototypes and later changes of the source can
 * have no effect on what was checked.
 */
import { DefinitionError } from './definition-error.ts';

export type PlainObject = { readonly [key: string]: Plain };
export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject;

/** Keys that reach an object's prototype when somebody copies them carelessly. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);

const DEPTH_MAX = 32;
const NODES_MAX = 200_000;
const CHARACTERS_MAX = 4 * 1024 * 1024;

type Budget = { nodes: number; characters: number };

/**
 * A deep copy of the source, frozen at every level.
 * Throws `DefinitionError` for anything that JSON cannot say (functions, NaN, undefined, class
 * instances, accessors, holes), for keys that could reach a prototype, for strings that
 * PostgreSQL cannot hold, and for depth above 32, 200,000 values or 4 Mi characters.
 */
export function plainCopy(source: unknown): Plain {
  return copy(source, '', 0, { nodes: NODES_MAX, characters: CHARACTERS_MAX });
}

/** True for an object with keys, as opposed to a list, null or a scalar. */
export function isPlainObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for text that PostgreSQL can hold: no NUL character and no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function copy(source: unknown, path: string, depth: number, budget: Budget): Plain {
  if (depth > DEPTH_MAX) {
    throw new DefinitionError('too_large', path, `nested deeper than ${DEPTH_MAX} levels.`);
  }
  budget.nodes -= 1;
  if (budget.nodes < 0 || budget.characters < 0) {
    throw new DefinitionError('too_large', path, 'more data than is accepted; split it up.');
  }
  if (source === null || typeof source === 'boolean') return source;
  if (typeof source === 'number' && Number.isFinite(source)) return source;
  if (typeof source === 'string') return copyText(source, path, budget);
  if (Array.isArray(source)) return copyList(source, path, depth, budget);
  if (typeof source === 'object') return copyObject(source, path, depth, budget);
  throw new DefinitionError('malformed', path, `a value that JSON cannot say (${typeof source}).`);
}

function copyText(text: string, path: string, budget: Budget): string {
  budget.characters -= text.length;
  if (isStorableText(text)) return text;
  throw new DefinitionError('bad_value', path, 'text with a NUL character or half a character.');
}

function copyList(source: readonly unknown[], path: string, depth: number, budget: Budget): Plain {
  const length = ownValue(source, 'length', path) as number;
  const list: Plain[] = [];
  for (let index = 0; index < length; index++) {
    const at = `${path}[${index}]`;
    list.push(copy(ownValue(source, String(index), at), at, depth + 1, budget));
  }
  return Object.freeze(list);
}

function copyObject(source: object, path: string, depth: number, budget: Budget): Plain {
  const prototype: unknown = Object.getPrototypeOf(source);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new DefinitionError('malformed', path, 'not a plain object.');
  }
  const object: Record<string, Plain> = {};
  for (const key of Reflect.ownKeys(source)) {
    if (typeof key !== 'string' || FORBIDDEN_KEYS.has(key)) {
      throw new DefinitionError('unknown_key', path, `the key \`${String(key)}\` is not accepted.`);
    }
    copyText(key, path, budget);
    const at = path === '' ? key : `${path}.${key}`;
    object[key] = copy(ownValue(source, key, at), at, depth + 1, budget);
  }
  return Object.freeze(object);
}

/** The value of an own data property. Accessors are refused unread: reading one runs code. */
function ownValue(source: object, key: string, path: string): unknown {
  const property = Object.getOwnPropertyDescriptor(source, key);
  if (property === undefined || !('value' in property)) {
    throw new DefinitionError('malformed', path, 'not a plain value.');
  }
  return property.value;
}
