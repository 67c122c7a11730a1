/** A piece of a scenario file and where it stands: read strictly, or not at all. */

/** What is wrong with a scenario file, and where. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

export class Piece {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  fail(problem: string): never {
    throw new FormatError(`${this.path}: ${problem}`);
  }

  /** The entries of a map with free keys. */
  entries(): [string, Piece][] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail('has to be a map');
    }
    return Object.entries(value).map(([key, inner]) => [key, this.at(key, inner)]);
  }

  /** The entries of a map that takes these keys and no others. */
  fields<Key extends string>(...known: readonly Key[]): Partial<Record<Key, Piece>> {
    const entries = this.entries();
    const stranger = entries.find(([key]) => !(known as readonly string[]).includes(key));
    if (stranger) this.fail(`has an unknown key \`${stranger[0]}\`; known are ${known.join(', ')}`);
    return Object.fromEntries(entries) as Partial<Record<Key, Piece>>;
  }

  items(): Piece[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.fail('has to be a list');
    return value.map((inner, index) => this.at(String(index + 1), inner));
  }

  /** One thing, or a list of them. */
  oneOrMore(): Piece[] {
    return Array.isArray(this.value) ? this.items() : [this];
  }

  text(): string {
    const { value } = this;
    if (typeof value !== 'string' || value.trim() === '') return this.fail('has to be a text');
    return value.trim();
  }

  /** One of these words. */
  oneOf<Word extends string>(...words: readonly Word[]): Word {
    const text = this.text();
    const word = words.find((one) => one === text);
    return word ?? this.fail(`takes ${words.join(', ')}; not \`${text}\``);
  }

  /** A value of a field: text, a number, or nothing for a blank. */
  scalar(): string | number | null {
    const { value } = this;
    if (value === null || typeof value === 'number') return value;
    return this.text();
  }

  private at(key: string, value: unknown): Piece {
    return new Piece(value, this.path === '' ? key : `${this.path} › ${key}`);
  }
}

/** The piece under a key that has to be there. */
export function required<Key extends string>(
  owner: Piece,
  fields: Partial<Record<Key, Piece>>,
  key: Key,
): Piece {
  return fields[key] ?? owner.fail(`lacks \`${key}\``);
}
