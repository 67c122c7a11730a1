/** What PostgreSQL knows of a doctype's table, without its name: equal for equal definitions. */
import { createHash } from 'node:crypto';
import { tableName } from '../../src/doctype/table-name.ts';
import type { Database } from '../../src/store/database.ts';

const QUESTIONS = [
  `select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
     pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation
   from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by 1`,
  `select pg_get_indexdef(indexrelid), indisvalid, indisunique from pg_index
   where indrelid = $1::regclass order by 1`,
  `select pg_get_triggerdef(oid), tgenabled from pg_trigger
   where tgrelid = $1::regclass and not tgisinternal order by 1`,
  `select polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
   from pg_policy where polrelid = $1::regclass order by 1`,
  `select conname, pg_get_constraintdef(oid) from pg_constraint
   where conrelid = $1::regclass and contype <> 'n' order by 1`,
  `select relrowsecurity, relforcerowsecurity, relacl from pg_class where oid = $1::regclass`,
  `select f.fieldname, f.column_type from sys.field f join sys.doctype d on d.id = f.doctype_id
   where 'doc.' || quote_ident(d.table_name) = $1 order by 1`,
] as const;

/** Columns, indexes, triggers, policies, constraints and rights, as text. */
export async function catalogOf(database: Database, doctype: string): Promise<string[][]> {
  const table = tableName(doctype);
  const hash = createHash('sha256').update(doctype).digest('hex').slice(0, 8);
  const [known] = await database.run({
    text: 'select id from sys.doctype where name = $1',
    values: [doctype],
  });
  const id = String(known?.rows[0]?.[0]);
  const answers = await database.run(
    ...QUESTIONS.map((text) => ({ text, values: [`doc."${table}"`] })).map((one, i) =>
      i === QUESTIONS.length - 1 ? { ...one, values: [`doc.${table}`] } : one,
    ),
  );
  const neutral = (text: string): string =>
    text
      .replaceAll(hash, 'HASH')
      .replaceAll(doctype, 'DOCTYPE')
      .replaceAll(table, 'TABLE')
      .replaceAll(new RegExp(`_${id}\\b|\\(${id},|\\(${id}\\)|\\('${id}'\\)`, 'g'), '_ID');
  return answers.map(({ rows }) => rows.map((row) => neutral(row.join(' | '))).sort());
}
