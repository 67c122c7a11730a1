/** One entry of a preview's question, of which every key is read or refused. */
import type { ScopeValue } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { canonicalDatetime } from '../doctype/calendar.ts';
import { isStorableText } from '../doctype/plain-data.ts';

/** One entry, of which every key is read or refused. */
export class PreviewItem {
  readonly type: string;
  private readonly where: string;
  private readonly values: Map<string, unknown>;

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refusal('bad_value', `\`${where}\` takes objects.`);
    }
    this.where = where;
    this.values = new Map(Object.entries(value));
    this.type = this.text('type');
  }

  /** Every key that nobody asked for is an error. */
  end(): void {
    const [stray] = this.values.keys();
    if (stray === undefined) return;
    const detail = `\`${this.where}\`: a ${this.type} has no \`${stray}\`.`;
    throw new Refusal('unknown_parameter', detail);
  }

  /** True where the key says something. */
  has(key: string): boolean {
    return (this.values.get(key) ?? null) !== null;
  }

  /** The entry itself, where the key stands in it; null says something, too. */
  said(key: string): this {
    if (this.values.has(key)) return this;
    throw this.wrong(key, 'has to be said');
  }

  text(key: string): string {
    const value = this.take(key);
    if (typeof value === 'string' && value !== '' && isStorableText(value)) return value;
    throw this.wrong(key, 'takes a text');
  }

  optionalText(key: string): string | null {
    const value = this.take(key) ?? null;
    if (value === null || value === '') return null;
    if (typeof value === 'string' && isStorableText(value)) return value;
    throw this.wrong(key, 'takes a text');
  }

  oneOf<Word extends string>(key: string, words: readonly Word[], otherwise?: Word): Word {
    const value = this.take(key) ?? otherwise;
    const found = words.find((word) => word === value);
    if (found === undefined) throw this.wrong(key, `is one of ${words.join(', ')}`);
    return found;
  }

  texts(key: string): readonly string[] {
    const value = this.take(key) ?? [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    throw this.wrong(key, 'takes a list of texts');
  }

  level(key: string): number {
    const value = this.take(key);
    if (isLevel(value)) return value;
    throw this.wrong(key, 'is a level from 0 to 9');
  }

  levels(key: string): readonly number[] {
    const value = this.take(key) ?? [0];
    if (Array.isArray(value) && value.length > 0 && value.every(isLevel)) return value;
    throw this.wrong(key, 'takes levels from 0 to 9');
  }

  /** Milliseconds since 1970 UTC; null where nothing is said. */
  moment(key: string): number | null {
    const text = this.optionalText(key);
    if (text === null) return null;
    const canonical = canonicalDatetime(text);
    if (canonical === null) throw this.wrong(key, 'is `YYYY-MM-DD HH:MM:SS` in UTC');
    return Date.parse(`${canonical.slice(0, 23).replace(' ', 'T')}Z`);
  }

  /** Entries of a list, each to be read and ended like this one. */
  rows(key: string, type: string): readonly PreviewItem[] {
    const value = this.take(key) ?? [];
    if (!Array.isArray(value)) throw this.wrong(key, 'takes a list');
    return value.map((one) => new PreviewItem({ ...rowOf(one), type }, this.where));
  }

  scope(key: string): readonly ScopeValue[] {
    return this.rows(key, 'scope').map((row) => {
      const dimension = row.text('dimension');
      const name = row.text('value');
      const descendants = row.flag('descendants');
      row.end();
      return { dimension, value: name, descendants };
    });
  }

  /** As documents hold it, 0 or 1, or as a JSON truth value. */
  flag(key: string): boolean {
    const value = this.take(key) ?? 0;
    if (value === 0 || value === 1 || typeof value === 'boolean') return Boolean(value);
    throw this.wrong(key, 'is 0 or 1');
  }

  raw(key: string): unknown {
    return this.take(key) ?? null;
  }

  wrong(key: string, what: string): Refusal {
    return new Refusal('bad_value', `\`${this.where}\`: \`${key}\` of a ${this.type} ${what}.`);
  }

  private take(key: string): unknown {
    const value = this.values.get(key);
    this.values.delete(key);
    return value;
  }
}

function rowOf(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Refusal('bad_value', '`scope` takes a list of objects.');
}

function isLevel(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9;
}
