/** Puts a stage's world into a database in the place of whatever was there. */
import type { Validity } from '../../src/authz/index.ts';
import { parseMoney } from '../../src/doctype/money.ts';
import { tableName } from '../../src/doctype/table-name.ts';
import type { Database } from '../../src/store/database.ts';
import type { Statement } from '../../src/store/statement.ts';
import {
  emptied,
  insert,
  insertInspection,
  insertMembers,
  insertScopes,
  PERMISSION_TABLES,
  plain,
  timestamp,
} from '../properties/store/load.ts';
import { INSPECTOR } from './cast.ts';
import { DOCTYPES, ORDER_ROW } from './doctypes.ts';
import { NOW } from './read-moment.ts';
import { insertRows, storedPlace } from './row-paths.ts';
import type { Stage, Values } from './scenario.ts';

type Row = Readonly<Record<string, unknown>>;

const TABLES = [...DOCTYPES.keys(), ORDER_ROW.name].map(tableName);
const RULE_COLUMNS = 'name,role,document_type,actions,levels,reach,except,when,status';
const GRANT_COLUMNS = 'name,grantee_type,grantee,role,from,until,request';

/** Writes by the superuser: what a scenario tells is there, whoever might have put it there. */
export async function loadStage(superuser: Database, stage: Stage): Promise<void> {
  const { world } = stage;
  // A moment ago, so that what begins now has begun when the first question comes.
  const present = Date.now() - 1000;
  const moment = (at: number | null): string | null =>
    at === null ? null : timestamp(present + (at - NOW));
  const during = ({ from, until }: Validity): Row => ({ from: moment(from), until: moment(until) });
  const groups = [...new Set(world.members.map(({ group }) => group))];
  const rules = world.rules.map(({ doctype, when: _, ...rule }) => ({
    ...rule,
    document_type: doctype,
    when: stage.whens.get(rule.name) ?? null,
  }));
  const grants = world.grants.map(({ name, grantee, role, request, ...validity }) => ({
    ...{ name, role, request, grantee_type: grantee.type, grantee: grantee.name },
    ...during(validity),
  }));
  const shares = world.shares.map(({ name, doctype, document, user, actions, until }) => ({
    ...{ name, document_type: doctype, document_name: document, user, actions },
    until: moment(until),
  }));
  await superuser.run(
    ...emptied([...TABLES, ...PERMISSION_TABLES]),
    plain('delete from sys.tree_node'),
    // Names that an earlier scenario has used up.
    plain('delete from sys.retired_name'),
    // Somebody who may ask why others may do something, and may do nothing else herself.
    ...insertInspection([...DOCTYPES.keys()], INSPECTOR),
    insert(
      'role',
      world.roles.map(({ name }) => ({ name })),
    ),
    insert('role_rule', rules, RULE_COLUMNS),
    insert('grant', grants, GRANT_COLUMNS),
    insertScopes(world.grants),
    insert(
      'group',
      groups.map((name) => ({ name })),
    ),
    insertMembers(world.members.map((one) => ({ ...one, ...during(one) }))),
    insert('share', shares, 'name,document_type,document_name,user,actions,until'),
    ...[...DOCTYPES.keys()].flatMap((doctype) => documentsOf(stage, doctype)),
    plain('update sys.epoch set value = value + 1, changed_at = clock_timestamp()'),
  );
}

/** One statement for the documents of a doctype, and none where there are none. */
function documentsOf(stage: Stage, doctype: string): Statement[] {
  const rows = stage.documents.filter((one) => one.doctype === doctype);
  if (rows.length === 0) return [];
  const stored = rows.map(({ values }) => storedValues(doctype, values));
  const columns = new Set(stored.flatMap((row) => Object.keys(row)));
  for (const standard of ['owner', 'docstatus']) columns.delete(standard);
  return [insert(tableName(doctype), stored, [...columns].join()), ...insertRows(doctype, rows)];
}

/** As columns hold them: an amount is a whole number. */
export function storedValues(doctype: string, values: Values): Row {
  const fields = DOCTYPES.get(doctype)?.fields ?? [];
  const amounts = fields.filter(({ fieldtype }) => fieldtype === 'Currency');
  const stored: Record<string, unknown> = { ...storedPlace(doctype, values) };
  for (const { fieldname } of amounts) {
    const value = values[fieldname] ?? null;
    if (value !== null) stored[fieldname] = String(parseMoney(value));
  }
  return stored;
}
