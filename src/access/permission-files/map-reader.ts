/** Reads the values of a map strictly: each key is known and stands once, each value fits. */
import { canonicalDatetime } from '../../doctype/calendar.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { needsQuotes } from './plain-text.ts';
import type { ProblemCode } from './problem.ts';
import type { Located, YamlFile } from './read-yaml.ts';
import type { Where } from './records.ts';

export class MapReader {
  readonly source: YamlFile;
  readonly offset: number;
  private readonly what: string;
  private readonly isMap: boolean;
  private readonly values = new Map<string, Located>();

  /** `what` is the thing that the map says, in words: `a grant`. Null `keys` takes every key. */
  constructor(source: YamlFile, node: Located, what: string, keys: readonly string[] | null) {
    this.source = source;
    this.offset = node.offset;
    this.what = what;
    this.isMap = node.kind === 'map';
    if (node.kind !== 'map') {
      source.refuse('wrong_kind', node.offset, `${what} is a map of keys and values`);
      return;
    }
    for (const { key, value } of node.entries) {
      const name = readText(source, key);
      if (name === null) continue;
      if (keys !== null && !keys.includes(name)) {
        const known = keys.join(', ');
        source.refuse('unknown_key', key.offset, `${what} has no \`${name}\`; it has ${known}`);
      } else if (this.values.has(name)) {
        source.refuse('doubled_key', key.offset, `\`${name}\` stands there twice`);
      } else this.values.set(name, value);
    }
  }

  where(): Where {
    return this.source.at(this.offset);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  entries(): ReadonlyMap<string, Located> {
    return this.values;
  }

  refuse(code: ProblemCode, key: string, detail: string): void {
    this.source.refuse(code, this.values.get(key)?.offset ?? this.offset, detail);
  }

  /** The value of a key that has to be there. */
  required(key: string): Located | null {
    const value = this.values.get(key);
    if (value === undefined && this.isMap) {
      this.source.refuse('missing_key', this.offset, `${this.what} needs \`${key}\``);
    }
    return value ?? null;
  }

  text(key: string): string | null {
    const value = this.required(key);
    return value && readText(this.source, value);
  }

  /** Null where the key is not there. */
  optionalText(key: string): string | null {
    return this.has(key) ? this.text(key) : null;
  }

  choice<Word extends string>(key: string, words: readonly Word[]): Word | null {
    const text = this.optionalText(key);
    if (text === null) return null;
    const word = words.find((one) => one === text);
    if (word === undefined) {
      this.refuse('bad_value', key, `\`${key}\` is ${words.join(' or ')}`);
    }
    return word ?? null;
  }

  /** A moment in UTC in its one form. */
  moment(key: string): string | null {
    const text = this.optionalText(key);
    const moment = text === null ? null : canonicalDatetime(text);
    if (text !== null && moment === null) {
      const form = '"2026-02-28 17:30:00", in UTC';
      this.refuse('bad_value', key, `\`${key}\` is a time such as ${form}`);
    }
    return moment;
  }

  /** The items of a list, none where the key is not there. */
  list(key: string): readonly Located[] {
    const value = this.values.get(key);
    if (value === undefined) return [];
    if (value.kind === 'list') return value.items;
    this.refuse('wrong_kind', key, `\`${key}\` is a list`);
    return [];
  }

  /** A list of different texts, each with its place. */
  words(key: string): { readonly text: string; readonly offset: number }[] {
    const seen = new Set<string>();
    return this.list(key).flatMap((item) => {
      const text = readText(this.source, item);
      if (text === null) return [];
      if (seen.has(text)) {
        this.source.refuse('doubled_value', item.offset, `\`${text}\` stands there twice`);
        return [];
      }
      seen.add(text);
      return [{ text, offset: item.offset }];
    });
  }
}

/** A text that every reader of YAML takes for the same text, or null. */
export function readText(source: YamlFile, node: Located): string | null {
  if (node.kind !== 'text') {
    source.refuse('wrong_kind', node.offset, 'a text is meant here');
    return null;
  }
  if (node.isPlain && needsQuotes(node.text)) {
    const detail =
      node.text === ''
        ? 'there is no value here'
        : `\`${node.text}\` may be read as something else than text: put it in quotes`;
    source.refuse('ambiguous_text', node.offset, detail);
    return null;
  }
  if (node.text === '' || !isStorableText(node.text)) {
    const detail = node.text === '' ? 'an empty text: leave it out' : 'no such text can be kept';
    source.refuse('bad_value', node.offset, detail);
    return null;
  }
  return node.text;
}

/** A value as JSON has it: numbers and Booleans stand without quotes, texts may. */
export function readJson(source: YamlFile, node: Located): unknown {
  if (node.kind === 'list') return node.items.map((item) => readJson(source, item));
  if (node.kind === 'map') {
    source.refuse('wrong_kind', node.offset, 'a text, a number or a list is meant here');
    return null;
  }
  const { text, isPlain } = node;
  if (isPlain && JSON_WORDS.has(text)) return JSON.parse(text) as unknown;
  if (isPlain && JSON_NUMBER.test(text)) return Number(text);
  return text === '' && !isPlain ? '' : readText(source, node);
}

const JSON_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
/** RFC 8259, section 6. */
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
