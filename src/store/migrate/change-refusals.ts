/** What speaks against a change that only the database can tell: rows, columns and rules there. */
import type { Doctype } from '../../doctype/definition.ts';
import type { Change } from '../../doctype/migration-plan.ts';
import { tableName } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';
import { columnDefinition, qualifiedTable } from './doctype-table.ts';
import type { MigrationConnection } from './migration-connection.ts';

/** Reasons not to apply the changes to the doctype, each with the way out; none if all is well. */
export async function refusalsOf(
  owner: MigrationConnection,
  doctype: Doctype,
  changes: readonly Change[],
): Promise<string[]> {
  const reasons: string[] = [];
  for (const change of changes) {
    const reason = await refusalOf(owner, doctype, change);
    if (reason !== null) reasons.push(reason);
  }
  return reasons;
}

async function refusalOf(
  owner: MigrationConnection,
  doctype: Doctype,
  change: Change,
): Promise<string | null> {
  switch (change.kind) {
    case 'create-table':
      return await takenTable(owner, doctype);
    case 'add-column':
      return await otherColumn(owner, doctype, change.field);
    case 'add-unique':
      return await duplicates(owner, doctype, change.field);
    case 'keep-column':
      return await ruleInForce(owner, doctype, change.field);
    default:
      return null;
  }
}

async function takenTable(owner: MigrationConnection, doctype: Doctype): Promise<string | null> {
  const [taken] = await owner.query('select name from sys.doctype where table_name = $1', [
    tableName(doctype.name),
  ]);
  return taken
    ? `it would be kept in the same table as \`${taken['name']}\`; give it another name.`
    : null;
}

/** A column that an earlier field left comes back with its values, if it can hold the new ones. */
async function otherColumn(
  owner: MigrationConnection,
  doctype: Doctype,
  fieldname: string,
): Promise<string | null> {
  const field = doctype.fields.find((one) => one.fieldname === fieldname);
  if (!field) return null;
  const [column] = await owner.query(
    `select pg_catalog.format_type(atttypid, atttypmod) as type from pg_catalog.pg_attribute
     where attrelid = $1::regclass and attname = $2 and not attisdropped`,
    [qualifiedTable(doctype.name), fieldname],
  );
  const wanted = columnDefinition(field).slice(identifier(fieldname).length + 1);
  const shortNames: Record<string, string> = {
    'timestamp without time zone': 'timestamp',
    'time without time zone': 'time',
  };
  const found = column && (shortNames[column['type'] ?? ''] ?? column['type'] ?? '');
  if (!found || wanted === found || wanted.startsWith(`${found} `)) return null;
  return `${fieldname}: an earlier field of that name left values of type ${found}; use another name.`;
}

async function duplicates(
  owner: MigrationConnection,
  doctype: Doctype,
  fieldname: string,
): Promise<string | null> {
  const [table] = await owner.query('select to_regclass($1)::text as name', [
    qualifiedTable(doctype.name),
  ]);
  const [column] = await owner.query(
    'select from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = $2',
    [qualifiedTable(doctype.name), fieldname],
  );
  if (table?.['name'] === null || !column) return null;
  const name = identifier(fieldname);
  const [row] = await owner.query(
    `select count(*) as n from (select from ${qualifiedTable(doctype.name)}
     where ${name} is not null group by ${name} having count(*) > 1) twice`,
  );
  const count = Number(row?.['n']);
  return count === 0
    ? null
    : `${fieldname}: cannot be unique, ${count} of its values are there more than once.`;
}

/** A rule that speaks of a field which is gone would let nobody in, to anything. */
async function ruleInForce(
  owner: MigrationConnection,
  doctype: Doctype,
  fieldname: string,
): Promise<string | null> {
  const [rule] = await owner.query(
    `select r.name from doc.role_rule r
     cross join lateral jsonb_array_elements(
       case jsonb_typeof(r."when") when 'array' then r."when" else '[]' end) part
     where r.document_type = $1 and r.status = 'in force' and part ->> 0 = $2 limit 1`,
    [doctype.name, fieldname],
  );
  return rule ? `${fieldname}: rule \`${rule['name']}\` in force speaks of it.` : null;
}
