/**
 * Puts documents that were there before into the entries of search: at once where they are few,
 * else in batches that commit one by one, beside whoever reads and writes. A migration that was
 * cut off goes on with the next one; until all are in, a search of the doctype is an error.
 */
import type { Doctype } from '../../doctype/definition.ts';
import { searchColumn, searchPartsOf } from '../../doctype/search-parts.ts';
import { identifier } from '../identifier.ts';
import { beginningOf, ENTRY_DOCUMENT, entriesTable } from '../search-tables.ts';
import { qualifiedTable } from './doctype-table.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';
import { patiently } from './patiently.ts';
import type { Pace } from './prepare-large.ts';
import { insertEntries, putEntries, seenView } from './search-entries.ts';

type Known = ReadonlyMap<string, { readonly id: number; readonly definition: Doctype }>;

/** Makes what is missing, and fills what is small; in the transaction that has begun. */
export async function putSearch(
  owner: MigrationConnection,
  roles: InstallationRoles,
  known: Known,
  { largeRows }: Pick<Pace, 'largeRows'>,
): Promise<void> {
  for (const { id, definition } of known.values()) await putEntries(owner, definition, id);
  for (const { id, definition, lastId } of await waiting(owner, known)) {
    await owner.script(seenView(definition, id, roles.app).join(';\n'));
    const table = qualifiedTable(definition.name);
    const [row] = await owner.query(
      `select count(*) as n from (select from ${table} limit ${largeRows}) few`,
    );
    if (Number(row?.['n']) >= largeRows) continue;
    const from = `${table} d where d.id <= ${lastId} on conflict (${ENTRY_DOCUMENT}) do nothing`;
    await owner.script(insertEntries(definition, id, from));
    for (const index of await indexesOf(owner, definition, id)) await owner.script(index.create);
    await owner.query('update search.state set is_ready = true where doctype_id = $1', [id]);
  }
}

/** Fills the rest, in transactions of its own. */
export async function fillSearch(owner: MigrationConnection, pace: Pace): Promise<void> {
  for (const { id, definition } of await waiting(owner, await definitionsIn(owner))) {
    while (await fillBatch(owner, definition, id, pace)) {
      // Each batch has committed.
    }
    for (const { name, create } of await indexesOf(owner, definition, id)) {
      // A build that was cut off has left an index that nobody uses.
      await owner.script(`drop index if exists search.${name}`);
      await owner.script(create.replace('create index', 'create index concurrently'));
    }
    await patiently(owner, pace.patience, async () => {
      // Of documents that went while their batch was on its way.
      await owner.script(
        `delete from ${entriesTable(id)} e where not exists (
           select from ${qualifiedTable(definition.name)} d where d.id = e.${ENTRY_DOCUMENT});
         update search.state set is_ready = true where doctype_id = ${id}`,
      );
    });
    await owner.script(`analyze ${entriesTable(id)}`);
    pace.progress(`${definition.name}: search is ready`);
  }
}

async function waiting(owner: MigrationConnection, known: Known) {
  const rows = await owner.query('select doctype_id, last_id from search.state where not is_ready');
  const lastIds = new Map(rows.map((row) => [Number(row['doctype_id']), String(row['last_id'])]));
  return [...known.values()].flatMap(({ id, definition }) => {
    const lastId = lastIds.get(id);
    return lastId === undefined ? [] : [{ id, definition, lastId }];
  });
}

async function definitionsIn(owner: MigrationConnection): Promise<Known> {
  const rows = await owner.query('select id, name, definition from sys.doctype order by id');
  return new Map(
    rows.map((row) => [
      String(row['name']),
      {
        id: Number(row['id']),
        definition: JSON.parse(String(row['definition'])) as Doctype,
      },
    ]),
  );
}

/** Fills the next documents; false where there are none left. */
async function fillBatch(
  owner: MigrationConnection,
  definition: Doctype,
  id: number,
  { patience, batchRows, progress }: Pace,
): Promise<boolean> {
  const table = qualifiedTable(definition.name);
  const [state] = await patiently(owner, patience, async () => {
    const part = `(select t.* from ${table} t, search.state s
      where s.doctype_id = ${id} and t.id > s.done_id and t.id <= s.last_id
      order by t.id limit ${batchRows}) d`;
    return await owner.query(
      `with filled as (${insertEntries(definition, id, part)}
         on conflict (${ENTRY_DOCUMENT}) do nothing)
       update search.state s set done_id = coalesce(
         (select max(part.id) from (select t.id from ${table} t
            where t.id > s.done_id and t.id <= s.last_id order by t.id limit ${batchRows}) part),
         s.last_id)
       where s.doctype_id = $1 returning done_id, last_id`,
      [id],
    );
  });
  const [at, last] = [Number(state?.['done_id']), Number(state?.['last_id'])];
  progress(`${definition.name}: search has come to row ${at} of ${last}`);
  return at < last;
}

type Index = { readonly name: string; readonly create: string };

/** Trigrams of all words, and of each whole its beginning, in order. */
async function indexesOf(
  owner: MigrationConnection,
  definition: Doctype,
  id: number,
): Promise<readonly Index[]> {
  const [row] = await owner.query(
    `select quote_ident(n.nspname) as home from pg_catalog.pg_extension e
     join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`,
  );
  const index = (last: string, rest: string): Index => {
    const name = identifier(`entries_${id}_${last}`);
    return { name, create: `create index ${name} on ${entriesTable(id)} ${rest}` };
  };
  const parts = searchPartsOf(definition);
  const columns = parts.map((part) => `${searchColumn(part)} ${row?.['home']}.gin_trgm_ops`);
  const wholes = parts.filter(({ kind }) => kind !== 'fields');
  return [
    index('words', `using gin (${columns.join(', ')})`),
    ...wholes.map((part) =>
      index(part.kind, `((${beginningOf(searchColumn(part))}) text_pattern_ops)`),
    ),
  ];
}
