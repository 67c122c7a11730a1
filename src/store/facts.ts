/** What the database says of itself. */
import type { Result, Statement } from './statement.ts';

export type DatabaseFacts = {
  readonly version: string;
  /** Settings that keep what was committed. */
  readonly settings: Readonly<Record<string, string>>;
  readonly isSuperuser: boolean;
  readonly tables: number;
  /** Doctype tables on which row-level security is not enabled and forced. */
  readonly unprotected: number;
};

const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'];

export const FACTS_STATEMENTS: readonly Statement[] = [
  { text: `select current_setting('server_version')`, values: [] },
  ...DURABILITY.map((name) => ({ text: 'select current_setting($1)', values: [name] })),
  {
    text: 'select rolsuper or rolbypassrls from pg_roles where rolname = current_user',
    values: [],
  },
  {
    text: `select count(*), count(*) filter (where not (relrowsecurity and relforcerowsecurity))
      from pg_class where relnamespace = 'doc'::regnamespace and relkind in ('r', 'p')`,
    values: [],
  },
];

/** Principals whose kept access is not what the grants say, by doctype and action. */
export const KEPT_ACCESS: Statement = {
  text: 'select principal, action, doctype from sys.check_access() order by 1, 2, 3',
  values: [],
};

/** Documents that do not lie in the cell of their values, by doctype. It reads every document. */
export const MISPLACED: Statement = {
  text: 'select doctype, documents from sys.check_cells() order by 1',
  values: [],
};

/** Reads the answers to `FACTS_STATEMENTS`. */
export function factsFrom(results: readonly Result[]): DatabaseFacts {
  const cell = (result: number, column = 0): string => String(results[result]?.rows[0]?.[column]);
  const after = DURABILITY.length + 1;
  return {
    version: cell(0),
    settings: Object.fromEntries(DURABILITY.map((name, index) => [name, cell(index + 1)])),
    isSuperuser: cell(after) === 't',
    tables: Number(cell(after + 1)),
    unprotected: Number(cell(after + 1, 1)),
  };
}
