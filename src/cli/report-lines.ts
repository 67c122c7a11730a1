/** An answer to raw SQL as lines of text: a table, and what is not in it. */
import type { RawReport } from '../reports/raw-sql.ts';

/** Columns side by side, as wide as their widest value up to a limit. */
export function reportLines({ columns, rows, closed_somewhere }: RawReport): string[] {
  const table = [columns, ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, index) =>
    Math.min(WIDTH_MAX, Math.max(...table.map((cells) => (cells[index] ?? '').length))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const closed = closed_somewhere.map(
    ({ doctype, fields }) =>
      `Empty where they are closed to you: ${fields.join(', ')} of ${doctype}`,
  );
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  return [...table.map(line), count, ...closed];
}

const WIDTH_MAX = 60;

/** Control characters of a value must not move the cursor of whoever reads it. */
function shown(value: string | null): string {
  return (value ?? '').replace(/\p{Cc}/gu, ' ');
}
