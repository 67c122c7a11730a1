/** Permissions as code, told to people. */
import type {
  PermissionsDiff,
  PermissionsExport,
  PermissionsImport,
  ToldDifference,
} from './actions.ts';
import { approvalLine } from './lines.ts';
import { findingLines } from './lint-lines.ts';

const SIGNS = { added: '+', changed: '~', 'only in the system': '-' } as const;

/** How many records of which kind are in the folder. */
export function exportLines({ folder, counts, files, written, removed }: PermissionsExport) {
  const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const changed = written + removed === 0 ? 'all as before' : `${written} written`;
  const gone = removed === 0 ? '' : `, ${removed} removed`;
  return [`${folder}: ${kinds.join(', ')}, in ${files} files, ${changed}${gone}`];
}

/** Each difference, then how many people and documents it would touch. */
export function diffLines({ problems, differences, effect }: PermissionsDiff): string[] {
  if (problems.length > 0) return [...problemLines(problems), 'Nothing was compared.'];
  if (differences.length === 0) return ['Files and system say the same.'];
  return [...differences.flatMap(differenceLines), summary(differences), ...effectLines(effect)];
}

/** What was done, or what stood in its way. */
export function importPermissionsLines(report: PermissionsImport): string[] {
  const { outcome, problems, differences, refusals } = report;
  switch (outcome) {
    case 'not read':
      return [...problemLines(problems), 'Nothing was imported.'];
    case 'nothing to do':
      return ['Files and system say the same.'];
    case 'needs prune': {
      const only = differences.filter((one) => one.outcome === 'only in the system');
      return [
        ...only.flatMap(differenceLines),
        'The files do not speak of these. Use --prune to end and remove them.',
        'Nothing was imported.',
      ];
    }
    case 'refused':
      return [
        ...refusals.map(
          ({ file, line, column, subject, code, detail }) =>
            `${placed(file, line, column)}${subject}: ${code}: ${detail}`,
        ),
        'Nothing was imported.',
      ];
    default: {
      const done = outcome === 'imported' ? 'Imported.' : 'It could be imported; nothing was.';
      return [...differences.flatMap(differenceLines), summary(differences), done];
    }
  }
}

function problemLines(problems: PermissionsDiff['problems']): string[] {
  return problems.map(
    ({ file, line, column, code, detail }) => `${placed(file, line, column)}${code}: ${detail}`,
  );
}

function differenceLines({ outcome, subject, details, file, line, name }: ToldDifference) {
  const where = file === null ? (name === null ? '' : ` (${name})`) : ` (${file}:${line})`;
  return [`${SIGNS[outcome]} ${subject}${where}`, ...details.map((detail) => `    ${detail}`)];
}

function summary(differences: readonly ToldDifference[]): string {
  const count = (outcome: ToldDifference['outcome']): string =>
    `${differences.filter((one) => one.outcome === outcome).length} ${outcome}`;
  return `${count('added')}, ${count('changed')}, ${count('only in the system')}`;
}

function effectLines(effect: PermissionsDiff['effect']): string[] {
  if (effect === null) return [];
  const lines = (['gained', 'lost'] as const).flatMap((word) =>
    effect[word].map(
      ({ doctype, action, people, documents, pairs }) =>
        `  ${word}: ${action} ${doctype}: ${people} people, ${documents} documents, ${pairs} pairs`,
    ),
  );
  const told =
    lines.length > 0
      ? ['In effect:', ...lines, `  ${approvalLine(effect.approval)}`]
      : ['In effect, nobody gains or loses anything.'];
  if (effect.findings.length === 0) return told;
  return [...told, 'Lint would say:', ...findingLines(effect.findings).map((line) => `  ${line}`)];
}

function placed(file: string | null, line: number | null, column: number | null): string {
  return file === null ? '' : `${file}:${line}:${column}: `;
}
