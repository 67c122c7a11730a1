/** Reads scopes and lists out of permission records, strictly. */
import { ANY_VALUE, BLANK_VALUE, type ScopeValue } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { type StoredValues, selectExisting } from '../../store/read-documents.ts';
import type { WriteWork } from '../work.ts';

/** The scope rows of a grant or an authority. */
export function scopeOf(rows: readonly StoredValues[]): ScopeValue[] {
  return rows.map((row) => ({
    dimension: String(row['dimension']),
    value: String(row['value']),
    descendants: row['descendants'] === 1,
  }));
}

/** A JSON field that must be a list of text, without doubles. */
export function listOf(values: StoredValues, field: string): string[] {
  const text = values[field];
  const list: unknown = typeof text === 'string' ? JSON.parse(text) : [];
  const fits = Array.isArray(list) && list.every((item) => typeof item === 'string');
  if (!fits || new Set(list).size !== list.length)
    throw invalid(field, 'takes a list of different words.');
  return list as string[];
}

const LEVEL_MAX = 9;

/** The field levels that a rule names. */
export function levelsOf(values: StoredValues): number[] {
  const text = values['levels'];
  const levels: unknown = typeof text === 'string' ? JSON.parse(text) : [0];
  const isLevel = (level: unknown): boolean =>
    Number.isInteger(level) && Number(level) >= 0 && Number(level) <= LEVEL_MAX;
  if (!Array.isArray(levels) || levels.length === 0 || !levels.every(isLevel)) {
    throw invalid('levels', `takes a list of levels from 0 to ${LEVEL_MAX}.`);
  }
  return levels;
}

/** Every named value must be one that the actor may select, `*` or `(blank)`. */
export async function checkScope(work: WriteWork, scope: readonly ScopeValue[]): Promise<void> {
  const links = new Map<string, string[]>();
  for (const { dimension, value, descendants } of scope) {
    if (work.moment.policy.doctypes.get(dimension)?.is_dimension !== true) {
      throw invalid('scope', `names no dimension: \`${dimension}\`.`);
    }
    const isWord = value === ANY_VALUE || value === BLANK_VALUE;
    if (isWord && descendants) throw invalid('scope', `takes \`${value}\` without descendants.`);
    if (!isWord) links.set(dimension, [...(links.get(dimension) ?? []), value]);
  }
  for (const [dimension, names] of links) {
    const table = work.moment.policy.tables.get(dimension);
    if (!table) throw invalid('scope', `names no dimension: \`${dimension}\`.`);
    const [result] = await work.transaction.run('select', selectExisting(table, names));
    const found = new Set(result?.rows.map((row) => row[0]));
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      const detail = `${dimension} \`${missing}\` was not found.`;
      throw new Refusal('link_not_found', detail, {
        errors: [{ field: 'scope', code: 'link_not_found', detail }],
      });
    }
  }
}

export function invalid(field: string, detail: string): Refusal {
  const message = `\`${field}\` ${detail}`;
  return new Refusal('invalid_document', message, {
    errors: [{ field, code: 'invalid_document', detail: message }],
  });
}
