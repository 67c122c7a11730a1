/** The style guide as a check. Run: `node tools/tidy.ts`. The rules are in the `tidy-*` files. */
import { type ProjectFile, readProjectFiles } from './project-files.ts';
import { tidyCode } from './tidy-code.ts';
import { tidyProject } from './tidy-project.ts';
import { tidyText } from './tidy-text.ts';
import { report, type Violation } from './violation.ts';

/** Everything untidy in the project under `root`, a git working tree. */
export function tidy(root: string): Violation[] {
  return tidyFiles(readProjectFiles(root));
}

function tidyFiles(files: readonly ProjectFile[]): Violation[] {
  return [...files.flatMap(tidyText), ...files.flatMap(tidyCode), ...tidyProject(files)].sort(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line,
  );
}

if (import.meta.main) {
  const files = readProjectFiles(process.argv[2] ?? process.cwd());
  process.exitCode = report('tidy', tidyFiles(files), files.length);
}
