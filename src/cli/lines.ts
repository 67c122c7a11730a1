/** Results as lines for people. */
import type { Explanation, PreviewAnswer, WhoAnswer, WhoQuestion } from '../access/access.ts';
import type { DoctorReport, ImportedFile, ImportReport, Started } from './actions.ts';
import { findingLines } from './lint-lines.ts';

/** How to sign in as each person of the demo. */
export function startedLines({ url, password, personas }: Started): string[] {
  const width = Math.max(...personas.map(({ user }) => user.length));
  return [
    '',
    `Bailiwick serves the demo company on ${url}`,
    '',
    ...personas.map(
      ({ user, holds }) =>
        `  ${user.padEnd(width)}  password ${password}  ${holds.join(', ') || 'no role'}`,
    ),
    '',
    'Stop with Ctrl-C. The data stays.',
  ];
}

/** What was asked, the answer, and each reason for it. */
export function explanationLines(
  { allowed, because, missing, note }: Explanation,
  asked: { user: string; action: string; doctype: string; name: string | undefined },
): string[] {
  const { user, action, doctype, name } = asked;
  const what = `${action} ${doctype}${name === undefined ? '' : ` ${name}`}`;
  return [
    `${allowed ? 'Yes' : 'No'}: ${user} ${allowed ? 'may' : 'may not'} ${what}`,
    ...because.map((witness) => `  by ${witnessWords(witness)}`),
    ...missing.map(({ detail }) => `  missing: ${detail}`),
    ...(note === undefined ? [] : [note]),
  ];
}

/** Everybody who can, each with all that lets them. */
export function whoLines(
  { principals, total }: WhoAnswer,
  { action, doctype, name, field }: WhoQuestion,
): string[] {
  const what = `${action} ${field === undefined ? '' : `${field} of `}${doctype} ${name}`;
  return [
    `${total === 0 ? 'Nobody' : total} can ${what}`,
    ...principals.flatMap((one) => [
      `  ${one.name}`,
      ...one.because.map((witness) => `    by ${witnessWords(witness)}`),
    ]),
  ];
}

/** What changes hands, in people, documents and pairs of both. */
export function previewLines(answer: PreviewAnswer): string[] {
  const { gained, lost, fields, findings, approval } = answer;
  const size = (one: { people: number; documents: number; pairs: number }): string =>
    `${one.people} people, ${one.documents} documents, ${one.pairs} pairs`;
  const lines = (
    [
      ['gained', gained, fields.gained],
      ['lost', lost, fields.lost],
    ] as const
  ).flatMap(([word, effects, fieldEffects]) => [
    ...effects.map((one) => `${word}: ${one.action} ${one.doctype}: ${size(one)}`),
    ...fieldEffects.map((one) => {
      const of = `level ${one.level}${one.sensitivity === 'personal' ? ', personal' : ''}`;
      return `${word}: fields of ${one.doctype}, ${of}: ${size(one)}`;
    }),
  ]);
  const told =
    lines.length > 0 ? [...lines, approvalLine(approval)] : ['Nobody gains or loses anything.'];
  return findings.length > 0 ? [...told, 'Lint would say:', ...findingLines(findings)] : told;
}

/** How much a change shows of people, and whether one person may make it. */
export function approvalLine(approval: PreviewAnswer['approval']): string {
  const { required, personal_pairs, threshold } = approval;
  const who = required ? 'a second person has to approve it' : 'one person may give it';
  return `personal fields: ${personal_pairs} new pairs of ${threshold} at most: ${who}`;
}

function witnessWords({ kind, name, role, rule, scope = [] }: Explanation['because'][number]) {
  const within = scope.map(
    ({ dimension, value, descendants }) =>
      `${dimension} ${value}${descendants === 1 ? ' and below' : ''}`,
  );
  const by = role === undefined ? '' : `: role ${role}, rule ${rule ?? ''}`;
  return `${kind} ${name}${by}${within.length > 0 ? `, within ${within.join(', ')}` : ''}`;
}

/** Each file with its outcome, and all that was not taken over. */
export function importLines({ files, summary }: ImportReport): string[] {
  const counts = Object.entries(summary).map(([outcome, count]) => `${count} ${outcome}`);
  return [...files.flatMap(fileLines), `${files.length} files: ${counts.join(', ')}`];
}

function fileLines(file: ImportedFile): string[] {
  const { doctype, outcome, details, draft_rules, not_taken } = file;
  return [
    `${file.file}: ${doctype === null ? '' : `${doctype}: `}${outcome}`,
    ...details.map((detail) => `  ${detail}`),
    ...(draft_rules > 0 ? [`  ${draft_rules} rules not in force: choose a reach`] : []),
    ...not_taken.map(
      ({ field, key, why }) => `  not taken: ${field === null ? key : `${field}.${key}`}: ${why}`,
    ),
  ];
}

/** Each check, and the verdict. */
export function doctorLines({ healthy, checks }: DoctorReport): string[] {
  return [
    ...checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}`),
    healthy ? 'All is well.' : 'What says FAIL needs attention.',
  ];
}
