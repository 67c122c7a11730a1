/** What a house rule found, and how it is told. */

/** A broken rule: where, what is wrong, and what to do about it. Lines count from 1. */
export type Violation = {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly wayOut: string;
};

/**
 * Prints what a tool found, each with file:line and the way out, then one line of summary.
 *
 * @returns the exit code: 1 if there is a violation or no file was seen, since a gate that saw
 * nothing has proven nothing.
 */
export function report(tool: string, violations: readonly Violation[], filesSeen: number): 0 | 1 {
  for (const { file, line, problem, wayOut } of violations) {
    console.log(`${file}:${line} ${problem}\n    ${wayOut}`);
  }
  const seen = filesSeen === 0 ? 'saw no files' : `${filesSeen} files`;
  const found = violations.length === 1 ? '1 violation' : `${violations.length} violations`;
  console.log(`${tool}: ${seen}, ${found}`);
  return violations.length > 0 || filesSeen === 0 ? 1 : 0;
}
