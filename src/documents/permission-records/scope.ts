/** Reads scopes and lists out of permission records, strictly. */
import { ANY_VALUE, BLANK_VALUE, type ScopeValue } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { type StoredValues, selectExisting } from '../../store/read-documents.ts';
import type { WriteTransaction } from '../../store/store.ts';
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
  for (const { dimension, value, descendants } of scope) {
    if (work.moment.policy.doctypes.get(dimension)?.is_dimension !== true) {
      throw invalid('scope', `names no dimension: \`${dimension}\`.`);
    }
    if (isWord(value) && descendants) {
      throw invalid('scope', `takes \`${value}\` without descendants.`);
    }
  }
  await lookUp(work, scope);
  const known = valuesKnown(work.transaction);
  const missing = scope.find(
    ({ dimension, value }) => !isWord(value) && known.get(dimension)?.get(value) !== true,
  );
  if (missing === undefined) return;
  const detail = `${missing.dimension} \`${missing.value}\` was not found.`;
  throw new Refusal('link_not_found', detail, {
    errors: [{ field: 'scope', code: 'link_not_found', detail }],
  });
}

/**
 * Looks the values of many scopes up together: one after the other, the database would work out
 * for each of them what the actor may select.
 */
export async function loadScopes(works: readonly WriteWork[]): Promise<void> {
  const [work] = works;
  if (!work || !SCOPED.has(work.doctype.name)) return;
  await lookUp(
    work,
    works.flatMap(({ after }) => scopeOf(after.tables['scope'] ?? [])),
  );
}

const SCOPED: ReadonlySet<string> = new Set(['Grant', 'Granting Authority']);

type Known = Map<string, Map<string, boolean>>;

/** By dimension and value, whether the actor of the transaction may select it. */
const knownBy = new WeakMap<WriteTransaction, Known>();

function valuesKnown(transaction: WriteTransaction): Known {
  const known = knownBy.get(transaction) ?? new Map();
  knownBy.set(transaction, known);
  return known;
}

async function lookUp(work: WriteWork, scope: readonly ScopeValue[]): Promise<void> {
  const known = valuesKnown(work.transaction);
  const wanted = new Map<string, Set<string>>();
  for (const { dimension, value } of scope) {
    if (isWord(value) || known.get(dimension)?.has(value)) continue;
    wanted.set(dimension, (wanted.get(dimension) ?? new Set()).add(value));
  }
  for (const [dimension, values] of wanted) {
    const table = work.moment.policy.tables.get(dimension);
    if (table?.doctype.is_dimension !== true) continue;
    const statement = selectExisting(table, [...values]);
    const [result] = await work.transaction.run('select', statement);
    const found = new Set(result?.rows.map((row) => row[0]));
    const answers = known.get(dimension) ?? new Map<string, boolean>();
    for (const value of values) answers.set(value, found.has(value));
    known.set(dimension, answers);
  }
}

function isWord(value: string): boolean {
  return value === ANY_VALUE || value === BLANK_VALUE;
}

/** Throws where the time of something ends before it begins, or as it does. */
export function checkTime({ from, until }: StoredValues, field: string): void {
  if (from == null || until == null || String(until) > String(from)) return;
  throw invalid(field, 'must be later than `from`.');
}

export function invalid(field: string, detail: string): Refusal {
  const message = `\`${field}\` ${detail}`;
  return new Refusal('invalid_document', message, {
    errors: [{ field, code: 'invalid_document', detail: message }],
  });
}
