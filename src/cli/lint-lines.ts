/** Findings of lint, told to people. */
import type { LintAnswer } from '../access/access.ts';

/** Each finding with what to do, those of personal fields first. */
export function lintLines({ findings, total }: Pick<LintAnswer, 'findings' | 'total'>): string[] {
  if (total === 0) return ['Nothing opens records to many.'];
  return [...findingLines(findings), `${total} findings`];
}

/** The findings alone. */
export function findingLines(findings: LintAnswer['findings']): string[] {
  return findings.flatMap(({ code, sensitivity, says, todo }) => [
    `${code}${sensitivity === 'personal' ? ' (personal)' : ''}: ${says}`,
    `    ${todo}`,
  ]);
}
