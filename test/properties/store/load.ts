/** Writes a random world into a database, by the superuser: no pipeline stands in between. */
import type { Validity } from '../../../src/authz/world.ts';
import type { Doctype } from '../../../src/doctype/definition.ts';
import { parseMoney } from '../../../src/doctype/money.ts';
import { tableName } from '../../../src/doctype/table-name.ts';
import type { Database } from '../../../src/store/database.ts';
import { identifier } from '../../../src/store/identifier.ts';
import type { Statement } from '../../../src/store/statement.ts';
import { NOW } from '../../model/random-scope.ts';
import { FIELDS, isOfRows, ROW } from './doctypes.ts';
import type { SqlWorld } from './worlds.ts';

/** Tables of whatever gives access. */
export const PERMISSION_TABLES = [
  'role',
  'role_rule',
  'grant',
  'grant_scope',
  'group',
  'group_member',
  'share',
  'granting_authority',
];

const DAY_MS = 86_400_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Empties what there was and fills in the world, and with it whatever `more` says. The sample's
 * NOW is a second ago.
 */
export async function loadWorld(
  superuser: Database,
  sample: SqlWorld,
  tables: readonly string[],
  more: readonly Statement[] = [],
): Promise<void> {
  const present = Date.now() - 1000;
  const moment = (at: number | null): string | null =>
    // What lies a millisecond apart in the sample lies a day apart here, as tests take their time.
    at === null ? null : timestamp(present + (at - NOW) * DAY_MS);
  const during = ({ from, until }: Validity): Row => ({ from: moment(from), until: moment(until) });
  const { world, documents, definitions, whens } = sample;
  const rules = world.rules.map(({ doctype, when, ...rule }) => ({
    ...rule,
    document_type: doctype,
    when: whens.get(rule.name) ?? null,
  }));
  const grants = world.grants.map(({ name, grantee, role, ...grant }) => ({
    ...{ name, role, grantee_type: grantee.type, grantee: grantee.name },
    ...during(grant),
  }));
  const groups = [...new Set(world.members.map(({ group }) => group))].map((name) => ({ name }));
  const shares = world.shares.map(({ name, doctype, document, user, actions, ...share }) => ({
    ...{ name, document_type: doctype, document_name: document, user, actions },
    ...during(share),
  }));
  await superuser.run(
    ...emptied([...tables, ...PERMISSION_TABLES]),
    plain('delete from sys.tree_node'),
    insert(
      'role',
      world.roles.map(({ name }) => ({ name })),
    ),
    insert('role_rule', rules, 'name,role,document_type,actions,levels,reach,except,when,status'),
    insert('grant', grants, 'name,grantee_type,grantee,role,from,until'),
    insertScopes(world.grants),
    insert('group', groups),
    insertMembers(world.members.map((one) => ({ ...one, ...during(one) }))),
    insert('share', shares, 'name,document_type,document_name,user,actions,until'),
    ...definitions.flatMap((definition) => {
      const own = documents.filter(({ doctype }) => doctype === definition.name);
      return insertAll(
        definition,
        own.map(({ values }) => values),
      );
    }),
    insertTrees(world.trees),
    ...more,
    plain('update sys.epoch set value = value + 1, changed_at = clock_timestamp()'),
  );
}

/** Puts these documents in the place of whatever the doctype's table held. */
export function insertDocuments(doctype: Doctype, documents: readonly Row[]): Statement[] {
  const tables = [tableName(doctype.name), ...(hasRows(doctype) ? [tableName(ROW.name)] : [])];
  return [...emptied(tables), ...insertAll(doctype, documents)];
}

/** Documents with their rows, and with what they say of them. */
function insertAll(doctype: Doctype, documents: readonly Row[]): Statement[] {
  const table = tableName(doctype.name);
  const columns = ['name', ...FIELDS.map(({ fieldname }) => fieldname)];
  if (!hasRows(doctype)) return [insert(table, documents.map(stored), columns.join())];
  const paths = (doctype.dimension_paths ?? []).filter(isOfRows);
  const placed = documents.map((values) => {
    const rows = values['items'] as readonly Row[];
    const said = paths.map(({ path }) => {
      const column = path.split('.')[1] ?? '';
      return [path, rows.length === 0 ? [null] : rows.map((row) => row[column] ?? null)];
    });
    return { ...stored(values), child_dimensions: Object.fromEntries(said) };
  });
  const rows = documents.flatMap(({ name, items }) =>
    (items as readonly Row[]).map((row) => ({ ...row, parent: name })),
  );
  return [
    insert(table, placed, [...columns, 'child_dimensions'].join()),
    {
      text: `insert into doc.${tableName(ROW.name)}
          (name, parent_id, parenttype, parentfield, idx, branch, team)
        select gen_random_uuid()::text, d.id, $2, 'items', 1, r.branch, r.team
        from jsonb_to_recordset($1) as r(parent text, branch text, team text)
        join doc.${table} d on d.name = r.parent`,
      values: [JSON.stringify(rows), doctype.name],
    },
  ];
}

