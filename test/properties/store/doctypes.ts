/** Doctypes for random worlds, as real tables: one for each possible list of dimension paths. */
import type { DimensionPath } from '../../../src/authz/world.ts';
import type { Doctype, Field } from '../../../src/doctype/definition.ts';

const PATHS: readonly DimensionPath[] = [
  { dimension: 'Company', path: 'company' },
  { dimension: 'Branch', path: 'branch' },
  { dimension: 'Branch', path: 'sent_from' },
  { dimension: 'Team', path: 'team' },
];

/** The columns of the random documents, one of each type that is compared in its own way. */
export const FIELDS: readonly Field[] = [
  { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
  { fieldname: 'branch', fieldtype: 'Link', options: 'Branch' },
  { fieldname: 'sent_from', fieldtype: 'Link', options: 'Branch' },
  { fieldname: 'team', fieldtype: 'Link', options: 'Team' },
  { fieldname: 'title', fieldtype: 'Data' },
  { fieldname: 'amount', fieldtype: 'Currency' },
  { fieldname: 'due', fieldtype: 'Date' },
  { fieldname: 'ratio', fieldtype: 'Float' },
  { fieldname: 'pieces', fieldtype: 'Int' },
  { fieldname: 'is_open', fieldtype: 'Check' },
  { fieldname: 'sent_at', fieldtype: 'Datetime' },
  { fieldname: 'opens_at', fieldtype: 'Time' },
];

/** Short lists come up in several doctypes of one world, long ones hardly ever. */
const TABLES_OF_LENGTH = [3, 2, 1, 1];

/** Definitions by the list of paths, as JSON; a world takes as many of a list as it needs. */
export const TABLES: ReadonlyMap<string, readonly Doctype[]> = tablesOfLists();

export function keyOf(paths: readonly DimensionPath[]): string {
  return JSON.stringify(paths.map(({ dimension, path }) => [dimension, path]));
}

function tablesOfLists(): Map<string, Doctype[]> {
  const tables = new Map<string, Doctype[]>();
  for (const paths of listsOfPaths()) {
    const key = keyOf(paths);
    if (tables.has(key)) continue;
    const count = TABLES_OF_LENGTH[paths.length] ?? 1;
    const first = tables.size + 1;
    tables.set(
      key,
      Array.from({ length: count }, (_, index) => ({
        name: `Random ${first} ${'abc'[index]}`,
        app: 'test',
        dimension_paths: paths,
        fields: FIELDS,
      })),
    );
  }
  return tables;
}

/** All that `test/model/random-schema.ts` can make. */
function listsOfPaths(): DimensionPath[][] {
  const named: DimensionPath[][] = [
    [],
    [{ dimension: 'Company', path: 'name' }],
    [{ dimension: 'Branch', path: 'name' }],
  ];
  const others: DimensionPath[][] = [[], ...PATHS.map((path) => [path])];
  for (const [index, first] of PATHS.entries()) {
    for (const second of PATHS.slice(index + 1)) others.push([first, second]);
  }
  return named.flatMap((head) => others.map((tail) => [...head, ...tail]));
}
