/** Which values a document has on a dimension path, and whether all of them are covered. */
import type { CompiledPath } from './compiled-doctype.ts';
import { type Coverage, coverageFilter, covers } from './coverage.ts';
import { everyRow, type Filter, type Scalar } from './filter.ts';
import { type DocumentFacts, fieldValue, rowsAt } from './matches.ts';

/**
 * The document's values on the path, null for blank: one of its own, or one for each row. Without
 * rows the document is blank there; null stands for rows that it came without.
 */
export function valuesAt(
  { table, column }: CompiledPath,
  document: DocumentFacts,
): readonly (Scalar | null)[] | null {
  if (table === null) return [fieldValue(document, column)];
  const rows = rowsAt(document, table);
  if (rows === null) return null;
  return rows.length === 0 ? [null] : rows.map((row) => fieldValue(row, column));
}

/** True where every value of the document on the path is covered. */
export function coversPath(
  coverage: Coverage,
  path: CompiledPath,
  document: DocumentFacts,
): boolean {
  const values = valuesAt(path, document);
  return values?.every((value) => covers(coverage, path.dimension, value)) ?? false;
}

/** The same as a condition on the document. */
export function pathFilter(coverage: Coverage, { dimension, table, column }: CompiledPath): Filter {
  const condition = coverageFilter(coverage, dimension, column);
  return table === null ? condition : everyRow(table, condition);
}
