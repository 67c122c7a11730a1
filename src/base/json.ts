/**
 * Strict JSON (RFC 8259): what RFC 7493 calls I-JSON. Duplicate keys, keys that could reach an
 * object's prototype, and deep nesting are refused instead of being resolved by guessing.
 */
import { Refusal } from './errors.ts';
import { LIMITS } from './limits.ts';

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses JSON text. `what` names it in the error.
 * Throws `malformed` for bad syntax, a duplicate key, a forbidden key or too deep nesting.
 */
export function parseJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('malformed', `${what} is not valid JSON.`);
  }
  checkStructure(text, what);
  return value;
}

/** Walks the text once. It is valid JSON already, so only strings and brackets matter. */
function checkStructure(text: string, what: string): void {
  const open: (Set<string> | null)[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text[index];
    if (character === '"') {
      const end = endOfString(text, index);
      if (isKey(text, end)) checkKey(text.slice(index, end), open.at(-1) ?? null, what);
      index = end;
      continue;
    }
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    if (open.length > LIMITS.jsonDepth) {
      throw new Refusal('malformed', `${what} is nested deeper than ${LIMITS.jsonDepth} levels.`);
    }
    index++;
  }
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}

function isKey(text: string, afterString: number): boolean {
  let index = afterString;
  while (' \t\n\r'.includes(text[index] ?? 'x')) index++;
  return text[index] === ':';
}

function checkKey(quoted: string, keys: Set<string> | null, what: string): void {
  const key = JSON.parse(quoted) as string;
  if (FORBIDDEN_KEYS.has(key)) {
    throw new Refusal('malformed', `${what} has a key that is not accepted: \`${key}\`.`);
  }
  if (keys?.has(key)) throw new Refusal('malformed', `${what} has the key \`${key}\` twice.`);
  keys?.add(key);
}
