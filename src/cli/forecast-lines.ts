/** A forecast as lines for people. */
import type { ForecastAnswer, TurnEntry, UnheldEntry } from '../access/forecast-answer.ts';

/** What begins, what ends, and what nobody holds then. */
export function forecastLines(answer: ForecastAnswer): string[] {
  const { ending, beginning, unheld, until } = answer;
  const whose = answer.of === 'oneself' ? ' of your own access' : '';
  if (ending.length + beginning.length === 0) {
    return [`Nothing${whose} begins or ends until ${short(until)}.`];
  }
  return [
    `Until ${short(until)}${whose}:`,
    ...ending.map((turn) => `  ${short(turn.at)}  ends    ${turnWords(turn)}`),
    ...beginning.map((turn) => `  ${short(turn.at)}  begins  ${turnWords(turn)}`),
    ...(answer.of === 'everybody' && unheld.length === 0
      ? ['Every duty is held by somebody all the time.']
      : []),
    ...(unheld.length > 0 ? ['Nobody would be there for:'] : []),
    ...unheld.flatMap(unheldLines),
  ];
}

function turnWords(turn: TurnEntry): string {
  switch (turn.kind) {
    case 'grant': {
      const places = turn.scope.map((entry) => `${entry.dimension} ${valueWords(entry)}`);
      const within = places.length > 0 ? `, within ${places.join(', ')}` : '';
      return `grant ${turn.name}: role ${turn.role} of ${turn.grantee}${within}`;
    }
    case 'member':
      return `membership of ${turn.user} in ${turn.group}`;
    case 'share':
      return `share ${turn.name}: ${turn.document_type} ${turn.document_name} with ${turn.user}`;
  }
}

function unheldLines(unheld: UnheldEntry): string[] {
  const time = `${short(unheld.from)} to ${unheld.until === null ? 'the end' : short(unheld.until)}`;
  return [
    `  ${time}: ${dutyWords(unheld)}`,
    ...unheld.ended.map((turn) => `    ended by then: ${turnWords(turn)}`),
  ];
}

function dutyWords(unheld: UnheldEntry): string {
  if (unheld.kind === 'role') return `role ${unheld.role}`;
  const { actions, doctype, wholly, levels, within, conditional } = unheld;
  const places = within.map(({ path, values, except }) => {
    const but = except.length > 0 ? ` but ${except.map(valueWords).join(', ')}` : '';
    return `${path} ${values.map(valueWords).join(', ')}${but}`;
  });
  return [
    `${actions.join(', ')} ${doctype}`,
    ...(wholly ? [] : [`fields of level ${levels.join(', ')}`]),
    ...(places.length > 0 ? [`where ${places.join(' and ')}`] : []),
    ...(conditional ? ['where a rule’s condition holds'] : []),
  ].join(', ');
}

function valueWords({ value, descendants }: { value: string; descendants: 0 | 1 }): string {
  return `${value}${descendants === 1 ? ' and below' : ''}`;
}

/** To the minute is enough for people; seconds decide, and JSON has them. */
function short(moment: string): string {
  return moment.slice(0, 16);
}
