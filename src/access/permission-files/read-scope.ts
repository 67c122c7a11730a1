/** Scopes in files: for each dimension its values. */
import { ANY_VALUE, BLANK_VALUE } from '../../authz/index.ts';
import type { Doctype } from '../../doctype/definition.ts';
import { MapReader, readText } from './map-reader.ts';
import type { Located } from './read-yaml.ts';
import { orderedScope, type ScopeEntry } from './records.ts';

export type Doctypes = ReadonlyMap<string, Doctype>;

/**
 * Reads `scope`, which has to be there: for a grant `{}` means no record of any dimension, for an
 * authority all of them. `note` hears of each value that is a document's name.
 */
export function readScope(
  record: MapReader,
  doctypes: Doctypes,
  note: (entry: ScopeEntry, offset: number) => void,
): ScopeEntry[] {
  const { source } = record;
  const node = record.required('scope');
  if (node === null) return [];
  const scope: ScopeEntry[] = [];
  for (const [dimension, values] of new MapReader(source, node, 'a scope', null).entries()) {
    if (doctypes.get(dimension)?.is_dimension !== true) {
      source.refuse('unknown_dimension', values.offset, `\`${dimension}\` is no dimension`);
      continue;
    }
    if (values.kind !== 'list' || values.items.length === 0) {
      const detail = `the values of ${dimension} are a list of at least one`;
      source.refuse('wrong_kind', values.offset, detail);
      continue;
    }
    const seen = new Set<string>();
    for (const item of values.items) {
      const entry = readValue(record, dimension, item);
      if (entry === null) continue;
      if (seen.has(entry.value)) {
        const detail = `\`${entry.value}\` stands there twice`;
        source.refuse('doubled_value', item.offset, detail);
        continue;
      }
      seen.add(entry.value);
      scope.push(entry);
      if (!isWord(entry.value)) note(entry, item.offset);
    }
  }
  return orderedScope(scope);
}

/** A value alone, or `{value: …, descendants: true}`. */
function readValue(record: MapReader, dimension: string, item: Located): ScopeEntry | null {
  const { source } = record;
  if (item.kind !== 'map') {
    const value = readText(source, item);
    return value === null ? null : { dimension, value, descendants: false };
  }
  const keys = ['value', 'descendants'];
  const reader = new MapReader(source, item, 'a value of a scope', keys);
  const value = reader.text('value');
  const descendants = readFlag(reader, 'descendants');
  if (value === null) return null;
  if (descendants && isWord(value)) {
    reader.refuse('bad_value', 'descendants', `\`${value}\` has no descendants`);
  }
  return { dimension, value, descendants };
}

function readFlag(reader: MapReader, key: string): boolean {
  const node = reader.entries().get(key);
  if (node === undefined) return false;
  const isFlag = node.kind === 'text' && node.isPlain && /^(?:true|false)$/.test(node.text);
  if (!isFlag) reader.refuse('bad_value', key, `\`${key}\` is true or false`);
  return isFlag && node.text === 'true';
}

function isWord(value: string): boolean {
  return value === ANY_VALUE || value === BLANK_VALUE;
}
