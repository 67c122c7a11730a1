/** Who may appear in a scenario: people who sign in, whoever did not, and system principals. */
import type { Principal } from '../../src/authz/index.ts';
import { GUEST, principalNamed } from '../../src/authz/index.ts';
import type { Stage, Who } from './scenario.ts';

/** People with a user of their own. */
export const PEOPLE = ['ann', 'ben', 'cleo', 'dan', 'eve', 'finn'] as const;

/** Asks about the others, with `inspect` and nothing else. No scenario speaks of her. */
export const INSPECTOR = 'ines';

export function isKnown(id: string): boolean {
  const people: readonly string[] = PEOPLE;
  return people.includes(id) || id === GUEST || /^system:[a-z-]+$/.test(id);
}

/** As whom the database and the kernel know them; a token brings its ceiling. */
export function principalOf(stage: Stage, { id, token }: Who): Principal {
  const principal = principalNamed(id);
  const found = token === null ? undefined : stage.tokens.get(token);
  if (token === null || found === undefined) return principal;
  const ceilings = [{ name: `token ${token}`, ...found.ceiling }];
  return { ...principal, actor: `token:${token}`, ceilings };
}

/** One word for each asker, to group questions by. */
export function nameOf({ id, token }: Who): string {
  return token === null ? id : `${id} by ${token}`;
}