function hasRows({ dimension_paths: paths = [] }: Doctype): boolean {
  return paths.some(isOfRows);
}

/** Statements that leave one user one grant, with one rule that reaches a whole doctype. */
export function insertOneRule(doctype: string, user: string): Statement[] {
  const rule = {
    ...{ name: 'rule', role: 'Reader', document_type: doctype, actions: ['read'] },
    ...{ levels: [0], reach: 'everything', status: 'in force' },
  };
  const grant = { name: 'grant', grantee_type: 'User', grantee: user, role: 'Reader' };
  return [
    ...emptied(PERMISSION_TABLES),
    insert('role', [{ name: 'Reader' }]),
    insert('role_rule', [rule], Object.keys(rule).join()),
    insert('grant', [grant], Object.keys(grant).join()),
  ];
}

/** Statements by which somebody may ask who can, of these doctypes, and may do nothing else. */
export function insertInspection(doctypes: readonly string[], inspector: string): Statement[] {
  const role = 'Inspector';
  const rules = doctypes.map((doctype) => ({
    ...{ name: `${role} on ${doctype}`, role, document_type: doctype, actions: ['inspect'] },
    ...{ levels: [0], reach: 'everything', status: 'in force' },
  }));
  const grant = { name: 'inspection', grantee_type: 'User', grantee: inspector, role };
  return [
    insert('role', [{ name: role }]),
    insert('role_rule', rules, 'name,role,document_type,actions,levels,reach,status'),
    insert('grant', [grant], 'name,grantee_type,grantee,role'),
  ];
}

/** Statements that empty the tables; no trigger notices. */
export function emptied(tables: readonly string[]): Statement[] {
  return [
    plain("set session_replication_role = 'replica'"),
    ...tables.map((table) => plain(`delete from doc.${identifier(table)}`)),
    // What follows is another history: nothing of this was recorded.
    plain('delete from sys.permission_history'),
    plain('delete from sys.permission_change'),
    plain("set session_replication_role = 'origin'"),
  ];
}

/** As columns hold it: an amount as a whole number. */
function stored(values: Readonly<Record<string, unknown>>): Row {
  const { amount } = values;
  return { ...values, amount: amount === null ? null : String(parseMoney(amount)) };
}

/** Inserts rows with these columns, told with commas, and the standard ones. */
export function insert(table: string, rows: readonly Row[], columns = 'name'): Statement {
  const standard = 'owner,creation,modified,modified_by,docstatus'.split(',');
  const names = [...columns.split(','), ...standard].map((name) => identifier(name)).join(', ');
  const filled = rows.map((row) => ({
    owner: 'ada',
    creation: '2026-02-01 10:00:00',
    modified: '2026-02-01 10:00:00',
    modified_by: 'ada',
    docstatus: 0,
    ...row,
  }));
  return {
    text:
      `insert into doc.${identifier(table)} (${names}) ` +
      `select ${names} from jsonb_populate_recordset(null::doc.${identifier(table)}, $1)`,
    values: [JSON.stringify(filled)],
  };
}

/** Scopes of grants that are there. */
export function insertScopes(grants: SqlWorld['world']['grants']): Statement {
  const rows = grants.flatMap(({ name, scope }) =>
    scope.map((entry) => ({ ...entry, parent: name, descendants: entry.descendants ? 1 : 0 })),
  );
  return {
    text: `insert into doc.grant_scope
        (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
      select gen_random_uuid()::text, g.id, 'Grant', 'scope', 1, r.dimension, r.value, r.descendants
      from jsonb_to_recordset($1)
        as r(parent text, dimension text, value text, descendants smallint)
      join doc."grant" g on g.name = r.parent`,
    values: [JSON.stringify(rows)],
  };
}

/** Members of groups that are there, with `from` and `until` as timestamps. */
export function insertMembers(rows: readonly object[]): Statement {
  return {
    text: `insert into doc.group_member
        (name, parent_id, parenttype, parentfield, idx, "user", "from", until)
      select gen_random_uuid()::text, g.id, 'Group', 'members', 1, r."user", r."from", r.until
      from jsonb_to_recordset($1)
        as r("group" text, "user" text, "from" timestamp, until timestamp)
      join doc."group" g on g.name = r."group"`,
    values: [JSON.stringify(rows)],
  };
}

function insertTrees(trees: SqlWorld['world']['trees']): Statement {
  const rows = trees.flatMap(({ dimension, parents }) =>
    [...parents].map(([value, parent]) => ({ dimension, value, parent })),
  );
  return {
    text: `insert into sys.tree_node (dimension, value, parent)
      select r.dimension, r.value, r.parent
      from jsonb_to_recordset($1) as r(dimension text, value text, parent text)`,
    values: [JSON.stringify(rows)],
  };
}

export function plain(text: string): Statement {
  return { text, values: [] };
}

/** Milliseconds since 1970 UTC as PostgreSQL reads them. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}
