/** When grants were last needed, as the audit log has it. */
import type { Result, Statement } from './statement.ts';

/** Days of UTC, `YYYY-MM-DD`; null where there was none since the log can speak of the grant. */
export type GrantNeed = {
  readonly needed: string | null;
  readonly solely: string | null;
  readonly since: string;
};

/** Asks for grants by name: needed by anybody, or by one person. */
export function selectNeeds(grants: readonly string[], person: string | null): Statement {
  return { text: 'select * from sys.needs_of($1, $2)', values: [grants, person] };
}

/** What that statement brought, by the names of the grants. */
export function needsFrom(result: Result | undefined): ReadonlyMap<string, GrantNeed> {
  return new Map(
    (result?.rows ?? []).map(([name, needed = null, solely = null, since]): [string, GrantNeed] => [
      String(name),
      { needed, solely, since: String(since) },
    ]),
  );
}
