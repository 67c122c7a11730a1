/** The history of a document as lines for people. */
import type { Version } from '../documents/documents.ts';
import type { HistoryAnswer } from './actions.ts';

/** Each change with its values, the newest first; or the document as it was, a line for a field. */
export function historyLines(answer: HistoryAnswer): string[] {
  if ('document' in answer) {
    return Object.entries(answer.document).map(([name, value]) => `${name}: ${told(value)}`);
  }
  if (answer.versions.length === 0) return ['No change of it is recorded.'];
  return answer.versions.flatMap(versionLines);
}

function versionLines({ version, action, principal, actor, at, ...changed }: Version): string[] {
  const who = actor === null ? principal : `${principal}, by ${actor}`;
  const back = changed.restored === undefined ? '' : ` of version ${changed.restored}`;
  const rows = Object.entries(changed.rows ?? {}).flatMap(([table, parts]) => [
    ...(parts.removed ?? []).map((row) => `  ${table}: removed ${told(row)}`),
    ...(parts.added ?? []).map((row) => `  ${table}: added ${told(row)}`),
    ...Object.entries(parts.changed ?? {}).flatMap(([row, fields]) =>
      fromToLines(fields, `${table} ${row}: `),
    ),
    ...(parts.order ? [`  ${table}: in another order`] : []),
  ]);
  return [
    `${version}  ${at}  ${action}${back}  ${who}`,
    ...fromToLines(changed.fields ?? {}, ''),
    ...rows,
  ];
}

function fromToLines(fields: NonNullable<Version['fields']>, where: string): string[] {
  return Object.entries(fields).map(
    ([name, [from, to]]) => `  ${where}${name}: ${told(from)} -> ${told(to)}`,
  );
}

/** As JSON: one line, whatever a value holds, and nothing in it can steer a terminal. */
function told(value: unknown): string {
  return JSON.stringify(value ?? null).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
