/**
 * Names that a report gives to its own columns. PostgreSQL reads `t.f` as a call of `f` with the
 * row `t` where `t` has no column of that name. Whether it has one is not followed through the
 * whole statement; that there is no such function is asked of the database itself.
 */
import { Refusal } from '../../base/errors.ts';
import type { Result, Statement } from '../statement.ts';

/** Types of a first argument that a row of any table can be given as. */
const TAKE_ROWS = 'record any anyelement anynonarray anycompatible anycompatiblenonarray'.split(
  ' ',
);

/** The names among these of functions that can be called with a row and nothing else. */
export function functionsAmong(names: readonly string[]): Statement {
  return {
    text: `select distinct p.proname::text from pg_catalog.pg_proc p
      join pg_catalog.pg_type t on t.oid = p.proargtypes[0]
      where p.proname = any ($1::name[]) and p.pronargs - p.pronargdefaults <= 1
        and t.typnamespace = 'pg_catalog'::regnamespace and t.typname = any ($2::name[])`,
    values: [names, TAKE_ROWS],
  };
}

/** @throws Refusal `bad_value` where there is one */
export function requireNoFunction(found: Result | undefined): void {
  const [row] = found?.rows ?? [];
  if (!row) return;
  throw new Refusal(
    'bad_value',
    `Name that column otherwise: behind a dot, \`${row[0]}\` may be read as a function.`,
  );
}
