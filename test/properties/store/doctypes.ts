/** Doctypes for random worlds, as real tables: one for each possible list of dimension paths. */
import type { DimensionPath } from '../../../src/authz/world.ts';
import type { Doctype, Field } from '../../../src/doctype/definition.ts';
import { ROW_PATHS } from '../../model/random-schema.ts';

const PATHS: readonly DimensionPath[] = [
  { dimension: 'Company', path: 'company' },
  { dimension: 'Branch', path: 'branch' },
  { dimension: 'Branch', path: 'sent_from' },
  { dimension: 'Team', path: 'team' },
];

/** Rows of the random documents; two of their columns carry a dimension. */
export const ROW: Doctype = {
  ...{ name: 'Random Row', app: 'test', istable: true },
  fields: [
    { fieldname: 'branch', fieldtype: 'Link', options: 'Branch' },
    { fieldname: 'team', fieldtype: 'Link', options: 'Team' },
  ],
};

const ITEMS: Field = { fieldname: 'items', fieldtype: 'Table', options: ROW.name };

/** The columns of the random documents, one of each type that is compared in its own way. */
export const FIELDS: readonly Field[] = [
  { fieldname: 'company', fieldtype: 'Link', options: 'Company' },
  { fieldname: 'branch', fieldtype: 'Link', options: 'Branch' },
  { fieldname: 'sent_from', fieldtype: 'Link', options: 'Branch' },
  { fieldname: 'team', fieldtype: 'Link', options: 'Team' },
  { fieldname: 'title', fieldtype: 'Data', level: 1 },
  { fieldname: 'amount', fieldtype: 'Currency', level: 2 },
  { fieldname: 'due', fieldtype: 'Date' },
  { fieldname: 'ratio', fieldtype: 'Float' },
  { fieldname: 'pieces', fieldtype: 'Int' },
  { fieldname: 'is_open', fieldtype: 'Check' },
  { fieldname: 'sent_at', fieldtype: 'Datetime' },
  { fieldname: 'opens_at', fieldtype: 'Time' },
];

const PATHS_MAX = 3;

/** Short lists come up in several doctypes of one world, long ones hardly ever. */
const TABLES_OF_LENGTH = [3, 2, 1, 1];

/** Definitions by the list of paths, as JSON; a world takes as many of a list as it needs. */
export const TABLES: ReadonlyMap<string, readonly Doctype[]> = tablesOfLists();

/** A doctype whose rows carry two dimensions. */
export const ROW_DOCTYPE = TABLES.get(keyOf(ROW_PATHS.at(-1) ?? []))?.[0] as Doctype;

export function keyOf(paths: readonly DimensionPath[]): string {
  return JSON.stringify(paths.map(({ dimension, path }) => [dimension, path]));
}

/** True for a path through rows. */
export function isOfRows({ path }: DimensionPath): boolean {
  return path.includes('.');
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
        title_field: 'title',
        search_fields: ['company', 'pieces', 'due'],
        fields: paths.some(isOfRows) ? [...FIELDS, ITEMS] : FIELDS,
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
  for (const list of ROW_PATHS) others.push([...list], list.slice(0, 1));
  const all = named.flatMap((head) => others.map((tail) => [...head, ...tail]));
  return all.filter((list) => list.length <= PATHS_MAX);
}
