/** Least use as lines for people. */
import type { LeastUseAnswer, LeastUseRow } from '../access/least-use-answer.ts';

/** Grants that give nothing first: they are what one looks for. */
export function leastUseLines({ of, data, withheld }: LeastUseAnswer): string[] {
  const idle = data.filter(({ redundant }) => redundant !== null);
  const others = data.filter(({ redundant }) => redundant === null);
  const whose = of === 'oneself' ? 'your grants' : 'grants';
  return [
    `${idle.length} of ${data.length} ${whose} give nothing beyond others.`,
    ...[...idle, ...others].flatMap(rowLines),
    ...(withheld > 0
      ? [`Not told of: ${withheld}, which reach documents that you may not inspect.`]
      : []),
  ];
}

function rowLines(row: LeastUseRow): string[] {
  const places = row.scope.map(
    ({ dimension, value, descendants }) =>
      `${dimension} ${value}${descendants === 1 ? ' and below' : ''}`,
  );
  const within = places.length > 0 ? `, within ${places.join(', ')}` : '';
  return [
    `${row.grant}: role ${row.role} of ${row.grantee}${within}`,
    ...idleLine(row),
    ...row.alone.map((one) => `  alone gives: ${one.action} ${one.doctype}: ${sizeWords(one)}`),
    ...row.alone_fields.map((one) => {
      const level = `level ${one.level}${one.sensitivity === 'personal' ? ', personal' : ''}`;
      return `  alone opens: fields of ${one.doctype} to ${one.action}, ${level}: ${sizeWords(one)}`;
    }),
    `  last needed: ${neededWords(row)}`,
  ];
}

function idleLine({ redundant, by }: LeastUseRow): string[] {
  if (redundant === null) return [];
  const when = redundant === 'ever' ? 'ever' : 'today, of the documents there are';
  const beyond = by.length > 0 ? ` beyond ${by.join(', ')}` : '';
  return [`  gives nothing${beyond}: ${when}`];
}

function neededWords({ last_needed, last_solely_needed, since, unrecorded }: LeastUseRow): string {
  const never = `not since ${since ?? 'the log began'}`;
  const solely =
    last_needed === null ? '' : `, with nothing else beside it ${last_solely_needed ?? never}`;
  const silent =
    unrecorded.length > 0 ? `; not every read is recorded: ${unrecorded.join(', ')}` : '';
  return `${last_needed ?? never}${solely}${silent}`;
}

type Size = { readonly people: number; readonly documents: number; readonly pairs: number };

function sizeWords({ people, documents, pairs }: Size): string {
  return `${people} people, ${documents} documents, ${pairs} pairs`;
}
